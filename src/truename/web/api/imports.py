"""import: several zones at once, of master files. One change: judged together, stored together or not at all.

Zones that are moved here name each other; each by itself, they would be judged against a world in which half of them
are missing. Zones that are in the database already are replaced, those of files are refused unless they are taken over.
"""

from collections import Counter
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec import Struct

from truename.edit.caller import Caller
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.door import Door, Options
from truename.edit.plan import Plan, PlanJson
from truename.web.access import AnyCaller
from truename.web.answers import ApiError, list_of_errors
from truename.web.api import kept
from truename.web.api.bodies import ZONE_TEXT, described, read
from truename.web.api.changes import planned
from truename.web.api.documented import CHANGES
from truename.web.api.flags import Judged
from truename.web.api.paths import absolute
from truename.web.context import Context, Here

routes = APIRouter(tags=["zones"])


class TextBody(Struct):
    """One zone; *text* is a master file, names in it are relative to *name*."""

    name: str
    text: str


class ImportBody(Struct):
    """Zones to be made or replaced."""

    zones: list[TextBody]


@routes.post(
    "/import",
    summary="Make or replace zones by those of master files, in one change",
    responses={200: {"model": PlanJson}, **CHANGES},
    openapi_extra=described(ImportBody),
)
async def import_zones(
    request: Request,
    caller: AnyCaller,
    here: Here,
    judged: Judged,
    take_over: Annotated[
        bool, Query(description="zones may be read from files, which are not read any more from then on")
    ] = False,
) -> Response:
    if not caller.changes:
        raise ApiError(403, f"the role {caller.role} changes nothing")
    body = await read(request, ImportBody, ZONE_TEXT)
    change = await here.threads.read(partial(_change, here, caller, body, takes_over=take_over))

    def through(door: Door, options: Options) -> Plan:
        return door.commit(change, options)

    return await planned(here, caller, judged, through, is_large=change.is_large)


def _change(here: Context, caller: Caller, body: ImportBody, *, takes_over: bool) -> ChangeSet:
    """What *body* asks for. Raises: ApiError 403, 422"""
    names = [absolute(one.name) for one in body.zones]
    if not names:
        raise ApiError(422, "no zones")
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise list_of_errors([f"{name} is there twice" for name in twice])
    there = here.door.zones()
    for name in names:
        kept.must_read(caller, name)
        if name in there:
            kept.must_edit(caller, name)
        elif not caller.may_create:
            raise ApiError(403, "this key makes no zones: that takes the role editor or admin, bound to no zone")
    changes = [
        ZoneChange(name, is_new=name not in there, takes_over=takes_over, text=one.text.encode())
        for name, one in zip(names, body.zones, strict=True)
    ]
    return ChangeSet(zones=changes)
