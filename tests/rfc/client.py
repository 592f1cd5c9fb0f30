"""How the tests of this folder talk to a server, and how they say what they expect.

    reply = subject.ask("www.example.com", "A")
    expect(reply, "NOERROR", answer="www.example.com. 32600 CNAME example.com.", ...)

Only a socket is used; the address comes from `subject` (conftest.py). Every failed expectation is an AssertionError
whose text starts with the point in question ("rcode NXDOMAIN", "aa False", "answer:"), which `differs` marks refer to.
"""

import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdatatype
from dns.message import Message
from dns.rrset import RRset

REPLY_SECONDS = 2.0
SILENCE_SECONDS = 0.3
# A question for example.com SOA with an ID of its own, sent behind one that may get no reply.
MARKER = struct.pack("!6H", 0xBEEF, 0, 1, 0, 0, 0) + b"\x07example\x03com\x00\x00\x06\x00\x01"


class NoReply(AssertionError):
    """The server said nothing, or closed the connection."""


@dataclass(frozen=True)
class Subject:
    """The server under test. *name* is truename, nsd, knot, or subject for one of the user's choice."""

    name: str
    host: str
    port: int

    def ask(
        self,
        name: str | dns.name.Name,
        rtype: str,
        *,
        rclass: str = "IN",
        edns: int | None = None,
        payload: int = 1232,
        do: bool = False,
        options: Iterable[dns.edns.Option] = (),
        flags: int = 0,
        tcp: bool = False,
    ) -> Message:
        """Put one question; *edns* is the EDNS version, None for none. *flags* are header bits (dns.flags)."""
        query = make_query(name, rtype, rclass=rclass, flags=flags)
        if edns is not None:
            ednsflags = (edns << 16) | (dns.flags.DO if do else 0)
            query.use_edns(edns, ednsflags, payload, options=list(options))
        wire = query.to_wire()
        return parse(self.over_tcp(wire) if tcp else self.over_udp(wire), query)

    def over_udp(self, packet: bytes) -> bytes:
        """The first datagram that comes back; if none is in sight, a question behind it shows whether one will come."""
        with self.udp() as sock:
            sock.send(packet)
            sock.settimeout(SILENCE_SECONDS)
            try:
                return sock.recv(65535)
            except TimeoutError:
                sock.settimeout(REPLY_SECONDS)
                sock.send(MARKER)
                reply = receive(sock)
        if reply[:2] == MARKER[:2] and packet[:2] != MARKER[:2]:
            raise NoReply("no reply, while the next question got one")
        return reply

    def over_tcp(self, packet: bytes) -> bytes:
        """The one reply to one message on a connection of its own."""
        with self.tcp() as sock:
            sock.sendall(framed(packet))
            return read_message(sock)

    def is_silent_to(self, packet: bytes) -> bool:
        """Whether a datagram gets no reply: the question sent right behind it is answered, and then nothing comes."""
        with self.udp() as sock:
            sock.send(packet)
            sock.send(MARKER)
            if receive(sock)[:2] != MARKER[:2]:
                return False
            sock.settimeout(SILENCE_SECONDS)
            try:
                sock.recv(65535)
            except TimeoutError:
                return True
            return False

    @contextmanager
    def udp(self) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.connect((self.host, self.port))
            sock.settimeout(REPLY_SECONDS)
            yield sock

    @contextmanager
    def tcp(self) -> Iterator[socket.socket]:
        with socket.create_connection((self.host, self.port), REPLY_SECONDS) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield sock


def receive(sock: socket.socket) -> bytes:
    try:
        return sock.recv(65535)
    except TimeoutError:
        raise NoReply(f"no reply within {REPLY_SECONDS} s") from None


def framed(packet: bytes) -> bytes:
    """RFC 1035 4.2.2: two octets of length in front of each message."""
    return struct.pack("!H", len(packet)) + packet


def read_message(sock: socket.socket) -> bytes:
    """The next message of a TCP connection."""
    return read_exactly(sock, struct.unpack("!H", read_exactly(sock, 2))[0])


def read_exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        try:
            chunk = sock.recv(count - len(data))
        except (TimeoutError, ConnectionError) as error:
            raise NoReply(f"no reply on TCP: {error}") from None
        if not chunk:
            raise NoReply("no reply on TCP: the connection was closed")
        data += chunk
    return data


def make_query(name: str | dns.name.Name, rtype: str, *, rclass: str = "IN", flags: int = 0) -> Message:
    query = dns.message.make_query(name, rtype, rdclass=rclass)
    query.flags = dns.flags.Flag(flags)
    return query


def parse(packet: bytes, query: Message | None = None) -> Message:
    """Read a reply, every record on its own; with *query*, the reply must belong to it."""
    reply = dns.message.from_wire(packet, one_rr_per_rrset=True)
    if query is not None:
        assert reply.id == query.id, f"id {reply.id:#x}, expected {query.id:#x}"
        assert reply.flags & dns.flags.QR, "qr False, expected True"
    return reply


def header(packet: bytes) -> tuple[int, int, int, int, int, int]:
    """(id, flags, qdcount, ancount, nscount, arcount)"""
    fields: tuple[int, int, int, int, int, int] = struct.unpack_from("!6H", packet)
    return fields


def rcode_of(packet: bytes) -> str:
    return dns.rcode.to_text(dns.rcode.Rcode(header(packet)[1] & 15))


def message(
    question: bytes, *, ident: int = 0x1234, flags: int = 0, counts: tuple[int, int, int, int] = (1, 0, 0, 0)
) -> bytes:
    """A message put together by hand, for what a library refuses to write."""
    return struct.pack("!6H", ident, flags, *counts) + question


def wire_name(text: str) -> bytes:
    return dns.name.from_text(text).to_wire()


def entry(name: str = "example.com", rtype: int = 1, rclass: int = 1) -> bytes:
    """One question entry in wire form."""
    return wire_name(name) + struct.pack("!HH", rtype, rclass)


def opt(*, payload: int = 1232, version: int = 0, flags: int = 0, data: bytes = b"", owner: bytes = b"\x00") -> bytes:
    """An OPT record in wire form (RFC 6891 6.1.2)."""
    return owner + struct.pack("!HHBBHH", 41, payload, 0, version, flags, len(data)) + data


def expect(
    reply: Message,
    rcode: str,
    *,
    aa: bool = True,
    tc: bool = False,
    answer: str | None = None,
    authority: str | None = None,
    additional: str | None = None,
) -> None:
    """Compare a reply with what it should be; a section left out is not looked at, "" means empty.

    Sections are lines `owner ttl type data`. RRsets come in the order written, records within one in any order.
    """
    got = dns.rcode.to_text(reply.rcode())
    assert got == rcode, f"rcode {got}, expected {rcode}"
    for bit, name, wanted in ((dns.flags.AA, "aa", aa), (dns.flags.TC, "tc", tc)):
        assert bool(reply.flags & bit) == wanted, f"{name} {not wanted}, expected {wanted}"
    sections = ((reply.answer, "answer", answer), (reply.authority, "authority", authority))
    for section, name, text in (*sections, (reply.additional, "additional", additional)):
        if text is not None:
            expect_section(name, shown(section), [line.strip() for line in text.strip().splitlines()])


def expect_section(name: str, got: list[str], wanted: list[str]) -> None:
    assert in_sets(got) == in_sets(wanted), f"{name}: {' | '.join(got) or 'nothing'}\nexpected {' | '.join(wanted)}"


def shown(section: list[RRset]) -> list[str]:
    """Records as `owner ttl type data`, names absolute."""
    return [f"{rr.name} {rr.ttl} {dns.rdatatype.to_text(rr.rdtype)} {rr[0].to_text()}".rstrip() for rr in section]


def in_sets(lines: list[str]) -> list[list[str]]:
    """Neighbouring records of one owner, TTL and type, sorted."""
    return [sorted(group) for _, group in groupby(lines, key=lambda line: line.split()[:3])]


def expect_rcode(packet: bytes, rcode: str) -> None:
    """The rcode of a raw reply (which may hold nothing but a header)."""
    assert rcode_of(packet) == rcode, f"rcode {rcode_of(packet)}, expected {rcode}"


def extended_errors(reply: Message) -> list[int]:
    """The codes of RFC 8914 in a reply."""
    return [int(option.code) for option in reply.options if isinstance(option, dns.edns.EDEOption)]
