"""Many questions at once: DO set, over one TCP connection, so that nothing is left out for want of room."""

import copy
import socket
import struct
from collections.abc import Iterator, Sequence

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
from dns.message import Message
from dns.name import Name

from servers import Running

Question = tuple[Name, int]
WINDOW = 20  # questions under way on one connection
SECONDS = 10.0


def query(question: Question, *, do: bool = True, payload: int = 1232) -> bytes:
    """A question with EDNS."""
    message = dns.message.make_query(question[0], question[1], want_dnssec=do, use_edns=0, payload=payload)
    message.flags = dns.flags.Flag(0)
    message.id = 0
    return message.to_wire()


def parse(packet: bytes) -> Message:
    """Each record on its own, so that order and duplicates stay visible."""
    return dns.message.from_wire(packet, one_rr_per_rrset=True)


def copied(reply: Message) -> Message:
    """A copy whose sections can be replaced: those of dnspython's own shallow copy are shared."""
    fresh = copy.copy(reply)
    fresh.sections = list(reply.sections)
    return fresh


def ask(server: Running, questions: Sequence[Question], *, do: bool = True) -> Iterator[tuple[Question, Message]]:
    """Every question with its reply, in any number of connections; a server may close one whenever it likes."""
    for first in range(0, len(questions), WINDOW):
        some = questions[first : first + WINDOW]
        with socket.create_connection((server.host, server.port), SECONDS) as stream:
            packets = [number.to_bytes(2, "big") + query(q, do=do)[2:] for number, q in enumerate(some)]
            stream.sendall(b"".join(struct.pack("!H", len(packet)) + packet for packet in packets))
            with stream.makefile("rb") as incoming:
                replies = dict(read(incoming.read(2), incoming) for _ in some)
        for number, question in enumerate(some):
            yield question, parse(replies[number])


def read(length: bytes, incoming) -> tuple[int, bytes]:  # type: ignore[no-untyped-def]
    packet = incoming.read(int.from_bytes(length, "big"))
    return int.from_bytes(packet[:2], "big"), packet


def ask_udp(server: Running, question: Question, *, do: bool = True, payload: int = 1232) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stream:
        stream.settimeout(SECONDS)
        stream.connect((server.host, server.port))
        stream.send(query(question, do=do, payload=payload))
        return stream.recv(65535)


def question(name: str, rtype: str) -> Question:
    return dns.name.from_text(name), int(dns.rdatatype.from_text(rtype))


def shown(asked: Question) -> str:
    return f"{asked[0]} {dns.rdatatype.to_text(dns.rdatatype.RdataType.make(asked[1]))}"
