"""/api, servers and what belongs to the server as a whole, in PowerDNS' words.

`version` begins with the version of PowerDNS whose API this is: octoDNS and terraform read it to learn what they may
ask for. What follows is ours.
"""

import time
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from truename import _core
from truename.web.access import Admin, AnyCaller
from truename.web.answers import ApiError, SortedJson
from truename.web.api import kept
from truename.web.api.documented import ANY, CHANGES, READS
from truename.web.api.paths import zone_id
from truename.web.api.shapes import FlushedJson, FoundJson, ItemJson, ServerJson, VersionJson
from truename.web.api.streams import held
from truename.web.context import Context, Here
from truename.zone import whole

api = APIRouter(tags=["server"])  # at /api
routes = APIRouter(tags=["server"])  # at /api/v1/servers/localhost

SPOKEN = "4.9.0"  # the version of PowerDNS whose API is spoken here
Kind = Literal["all", "zone", "record", "comment"]


@api.get("", summary="The versions of the API", responses={200: {"model": list[VersionJson]}, **ANY})
async def versions(caller: AnyCaller) -> SortedJson:
    return SortedJson([{"url": "/api/v1", "version": 1}])


@api.get("/v1/servers", summary="This server, in a list", responses={200: {"model": list[ServerJson]}, **ANY})
async def list_servers(caller: AnyCaller) -> SortedJson:
    return SortedJson([_server()])


@routes.get("", summary="This server", responses={200: {"model": ServerJson}, **ANY})
async def read_server(caller: AnyCaller) -> SortedJson:
    return SortedJson(_server())


@routes.get("/config", summary="Settings that are asked for", responses={200: {"model": list[ItemJson]}, **ANY})
async def read_config(caller: AnyCaller) -> SortedJson:
    # octoDNS looks whether LUA records are there. The settings of this server are `serve --print-config`'s.
    known = {"enable-lua-records": "no", "launch": "truename", "version-string": f"truename {_core.__version__}"}
    return SortedJson([_item("ConfigSetting", name, value) for name, value in known.items()])


@routes.get("/statistics", summary="Counters since the start", responses={200: {"model": list[ItemJson]}, **ANY})
async def read_statistics(
    caller: AnyCaller, here: Here, statistic: Annotated[str | None, Query(description="this one only")] = None
) -> SortedJson:
    known = _statistics(here)
    if statistic is not None and statistic not in known:
        raise ApiError(422, f'there is no statistic "{statistic}"')
    wanted = known if statistic is None else {statistic: known[statistic]}
    return SortedJson([_item("StatisticItem", name, str(value)) for name, value in wanted.items()])


@routes.get(
    "/search-data",
    summary="Zones, records and comments that fit a pattern: * is any text, ? any character",
    responses={200: {"model": list[FoundJson]}, **ANY},
)
async def search(
    caller: AnyCaller,
    here: Here,
    q: Annotated[str, Query(description="the pattern", max_length=1000)],
    most: Annotated[int, Query(alias="max", ge=1, le=kept.MOST)] = 100,
    object_type: Annotated[Kind, Query(description="what is looked for")] = "all",
) -> Response:
    def found() -> Response:
        shown = islice(kept.search(here, q, object_type, caller.zones), most)
        return SortedJson([_found_json(one) for one in shown])

    return await held(here, caller, await here.threads.read(found))


@routes.put(
    "/cache/flush",
    summary="Drop what is cached of a name; answers come from the graph, so nothing is",
    responses={200: {"model": FlushedJson}, **ANY},
)
async def flush(caller: AnyCaller, domain: Annotated[str, Query(description="the name")]) -> SortedJson:
    return SortedJson({"count": 0, "result": "Flushed cache."})


@routes.get("/tsigkeys", summary="Keys of transfers: none", responses={200: {"model": list[dict[str, str]]}, **READS})
async def list_tsigkeys(caller: Admin) -> SortedJson:
    return SortedJson([])


@routes.post("/tsigkeys", summary="Add a key of transfers; not supported yet", status_code=201, responses=CHANGES)
async def create_tsigkey(caller: Admin) -> SortedJson:
    raise ApiError(422, "keys of transfers are not supported yet")


async def _no_tsigkey(caller: Admin, key: str) -> SortedJson:
    raise ApiError(404, f"there is no key {key}")


for _method in ("GET", "PUT", "DELETE"):
    routes.add_api_route(
        "/tsigkeys/{key:path}",
        _no_tsigkey,
        methods=[_method],
        operation_id=f"{_method.lower()}_tsigkey",
        summary="A key of transfers: there is none",
        responses=READS,
    )


@routes.get(
    "/autoprimaries",
    summary="Servers whose zones are taken: none",
    responses={200: {"model": list[dict[str, str]]}, **READS},
)
async def list_autoprimaries(caller: Admin) -> SortedJson:
    return SortedJson([])


@routes.post("/autoprimaries", summary="Add a server; not supported yet", status_code=201, responses=CHANGES)
async def create_autoprimary(caller: Admin) -> SortedJson:
    raise ApiError(422, "secondary zones are not supported yet")


@routes.delete("/autoprimaries/{ip}/{nameserver:path}", summary="A server: there is none", responses=READS)
async def delete_autoprimary(caller: Admin, ip: str, nameserver: str) -> SortedJson:
    raise ApiError(404, f"there is no autoprimary {nameserver} at {ip}")


def _server() -> dict[str, str]:
    return {
        "autoprimaries_url": f"{kept.BASE}/autoprimaries{{/autoprimary}}",
        "config_url": f"{kept.BASE}/config{{/config_setting}}",
        "daemon_type": "authoritative",
        "id": "localhost",
        "type": "Server",
        "url": kept.BASE,
        "version": f"{SPOKEN}-truename-{_core.__version__}",
        "zones_url": f"{kept.BASE}/zones{{/zone}}",
    }


def _statistics(here: Context) -> dict[str, int]:
    """What is counted here under PowerDNS' names; PowerDNS-Admin wants `uptime`."""
    counters = here.served.dns.counters()
    by_proto = {(proto, family): 0 for proto in ("udp", "tcp") for family in ("ipv4", "ipv6")}
    for _, _, proto, family, count in counters.requests:
        by_proto[proto, family] += count
    return {
        "uptime": int(time.time() - here.served.started),
        "udp-queries": by_proto["udp", "ipv4"] + by_proto["udp", "ipv6"],
        "udp4-queries": by_proto["udp", "ipv4"],
        "udp6-queries": by_proto["udp", "ipv6"],
        "tcp-queries": by_proto["tcp", "ipv4"] + by_proto["tcp", "ipv6"],
        "tcp4-queries": by_proto["tcp", "ipv4"],
        "tcp6-queries": by_proto["tcp", "ipv6"],
        **{f"rcode-{rcode.lower()}": count for rcode, count in counters.responses},
    }


def _item(kind: str, name: str, value: str) -> dict[str, str]:
    return {"name": name, "type": kind, "value": value}


def _found_json(one: Any) -> dict[str, Any]:
    where = {"name": one.name, "object_type": one.kind, "zone_id": zone_id(one.zone)}
    match one.kind:
        case "zone":
            return where
        case "comment":
            return {**where, "content": one.content, "type": one.type, "zone": one.zone}
    return {
        **where,
        "content": whole(one.type, one.content),
        "disabled": one.is_disabled,
        "ttl": one.ttl,
        "type": one.type,
        "zone": one.zone,
    }
