"""The core against the oracle: random worlds, random questions, the packets that the sockets would send."""

import random
import tempfile
from pathlib import Path

import dns.rdatatype
import pytest
from dns.name import Name
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import oracle
from truename._core import Graph

from .compare import differences, parse, query_bytes
from .worlds import World, questions, worlds

WORLDS = 650
QUESTIONS = 40
PAIRS = 20_000


def load(world: World, **settings: object) -> Graph:
    """A graph of all zones of *world*, each of which must be let in."""
    graph = Graph(**settings)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as directory:
        for file in world.write(Path(directory)):
            loaded = graph.load_zone(str(file.path), file.origin)
            assert not loaded.problems, [(problem.line, problem.message) for problem in loaded.problems]
    return graph


def check(graph: Graph, zones: oracle.Zones, name: Name, rtype: int, **settings: object) -> None:
    """One question put to both."""
    packet = graph.answer(query_bytes(name, rtype), tcp=True)
    assert packet is not None, f"silence for {name} {dns.rdatatype.to_text(rtype)}"
    expected = oracle.answer(zones, name, rtype, **settings)  # type: ignore[arg-type]
    found = differences(parse(packet), expected)
    assert not found, "\n".join([f"{name} {dns.rdatatype.to_text(rtype)} ({expected.end})", *found])


def test_the_core_answers_as_the_oracle_does() -> None:
    compared = 0

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), st.integers(0, 2**32))
    def put_questions(world: World, seed: int) -> None:
        nonlocal compared
        graph, zones = load(world), world.zones()
        for name, rtype in questions(world, random.Random(seed), QUESTIONS):
            check(graph, zones, name, rtype)
            compared += 1

    put_questions()
    assert compared >= PAIRS


@pytest.mark.parametrize("follow", ["served", "zone"])
@pytest.mark.parametrize("max_chain", [1, 2, 5])
def test_settings_bound_the_walk(follow: str, max_chain: int) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), st.integers(0, 2**32))
    def put_questions(world: World, seed: int) -> None:
        graph, zones = load(world, follow=follow, max_chain=max_chain), world.zones()
        for name, rtype in questions(world, random.Random(seed), 20):
            check(graph, zones, name, rtype, follow=follow, max_chain=max_chain)

    put_questions()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.integers(0, 2**32))
def test_a_question_in_capitals_has_the_same_answer(world: World, seed: int) -> None:
    graph = load(world)
    for name, rtype in questions(world, random.Random(seed), 20):
        capitals = Name([label.upper() for label in name.labels])
        plain = graph.answer(query_bytes(name, rtype), tcp=True)
        loud = graph.answer(query_bytes(capitals, rtype), tcp=True)
        assert plain is not None
        assert loud is not None
        assert loud[12 : 12 + len(capitals.to_wire())] == capitals.to_wire()
        assert loud.lower()[12:] == plain.lower()[12:]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.integers(0, 2**32))
def test_a_small_reply_is_the_beginning_of_the_whole_one(world: World, seed: int) -> None:
    """Over UDP without EDNS: at most 512 octets, all in the whole reply too; TC unless only extras are missing."""
    graph = load(world)
    for name, rtype in questions(world, random.Random(seed), 20):
        small, whole = (graph.answer(query_bytes(name, rtype), tcp=tcp) for tcp in (False, True))
        assert small is not None
        assert whole is not None
        assert len(small) <= 512
        part, all_of_it = parse(small), parse(whole)
        assert set(map(str, part.answer)) <= set(map(str, all_of_it.answer))
        is_cut = (len(part.answer), len(part.authority)) != (len(all_of_it.answer), len(all_of_it.authority))
        assert not is_cut or small[2] & 2, "records were left out of the answer without TC"
