"""Who is told to notice a change is who notices it, by brute force over all names (`noticed`).

listed    everybody who is answered otherwise, once, and nobody from whom no way leads to what changed
a path    begins at the owner, follows what is there, and ends at an owner that changed
stale     the largest old TTL of what differs on the way
"""

import random
from itertools import pairwise

import dns.name
import dns.rcode
import pytest
from dns.name import Name
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import oracle
from truename._core import Graph, Prepared, Reached
from truename.edit.impact import impact, question, types_asked
from truename.edit.plan import Change, Reply

from .noticed import Noticed, lapse, rrsets
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
    """The names of a path that a walk passes: not the last where it answers for the one before, or hides it."""
    path = [name(text) for text in one.path]
    if one.is_itself:
        return path[:1]
    for at, (here, following) in enumerate(pairwise(path[1:]), start=2):
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
    negative = oracle.negative_soa(noticed.before.zones[zone], zone).ttl
    return lapse(noticed.glue(zone, host, noticed.before), noticed.glue(zone, host, noticed.after), negative)


def is_reply_right(reply: Reply, zones: oracle.Zones, question: tuple[str, str]) -> None:
    """What a row shows is what the oracle answers."""
    answer = oracle.answer(zones, name(question[0]), int(rdtype(question[1])))
    if answer.end == "refused":
        return
    rcode = (
        "SERVFAIL"
        if answer.end == "loop" and reply.rcode == "SERVFAIL"
        else dns.rcode.to_text(dns.rcode.Rcode(answer.rcode))
    )
    assert reply.rcode == rcode, question
    # The DNAME that led to itself stands in an answer once, and the oracle tells it where it led.
    if question[1] != "DNAME":
        assert len(reply.records) == sum(len(rrset.data) for rrset in answer.final), question


def check(before: World, after: World) -> None:
    graph = load(before)
    prepared = prepare(graph, before, after)
    assert not prepared.refused, prepared.refused
    noticed = Noticed(before, after)
    count, rows = prepared.reach(limit=10_000)
    found = {name(one.name) for one in rows}
    assert count == len(rows) == len(found)
    assert not found & noticed.changed
    assert not noticed.must() - found, f"not listed: {noticed.must() - found}"
    noticed.know(name(text) for one in rows if one.type == "DNAME" for text in one.path[1:])
    may = {owner for owner in noticed.owners if noticed.may(owner)}
    assert found == may, f"listed for nothing: {found - may}; not listed: {may - found}"
    for one in rows:
        is_row_right(one, noticed, prepared)
    told = shown_changes(before, after)
    for one, row in zip(rows, impact(rows, (graph, prepared), told), strict=True):
        assert row.stale_until_s == prepared.stale(one)
        asked = question(one, types_asked(told))
        is_reply_right(row.before, noticed.before.zones, asked)
        is_reply_right(row.after, noticed.after.zones, asked)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes())
def test_who_notices_a_change_is_told(change: tuple[World, World]) -> None:
    before, after = change
    note("".join(f"; {origin}\n{render(lines)}" for origin, lines in before.lines.items()))
    note("=>\n" + "".join(f"; {origin}\n{render(lines)}" for origin, lines in after.lines.items()))
    check(before, after)


SOA = "SOA ns.{0} h.{0} 1 7200 3600 1209600 30"
# (before, after) of worlds that were wrong once, one record a line, each zone behind a line with its name.
FOUND = {
    "an HTTPS record that names its own owner is no link": (
        "; t.\n*.*.a.t. HTTPS 1 .",
        "; t.\n*.*.a.t. HTTPS 1 .\n; a.t.",
    ),
    "an empty non-terminal goes with its zone, and is no owner": (
        "; t.\nx.t. CNAME b.a.b.a.t.\n; b.a.t.\nb.c.*.b.a.t. CNAME b.b.a.t.",
        "; t.\nx.t. CNAME b.a.b.a.t.",
    ),
    "a name that a DNAME hides is made, and nobody sees it": (
        "; t.\nt. DNAME t.\na.t. A 192.0.2.1",
        "; t.\nt. DNAME t.\na.t. A 192.0.2.1\nb.t. CNAME t.",
    ),
    "the zone above takes over the DS": ("; t.\nx.t. DNAME t.", "; t.\nx.t. DNAME t.\n; ."),
    "the zone above is a DNAME": ("; t.\nb.*.t. NS t.", "; t.\nb.*.t. NS t.\n; .\n. DNAME *.t."),
    "over two DNAMEs and an empty non-terminal": (
        "; .\nb.a. DNAME .\nb. DNAME a.\n*.*. A 192.0.2.2",
        "; .\nb.a. DNAME .\nb. DNAME a.",
    ),
    "a zone below a DNAME": ("; t.\nt. DNAME *.", "; t.\nt. DNAME *.\n; *.t."),
    "a zone below a DNAME that leads there": ("; t.\nt. DNAME .", "; t.\nt. DNAME .\n; *.t."),
    "a cut in the zone above, where another is served": (
        "; t.\n; b.a.t.\nb.c.*.b.a.t. CNAME c.b.a.t.",
        "; t.\nc.b.a.t. NS b.a.u.\n; b.a.t.\nb.c.*.b.a.t. CNAME c.b.a.t.",
    ),
    "a new name over four DNAMEs": (
        "; u.\n; t.\nc.t. DNAME a.b.a.t.\n*.b.*.t. DNAME u.\n; b.a.t.\nb.a.t. DNAME t.",
        "; u.\n*.b.u. A 192.0.2.9\n; t.\nc.t. DNAME a.b.a.t.\n*.b.*.t. DNAME u.\n; b.a.t.\nb.a.t. DNAME t.",
    ),
}


def world_of(text: str) -> World:
    world = World()
    for line in text.splitlines():
        if line.startswith("; "):
            origin = line[2:]
            world.lines[origin] = [(origin, 3600, *SOA.format("" if origin == "." else origin).split(" ", 1))]
        else:
            owner, rtype, data = line.split(" ", 2)
            world.lines[origin].append((owner, 60, rtype, data))
    return world


@pytest.mark.parametrize("case", FOUND)
def test_what_was_wrong_once(case: str) -> None:
    before, after = (world_of(text) for text in FOUND[case])
    check(before, after)
