"""zones/{id}/plan, check, journal, undo, text: what Truename adds to PowerDNS' calls for a zone."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from truename.edit.caller import Caller
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.door import Door, Options
from truename.edit.plan import Plan, PlanJson, comment_json
from truename.web.access import AnyCaller
from truename.web.answers import ApiError, SortedJson
from truename.web.api import kept
from truename.web.api.bodies import RECORDS, ZONE_TEXT, PatchBody, UndoBody, decode, described, described_text, read
from truename.web.api.broken import faults
from truename.web.api.changes import planned, planned_for
from truename.web.api.documented import CHANGES, READS, Responses
from truename.web.api.flags import Judged
from truename.web.api.paths import ZoneName
from truename.web.api.records import steps
from truename.web.api.shapes import EntryJson, RecommentedJson, RedefinedJson
from truename.web.api.streams import held, listed, streamed
from truename.web.context import Context, Here
from truename.web.limits import raise_limit
from truename.zone import Entry, Recommented, Redefined

routes = APIRouter(tags=["plans"])

PLAN: Responses = {200: {"model": PlanJson}}
ENTRIES = 1000


@routes.post(
    "/zones/{zone_id:path}/plan",
    summary="What would come of a PATCH: differences, findings and who notices; saves nothing",
    responses={**PLAN, **CHANGES},
    openapi_extra=described(PatchBody),
)
async def plan_zone(request: Request, caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    body = await read(request, PatchBody, RECORDS)

    def through(door: Door, options: Options) -> Plan:
        return door.plan(ChangeSet(sets=steps(zone, body.rrsets)), options)

    return await planned_for(here, caller, judged, zone, through)


@routes.get(
    "/zones/{zone_id:path}/check",
    summary="All findings of the rules in the zone, as `truename check --format json` shows them",
    responses={200: {"model": list[dict[str, Any]]}, **READS},
)
async def check_zone(caller: AnyCaller, here: Here, zone: ZoneName) -> Response:
    def checked() -> SortedJson:
        from truename.rules.base import finding_json

        kept.must_read(caller, zone)
        broken = [finding_json(one) for one in faults(here, caller, zone)]
        try:
            kept.find(here, caller, zone)
        except ApiError:
            if not broken:
                raise
            return SortedJson(broken)  # there is no version before that could be judged
        found = [] if zone in here.door.left_out else here.door.check(zone, caller)
        return SortedJson([*broken, *(finding_json(one) for one in found)])

    return await held(here, caller, await here.threads.read(checked))


@routes.get(
    "/zones/{zone_id:path}/journal",
    summary="What was done to the zone, newest first; also of one that was deleted",
    responses={200: {"model": list[EntryJson]}, **READS},
)
async def read_journal(
    caller: AnyCaller,
    here: Here,
    zone: ZoneName,
    limit: Annotated[int, Query(ge=1, le=ENTRIES)] = 100,
    lines: Annotated[int, Query(ge=0, le=2**31, description="records that are shown of each entry, at most")] = 1000,
    before: Annotated[
        int | None, Query(ge=0, lt=2**63, description="entries older than the one with this number")
    ] = None,
) -> Response:
    kept.must_read(caller, zone)

    return await streamed(here, caller, lambda: listed(_entries(here, caller, zone, limit, lines, before)))


def _entries(
    here: Context, caller: Caller, zone: str, limit: int, lines: int, before: int | None
) -> Iterator[EntryJson]:
    own = caller.zones
    behind = before if before is None or own is None else here.store.number_of(own, before)
    entries = here.store.journal(zone, limit=limit, before=behind)
    if not entries and before is None:
        kept.find(here, caller, zone)  # an empty journal, or no zone
    zones = here.store.zones_of({entry.change for entry in entries})
    numbers = None if own is None else here.store.counted(own, entries)
    for entry in entries:
        shown = _entry_json(entry, lines, _seen(zones[entry.change], caller))
        yield shown if numbers is None else _as_seen(shown, numbers[entry.number], caller)


def _as_seen(entry: EntryJson, numbers: tuple[int, int], caller: Caller) -> EntryJson:
    """*entry* for a bound caller, with *numbers* of it and its change."""
    number, change = numbers
    # What was let through in a change of others may have been found in zones of theirs.
    accepted = entry["accepted"] if entry["by"] == caller.by else []
    return {**entry, "number": number, "change": change, "accepted": accepted}


@routes.post(
    "/zones/{zone_id:path}/undo",
    summary="Take back a change, the last one unless its serial is said, in all its zones; as a new change",
    responses={**PLAN, **CHANGES},
    openapi_extra=described(UndoBody, is_required=False),
)
async def undo(request: Request, caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    body = decode(await request.body() or b"{}", UndoBody)
    serial = None if body.serial is None else int(body.serial)
    if serial is not None and not 0 <= serial < 2**32:
        raise ApiError(422, "the serial is from 0 to 4294967295")

    def through(door: Door, options: Options) -> Plan:
        return door.undo(zone, serial, options, only_this_zone=body.only_this_zone)

    # Not `planned_for`: a zone that was deleted is brought back by this, too.
    return await planned(here, caller, judged, through)


@routes.put(
    "/zones/{zone_id:path}/text",
    summary="Replace all records of the zone by those of a master file",
    responses={**PLAN, **CHANGES},
    openapi_extra=described_text("a master file (RFC 1035 5); names without a final dot are below the zone's"),
)
async def replace_text(request: Request, caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    raise_limit(request, ZONE_TEXT)
    change = ChangeSet(zones=(ZoneChange(zone, text=await request.body()),))

    def through(door: Door, options: Options) -> Plan:
        return door.commit(change, options)

    return await planned_for(here, caller, judged, zone, through, is_large=change.is_large)


def _seen(zones: Sequence[str], caller: Caller) -> list[str]:
    return [zone for zone in zones if caller.may_read(zone)]


def _entry_json(entry: Entry, lines: int, zones: list[str]) -> EntryJson:
    return {
        "accepted": list(entry.accepted),
        "added": list(entry.added[:lines]),
        "added_count": len(entry.added),
        "at": entry.at,
        "by": entry.by,
        "change": entry.change,
        "comment_count": len(entry.comments),
        "comments": [_recommented_json(one) for one in entry.comments[:lines]],
        "door": entry.door,
        "number": entry.number,
        "previous": entry.previous,
        "properties": _redefined_json(entry.properties),
        "removed": list(entry.removed[:lines]),
        "removed_count": len(entry.removed),
        "serial": entry.serial,
        "zone": entry.zone,
        "zones": zones,
    }


def _recommented_json(one: Recommented) -> RecommentedJson:
    before, after = ([comment_json(comment) for comment in side] for side in (one.before, one.after))
    return {"after": after, "before": before, "name": one.owner, "type": one.type}


def _redefined_json(change: Redefined | None) -> list[RedefinedJson]:
    differences = change.differences() if change else []
    return [{"after": after, "before": before, "name": name} for name, before, after in differences]
