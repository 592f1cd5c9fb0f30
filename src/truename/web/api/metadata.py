"""zones/{id}/metadata: what programs keep beside a zone, in PowerDNS' words.

X-...          kept for the program whose it is, with the zone: in its history, taken back by undo
SOA-EDIT, ..   properties of the zone, shown here and changed by PUT zones/{id}
others         PowerDNS acts on them and nothing here does yet: who sets one would rely on it, so it is refused
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from truename.edit.caller import Caller
from truename.edit.door import Door, Options
from truename.edit.plan import Plan, PlanJson
from truename.web.access import AnyCaller
from truename.web.answers import ApiError, SortedJson
from truename.web.api import kept
from truename.web.api.bodies import MetadataBody, NewMetadataBody, described, read
from truename.web.api.changes import planned_for
from truename.web.api.documented import CHANGES, READS
from truename.web.api.flags import Flags, Judged
from truename.web.api.paths import ZoneName
from truename.web.api.shapes import MetadataJson
from truename.web.context import Context, Here
from truename.zone import ZoneInfo

routes = APIRouter(tags=["metadata"])

Kind = Annotated[str, Path(description="X- and a name of your own")]
Values = tuple[str, ...]

_OWN = re.compile(r"X-[A-Za-z0-9._-]{0,126}").fullmatch
PROPERTIES = {"SOA-EDIT": "soa_edit", "SOA-EDIT-API": "soa_edit_api", "API-RECTIFY": "api_rectify"}
# What PowerDNS does with the kinds that it knows.
NOT_YET = {
    **dict.fromkeys(
        ("ALLOW-AXFR-FROM", "TSIG-ALLOW-AXFR", "GSS-ALLOW-AXFR-PRINCIPAL", "GSS-ACCEPTOR-PRINCIPAL", "LUA-AXFR-SCRIPT"),
        "zones are not transferred yet",
    ),
    **dict.fromkeys(("AXFR-SOURCE", "AXFR-MASTER-TSIG", "IXFR"), "zones are not fetched from primaries yet"),
    **dict.fromkeys(("ALSO-NOTIFY", "SLAVE-RENOTIFY"), "nobody is notified yet"),
    **dict.fromkeys(
        (
            *("ALLOW-DNSUPDATE-FROM", "TSIG-ALLOW-DNSUPDATE", "FORWARD-DNSUPDATE", "NOTIFY-DNSUPDATE"),
            "SOA-EDIT-DNSUPDATE",
        ),
        "dynamic updates are not taken yet",
    ),
    **dict.fromkeys(
        ("NSEC3NARROW", "NSEC3PARAM", "PRESIGNED", "PUBLISH-CDNSKEY", "PUBLISH-CDS", "SIGNALING-ZONE"),
        "signing is not supported yet",
    ),
    "ENABLE-LUA-RECORDS": "there are no LUA records here",
}


@routes.get(
    "/zones/{zone_id:path}/metadata",
    summary="What programs keep beside the zone, and its properties in PowerDNS' words",
    responses={200: {"model": list[MetadataJson]}, **READS},
)
async def list_metadata(caller: AnyCaller, here: Here, zone: ZoneName) -> SortedJson:
    found = await here.threads.read(kept.find, here, caller, zone)
    return SortedJson([_metadata(kind, values) for kind, values in sorted(_all(found).items()) if values])


@routes.post(
    "/zones/{zone_id:path}/metadata",
    status_code=201,
    summary="Add values to those of one kind; a value that is there already stays as it is",
    responses={201: {"model": MetadataJson}, 200: {"model": PlanJson, "description": "dry_run: the plan"}, **CHANGES},
    openapi_extra=described(NewMetadataBody),
)
async def create_metadata(request: Request, caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    body = await read(request, NewMetadataBody)

    def with_more(values: Values) -> Values:
        return (*values, *dict.fromkeys(one for one in body.metadata if one not in values))

    return await _change(here, caller, judged, (zone, body.kind), with_more, status=201)


@routes.get(
    "/zones/{zone_id:path}/metadata/{kind}",
    summary="Metadata of one kind",
    responses={200: {"model": MetadataJson}, **READS},
)
async def read_metadata(caller: AnyCaller, here: Here, zone: ZoneName, kind: Kind) -> SortedJson:
    found = await here.threads.read(kept.find, here, caller, zone)
    return SortedJson(_metadata(kind, _all(found).get(kind, ())))


@routes.put(
    "/zones/{zone_id:path}/metadata/{kind}",
    summary="Replace the values of one kind",
    responses={200: {"model": MetadataJson}, **CHANGES},
    openapi_extra=described(MetadataBody),
)
async def replace_metadata(
    request: Request, caller: AnyCaller, here: Here, zone: ZoneName, kind: Kind, judged: Judged
) -> Response:
    kept.must_edit(caller, zone)
    body = await read(request, MetadataBody)
    return await _change(here, caller, judged, (zone, kind), lambda _: tuple(body.metadata))


@routes.delete(
    "/zones/{zone_id:path}/metadata/{kind}",
    status_code=204,
    summary="Delete metadata of one kind",
    responses={204: {"model": None}, 200: {"model": PlanJson, "description": "dry_run: the plan"}, **CHANGES},
)
async def delete_metadata(caller: AnyCaller, here: Here, zone: ZoneName, kind: Kind, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    found = await here.threads.read(kept.find, here, caller, zone)
    if not _OWN(kind) and not _all(found).get(kind):
        return Response(status_code=204)  # there is none, and clients tidy up
    return await _change(here, caller, judged, (zone, kind), lambda _: (), status=204)


async def _change(
    here: Context,
    caller: Caller,
    judged: Flags,
    what: tuple[str, str],
    how: Callable[[Values], Values],
    status: int = 200,
) -> Response:
    """Let the values of *what* (zone, kind) be what *how* makes of them. Raises: ApiError 422 for kinds not kept"""
    zone, kind = what
    _refuse(kind)

    def through(door: Door, options: Options) -> Plan:
        return door.redefine(zone, lambda info: _with(info, kind, how), options)

    done = await planned_for(here, caller, judged, zone, through, is_shown=judged.is_dry_run)
    if judged.is_dry_run or status == 204:
        return done
    found = await here.threads.read(kept.find, here, caller, zone)
    return SortedJson(_metadata(kind, _all(found).get(kind, ())), status)


def _with(info: ZoneInfo, kind: str, how: Callable[[Values], Values]) -> ZoneInfo:
    others = {one: values for one, values in info.metadata.items() if one != kind}
    values = how(info.metadata.get(kind, ()))
    return replace(info, metadata=dict(sorted({**others, kind: values}.items())) if values else others)


def _refuse(kind: str) -> None:
    if _OWN(kind):
        return
    if kind in PROPERTIES:
        raise ApiError(422, f"{kind} is a property of the zone: PUT zones/{{id}} changes it as {PROPERTIES[kind]}")
    if kind in NOT_YET:
        raise ApiError(422, f"{kind} is not kept: {NOT_YET[kind]}")
    raise ApiError(422, f'there is no metadata of the kind "{kind[:64]}"; one of your own begins with X-')


def _all(found: kept.Kept) -> Mapping[str, Values]:
    info = found.info
    edit_api = () if found.file else (info.soa_edit_api,)
    return {**info.metadata, "SOA-EDIT": (info.soa_edit,) if info.soa_edit else (), "SOA-EDIT-API": edit_api}


def _metadata(kind: str, values: Sequence[str]) -> dict[str, object]:
    return {"kind": kind, "metadata": list(values), "type": "Metadata"}
