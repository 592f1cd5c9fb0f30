"""What is asked of the store: zones, RRsets, a whole zone as text, the journal."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from typing import cast as cast_to

from sqlalchemy import Connection, Select, Text, bindparam, cast, false, func, literal_column, select

from truename._core import stored_text
from truename.store import schema
from truename.store.entries import entry_of, size_of
from truename.store.fixed import Fixed
from truename.store.place import order_of, place_of
from truename.store.rows import rrset_of, zone_of
from truename.zone import DISABLED, Entry, RRset, ZoneInfo

CHUNK = 10_000
JOURNAL_OCTETS = 64 * 2**20  # of lines that one call for the journal returns, unless a single entry has more

IS_SEEN = schema.zones.c.is_hidden.is_(false())
_ZONE_ID = select(schema.zones.c.id).where(schema.zones.c.name == bindparam("name")).scalar_subquery()
_SETS = select(*(schema.rrsets.c[name] for name in ("place", "type", "ttl", "served", "disabled", "comments"))).where(
    schema.rrsets.c.zone == _ZONE_ID
)
_AT_PLACE = _SETS.where(schema.rrsets.c.place == bindparam("place"))
_ONE = Fixed(_AT_PLACE.where(schema.rrsets.c.type == bindparam("type")))
# Columns of many RRsets at once, put together by the database: the rows of a million one by one take Python a second,
# these 0.3 s, in which others have the interpreter. All four are made in one pass, so that they are in the same order.
PART = 5000  # RRsets that are read at once
BEHIND = "\u0100"  # sorts behind all places: they are made of octets
_OF_ZONE = schema.rrsets.c.zone == _ZONE_ID
_NEXT = (
    select(schema.rrsets.c.place)
    .where(_OF_ZONE, schema.rrsets.c.place > bindparam("lower"))
    .order_by(schema.rrsets.c.place)
    .limit(1)
    .offset(PART)
)
_POSITION = Fixed(select(func.max(schema.journal.c.number)))
_COUNT = select(func.count()).select_from(schema.rrsets).where(_OF_ZONE)
_PART = select(
    *(
        func.aggregate_strings(column, cast_to(str, literal_column(f"'{separator}'")))
        for column, separator in (
            (schema.rrsets.c.place, "\n"),
            (cast(schema.rrsets.c.ttl, Text), "\n"),
            (schema.rrsets.c.type, "\n"),
            (schema.rrsets.c.served, "\x01"),
        )
    )
).where(
    _OF_ZONE,
    schema.rrsets.c.served != literal_column("''"),
    schema.rrsets.c.place >= bindparam("lower"),
    schema.rrsets.c.place < bindparam("upper"),
)

Columns = tuple[str, str, str, str]  # places, TTLs, types: one a line; data: one line a record, \x01 between RRsets


@dataclass(frozen=True, slots=True)
class Stored:
    """A zone on its way to the graph. *sets*: about how many RRsets it has"""

    sets: int
    parts: Iterator[Columns]


@dataclass(frozen=True, slots=True)
class Version:
    """A zone in one transaction."""

    info: ZoneInfo
    connection: Connection

    def rrsets(self, owner: str | None = None, rtype: str | None = None) -> Iterator[RRset]:
        """Those that are asked for, as a stream."""
        return rrsets(self.connection, self.info.name, owner, rtype)

    def texts(self) -> Iterator[bytes]:
        """The served records as a master file, in pieces of whole lines."""
        for part in stored(self.connection, self.info.name).parts:
            yield stored_text(self.info.name, iter((part,)))


def zones(connection: Connection) -> list[ZoneInfo]:
    """All zones, in canonical order."""
    found = [zone_of(row) for row in connection.execute(select(schema.zones).where(IS_SEEN)).mappings()]
    return sorted(found, key=lambda zone: order_of(zone.name))


def zone(connection: Connection, name: str) -> ZoneInfo | None:
    """One zone."""
    row = connection.execute(select(schema.zones).where(schema.zones.c.name == name)).mappings().first()
    return None if row is None else zone_of(row)


def has_zones(connection: Connection) -> bool:
    """Whether there is any zone."""
    return connection.execute(select(schema.zones.c.id).where(IS_SEEN).limit(1)).first() is not None


def rrset(connection: Connection, zone: str, owner: str, rtype: str) -> RRset | None:
    """One RRset. None as well for an owner outside the zone: there is none."""
    try:
        place = place_of(owner, zone)
    except ValueError:
        return None
    row = _ONE.first(connection, {"name": zone, "place": place, "type": rtype})
    return None if row is None else rrset_of(row, zone)


def rrsets(connection: Connection, zone: str, owner: str | None, rtype: str | None) -> Iterator[RRset]:
    """Those of *zone* that are asked for, as a stream."""
    statement: Select[Any] = _SETS
    parameters: dict[str, object] = {"name": zone}
    if owner is not None:
        try:
            parameters["place"] = place_of(owner, zone)
        except ValueError:
            return
        statement = _AT_PLACE
    if rtype is not None:
        statement = statement.where(schema.rrsets.c.type == rtype)
    statement = statement.order_by(schema.rrsets.c.place, schema.rrsets.c.type)
    with connection.execute(statement.execution_options(yield_per=CHUNK), parameters) as rows:
        yield from (rrset_of(row, zone) for row in _soa_first(rows))


def zone_text(connection: Connection, zone: str) -> bytes:
    """The served records as a master file."""
    return stored_text(zone, stored(connection, zone).parts)


def lines(connection: Connection, zone: str) -> tuple[str, ...]:
    """All records of *zone* as the journal has them, those that are disabled last."""
    served = zone_text(connection, zone).decode().split("\n")[:-1]
    rows = connection.execute(_SETS.where(schema.rrsets.c.disabled != ""), {"name": zone})
    kept = (line for row in rows for line in rrset_of(row, zone).lines())
    return (*served, *(line for line in kept if line.startswith(DISABLED)))


def commented(connection: Connection, zone: str) -> list[RRset]:
    """The RRsets of *zone* that have comments."""
    rows = connection.execute(_SETS.where(schema.rrsets.c.comments != ""), {"name": zone})
    return [rrset_of(row, zone) for row in rows]


def has_more(connection: Connection, zone: str, than: int) -> bool:
    """Whether *zone* has more RRsets; costs no more than reading so many keys."""
    asked = select(schema.rrsets.c.type).where(_OF_ZONE).limit(1).offset(than)
    return connection.execute(asked, {"name": zone}).first() is not None


def count(connection: Connection, zone: str) -> int:
    """How many RRsets *zone* has."""
    return int(connection.execute(_COUNT, {"name": zone}).scalar_one())


def stored(connection: Connection, zone: str) -> "Stored":
    """The served records as the core reads them. They are read while *connection* is in its transaction."""
    first = connection.execute(_NEXT, {"name": zone, "lower": ""}).scalar()
    sets = 0 if first is None else connection.execute(_COUNT, {"name": zone}).scalar_one()
    return Stored(sets, _parts(connection, zone, first))


def _parts(connection: Connection, zone: str, upper: str | None) -> Iterator[Columns]:
    lower = ""
    while True:
        bounds = {"name": zone, "lower": lower, "upper": BEHIND if upper is None else upper}
        part = connection.execute(_PART, bounds).one()
        if part[0] is not None:
            yield part[0], part[1], part[2], part[3]
        if upper is None:
            return
        lower, upper = upper, connection.execute(_NEXT, {"name": zone, "lower": upper}).scalar()


def journal(connection: Connection, zone: str, limit: int, before: int | None) -> list[Entry]:
    """The newest entries first; fewer than *limit* when they are large, so that what comes at once is bounded."""
    asked = select(schema.journal).where(schema.journal.c.zone == zone).order_by(schema.journal.c.number.desc())
    if before is not None:
        asked = asked.where(schema.journal.c.number < before)
    entries: list[Entry] = []
    octets = 0
    with connection.execute(asked.limit(limit).execution_options(yield_per=1)) as rows:
        for row in rows:
            octets += size_of(row)
            if entries and octets > JOURNAL_OCTETS:
                break
            entries.append(entry_of(row))
    return entries


def entry(connection: Connection, zone: str, serial: int) -> Entry | None:
    """The newest entry that made *serial* the zone's; one that left it as it was only when there is no other."""
    columns = schema.journal.c
    asked = select(schema.journal).where(columns.zone == zone, columns.serial == serial)
    asked = asked.order_by((columns.serial == columns.previous), columns.number.desc()).limit(1)
    row = connection.execute(asked).first()
    return None if row is None else entry_of(row)


def change(connection: Connection, number: int) -> list[Entry]:
    """The entries of one change, in the order in which they were written."""
    columns = schema.journal.c
    asked = select(schema.journal).where((columns.number == number) | (columns.change == number))
    return [entry_of(row) for row in connection.execute(asked.order_by(columns.number))]


def zones_of(connection: Connection, changes: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The zones of each of *changes*."""
    columns, some = schema.journal.c, sorted(changes)
    asked = select(columns.number, columns.change, columns.zone)
    asked = asked.where(columns.number.in_(some) | columns.change.in_(some)).order_by(columns.number)
    found: dict[int, tuple[str, ...]] = {}
    for number, change, zone in connection.execute(asked):
        found[change or number] = (*found.get(change or number, ()), zone)
    return found


def position(connection: Connection) -> int:
    """The number of the newest entry of the journal; 0 without one."""
    return int(_POSITION.first(connection, {})[0] or 0)


def changed_since(connection: Connection, number: int) -> list[str]:
    """The zones that have entries behind *number*, also those that are gone."""
    columns = schema.journal.c
    return sorted(connection.execute(select(columns.zone).where(columns.number > number).distinct()).scalars())


def _soa_first(rows: Iterable[Any]) -> Iterator[Any]:
    """*rows* in order, the SOA of the apex before its other types. Shape: (place, what ends in the type, ..)"""
    for place, group in groupby(rows, key=itemgetter(0)):
        if place:
            yield from group
        else:
            yield from sorted(group, key=lambda row: row[1].split()[-1] != "SOA")
