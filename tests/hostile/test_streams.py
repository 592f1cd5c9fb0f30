"""Hostile TCP clients: whatever some of them do, the others are answered, and nothing is left of them afterwards.

The server of these tests has small limits, so that they are reached: 64 connections, 8 of one client, idle after 2 s.
"""

import contextlib
import random
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from rfc.client import NoReply, Subject, entry, framed, header, message, read_message
from servers import truename

from .mutated import ENDLESS, originals
from .reading import read
from .vitals import Victim
from .zones import write

CLIENTS, EACH, IDLE = 64, 8, 2.0
QUERY = framed(message(entry("www.aliases.example")))
LARGE = framed(message(entry("mail.large.example", 15)))
# kB; a connection may hold one reply of 64 KB and what was read beside it, and there are 64 of them.
GROWTH = 8_192


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    directory = tmp_path_factory.mktemp("streams")
    config = directory / "truename.toml"
    config.write_text(f"[limits]\ntcp_clients = {CLIENTS}\ntcp_idle = {IDLE}\n")
    options = ["--config", str(config), "--http", "127.0.0.1:0", "--workers", "1"]
    with truename(write(directory), directory, options) as running:
        yield Victim.of(running)


@pytest.fixture(autouse=True)
def all_gone(besieged: Victim) -> Iterator[None]:
    """Sockets and open connections come back to what they were; memory to about that."""
    sockets, memory = besieged.sockets(), besieged.resident()
    yield
    wait_until(lambda: besieged.counter("truename_dns_tcp_clients") == 0, "connections stay open")
    wait_until(lambda: besieged.sockets() <= sockets, "sockets leak")
    assert besieged.resident() <= memory + GROWTH


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def connect(victim: Victim, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(victim.address, 10, source_address=(source, 0))


@contextlib.contextmanager
def clients(victim: Victim, count: int, network: str = "127.0.7") -> Iterator[list[socket.socket]]:
    """*count* connections, each from an address of its own."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(victim, f"{network}.{number + 1}")) for number in range(count)]


def assert_answered(victim: Victim, source: str = "127.0.9.1") -> None:
    """Somebody who behaves is answered, over TCP and UDP."""
    with connect(victim, source) as sock:
        sock.sendall(QUERY)
        assert read(read_message(sock)).rcode() == 0
    assert Subject("truename", *victim.address).over_udp(QUERY[2:])[2:4] == b"\x84\x00"


def is_closed(sock: socket.socket, seconds: float = 10.0) -> bool:
    """Whether the server ends the connection (in order or by a reset) within *seconds*; what it sends is read away."""
    sock.settimeout(seconds)
    try:
        while sock.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def reset(sock: socket.socket) -> None:
    """Close with RST and without reading."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_idle_connections_are_closed(besieged: Victim) -> None:
    with clients(besieged, 20) as idle:
        assert_answered(besieged)
        began = time.monotonic()
        assert all(is_closed(sock) for sock in idle)
        assert time.monotonic() - began < 10 * IDLE


def test_an_octet_at_a_time_buys_no_time(besieged: Victim) -> None:
    """A message that is not whole after the idle time ends its connection, however lively it dribbles."""
    with clients(besieged, 10) as slow:
        began = time.monotonic()
        open_still = list(slow)
        for octet in framed(bytes(1000)):
            for sock in list(open_still):
                try:
                    sock.send(bytes([octet]))
                except OSError:
                    open_still.remove(sock)
            if not open_still:
                break
            time.sleep(0.05)
        assert not open_still
        assert time.monotonic() - began < 10 * IDLE
        assert_answered(besieged)


def test_half_open_connections_take_their_replies_and_go(besieged: Victim) -> None:
    with clients(besieged, 10) as half:
        for number, sock in enumerate(half):
            sock.sendall(QUERY * number + QUERY[: number + 1])
            sock.shutdown(socket.SHUT_WR)
        for number, sock in enumerate(half):
            replies = [read_message(sock) for _ in range(number)]
            assert all(read(reply).rcode() == 0 for reply in replies)
            assert is_closed(sock)


def test_resets_in_the_middle_of_everything(besieged: Victim) -> None:
    """Connections are reset while idle, within a length, within a message, and with replies under way."""
    beginnings = [b"", b"\0", QUERY[:2], QUERY[:20], QUERY * 50, LARGE * 50, LARGE * 3 + QUERY[:5]]
    for number in range(400):
        sock = connect(besieged, f"127.0.6.{number % 50 + 1}")
        with contextlib.suppress(OSError):
            sock.sendall(beginnings[number % len(beginnings)])
        reset(sock)
    assert_answered(besieged)


@pytest.mark.parametrize("length", [0, 1, 11])
def test_a_length_below_a_header_ends_the_connection(besieged: Victim, length: int) -> None:
    with connect(besieged) as sock:
        sock.sendall(struct.pack("!H", length) + QUERY)
        assert is_closed(sock, IDLE * 0.75)


def test_messages_of_the_largest_length(besieged: Victim) -> None:
    """65,535 octets of junk, of questions, of records without end; each is an error, and the next is read."""
    question = entry("www.aliases.example")
    fill = 65535 - 12
    records = (b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 0, 0)) * (fill // 12)
    bodies = [
        bytes(12) + random.Random(1).randbytes(fill),
        message((question * 3000)[:fill], counts=(65535, 0, 0, 0)),
        message(question + records[: fill - len(question)], counts=(1, 0, 0, 65535)),
        message(question + b"\0" * (fill - len(question)), counts=(1, 0, 65535, 0)),
    ]
    began = time.monotonic()
    with connect(besieged) as sock:
        for body in bodies * 25:
            sock.sendall(framed(body))
            assert read(read_message(sock)).rcode() == 1
        sock.sendall(QUERY)
        assert read(read_message(sock)).rcode() == 0
    assert time.monotonic() - began < 10, "reading a message costs more than its octets"


def test_a_length_without_its_message(besieged: Victim) -> None:
    with clients(besieged, 30) as waiting:
        for sock in waiting:
            sock.sendall(b"\xff\xff" + bytes(1000))
        assert_answered(besieged)
        assert all(is_closed(sock) for sock in waiting)


def test_a_thousand_queries_in_one_go(besieged: Victim) -> None:
    names = ("www.aliases.example", "chain0.large.example", "no.aliases.example")
    queries = [message(entry(names[ident % 3]), ident=ident) for ident in range(1000)]
    with connect(besieged) as sock:
        sock.sendall(b"".join(framed(query) for query in queries))
        assert [header(read_message(sock))[0] for _ in queries] == list(range(1000))
    assert_answered(besieged)


def test_clients_that_never_read(besieged: Victim) -> None:
    """They send queries for 30 KB each until nobody takes them any more: the server stops reading, then leaves."""
    with clients(besieged, 40) as greedy:
        before = besieged.resident()
        for sock in greedy:
            sock.settimeout(0.01)
            with contextlib.suppress(OSError):
                for _ in range(2000):
                    sock.sendall(LARGE * 20)
        assert_answered(besieged)
        assert besieged.resident() <= before + GROWTH
        wait_until(lambda: besieged.counter("truename_dns_tcp_clients") == 0, "they were not left")


def test_one_client_gets_its_share_and_no_more(besieged: Victim) -> None:
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(connect(besieged, "127.0.5.1")) for _ in range(3 * EACH)]
        assert_answered(besieged)
        alive = 0
        for sock in opened:
            with contextlib.suppress(NoReply, OSError):
                sock.sendall(QUERY)
                alive += bool(read_message(sock))
        assert alive == EACH


def test_a_flood_of_connections_from_many_addresses(besieged: Victim) -> None:
    """Four times as many as there are places: the idlest leave, and the newest are served."""
    with contextlib.ExitStack() as stack:
        for number in range(4 * CLIENTS):
            stack.enter_context(connect(besieged, f"127.0.{20 + number // 200}.{number % 200 + 1}"))
            if number % 16 == 0:
                assert_answered(besieged, f"127.0.30.{number // 16 + 1}")
        assert besieged.counter("truename_dns_tcp_clients") <= CLIENTS
        assert_answered(besieged)


def test_responses_are_not_answered(besieged: Victim) -> None:
    """QR=1 in between good queries: only those have replies."""
    response = framed(message(entry("www.aliases.example"), ident=9, flags=0x8000))
    with connect(besieged) as sock:
        sock.sendall((response * 10 + QUERY) * 20)
        assert [header(read_message(sock))[0] for _ in range(20)] == [0x1234] * 20
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(1)


def test_mutated_messages_in_one_stream(besieged: Victim) -> None:
    """Thousands of damaged queries, pipelined with good ones; a message that is none ends its connection, no other."""
    rng = random.Random(20240229)
    kinds = [kind(rng) for kind, _ in ENDLESS]
    for _ in range(60):
        damaged = [next(rng.choice(kinds)).octets for _ in range(50)]
        stream = [octets for octets in damaged if len(octets) >= 12]
        with connect(besieged, f"127.0.4.{rng.randrange(1, 250)}") as sock:
            sock.sendall(b"".join(framed(octets) + QUERY for octets in stream))
            expected = [octets for octets in stream if not octets[2] & 0x80]
            replies = [read_message(sock) for _ in range(len(expected) + len(stream))]
        idents = iter(octets[:2] for octets in replies)
        for octets in stream:
            assert octets[2] & 0x80 or next(idents) == octets[:2]
            assert next(idents) == b"\x12\x34"
        assert all(read(reply) for reply in replies)


def test_segments_of_every_size(besieged: Victim) -> None:
    """Queries cut into pieces of one size, whatever stands at the cut."""
    stream = b"".join(framed(query) for query in originals()[:20])
    for size in (1, 2, 3, 7, 13, 29, 512, 4096):
        with connect(besieged) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start in range(0, len(stream), size):
                sock.sendall(stream[start : start + size])
            assert [read(read_message(sock)).questions for _ in range(20)] == [1] * 20
