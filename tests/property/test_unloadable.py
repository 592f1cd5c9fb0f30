"""Zones that no server can hold are refused whole, and the graph stays as it was."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truename._core import Graph

from .test_answers import check, load
from .worlds import Line, World, below, questions, render, worlds


def two_soa(origin: str) -> list[Line]:
    return [(origin, 3600, "SOA", f"{below('other', origin)} {below('hostmaster', origin)} 2 7200 3600 1209600 30")]


def alias_at_apex(origin: str) -> list[Line]:
    return [(origin, 60, "CNAME", "host.example.org.")]


def alias_with_data(origin: str) -> list[Line]:
    owner = below("defect", origin)
    return [(owner, 60, "CNAME", "host.example.org."), (owner, 60, "A", "192.0.2.1")]


def two_aliases(origin: str) -> list[Line]:
    owner = below("defect", origin)
    return [(owner, 60, "CNAME", "a.example.org."), (owner, 60, "CNAME", "b.example.org.")]


def two_dnames(origin: str) -> list[Line]:
    owner = below("defect", origin)
    return [(owner, 60, "DNAME", "a.example.org."), (owner, 60, "DNAME", "b.example.org.")]


def dname_at_a_cut(origin: str) -> list[Line]:
    owner = below("defect", origin)
    return [(owner, 60, "DNAME", "a.example.org."), (owner, 60, "NS", "b.example.org.")]


def alias_with_dname(origin: str) -> list[Line]:
    owner = below("defect", origin)
    return [(owner, 60, "DNAME", "a.example.org."), (owner, 60, "CNAME", "b.example.org.")]


def bad_address(origin: str) -> list[Line]:
    return [(below("defect", origin), 60, "A", "192.0.2.256")]


def bad_type(origin: str) -> list[Line]:
    return [(below("defect", origin), 60, "NOSUCHTYPE", "data")]


DEFECTS = [two_soa, alias_at_apex, alias_with_data, two_aliases, two_dnames, dname_at_a_cut, alias_with_dname,
           bad_address, bad_type]  # fmt: skip


def load_text(graph: Graph, text: str, origin: str) -> list[tuple[int, str]]:
    """(line, message) of each problem of *text* as the zone *origin*."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "defect.zone"
        path.write_text(text)
        return [(problem.line, problem.message) for problem in graph.load_zone(str(path), origin).problems]


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_zone_with_a_defect_is_refused_and_the_old_one_stays(defect: object) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), st.integers(0, 2**32))
    def refuse(world: World, seed: int) -> None:
        graph, zones = load(world), world.zones()
        origin = next(iter(world.lines))
        lines = world.lines[origin] + defect(origin)  # type: ignore[operator]
        problems = load_text(graph, render(lines), origin)
        assert [line for line, _ in problems if 0 < line <= len(lines)], problems
        for name, rtype in questions(world, random.Random(seed), 10):
            check(graph, zones, name, rtype)

    refuse()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(origins=(("t.",), ("t.", "u."))))
def test_an_owner_outside_the_zone_is_refused(world: World) -> None:
    graph = load(world)
    problems = load_text(graph, render([*world.lines["t."], ("defect.example.org.", 60, "A", "192.0.2.1")]), "t.")
    assert len(problems) == 1
    assert problems[0][0] == len(world.lines["t."]) + 1


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_a_zone_without_soa_is_refused(world: World) -> None:
    graph = load(world)
    origin = next(iter(world.lines))
    assert load_text(graph, render([line for line in world.lines[origin] if line[2] != "SOA"]), origin)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_the_same_record_twice_is_no_defect(world: World) -> None:
    """RFC 2181 5: it is one record."""
    graph = load(world)
    for origin, lines in world.lines.items():
        assert load_text(graph, render([line for line in lines for _ in range(2)]), origin) == []
