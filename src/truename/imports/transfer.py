"""The messages of a transfer, taken apart: each record by the core, which knows every type that a zone file may hold.

    message ── split ── records (owner, type, TTL, data as text, or why it cannot be read)
            └─ where its TSIG record begins, which `imports.tsig` verifies

A record that cannot be read costs nobody the others: its length says where the next one begins (RFC 1035 4.1.3).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from truename._core import text_of, type_text
from truename.name import lower

HEADER = 12
TSIG = 250
SOA = 6
AXFR = 252
CLASS_IN = 1
MOST_TTL = 2**31 - 1


class Broken(Exception):
    """A message that is none."""


@dataclass(frozen=True)
class Record:
    """One record. *fault*: why it cannot be taken over; its *data* is empty then. Units: *ttl* in seconds"""

    owner: str
    number: int
    ttl: int
    data: str
    fault: str = ""

    @property
    def type(self) -> str:
        """Its mnemonic."""
        return type_text(self.number)

    def line(self) -> str:
        """The record as a line of a master file."""
        return f"{self.owner} {self.ttl} IN {self.type} {self.data}\n"


Question = tuple[str, int, int]  # name in lower case, type, class


@dataclass
class Message:
    """A message. *tsig_at*: where its TSIG record begins, its last one; None without"""

    id: int
    flags: int
    questions: list[Question] = field(default_factory=list)
    answer: list[Record] = field(default_factory=list)
    tsig_at: int | None = None

    @property
    def rcode(self) -> int:
        """What the server says of the question."""
        return self.flags & 0xF

    @property
    def opcode(self) -> int:
        """What was asked for."""
        return self.flags >> 11 & 0xF

    @property
    def is_response(self) -> bool:
        """Whether it answers, and does not ask."""
        return bool(self.flags & 0x8000)


def split(wire: bytes) -> Message:
    """The answer section of a message. Raises: Broken"""
    if len(wire) < HEADER:
        raise Broken("a message of less than 12 octets")
    number, flags, questions, *counts = struct.unpack("!6H", wire[:HEADER])
    message = Message(number, flags)
    at = HEADER
    for _ in range(questions):
        name, end = _name(wire, at)
        at = end + 4
        if at > len(wire):
            raise Broken("a message ends within its question")
        message.questions.append((lower(name), *struct.unpack("!HH", wire[end:at])))
    for place in range(sum(counts)):
        begin = at
        owner, at = _name(wire, at)
        at = _take(wire, (begin, owner, at), message, is_answer=place < counts[0])
    return message


def _take(wire: bytes, of: tuple[int, str, int], message: Message, *, is_answer: bool) -> int:
    """Take over the record whose owner ends at *of*[2]. Returns: where the next begins"""
    begin, owner, at = of
    start = at + 10
    if start > len(wire):
        raise Broken("a message ends within a record")
    rtype, rclass, ttl, length = struct.unpack("!HHIH", wire[at:start])
    end: int = start + length
    if end > len(wire):
        raise Broken("a message ends within a record")
    if is_answer:
        message.answer.append(_record(wire, (owner, rtype, rclass, ttl), (start, length)))
    elif rtype == TSIG and end == len(wire):
        message.tsig_at = begin
    return end


def _record(wire: bytes, head: tuple[str, int, int, int], data: tuple[int, int]) -> Record:
    owner, rtype, rclass, ttl = head
    ttl = ttl if ttl <= MOST_TTL else 0  # RFC 2181 8
    if rclass != CLASS_IN:
        return Record(owner, rtype, ttl, "", f"its class is {rclass}, not IN")
    try:
        return Record(owner, rtype, ttl, text_of(rtype, wire, *data))
    except ValueError as wrong:
        return Record(owner, rtype, ttl, "", str(wrong))


def _name(wire: bytes, at: int) -> tuple[str, int]:
    """The name at *at*, as text, and where what follows it begins."""
    from dns.exception import DNSException
    from dns.name import from_wire

    try:
        name, length = from_wire(wire, at)
    except (DNSException, IndexError, ValueError):
        raise Broken("a message holds a name that is none") from None
    return name.to_text(), at + length


def answers(messages: Iterator[Message]) -> Iterator[Record]:
    """All records of the answers."""
    for message in messages:
        yield from message.answer
