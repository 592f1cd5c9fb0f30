"""Where what is stored and a text part, RRset by RRset.

Both come in the order of the key, so they are merged: a zone of a million RRsets that is imported over itself costs
reading it once, and only what differs becomes an RRset in Python. The comparing itself is the core's.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Protocol

from sqlalchemy import Connection, select

from truename.store import schema
from truename.store.rows import rrset_of
from truename.zone import Record, RRset

CHUNK = 1000  # rows and RRsets at once: few enough for the processor's cache
Set = tuple[str, str, int, list[str]]  # owner, type, ttl, data
Stream = Callable[[Connection], Any]  # gives a cursor of the driver
Difference = tuple[RRset | None, RRset | None]

_ROWS = "SELECT place, type, ttl, served, disabled, comments FROM rrsets WHERE zone = {zone} ORDER BY place, type"


class Ordered(Protocol):
    """RRsets of a text, in the order of the store's key (`_core.ZoneText`)."""

    def compare(self, rows: list[Any], at: int) -> tuple[int, list[tuple[int | None, Set | None]]]:
        """Where *rows* and the RRsets from *at* on part, by number of the row; and the number of the next RRset."""

    def ordered(self, start: int, count: int) -> list[Set]:
        """RRsets."""


def differences(connection: Connection, zone: str, text: Ordered, stream: Stream) -> Iterator[Difference]:
    """See the top. Shape: (stored, of the text), never both None"""
    at = 0
    number = connection.execute(select(schema.zones.c.id).where(schema.zones.c.name == zone)).scalar()
    if number is not None:
        with closing(stream(connection)) as cursor:
            cursor.execute(_ROWS.format(zone=int(number)))
            while rows := cursor.fetchmany(CHUNK):
                at, found = text.compare(rows, at)
                yield from ((None if one is None else rrset_of(rows[one], zone), _made(other)) for one, other in found)
    while rest := text.ordered(at, CHUNK):
        at += len(rest)
        yield from ((None, _made(one)) for one in rest)


def _made(found: Set | None) -> RRset | None:
    if found is None:
        return None
    owner, rtype, ttl, data = found
    return RRset(owner, rtype, ttl, tuple(map(Record, data)))
