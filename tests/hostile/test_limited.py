"""Hostile datagrams at a server that limits rates: fewer replies, none of them worse, and a known client has them all.

The client that behaves returns the cookie that it was told; everybody else comes from the same address without one.
"""

import random
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

import pytest

from rfc.client import Subject, entry, header, message, opt
from servers import truename

from .crafted import BADCOOKIE, COOKIE, CRAFTED, Packet, option
from .exchange import PATIENCE, batches, complaint, limit
from .mutated import ENDLESS, MUTATED
from .reading import HEADER, read
from .vitals import Victim
from .zones import write

RATE, SLIP = 10, 2
QUESTION = entry("www.aliases.example")


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    directory = tmp_path_factory.mktemp("limited")
    config = directory / "truename.toml"
    config.write_text(f"[limits]\nrate = {RATE}\nslip = {SLIP}\n")
    options = ["--config", str(config), "--http", "127.0.0.1:0", "--workers", "2"]
    with truename(write(directory), directory, options) as running:
        yield Victim.of(running)


@pytest.fixture
def sock(besieged: Victim) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(besieged.address)
        sock.settimeout(PATIENCE)
        yield sock


def acquainted(besieged: Victim) -> bytes:
    """A query with the cookie that the server tells over TCP, where nobody is limited."""
    new = message(QUESTION + opt(data=option(COOKIE, b"12345678")), counts=(1, 0, 0, 1))
    reply = read(Subject("truename", *besieged.address).over_tcp(new))
    return message(QUESTION + opt(data=reply.opts()[0].data[:28]), counts=(1, 0, 0, 1))


def flood() -> Iterator[Packet]:
    """All kinds of packets in any order, 15,000 of them."""
    rng = random.Random(1)
    every = list(chain.from_iterable(kind(rng) for kind in (*CRAFTED, *MUTATED)))
    mutated = chain.from_iterable(islice(kind(rng), 1000) for kind, _ in ENDLESS)
    return iter([*rng.sample(every, 11_000), *mutated])


def test_a_flood_of_everything(besieged: Victim, sock: socket.socket) -> None:
    """Each reply is right in form, most packets have none, and the client with a cookie is answered every time."""
    good, answered, packets = acquainted(besieged), 0, 0
    for batch in batches(flood()):
        sent = {struct.pack("!H", ident): packet for ident, packet in enumerate(batch)}
        for ident, packet in sent.items():
            sock.send(ident[: len(packet.octets)] + packet.octets[2:])
        sock.send(b"\xff\xff" + good[2:])
        while (reply := sock.recv(65535))[:2] != b"\xff\xff":
            packet = sent.pop(reply[:2])
            query = reply[:2] + packet.octets[2:]
            assert len(query) >= HEADER and not query[2] & 0x80, packet
            # Over the rate, BADCOOKIE tells a client that offers a cookie to come back with the server's.
            allowed = replace(packet, rcodes=packet.rcodes | {BADCOOKIE})
            assert not complaint(allowed, query, reply, limit(query)), packet
            answered += 1
        assert header(reply)[3] == 2
        packets += len(batch)
    assert packets >= 14_900
    assert answered < packets * 0.75, f"{answered} of {packets} were answered"


def test_a_flood_from_one_place_sends_back_less_than_it_sent(besieged: Victim, sock: socket.socket) -> None:
    """Questions for a reply ten times as large: whole ones at the rate, empty ones for every second of the others."""
    query = message(entry("mail.large.example", 15) + opt(), counts=(1, 0, 0, 1))
    good, octets, whole = acquainted(besieged), 0, 0
    for _ in range(50):
        for ident in range(60):
            sock.send(struct.pack("!H", ident) + query[2:])
        sock.send(b"\xff\xff" + good[2:])
        while (reply := sock.recv(65535))[:2] != b"\xff\xff":
            octets += len(reply)
            whole += header(reply)[3] > 0
            assert header(reply)[3] or reply[2] & 2
    # Whole ones do not fit without TC either; what tells them is that they hold something.
    assert octets < 50 * 60 * len(query) + whole * 1232
    assert whole <= RATE * 10, f"{whole} whole replies"
