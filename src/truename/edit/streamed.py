"""A new zone that came as a text, and stays one: a million RRsets as Python's objects are a gigabyte."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from truename._core import ZoneText
from truename.store.rows import PACKED_ROWS
from truename.zone import Record, RRset

CHUNK = PACKED_ROWS  # RRsets of a text that are Python's objects at once


@dataclass(slots=True)
class Streamed:
    """A new zone as it was sent. *soa* stands in the place of the one in the text."""

    text: ZoneText
    soa: RRset
    given: str  # the SOA's data in the text
    octets: bytes  # the text as it came

    def rrsets(self) -> Iterator[RRset]:
        """All RRsets."""
        for one in rrsets_of(self.text):
            yield self.soa if one.type == "SOA" and one.owner == self.soa.owner else one

    def __iter__(self) -> Iterator[RRset]:
        return self.rrsets()

    def statements(self, zone: int, each: int) -> Iterator[list[tuple[Any, ...]]]:
        """All of it as rows of the store (`store.rows.Packed`), which takes a fifth of the time of RRsets."""
        some = CHUNK // each * each
        for start in range(0, self.text.count, some):
            yield self.text.rows(zone, each, start, some, soa=self.soa.served[0])

    def copied(self, zone: int) -> Iterator[bytes]:
        """The same for PostgreSQL."""
        for start in range(0, self.text.count, CHUNK):
            yield self.text.copied(zone, start, CHUNK, soa=self.soa.served[0])

    @property
    def is_as_given(self) -> bool:
        """Whether the zone is what the text says, its serial too."""
        return self.given == self.soa.served[0]

    def master_file(self) -> bytes:
        """The zone as the graph reads it. As it was given where that will do: then places in it are the caller's."""
        return self.octets if self.is_as_given else self.lines()

    def lines(self) -> bytes:
        """All records, one a line, absolute names."""
        return self.text.lines(soa=self.soa.served[0])

    @property
    def added(self) -> str:
        """The same as the journal has them: a text as large as the zone, made when it is wanted."""
        return self.text.journal(soa=self.soa.served[0])


def rrsets_of(text: ZoneText) -> Iterator[RRset]:
    """All RRsets of *text*."""
    for start in range(0, text.count, CHUNK):
        for owner, rtype, ttl, data in text.sets(start, CHUNK):
            yield RRset(owner, rtype, ttl, tuple(map(Record, data)))


def soa_of(text: ZoneText, zone: str) -> RRset | None:
    """The SOA at the apex of *zone*."""
    return next((rrset for rrset in rrsets_of(text) if rrset.type == "SOA" and rrset.owner == zone), None)
