"""How a changing call goes through the door."""

from collections.abc import Callable

from fastapi import Response

from truename.edit.change import ChangeSet
from truename.edit.door import Door, Options
from truename.edit.plan import Plan, plan_json
from truename.web.access import Caller
from truename.web.answers import SortedJson
from truename.web.api import kept
from truename.web.api.flags import Flags
from truename.web.context import Context

Through = Callable[[Door, Options], Plan]


async def through_door(here: Context, caller: Caller, judged: Flags, zone: str, through: Through) -> Plan:
    """What *through* does with the door, for a zone that is here. Raises: ApiError 404; what the door raises"""

    def work() -> Plan:
        kept.find(here, caller, zone)
        return through(here.door, judged.options(caller))

    return await here.threads.edit(work)


async def commit(here: Context, caller: Caller, judged: Flags, zone: str, change: Callable[[], ChangeSet]) -> Response:
    """Carry out what *change* makes: 204 and nothing else, as PowerDNS' clients want it; the plan with dry_run."""
    plan = await through_door(here, caller, judged, zone, lambda door, options: door.commit(change(), options))
    return SortedJson(plan_json(plan)) if judged.is_dry_run else Response(status_code=204)
