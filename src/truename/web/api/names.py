"""names/{name}/...: what the graph knows of a name, and the intents that change its aliases."""

import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from truename._core import Graph
from truename.chain import ChainJson, chain_json
from truename.edit.caller import Caller
from truename.edit.plan import PlanJson
from truename.edit.sight import not_open
from truename.web.access import AnyCaller
from truename.web.answers import ApiError, SortedJson
from truename.web.api.bodies import PointBody, RenameBody, RetireBody, decode, described, plain, read
from truename.web.api.changes import planned
from truename.web.api.documented import ANY, CHANGES
from truename.web.api.flags import Judged
from truename.web.api.paths import Name, NameOrAddress, absolute, is_address
from truename.web.api.records import TTL_LIMIT
from truename.web.api.shapes import ReachJson
from truename.web.context import Context, Here

routes = APIRouter(tags=["names"])

PAGE = 1000  # names that a page of `impact` has at most

# {name:path}, because %2F has become / by now: "0/25.2.0.192.in-addr.arpa." is a name (RFC 2317).


@routes.get(
    "/names/{name:path}/explain",
    summary="How a query for this name is answered, hop by hop",
    response_model=None,
    responses={200: {"model": ChainJson}, **ANY},
)
async def explain(
    caller: AnyCaller,
    here: Here,
    name: Name,
    rtype: Annotated[str, Query(alias="type", description="record type, such as A, MX or TYPE65")] = "A",
) -> SortedJson:
    began = time.perf_counter()
    try:
        chain = here.sight(caller).graph.explain(name, rtype)
    except ValueError as wrong:
        raise ApiError(422, str(wrong)) from None
    return SortedJson(chain_json(chain, time.perf_counter() - began))


@routes.get(
    "/names/{name:path}/impact",
    summary="Every name that reaches this one, or has this address, by which path: the count, and the first of them",
    responses={200: {"model": ReachJson}, **ANY},
)
async def impact(
    caller: AnyCaller,
    here: Here,
    name: NameOrAddress,
    limit: Annotated[int, Query(ge=0, le=PAGE)] = 100,
    after: Annotated[str | None, Query(description="go on behind this name, the last of a page")] = None,
) -> SortedJson:
    start = absolute(after) if after else None
    return await here.threads.read(lambda: SortedJson(_impact(here, caller, name, limit, start)))


def _impact(here: Context, caller: Caller, name: str, limit: int, after: str | None) -> ReachJson:
    sight = here.sight(caller)
    graph = sight.graph
    reach = graph.reach_address if is_address(name) else graph.reach
    count, found = reach(name, limit=limit, after=after)
    return {
        "count": count,
        "exists": None if is_address(name) else exists(graph, name),
        "hidden": 0,  # what a caller may not know is not counted either
        "name": name,
        "reached_by": [
            {
                "name": one.name,
                "path": [*one.path[:-1], name],
                "ttl": one.ttl,
                "type": one.type,
                "zone": one.zone,
            }
            for one in found
        ],
        "zone": None if is_address(name) else sight.zone_of(name),
    }


def exists(graph: Graph, name: str) -> bool | None:
    """Whether *name* exists; None for one that no zone here speaks of: outside all of them, or delegated away."""
    chain = graph.explain(name, "ANY")
    if chain.hops or chain.end in ("data", "nodata"):
        return True
    return False if chain.end == "nxdomain" else None


@routes.post(
    "/names/{name:path}/point",
    summary="Let the name be an alias of a target: a CNAME, at a zone's apex an ALIAS",
    responses={200: {"model": PlanJson}, **CHANGES},
    openapi_extra=described(PointBody),
)
async def point(request: Request, caller: AnyCaller, here: Here, name: Name, judged: Judged) -> Response:
    _must_change(caller, name)
    body = await read(request, PointBody)
    if body.ttl is not None and not 0 <= body.ttl < TTL_LIMIT:
        raise ApiError(422, f"the ttl is from 0 to {TTL_LIMIT - 1}")
    wanted, replaces = (name, absolute(body.target), plain(body.ttl)), body.replace
    return await planned(here, caller, judged, lambda door, options: door.point(*wanted, options, replaces=replaces))


@routes.post(
    "/names/{name:path}/rename",
    summary="Give the name's records another name, and name that one wherever the old one is named",
    responses={200: {"model": PlanJson}, **CHANGES},
    openapi_extra=described(RenameBody),
)
async def rename(request: Request, caller: AnyCaller, here: Here, name: Name, judged: Judged) -> Response:
    _must_change(caller, name)
    body = await read(request, RenameBody)
    _must_reach_all(caller, body.only_own_zones)
    new, keep = absolute(body.to), body.keep_alias
    return await planned(here, caller, judged, lambda door, options: door.rename(name, new, options, keep_alias=keep))


@routes.post(
    "/names/{name:path}/retire",
    summary="Delete the name's records; those that name it refuse, or are made to name another",
    responses={200: {"model": PlanJson}, **CHANGES},
    openapi_extra=described(RetireBody, is_required=False),
)
async def retire(request: Request, caller: AnyCaller, here: Here, name: Name, judged: Judged) -> Response:
    _must_change(caller, name)
    body = decode(await request.body() or b"{}", RetireBody)
    _must_reach_all(caller, body.only_own_zones)
    repoint = absolute(body.repoint) if body.repoint else None
    return await planned(here, caller, judged, lambda door, options: door.retire(name, repoint, options))


def _must_change(caller: Caller, name: str) -> None:
    """Raises: ApiError 403 for whoever changes nothing, and for names outside a bound key's zones, kept here or not"""
    if not caller.changes:
        raise ApiError(403, f"the role {caller.role} changes nothing")
    if not caller.has_zone_of(name):
        raise ApiError(403, not_open(f"of {name}"))


def _must_reach_all(caller: Caller, only_own_zones: bool) -> None:
    """Records that name a name may be in any zone, and whether there are some in others must not show.

    Raises: ApiError 403 for a bound key that does not say that it means its own zones, whatever there is
    """
    if caller.is_bound and not only_own_zones:
        raise ApiError(
            403,
            "records that name it may be in zones that this key is not for",
            hint="only_own_zones (the command line: --only-own-zones) leaves those as they are",
        )
