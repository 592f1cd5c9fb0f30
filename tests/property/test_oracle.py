"""The oracle against real servers: what it says must be what NSD and Knot answer, wherever they mean the same.

Many worlds are served at once, each below top labels of its own. Not compared, because docs/readings.md explains that
these servers do something else: ANY below a DNAME, loops and long chains through DNAMEs, addresses beside HTTPS, and
in Knot's case everything about other zones (so it is compared with the oracle of one zone), type 0, RRSIG at an
alias, DNAMEs owned by a wildcard and DNAMEs asked for below themselves. Both take a target that is spelled with an
asterisk for the wildcard that it spells.
"""

import random
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import dns.rdatatype
import pytest
from dns.name import Name
from hypothesis import HealthCheck, Phase, given, seed, settings

import oracle
from servers import SERVERS, Running, ZoneFile

from .compare import differences, parse, query_bytes
from .worlds import ORIGINS, World, questions, worlds

WORLDS = 150
QUESTIONS = 40
TRUNCATED = 2
# One root zone would enclose the worlds of all others; an apex with an asterisk no server expects.
LOADABLE = tuple(origins for origins in ORIGINS if "." not in origins and "*.t." not in origins)


@dataclass
class Case:
    """One question, the world it is about, and its answer by the oracle."""

    world: World
    name: Name
    rtype: int
    expected: oracle.Answer


def drawn(count: int) -> list[World]:
    """The same *count* worlds on every run."""
    found: list[World] = []

    @seed(20240101)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(worlds(LOADABLE))
    def collect(world: World) -> None:
        found.append(world)

    collect()
    return found


@pytest.fixture(scope="module")
def served() -> list[World]:
    """Worlds that every server loads, each below top labels of its own: t7 and u7 for the seventh."""

    def numbered(number: int, world: World) -> World:
        return world.moved(lambda word: f"{word[:-1]}{number}.").without_occluded().without_shared_glue()

    return [numbered(number, world) for number, world in enumerate(drawn(WORLDS))]


def start(server: str, served: list[World], directory: Path) -> AbstractContextManager[Running]:
    files: list[ZoneFile] = []
    for number, world in enumerate(served):
        (directory / str(number)).mkdir()
        files += world.write(directory / str(number), know_alias=False)
    (directory / "state").mkdir()
    return SERVERS[server](files, directory / "state")


def cases_for_nsd(world: World, number: int) -> Iterator[Case]:
    zones = world.zones()
    for name, rtype in questions(world, random.Random(number), QUESTIONS):
        expected = oracle.answer(zones, name, rtype)
        is_comparable = rtype != oracle.ANY and expected.end != "too-long" and not spells_wildcard(expected)
        if is_comparable and not (expected.end in ("loop", "yxdomain") and has_dname(expected)):
            yield Case(world, name, rtype, expected)


def cases_for_knot(world: World, number: int) -> Iterator[Case]:
    every = world.zones()
    left_out = (oracle.ANY, dns.rdatatype.from_text("TYPE0"), dns.rdatatype.RRSIG)
    for name, rtype in questions(world, random.Random(number), QUESTIONS):
        apex = oracle.nearest_zone(every, name, rtype)
        expected = oracle.answer({apex: every[apex]} if apex else {}, name, rtype, max_chain=5)
        has_wild_dname = any(link.rtype == oracle.DNAME and link.owner.is_wild() for link in expected.chain)
        is_left_out = rtype in left_out or has_wild_dname or spells_wildcard(expected)
        is_dname_again = has_dname(expected) and (expected.end == "loop" or rtype == oracle.DNAME)
        if not is_left_out and not is_dname_again:
            yield Case(world, name, rtype, expected)


def spells_wildcard(expected: oracle.Answer) -> bool:
    """Whether data of the reply names something whose first label is an asterisk."""
    links = [oracle.target_of(link) for link in expected.chain]
    return any(name.is_wild() for name in links + [n for rrset in expected.final for n in oracle.useful_names(rrset)])


def has_dname(expected: oracle.Answer) -> bool:
    return any(link.rtype == oracle.DNAME for link in expected.chain)


@pytest.mark.parametrize("server", ["nsd", "knot"])
def test_the_oracle_says_what_real_servers_answer(server: str, served: list[World], tmp_path: Path) -> None:
    cases = cases_for_nsd if server == "nsd" else cases_for_knot
    compared, wrong = 0, []
    with start(server, served, tmp_path) as running, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((running.host, running.port))
        sock.settimeout(5)
        for number, world in enumerate(served):
            for case in cases(world, number):
                sock.send(query_bytes(case.name, case.rtype))
                packet = sock.recv(65535)
                compared += not packet[2] & TRUNCATED
                found = [] if packet[2] & TRUNCATED else disagreements(packet, case, server)
                wrong += [explain(case, found)] if found else []
    assert not wrong, f"{len(wrong)} of {compared}:\n" + "\n\n".join(wrong[:3])
    assert compared > WORLDS * QUESTIONS // 2


def disagreements(packet: bytes, case: Case, server: str) -> list[str]:
    found = differences(parse(packet), case.expected, is_minimal=server == "knot")
    if case.rtype in (oracle.SVCB, oracle.HTTPS):
        return [point for point in found if not point.startswith("additional")]
    return found


def explain(case: Case, found: list[str]) -> str:
    zones = "\n".join(f"{origin}: {line}" for origin, lines in case.world.lines.items() for line in lines)
    question = f"{case.name} {dns.rdatatype.to_text(case.rtype)} ({case.expected.end})"
    return "\n".join([question, *found, zones])
