"""zones/{id}/...: what PowerDNS' clients ask of a zone besides its records.

What this server does not do yet is refused with its reason: a client that believes a zone is signed, or was fetched,
does harm. `notify` and `rectify` succeed for every zone, because clients call them after each change and there is
nothing left undone: secondaries are no part of this version, and order and denial are the graph's own business.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from truename.web.access import AnyCaller
from truename.web.answers import ApiError, SortedJson, to_json
from truename.web.api import kept
from truename.web.api.documented import CHANGES, READS
from truename.web.api.paths import ZoneName
from truename.web.api.shapes import ResultJson
from truename.web.api.streams import JSON, Written, streamed
from truename.web.context import Here

routes = APIRouter(tags=["zones"])

NO_SIGNING = "signing is not supported yet; a zone that is signed already is served with its signatures"

Number = Annotated[str, Path(description="the id of a key")]


@routes.put(
    "/zones/{zone_id:path}/notify",
    summary="Tell the secondaries that the zone has changed; there are none yet, so nothing is sent",
    responses={200: {"model": ResultJson}, **READS},
)
async def notify(caller: AnyCaller, here: Here, zone: ZoneName) -> SortedJson:
    kept.must_edit(caller, zone)
    await here.threads.read(kept.find, here, caller, zone)
    return SortedJson({"result": "Notification queued"})


@routes.put(
    "/zones/{zone_id:path}/rectify",
    summary="Put the zone in order; it always is",
    responses={200: {"model": ResultJson}, **READS},
)
async def rectify(caller: AnyCaller, here: Here, zone: ZoneName) -> SortedJson:
    kept.must_edit(caller, zone)
    await here.threads.read(kept.find, here, caller, zone)
    return SortedJson({"result": "Rectified"})


@routes.put(
    "/zones/{zone_id:path}/axfr-retrieve",
    summary="Fetch a secondary zone; there are none yet",
    responses={200: {"model": ResultJson}, **READS},
)
async def retrieve(caller: AnyCaller, here: Here, zone: ZoneName) -> SortedJson:
    kept.must_edit(caller, zone)
    await here.threads.read(kept.find, here, caller, zone)
    raise ApiError(422, f"{zone} is no secondary zone: it is kept here and fetched from nowhere")


@routes.get(
    "/zones/{zone_id:path}/export",
    summary='The zone as a master file, or as {"zone": text} for a client that accepts application/json',
    response_class=Response,
    responses={200: {"content": {"text/plain": {}, "application/json": {}}}, **READS},
)
async def export(
    caller: AnyCaller, here: Here, zone: ZoneName, accept: Annotated[str, Header(include_in_schema=False)] = ""
) -> Response:
    is_json = "application/json" in accept

    def pieces() -> Written:
        with kept.opened(here, caller, zone) as whole:
            yield b'{"zone": "' if is_json else b""
            for text in whole.texts():
                yield to_json(text.decode())[1:-1] if is_json else text
            yield b'"}' if is_json else b""

    return await streamed(here, caller, pieces, media=JSON if is_json else "text/plain; charset=utf-8")


@routes.get(
    "/zones/{zone_id:path}/cryptokeys",
    summary="Keys that sign the zone here: none yet",
    responses={200: {"model": list[dict[str, str]]}, **READS},
    tags=["signing"],
)
async def list_cryptokeys(caller: AnyCaller, here: Here, zone: ZoneName) -> SortedJson:
    await here.threads.read(kept.find, here, caller, zone)
    return SortedJson([])


@routes.post(
    "/zones/{zone_id:path}/cryptokeys",
    summary="Sign the zone; not supported yet",
    responses=CHANGES,
    status_code=201,
    tags=["signing"],
)
async def create_cryptokey(caller: AnyCaller, here: Here, zone: ZoneName) -> SortedJson:
    kept.must_edit(caller, zone)
    await here.threads.read(kept.find, here, caller, zone)
    raise ApiError(422, NO_SIGNING)


async def _no_cryptokey(caller: AnyCaller, here: Here, zone: ZoneName, key: Number) -> SortedJson:
    await here.threads.read(kept.find, here, caller, zone)
    raise ApiError(404, f"{zone} has no key {key}")


for _method in ("GET", "PUT", "DELETE"):
    routes.add_api_route(
        "/zones/{zone_id:path}/cryptokeys/{key}",
        _no_cryptokey,
        methods=[_method],
        operation_id=f"{_method.lower()}_cryptokey",
        summary="A key that signs the zone: there is none",
        responses=READS,
        tags=["signing"],
    )
