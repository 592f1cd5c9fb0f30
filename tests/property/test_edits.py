"""Edits: after any sequence of changes a graph is the one that would have been built from the result.

What publishing a change in O(change) has to keep true by bookkeeping - answers, inbound links, facts, counts - is
compared with a fresh graph; the answers also with the oracle.
"""

import random
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truename._core import Graph

from .compare import parse, query_bytes
from .test_answers import check, load
from .worlds import Line, World, candidate_names, is_below, questions, render, targets_near, tidy, worlds, zone_lines

Sets = dict[tuple[str, str], tuple[int, list[str]]]


@st.composite
def histories(draw: st.DrawFn) -> list[World]:
    """Versions of a world: each has one zone of the one before with some owners replaced, added or gone."""
    versions = [draw(worlds())]
    for _ in range(draw(st.integers(1, 4))):
        before = versions[-1]
        origin = draw(st.sampled_from(sorted(before.lines)))
        versions.append(World({**before.lines, origin: draw(next_version(before, origin))}))
    return versions


@st.composite
def next_version(draw: st.DrawFn, world: World, origin: str) -> list[Line]:
    """Owners mixed from the old zone and a new one; an owner comes as a whole, apart from glue."""
    origins = tuple(world.lines)
    cuts = [other for other in origins if is_below(other, origin)]
    new = by_owner(draw(zone_lines(origin, targets_near(origins), cuts)))
    old = by_owner(world.lines[origin])
    choice = random.Random(draw(st.integers(0, 2**32)))
    kept = {owner: lines for owner, lines in old.items() if owner == origin or choice.random() < 0.7}
    return tidy([line for lines in {**kept, **new}.values() for line in lines])


def by_owner(lines: list[Line]) -> dict[str, list[Line]]:
    owners: dict[str, list[Line]] = {}
    for line in lines:
        owners.setdefault(line[0], []).append(line)
    return owners


def by_set(lines: list[Line]) -> Sets:
    sets: Sets = {}
    for owner, ttl, rtype, data in lines:
        sets.setdefault((owner, rtype), (ttl, []))[1].append(data)
    return sets


def change_between(old: list[Line], new: list[Line]) -> list[tuple[str, str, int, list[str]]]:
    """The RRsets to replace, deleted ones with no data."""
    before, after = by_set(old), by_set(new)
    gone = [(owner, rtype, 0, list[str]()) for owner, rtype in before if (owner, rtype) not in after]
    put = [(owner, rtype, ttl, data) for (owner, rtype), (ttl, data) in after.items()
           if not is_same_set(before.get((owner, rtype)), (ttl, data))]  # fmt: skip
    return gone + put


def is_same_set(one: tuple[int, list[str]] | None, other: tuple[int, list[str]]) -> bool:
    """Whether two RRsets are equal; their records have no order."""
    return one is not None and (one[0], sorted(one[1])) == (other[0], sorted(other[1]))


def changed_zone(before: World, after: World) -> str | None:
    return next((origin for origin in after.lines if before.lines[origin] != after.lines[origin]), None)


def is_same_graph(edited: Graph, world: World, seed: int) -> None:
    """Everything that can be asked of *edited* is as in a graph built from *world*."""
    fresh, zones = load(world), world.zones()
    for name, rtype in questions(world, random.Random(seed), 25):
        check(edited, zones, name, rtype)
    for name in candidate_names(world):
        assert inbound(edited, str(name)) == inbound(fresh, str(name)), f"inbound of {name}"
    assert facts(edited) == facts(fresh)
    assert counts(edited) == counts(fresh)


def inbound(graph: Graph, name: str) -> tuple[int, list[tuple[str, str]]]:
    """Who names *name*; asked for in pages of two names, which together must be all."""
    count, whole = graph.inbound(name)
    paged: list[tuple[str, str]] = []
    while page := graph.inbound(name, limit=2, after=paged[-1][0] if paged else None)[1]:
        paged += page
    assert paged == whole, f"pages of inbound of {name}"
    return count, sorted(whole)


def facts(graph: Graph) -> tuple[dict[str, int], set[tuple[str, ...]]]:
    counted = graph.fact_counts()
    found = graph.facts(list(counted))
    assert sum(counted.values()) == len(found)
    return counted, {(fact.kind, fact.zone, fact.owner, fact.type, fact.data, *fact.chain) for fact in found}


def counts(graph: Graph) -> set[tuple[str, int, int, int]]:
    return {(zone.origin, zone.serial, zone.records, zone.names) for zone in graph.zones()}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.integers(0, 2**32))
def test_a_graph_after_changes_is_the_graph_of_the_result(history: list[World], seed: int) -> None:
    graph = load(history[0])
    for before, after in pairwise(history):
        if origin := changed_zone(before, after):
            sets = change_between(before.lines[origin], after.lines[origin])
            touched = graph.change(origin, sets)
            assert touched == len({owner for owner, *_ in sets})
    is_same_graph(graph, history[-1], seed)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.integers(0, 2**32))
def test_a_graph_after_reloads_is_the_graph_of_the_result(history: list[World], seed: int) -> None:
    graph = load(history[0])
    with tempfile.TemporaryDirectory() as directory:
        for before, after in pairwise(history):
            if origin := changed_zone(before, after):
                path = Path(directory) / "zone"
                path.write_text(render(after.lines[origin]))
                assert not graph.load_zone(str(path), origin).problems
    is_same_graph(graph, history[-1], seed)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.integers(0, 2**32), st.data())
def test_a_graph_without_a_zone_never_had_it(world: World, seed: int, data: st.DataObject) -> None:
    graph = load(world)
    gone = data.draw(st.sampled_from(sorted(world.lines)))
    assert graph.unload_zone(gone)
    assert not graph.unload_zone(gone)
    rest = World({origin: lines for origin, lines in world.lines.items() if origin != gone})
    if rest.lines:
        is_same_graph(graph, rest, seed)
    else:
        assert graph.zones() == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.integers(0, 2**32))
def test_reloading_the_same_text_touches_nothing(world: World, seed: int) -> None:
    graph = load(world)
    with tempfile.TemporaryDirectory() as directory:
        for file in world.write(Path(directory)):
            assert graph.load_zone(str(file.path), file.origin).changed == 0
    is_same_graph(graph, world, seed)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.integers(0, 2**32))
def test_a_change_that_cannot_be_held_changes_nothing(world: World, seed: int) -> None:
    """A CNAME beside the SOA, together with an innocent record: neither is published."""
    graph = load(world)
    origin = next(iter(world.lines))
    name = "innocent." if origin == "." else f"innocent.{origin}"
    with pytest.raises(ValueError, match=r".+"):
        graph.change(origin, [(name, "A", 60, ["192.0.2.9"]), (origin, "CNAME", 60, ["host.example.org."])])
    is_same_graph(graph, world, seed)


def test_replies_of_one_graph_do_not_depend_on_its_history() -> None:
    """Octet for octet, where nothing but the path to the result differs."""
    lines = [
        ("t.", 60, "SOA", "ns.t. hostmaster.t. 1 2 3 4 5"),
        ("t.", 60, "NS", "ns.t."),
        ("ns.t.", 60, "A", "192.0.2.1"),
    ]
    direct = load(World({"t.": [*lines, ("a.t.", 60, "CNAME", "ns.t.")]}))
    edited = load(World({"t.": [*lines, ("a.t.", 60, "CNAME", "b.t."), ("b.t.", 60, "A", "192.0.2.2")]}))
    edited.change("t.", [("b.t.", "A", 0, []), ("a.t.", "CNAME", 60, ["ns.t."])])
    for name, rtype in questions(World({"t.": lines}), random.Random(1), 40):
        packet = query_bytes(name, rtype)
        assert edited.answer(packet, tcp=True) == direct.answer(packet, tcp=True)
    assert (
        len(parse(edited.answer(query_bytes(candidate_names(World({"t.": lines}))[0], 1), tcp=True) or b"").question)
        == 1
    )
