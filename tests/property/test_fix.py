"""`truename fix` on random worlds: answers about addresses stay, and a second run has nothing to do."""

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truename._core import Graph
from truename.fix.passes import Fixed, Wish, fix

from .worlds import World, below, candidate_names, worlds

WORLDS = 300
Answers = dict[tuple[str, str], tuple[str, str, str, tuple[tuple[str, int, str, str], ...]]]


NUMBERS = st.integers(0, 5)
LINKS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=4, max_size=8, unique_by=lambda link: link[0])


def with_chains(world: World, links: list[tuple[int, int]], choose: random.Random) -> World:
    """*world* with aliases among names of their own, or at any name that it holds: random worlds have few chains."""
    owners = [line[0] for lines in world.lines.values() for line in lines if "*" not in line[0]]
    origins = list(world.lines)
    home = [choose.choice(origins) for _ in range(6)]
    for number, other in links:
        target = below(f"n{other}", home[other]) if choose.random() < 0.7 else choose.choice(owners)
        world.lines[home[number]].append((below(f"n{number}", home[number]), 60, "CNAME", target))
    return world


def straighten(files: list[tuple[str, str]], *, across_zones: bool) -> Fixed:
    return fix(Wish(files, ["alias-chain"], across_zones))


def answers(world: World, files: list[tuple[str, str]]) -> Answers:
    graph = Graph()
    for path, origin in files:
        assert not graph.load_zone(path, origin).problems
    asked = [(name.to_text(), rtype) for name in candidate_names(world) for rtype in ("A", "AAAA")]
    chains = {question: graph.explain(*question) for question in asked}
    return {
        question: (chain.end, chain.rcode, chain.canonical_name, tuple(chain.records))
        for question, chain in chains.items()
    }


def test_answers_stay_and_a_second_run_finds_nothing() -> None:
    straightened = 0

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), LINKS, st.integers(0, 2**32), st.booleans())
    def put_to_the_test(world: World, links: list[tuple[int, int]], seed: int, across_zones: bool) -> None:
        nonlocal straightened
        world = with_chains(world, links, random.Random(seed))
        with tempfile.TemporaryDirectory() as directory:
            files = [(str(file.path), file.origin) for file in world.write(Path(directory))]
            before = answers(world, files)
            fixed = straighten(files, across_zones=across_zones)
            for source in fixed.changed:
                Path(source.path).write_bytes(source.now)
            straightened += len(fixed.cured)
            assert answers(world, files) == before
            assert not straighten(files, across_zones=across_zones).changed

    put_to_the_test()
    assert straightened > WORLDS / 2  # worlds without chains would prove nothing
