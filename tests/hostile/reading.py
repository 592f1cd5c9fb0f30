"""Reads messages octet by octet, strictly, with nothing of the product or of a library in it.

What a server sends is held against this: every count true, every pointer backwards, every name within 255 octets, and
nothing behind the last record.
"""

import struct
from dataclasses import dataclass

HEADER = 12
OPT = 41
SECTIONS = ("answer", "authority", "additional")


class Malformed(Exception):
    """The octets are no DNS message; the text says where."""


@dataclass(frozen=True, slots=True)
class Record:
    """A resource record. *owner* is its labels in lower case, or () when names were only stepped over."""

    section: str
    owner: tuple[bytes, ...]
    rtype: int
    rclass: int
    ttl: int
    data: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message. *question* is its question entries as they came."""

    ident: int
    flags: int
    questions: int
    question: bytes
    records: list[Record]

    def opts(self) -> list[Record]:
        return [record for record in self.records if record.rtype == OPT]

    def rcode(self) -> int:
        """With the upper bits of an OPT record (RFC 6891 6.1.3)."""
        upper = self.opts()[0].ttl >> 24 << 4 if self.opts() else 0
        return self.flags & 15 | upper


def read(packet: bytes, *, follow: bool = True) -> Message:
    """*packet* as a message. *follow*: a reply's names are followed; in a query, owners are only stepped over."""
    if len(packet) < HEADER:
        raise Malformed("shorter than a header")
    ident, flags, questions, *counts = struct.unpack_from("!6H", packet)
    at = HEADER
    for _ in range(questions):
        _, at = name(packet, at, follow=follow)
        at = bounded(packet, at + 4)
    question, records = packet[HEADER:at], []
    for section, count in zip(SECTIONS, counts, strict=True):
        for _ in range(count):
            record, at = read_record(packet, at, section, follow=follow)
            records.append(record)
    if at != len(packet):
        raise Malformed(f"{len(packet) - at} octets behind the last record")
    return Message(ident, flags, questions, question, records)


def read_record(packet: bytes, at: int, section: str, *, follow: bool) -> tuple[Record, int]:
    start = at
    owner, at = name(packet, at, follow=follow)
    bounded(packet, at + 10)
    rtype, rclass, ttl, length = struct.unpack_from("!HHIH", packet, at)
    end = bounded(packet, at + 10 + length)
    return Record(section, owner, rtype, rclass, ttl, packet[at + 10 : end], start), end


def bounded(packet: bytes, end: int) -> int:
    if end > len(packet):
        raise Malformed(f"{end} is behind the end")
    return end


def name(packet: bytes, at: int, *, follow: bool) -> tuple[tuple[bytes, ...], int]:
    """The labels of the name at *at*, and where it ends there."""
    labels: list[bytes] = []
    end, size = 0, 1
    while True:
        length = packet[bounded(packet, at + 1) - 1]
        if length == 0:
            return tuple(labels), end or at + 1
        if length >= 0xC0:
            target = (length & 0x3F) << 8 | packet[bounded(packet, at + 2) - 1]
            end = end or at + 2
            if not follow:
                return (), end
            if target >= at or target < HEADER:
                raise Malformed(f"the pointer at {at} leads to {target}")
            at = target
            continue
        if length > 63:
            raise Malformed(f"a label of type {length:#x} at {at}")
        labels.append(packet[at + 1 : bounded(packet, at + 1 + length)].lower())
        at, size = at + 1 + length, size + 1 + length
        if size > 255 and follow:
            raise Malformed(f"a name of more than 255 octets ends at {at}")


def offered(query: bytes) -> int | None:
    """The UDP size that a query offers; None without a proper OPT record."""
    try:
        opts = read(query, follow=False).opts()
    except Malformed:
        return None
    return opts[0].rclass if len(opts) == 1 else None


def question_of(query: bytes) -> bytes | None:
    """The first question of a query as it came; None when there is none that can be read."""
    try:
        if struct.unpack_from("!H", query, 4)[0] == 0:
            return None
        labels, end = name(query, HEADER, follow=False)
        bounded(query, end + 4)
    except (Malformed, struct.error):
        return None
    # A pointer leaves no label to return; a question is never compressed.
    is_plain = bool(labels) or query[HEADER] == 0
    return query[HEADER : end + 4] if is_plain and end - HEADER <= 255 else None
