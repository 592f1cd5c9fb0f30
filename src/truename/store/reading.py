"""What is asked of the store: zones, RRsets, a whole zone as text, the journal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from truename.store import schema
from truename.store.entries import entry_of, size_of
from truename.store.fixed import Fixed
from truename.store.place import is_plain, order_of, owner_at, place_of
from truename.store.rows import rrset_of, zone_of
from truename.zone import Entry, RRset, ZoneInfo

Stream = Callable[[Connection], Any]
CHUNK = 10_000
JOURNAL_OCTETS = 64 * 2**20  # of lines that one call for the journal returns, unless a single entry has more

_ZONE_ID = select(schema.zones.c.id).where(schema.zones.c.name == bindparam("name")).scalar_subquery()
_SETS = select(*(schema.rrsets.c[name] for name in ("place", "type", "ttl", "served", "disabled", "comments"))).where(
    schema.rrsets.c.zone == _ZONE_ID
)
_AT_PLACE = _SETS.where(schema.rrsets.c.place == bindparam("place"))
_ONE = Fixed(_AT_PLACE.where(schema.rrsets.c.type == bindparam("type")))
# What is the same for every record of a set is put together by the database: it is the quicker at it.
_LINES = """
SELECT place, ' ' || ttl || ' IN ' || type || ' ', served FROM rrsets
WHERE zone = {zone} AND served <> '' ORDER BY place, type
"""


def zones(connection: Connection) -> list[ZoneInfo]:
    """All zones, in canonical order."""
    found = [zone_of(row) for row in connection.execute(select(schema.zones)).mappings()]
    return sorted(found, key=lambda zone: order_of(zone.name))


def zone(connection: Connection, name: str) -> ZoneInfo | None:
    """One zone."""
    row = connection.execute(select(schema.zones).where(schema.zones.c.name == name)).mappings().first()
    return None if row is None else zone_of(row)


def has_zones(connection: Connection) -> bool:
    """Whether there is any zone."""
    return connection.execute(select(schema.zones.c.id).limit(1)).first() is not None


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


def zone_text(connection: Connection, zone: str, stream: Stream) -> bytes:
    """The served records as a master file. *stream* is a cursor of the driver: half the time of SQLAlchemy's rows."""
    number = connection.execute(select(schema.zones.c.id).where(schema.zones.c.name == zone)).scalar()
    if number is None:
        return b""
    parts: list[bytes] = []
    with closing(stream(connection)) as cursor:
        cursor.execute(_LINES.format(zone=int(number)))
        while chunk := cursor.fetchmany(CHUNK):
            if not parts:  # the apex sorts before all others, so its rows are in the first chunk
                chunk = list(_soa_first(chunk))
            parts.append("\n".join(_lines(chunk, zone)).encode())
    parts.append(b"")
    return b"\n".join(parts)


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


def _lines(rows: Sequence[Any], zone: str) -> list[str]:
    """Rows (place, " ttl IN type ", contents) as lines."""
    if is_plain([place for place, _, _ in rows]):
        ending = "." + zone if zone != "." else "."
        starts = [
            ".".join(place.split(" ")[::-1]) + ending + middle if place else zone + middle for place, middle, _ in rows
        ]
    else:
        starts = [owner_at(place, zone) + middle for place, middle, _ in rows]
    return [
        start + (row[2] if "\n" not in row[2] else row[2].replace("\n", "\n" + start))
        for start, row in zip(starts, rows, strict=True)
    ]


def _soa_first(rows: Iterable[Any]) -> Iterator[Any]:
    """*rows* in order, the SOA of the apex before its other types. Shape: (place, what ends in the type, ..)"""
    for place, group in groupby(rows, key=itemgetter(0)):
        if place:
            yield from group
        else:
            yield from sorted(group, key=lambda row: row[1].split()[-1] != "SOA")
