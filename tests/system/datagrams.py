"""Many questions at once over UDP, and what comes back."""

import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import dns.edns
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from dns.message import Message

QUIET = 0.3  # seconds without a reply after which none is expected


@dataclass
class Replies:
    """Shape: *sent* questions got *whole* replies, *empty* ones with TC, *refused* with BADCOOKIE, or none"""

    sent: int
    seconds: float
    replies: list[Message] = field(default_factory=list)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(map(kind, self.replies))

    @property
    def missing(self) -> int:
        return self.sent - len(self.replies)


def kind(reply: Message) -> str:
    if reply.rcode() == dns.rcode.BADCOOKIE:
        return "badcookie"
    return "empty" if reply.flags & dns.flags.TC else "whole"


def question(name: str, rtype: str = "A", *, cookie: bytes | None = None) -> Message:
    query = dns.message.make_query(name, rtype)
    if cookie is not None:
        query.use_edns(0, options=[dns.edns.GenericOption(10, cookie)])
    return query


def flood(address: str, questions: Iterable[Message], *, source: str = "127.0.0.1") -> Replies:
    """Send all *questions* as fast as it goes, then read until it is quiet."""
    host, _, port = address.rpartition(":")
    packets = [query.to_wire() for query in questions]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        sock.bind((source, 0))
        sock.connect((host, int(port)))
        sock.settimeout(QUIET)
        began = time.monotonic()
        for number, packet in enumerate(packets):
            sock.send(packet)
            if number % 50 == 49:
                time.sleep(0.001)  # a queue that overflows would look like a limit
        replies = Replies(len(packets), 0.0)
        for octets in iter(lambda: _received(sock), None):
            replies.replies.append(dns.message.from_wire(octets))
        replies.seconds = time.monotonic() - began
    return replies


def _received(sock: socket.socket) -> bytes | None:
    try:
        return sock.recv(65535)
    except TimeoutError:
        return None


def cookie_of(reply: Message) -> bytes:
    """The COOKIE option of a reply."""
    return next(option.to_wire() or b"" for option in reply.options if int(option.otype) == 10)


def ask(address: str, query: Message) -> Message:
    """One question over UDP."""
    host, _, port = address.rpartition(":")
    return dns.query.udp(query, host, port=int(port), timeout=5)


def ask_tcp(address: str, query: Message) -> Message:
    """One question over TCP."""
    host, _, port = address.rpartition(":")
    return dns.query.tcp(query, host, port=int(port), timeout=5)
