"""Numbers of journal entries for those who know of some zones only: counted in these, they tell nothing of the others.

An entry has a number among all entries, which says how much was done in zones of others since. Counted among the
entries of *zones* it is the same whatever happens elsewhere; so is that of a change, by its first entry in them.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, func, select

from truename.store import schema
from truename.zone import Entry

_COLUMNS = schema.journal.c


def counted(connection: Connection, zones: Collection[str], entries: Sequence[Entry]) -> dict[int, tuple[int, int]]:
    """By their numbers: how many entries of *zones* there are up to each, and up to the first of its change."""
    if not entries:
        return {}
    first = _first_of_changes(connection, zones, {entry.change for entry in entries})
    places = _places(connection, zones, [*first.values(), *(entry.number for entry in entries)])
    return {entry.number: (places[entry.number], places[first[entry.change]]) for entry in entries}


def number_of(connection: Connection, zones: Collection[str], place: int) -> int:
    """The number of the entry at *place* among those of *zones*, from 1; past the last the number behind it."""
    asked = select(_COLUMNS.number).where(_COLUMNS.zone.in_(zones)).order_by(_COLUMNS.number)
    found = connection.execute(asked.offset(max(0, place - 1)).limit(1)).scalar()
    if found is not None:
        return int(found)
    return int(connection.execute(select(func.max(_COLUMNS.number)).where(_COLUMNS.zone.in_(zones))).scalar() or 0) + 1


def _first_of_changes(connection: Connection, zones: Collection[str], changes: Collection[int]) -> dict[int, int]:
    change = func.coalesce(_COLUMNS.change, _COLUMNS.number)
    asked = select(change, func.min(_COLUMNS.number)).where(_COLUMNS.zone.in_(zones)).group_by(change)
    some = sorted(changes)
    asked = asked.where(_COLUMNS.number.in_(some) | _COLUMNS.change.in_(some))
    return {int(row[0]): int(row[1]) for row in connection.execute(asked)}


def _places(connection: Connection, zones: Collection[str], numbers: Iterable[int]) -> dict[int, int]:
    wanted = sorted(set(numbers))
    mine = _COLUMNS.zone.in_(zones)
    below = connection.execute(select(func.count()).where(mine, _COLUMNS.number < wanted[0])).scalar() or 0
    asked = select(_COLUMNS.number).where(mine, _COLUMNS.number.between(wanted[0], wanted[-1]))
    between = connection.execute(asked.order_by(_COLUMNS.number)).scalars()
    return {int(number): below + at for at, number in enumerate(between, 1)}
