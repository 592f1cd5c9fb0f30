"""Zones that are not served as they stand: their file cannot be read, or what the database has of them.

What is served of such a zone is the version before, or nothing: to find nothing wrong with that would be no answer.
"""

from truename.edit.caller import Caller
from truename.rules.base import Finding
from truename.serve.held import ZoneProblem
from truename.serve.served import IMPORT_AGAIN
from truename.web.context import Context


def faults(here: Context, caller: Caller, zone: str) -> list[Finding]:
    """Findings about what is not served of *zone*, as *caller* may know them."""
    found = here.served.zones.faults(zone)
    door = here.served.door
    why = door.left_out.get(zone) if door else None
    if why:
        found = [*found, ZoneProblem("", 0, 0, f"not served: {why}", IMPORT_AGAIN, f"not served: {why}", IMPORT_AGAIN)]
    return [_finding(zone, one if caller.is_admin else one.in_brief()) for one in found]


def words(here: Context, caller: Caller, zone: str) -> list[str]:
    """The same as `FILE:LINE:COLUMN: what`."""
    return [f"{_place(one)}{one.message}" for one in faults(here, caller, zone)]


def _finding(zone: str, why: ZoneProblem) -> Finding:
    place = (why.file, why.line, why.column)
    return Finding("zone-malformed", "error", zone, zone, "", "", *place, why.message, why.hint, False, [])


def _place(one: Finding) -> str:
    parts = [one.file, *(str(number) for number in (one.line, one.column) if number)]
    return f"{':'.join(parts)}: " if one.file else ""
