"""What is told of an edit before it is published: the facts that it adds, all of them, and no others.

Whole graphs made of the records before and after are the judge. rust/core/tests/graph does the same with denser worlds.
"""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truename._core import Fact, Graph, Prepared

from .test_answers import load
from .test_edits import change_between, changed_zone, histories
from .worlds import World, candidate_names, render

# Without those of a zone as a whole, of which an edit is not told.
KINDS = [
    "ns-missing",
    "target-address",
    "odd-target",
    "ttl-zero",
    "loop",
    "too-long",
    "long-chain",
    "overflow",
    "alias-chain",
    "target-missing",
    "target-empty",
    "host-without-address",
    "host-is-alias",
    "glue-missing",
    "below-cut",
    "below-dname",
    "wildcard-captures",
]
ASKED = {"long": 3, "services": ["a", "_dmarc"]}

Told = tuple[str, str, str, int, str, str, str, int, str, tuple[str, ...], object]


def told(facts: list[Fact]) -> set[Told]:
    found = {
        (f.kind, f.owner, f.zone, f.ttl, f.type, f.data, f.end, f.number, f.detail, tuple(f.chain), f.other)
        for f in facts
    }
    assert len(found) == len(facts)
    return found


def facts(world: World) -> set[Told]:
    return told(load(world, max_chain=5).facts(KINDS, **ASKED))


def is_told_right(prepared: Prepared, before: set[Told], after: set[Told]) -> None:
    scope = set(prepared.scope())
    is_now, was = told(prepared.facts(KINDS, **ASKED)), told(prepared.facts_before(KINDS, **ASKED))
    assert is_now == {fact for fact in after if fact[1] in scope}
    assert was == {fact for fact in before if fact[1] in scope}
    assert is_now - was == after - before
    assert was - is_now == before - after


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_an_edit_is_told_what_it_adds(history: list[World]) -> None:
    graph = load(history[0], max_chain=5)
    for before, after in pairwise(history):
        if origin := changed_zone(before, after):
            sets = change_between(before.lines[origin], after.lines[origin])
            prepared = graph.prepare([(origin, *one) for one in sets])
            assert not prepared.refused
            is_told_right(prepared, facts(before), facts(after))
            graph.publish(prepared)
            assert told(graph.facts(KINDS, **ASKED)) == facts(after)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_a_zone_that_comes_or_goes_is_told_what_it_adds(history: list[World], data: st.DataObject) -> None:
    world = history[-1]
    origin = data.draw(st.sampled_from(sorted(world.lines)))
    without = World({other: lines for other, lines in world.lines.items() if other != origin})
    graph = load(without, max_chain=5)
    prepared = graph.prepare([], texts=[(origin, render(world.lines[origin]).encode())])
    assert not prepared.refused
    is_told_right(prepared, facts(without), facts(world))
    graph.publish(prepared)
    is_told_right(graph.prepare([], drop=[origin]), facts(world), facts(without))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_facts_of_some_owners_are_those_of_all(history: list[World], data: st.DataObject) -> None:
    graph = load(history[-1], max_chain=5)
    names = [str(name) for name in candidate_names(history[-1])]
    scope = set(data.draw(st.lists(st.sampled_from(names), max_size=6)))
    kinds = [*KINDS, "shared-address"]
    found = told(graph.facts(kinds, scope=sorted(scope), many=2, **ASKED))
    assert found == {fact for fact in told(graph.facts(kinds, many=2, **ASKED)) if fact[1] in scope}


def test_the_limits_of_answers_do_not_bound_the_search_for_loops() -> None:
    graph = Graph(max_chain=3)
    lines = [f"a{number} CNAME a{(number + 1) % 9}\n" for number in range(8)]
    text = "@ 60 SOA ns.x. h.x. 1 1 1 1 1\n" + "".join(lines)
    graph.publish(graph.prepare([], texts=[("t.", text.encode())]))
    prepared = graph.prepare([("t.", "a8.t.", "CNAME", 60, ["a0.t."])])
    (fact,) = [fact for fact in prepared.facts(KINDS) if fact.kind == "loop"]
    assert (fact.owner, fact.number) == ("a0.t.", 9)
    assert [fact.kind for fact in prepared.facts_before(KINDS) if fact.kind == "loop"] == []
