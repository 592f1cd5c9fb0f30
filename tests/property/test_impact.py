"""Who is told to notice a change is who notices it, by brute force over all names (`noticed`).

    listed    everybody who is answered otherwise, once, and nobody from whom no way leads to what changed
    a path    begins at the owner, follows what is there, and ends at an owner that changed
    stale     the largest old TTL of what differs on the way
"""

import random

import dns.name
import dns.rcode
from dns.name import Name
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

import oracle
from truename._core import Graph, Prepared, Reached
from truename.edit.impact import impact
from truename.edit.plan import Change, Reply

from .noticed import Noticed, rrsets
from .test_answers import load
from .test_edits import by_owner, change_between
from .worlds import ORIGINS, Line, World, is_below, rdtype, render, targets_near, tidy, worlds, zone_lines


@st.composite
def changes(draw: st.DrawFn) -> tuple[World, World]:
    """A world, and the same with a few owners, or a zone, others."""
    before = draw(worlds())
    choice = random.Random(draw(st.integers(0, 2**32)))
    lines = dict(before.lines)
    for _ in range(draw(st.sampled_from((1, 1, 1, 2)))):
        origin = draw(st.sampled_from(sorted(lines)))
        if choice.random() < 0.15 and len(lines) > 1:
            del lines[origin]
        elif choice.random() < 0.15:
            lines.update(draw(new_zone(tuple(lines))))
        else:
            lines[origin] = draw(next_lines(lines, origin, choice))
    return before, World(lines)


@st.composite
def new_zone(draw: st.DrawFn, there: tuple[str, ...]) -> dict[str, list[Line]]:
    """A zone that is not there yet, or another version of one."""
    origin = draw(st.sampled_from(sorted({origin for origins in ORIGINS for origin in origins})))
    origins = (*there, origin)
    return {origin: draw(zone_lines(origin, targets_near(tuple(dict.fromkeys(origins))), []))}


@st.composite
def next_lines(draw: st.DrawFn, lines: dict[str, list[Line]], origin: str, choice: random.Random) -> list[Line]:
    """One to three owners of a zone replaced, added or gone; or a TTL that is another."""
    origins = tuple(lines)
    cuts = [other for other in origins if is_below(other, origin)]
    old = by_owner(lines[origin])
    new = by_owner(draw(zone_lines(origin, targets_near(origins), cuts)))
    for _ in range(choice.choice((1, 1, 2, 3))):
        owner = choice.choice(sorted({*old, *new}))
        kind = choice.random()
        if owner == origin:
            continue
        if kind < 0.3:
            old.pop(owner, None)
        elif kind < 0.5 and owner in old:
            old[owner] = [(name, ttl + 7, rtype, data) for name, ttl, rtype, data in old[owner]]
        elif kind < 0.7 and owner in old:
            swap = {"192.0.2.1": "192.0.2.9", "192.0.2.2": "192.0.2.8"}
            old[owner] = [(name, ttl, rtype, swap.get(data, data)) for name, ttl, rtype, data in old[owner]]
        elif owner in new:
            old[owner] = new[owner]
    return tidy([line for lines in old.values() for line in lines])


def prepare(graph: Graph, before: World, after: World) -> Prepared:
    drop = [origin for origin in before.lines if origin not in after.lines]
    texts = [(origin, render(lines).encode()) for origin, lines in after.lines.items() if origin not in before.lines]
    sets = [
        (origin, *one)
        for origin, lines in after.lines.items()
        if origin in before.lines
        for one in change_between(before.lines[origin], lines)
    ]
    return graph.prepare(sets, texts=texts, drop=drop)


def shown_changes(before: World, after: World) -> list[Change]:
    """The changes of a plan, as far as `impact` looks at them."""
    found = []
    for origin in {*before.lines, *after.lines}:
        was, now = (rrsets(world.lines.get(origin)) for world in (before, after))
        keys = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
        found += [Change(origin, owner, rtype, None, None) for owner, rtype in keys]
    return found


def name(text: str) -> Name:
    return dns.name.from_text(text)


def walked(one: Reached, noticed: Noticed) -> list[Name]:
    """The names of a path that a walk passes: all, but the last where it only answers for the one before, or hides it."""
    path = [name(text) for text in one.path]
    if one.is_itself:
        return path[:1]
    for at, (here, following) in enumerate(zip(path[1:], path[2:], strict=False), start=2):
        if following not in noticed.before.next(here):
            assert at == len(path) - 1, f"{path} does not lead from {here} to {following}"
            return path[:-1]
    return path


def is_row_right(one: Reached, noticed: Noticed, prepared: Prepared) -> None:
    path = [name(text) for text in one.path]
    assert path[0] == name(one.name) and path[-1] in noticed.changed, path
    links = {link[4] for link in noticed.owners[path[0]] if link[3] == one.type}
    assert one.type in {link[3] for link in noticed.owners[path[0]]}
    assert one.is_itself or path[1] in links or one.type == "DNAME", path
    passed = walked(one, noticed)
    if one.is_itself:
        assert noticed.differs(path[0])
    is_glue = one.type == "NS" and len(path) == 2 and not noticed.differs(path[1]) and not one.is_itself
    if is_glue:
        assert prepared.stale(one) == glue_stale(noticed, name(one.zone), path[1])
        return
    assert one.is_itself or noticed.differs(passed[-1]), path
    begin = [path[0]] if one.is_itself else passed
    extra = glue_stale(noticed, name(one.zone), path[1]) if one.type == "NS" and len(path) == 2 else 0
    assert prepared.stale(one) == max(extra, noticed.stale(begin)), path


def glue_stale(noticed: Noticed, zone: Name, host: Name) -> int:
    from .noticed import lapse

    negative = oracle.negative_soa(noticed.before.zones[zone], zone).ttl
    return lapse(noticed.glue(zone, host, noticed.before), noticed.glue(zone, host, noticed.after), negative)


def is_reply(reply: Reply, zones: oracle.Zones, qname: Name, rtype: str) -> bool:
    answer = oracle.answer(zones, qname, int(rdtype(rtype)))
    rcode = "NOERROR" if answer.end == "refused" else dns.rcode.to_text(answer.rcode)
    return reply.rcode == rcode and len(reply.records) == sum(len(rrset.data) for rrset in answer.final)


def check(before: World, after: World) -> None:
    graph = load(before)
    prepared = prepare(graph, before, after)
    assert not prepared.refused, prepared.refused
    noticed = Noticed(before, after)
    count, rows = prepared.reach(limit=10_000)
    found = {name(one.name) for one in rows}
    note(f"{sorted(map(str, noticed.changed))} reached {[(one.type, one.path) for one in rows]}")
    assert count == len(rows) == len(found)
    assert not found & noticed.changed
    assert not noticed.must() - found, f"not listed: {noticed.must() - found}"
    noticed.know(name(text) for one in rows if one.type == "DNAME" for text in one.path[1:])
    may = {owner for owner in noticed.owners if noticed.may(owner)}
    assert found == may, f"listed for nothing: {found - may}; not listed: {may - found}"
    for one in rows:
        is_row_right(one, noticed, prepared)
    for row in impact(rows, (graph, prepared), shown_changes(before, after)):
        assert row.stale_until_s == prepared.stale(next(one for one in rows if one.name == row.name))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes())
def test_who_notices_a_change_is_told(change: tuple[World, World]) -> None:
    before, after = change
    note("".join(f"; {origin}\n{render(lines)}" for origin, lines in before.lines.items()))
    note("=>\n" + "".join(f"; {origin}\n{render(lines)}" for origin, lines in after.lines.items()))
    check(before, after)
