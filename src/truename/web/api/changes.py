"""How a changing call goes through the door; the reply is written in the same thread, since a plan may be long."""

from collections.abc import Callable

from fastapi import Response

from truename.edit.caller import Caller
from truename.edit.change import ChangeSet
from truename.edit.door import Door, Options
from truename.edit.plan import Plan, plan_json
from truename.web.answers import SortedJson
from truename.web.api import kept
from truename.web.api.flags import Flags
from truename.web.api.streams import held
from truename.web.context import Context

Through = Callable[[Door, Options], Plan]


async def planned(
    here: Context, caller: Caller, judged: Flags, through: Through, *, is_shown: bool = True, is_large: bool = False
) -> Response:
    """The plan that *through* gets from the door; 204 for callers who do not want it. Raises: what the door raises"""

    def work() -> Response:
        caller.must_hold()  # the door asks again, in its turn
        plan = through(here.door, judged.options(caller))
        return SortedJson(plan_json(plan)) if is_shown else Response(status_code=204)

    return await held(here, caller, await here.threads.edit(work, is_large=is_large))


async def planned_for(
    here: Context,
    caller: Caller,
    judged: Flags,
    zone: str,
    through: Through,
    *,
    is_shown: bool = True,
    is_large: bool = False,
) -> Response:
    """The same for a zone that is here. Raises: NoZone, ForbiddenEdit; what the door raises"""

    def found(door: Door, options: Options) -> Plan:
        kept.must_be_here(here, caller, zone)
        return through(door, options)

    return await planned(here, caller, judged, found, is_shown=is_shown, is_large=is_large)


async def commit(here: Context, caller: Caller, judged: Flags, zone: str, change: Callable[[], ChangeSet]) -> Response:
    """Carry out what *change* makes: 204 and nothing else, as PowerDNS' clients want it; the plan with dry_run."""

    def carry_out(door: Door, options: Options) -> Plan:
        return door.commit(change(), options)

    return await planned_for(here, caller, judged, zone, carry_out, is_shown=judged.is_dry_run)
