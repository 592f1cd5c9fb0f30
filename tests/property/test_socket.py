"""The same comparison over real sockets: many worlds in one server, asked over UDP and TCP."""

import random
import socket
from pathlib import Path

import pytest

import oracle
from servers import Running, ZoneFile, truename

from .compare import differences, parse, query_bytes
from .test_oracle import drawn
from .worlds import World, questions

WORLDS = 60
QUESTIONS = 20
TRUNCATED = 2


@pytest.fixture(scope="module")
def served() -> list[World]:
    """Worlds below top labels of their own."""
    return [world.moved(lambda word, n=number: f"{word[:-1]}{n}.") for number, world in enumerate(drawn(WORLDS))]


def ask(running: Running, datagrams: socket.socket, packet: bytes) -> bytes:
    """UDP first, TCP when that is truncated, as a resolver does it."""
    datagrams.send(packet)
    reply = datagrams.recv(65535)
    if not reply[2] & TRUNCATED:
        return reply
    with socket.create_connection((running.host, running.port), 5) as stream, stream.makefile("rb") as incoming:
        stream.sendall(len(packet).to_bytes(2, "big") + packet)
        return incoming.read(int.from_bytes(incoming.read(2), "big"))


def test_a_server_answers_over_sockets_as_the_oracle_does(served: list[World], tmp_path: Path) -> None:
    files: list[ZoneFile] = []
    for number, world in enumerate(served):
        (tmp_path / str(number)).mkdir()
        files += world.write(tmp_path / str(number))
    (tmp_path / "state").mkdir()
    with (
        truename(files, tmp_path / "state") as running,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.connect((running.host, running.port))
        datagrams.settimeout(5)
        for number, world in enumerate(served):
            zones = world.zones()
            for name, rtype in questions(world, random.Random(number), QUESTIONS):
                reply = parse(ask(running, datagrams, query_bytes(name, rtype)))
                expected = oracle.answer(zones, name, rtype)
                assert not differences(reply, expected), (name, rtype, differences(reply, expected), world.lines)
