"""Zones that are not served as they stand: their file cannot be read, or what the database has of them.

What is served of such a zone is the version before, or nothing: to find nothing wrong with that would be no answer.
"""

from truename.rules.base import Finding
from truename.web.context import Context


def faults(here: Context, zone: str) -> list[Finding]:
    """Findings about what is not served of *zone*."""
    found = [
        _finding(zone, one.message, one.hint, (one.file, one.line, one.column))
        for one in here.served.zones.faults(zone)
    ]
    door = here.served.door
    why = door.left_out.get(zone) if door else None
    return [*found, _finding(zone, f"not served: {why}", "import it again, or delete it", ("", 0, 0))] if why else found


def words(here: Context, zone: str) -> list[str]:
    """The same as `FILE:LINE:COLUMN: what`."""
    return [f"{_place(one)}{one.message}" for one in faults(here, zone)]


def _finding(zone: str, message: str, hint: str, place: tuple[str, int, int]) -> Finding:
    return Finding("zone-malformed", "error", zone, zone, "", "", *place, message, hint, False, [])


def _place(one: Finding) -> str:
    parts = [one.file, *(str(number) for number in (one.line, one.column) if number)]
    return f"{':'.join(parts)}: " if one.file else ""
