"""The judge of `exchange.py` sees what it is there to see: right replies pass, and each sort of wrong one does not."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from rfc.client import Subject, entry, message, opt

from .crafted import ANSWERED, BROKEN, QUESTION, REFUSED, Packet
from .exchange import GOOD, Prober, complaint, limit
from .vitals import Victim

PLAIN = message(QUESTION)
EDNS = message(QUESTION + opt(), counts=(1, 0, 0, 1))
FOREIGN = message(entry("www.elsewhere.example"))


def judge(query: bytes, reply: bytes, rcodes: frozenset[int] = ANSWERED) -> str:
    return complaint(Packet("judged", query, rcodes), query, reply, limit(query))


def with_flags(reply: bytes, change: int) -> bytes:
    return reply[:2] + struct.pack("!H", struct.unpack_from("!H", reply, 2)[0] ^ change) + reply[4:]


def with_counts(reply: bytes, *change: int) -> bytes:
    counts = [count + more for count, more in zip(struct.unpack_from("!4H", reply, 4), change, strict=True)]
    return reply[:4] + struct.pack("!4H", *counts) + reply[12:]


WRONG: dict[str, tuple[bytes, Callable[[bytes], bytes], str]] = {
    "response bit": (PLAIN, lambda reply: with_flags(reply, 0x8000), "QR"),
    "opcode": (PLAIN, lambda reply: with_flags(reply, 0x0800), "opcode"),
    "recursion": (PLAIN, lambda reply: with_flags(reply, 0x0080), "RA"),
    "checking": (PLAIN, lambda reply: with_flags(reply, 0x0010), "CD"),
    "fault inside": (PLAIN, lambda reply: with_flags(reply, 2), "rcode 2"),
    "too short": (PLAIN, lambda reply: reply[:-1], "malformed"),
    "too long": (PLAIN, lambda reply: reply + b"\0", "malformed"),
    "count": (PLAIN, lambda reply: with_counts(reply, 0, 0, 1, 0), "malformed"),
    "pointer forwards": (PLAIN, lambda reply: reply[:37] + b"\xff" + reply[38:], "pointer"),
    "question": (PLAIN, lambda reply: reply[:13] + b"x" + reply[14:], "not the one"),
    "no question": (PLAIN, lambda reply: with_counts(reply[:12], -1, -2, 0, 0), "missing"),
    "unasked OPT": (PLAIN, lambda reply: with_counts(reply + opt(), 0, 0, 0, 1), "none was sent"),
    "OPT twice": (EDNS, lambda reply: with_counts(reply + opt(), 0, 0, 0, 1), "twice"),
    "size": (PLAIN, lambda reply: with_counts(reply + (b"\0" + bytes(10)) * 45, 0, 0, 0, 45), "at most 512"),
    "size with EDNS": (
        EDNS,
        lambda reply: with_counts(reply + (b"\0" + bytes(10)) * 110, 0, 0, 0, 110),
        "at most 1232",
    ),
    "error with records": (FOREIGN, lambda reply: with_counts(reply + b"\0" + bytes(10), 0, 1, 0, 0), "with records"),
    "error that grows": (FOREIGN, lambda reply: with_counts(reply + opt(data=bytes(80)), 0, 0, 0, 1), "an error of"),
    "error with AA": (FOREIGN, lambda reply: with_flags(reply, 0x0400), "AA"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_reply_is_seen(victim: Victim, name: str) -> None:
    query, spoil, says = WRONG[name]
    reply = Subject("truename", *victim.address).over_udp(query)
    assert judge(query, reply) == ""
    assert says in judge(query, spoil(reply))


def test_a_wrong_rcode_is_seen(victim: Victim) -> None:
    reply = Subject("truename", *victim.address).over_udp(PLAIN)
    assert judge(PLAIN, reply, BROKEN).startswith("rcode 0")
    assert judge(PLAIN, reply, frozenset({REFUSED})).startswith("rcode 0")


Meddle = Callable[[bytes, bytes], list[bytes]]


@contextmanager
def meddler(victim: Victim, meddle: Meddle) -> Iterator[tuple[str, int]]:
    """A server between the prober and the victim that sends what *meddle* makes of a query and its reply (or b"")."""
    front, back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    front.bind(("127.0.0.1", 0))
    front.settimeout(0.1)
    back.connect(victim.address)
    back.settimeout(0.1)
    over = threading.Event()

    def pass_on() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                query, client = front.recvfrom(65535)
                back.send(query)
                is_silent = len(query) < 12 or query[2] & 0x80
                for reply in meddle(query, b"" if is_silent else back.recv(65535)):
                    front.sendto(reply, client)

    thread = threading.Thread(target=pass_on)
    thread.start()
    yield front.getsockname()
    over.set()
    thread.join()
    front.close()
    back.close()


def once(meddle: Meddle, number: int) -> Meddle:
    """Honest but for one packet: the one that comes as *number*."""
    count = iter(range(1_000_000))
    return lambda query, reply: meddle(query, reply) if next(count) == number else [reply] * bool(reply)


MEDDLING: dict[str, tuple[Meddle, str]] = {
    "honest": (lambda query, reply: [reply] * bool(reply), ""),
    "silent": (lambda query, reply: [], "not answered"),
    "twice": (lambda query, reply: [reply, reply], "two replies"),
    "to another": (lambda query, reply: [b"\xff\xff" + reply[2:]], "not answered"),
}
# Packets 0 to 7 are the prober's own, 8 is the first of the batch.
FIRST = len(GOOD)


@pytest.mark.parametrize("name", MEDDLING)
def test_a_reply_too_few_or_too_many_is_seen(victim: Victim, name: str) -> None:
    meddle, says = MEDDLING[name]
    with meddler(victim, once(meddle, FIRST)) as address, closing(Prober(*address, sockets=1)) as prober:
        if says:
            assert_raises(prober, Packet("plain", PLAIN), says)
        else:
            assert prober.put([Packet("plain", PLAIN)] * 10) == 10


def test_a_reply_to_a_response_is_seen(victim: Victim) -> None:
    response = Packet("response", with_flags(PLAIN, 0x8000))
    answering = once(lambda query, reply: [query], FIRST)
    with meddler(victim, answering) as address, closing(Prober(*address, sockets=1)) as prober:
        assert_raises(prober, response, "must not be answered")


def test_a_good_query_that_is_answered_otherwise_is_seen(victim: Victim) -> None:
    other = once(lambda query, reply: [reply[:-1] + bytes([reply[-1] ^ 1])], FIRST + 1)
    with meddler(victim, other) as address, closing(Prober(*address, sockets=1)) as prober:
        assert_raises(prober, Packet("plain", PLAIN), "a good query")


def assert_raises(prober: Prober, packet: Packet, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        prober.put([packet] * 10)
