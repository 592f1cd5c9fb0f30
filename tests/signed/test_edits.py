"""Edits of signed zones: what a signer would publish after a change, put into a graph set by set, gives the replies of
a graph that loaded the new zone; and the zone put together from those replies is a good one (`ldns-verify-zone`)."""

import functools
import itertools
import random
from collections.abc import Iterator

import pytest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset
from hypothesis import HealthCheck, Phase, given, seed, settings

from property.test_edits import histories
from property.worlds import World, render
from truename._core import Graph

from .asking import Question, shown
from .checker import Trust, check
from .proofs import hash_of, nsec3_of
from .signing import Nsec3, Recipe, Signed, for_oracle, run
from .small import RECIPES, TYPES, Keys, ask_graph, every_name
from .test_oracles import report

HISTORIES = 25
Change = tuple[str, str, int, list[str]]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@functools.cache
def drawn(count: int) -> list[list[World]]:
    """The same *count* histories on every run."""
    found: list[list[World]] = []

    @seed(20240102)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(histories())
    def collect(history: list[World]) -> None:
        found.append(history)

    collect()
    return found


def change_between(old: list[RRset], new: list[RRset]) -> list[Change]:
    """RRsets to replace and to delete; the signatures of an owner are one set."""
    before, after = by_set(old), by_set(new)
    gone = [(owner, rtype, 0, list[str]()) for owner, rtype in before if (owner, rtype) not in after]
    return gone + [(*key, *value) for key, value in after.items() if before.get(key) != value]


def by_set(rrsets: list[RRset]) -> dict[tuple[str, str], tuple[int, list[str]]]:
    sets: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for found in rrsets:
        rtype = RdataType.to_text(found.rdtype)
        _, data = sets.setdefault((str(found.name).lower(), rtype), (found.ttl, []))
        data += sorted(record.to_text() for record in found)
    return sets


@pytest.mark.parametrize("number", range(HISTORIES))
def test_an_edited_graph_answers_as_a_fresh_one(number: int, keys: Keys) -> None:
    """The first zone of each version is signed; a version may be signed in another way than the one before."""
    choice = random.Random(number)
    history = [version.without_occluded() for version in drawn(HISTORIES)[number]]
    origin = next(iter(history[0].lines))
    recipes = [choice.choice(RECIPES) for _ in history] if number % 3 == 0 else [choice.choice(RECIPES)] * len(history)
    versions = [keys.sign(origin, even(world, origin), recipe) for world, recipe in zip(history, recipes, strict=True)]
    edited = loaded(versions[0])
    for before, after in itertools.pairwise(versions):
        edited.change(origin, change_between(before.rrsets, after.rrsets))
        is_same(edited, loaded(after), questions(origin))


def even(world: World, origin: str) -> str:
    """The zone with one TTL everywhere, and no cut at a wildcard, which `dnssec-signzone` refuses."""
    lines = [line for line in world.lines[origin] if not (line[0].startswith("*") and line[2] in ("NS", "DS"))]
    return render([(owner, 3600, rtype, data) for owner, _, rtype, data in lines], know_alias=False)


def loaded(zone: Signed) -> Graph:
    graph = Graph()
    assert not graph.load_zone(str(zone.path), zone.origin).problems
    return graph


def questions(origin: str) -> list[Question]:
    return [(name, int(rtype)) for name in every_name([origin], 2) for rtype in TYPES]


def is_same(edited: Graph, fresh: Graph, asked: list[Question]) -> None:
    problems = [
        f"{shown(question)}: {difference}"
        for question in asked
        if (difference := differing(ask_graph(edited, question), ask_graph(fresh, question)))
    ]
    assert not problems, report(problems)


def differing(one: Message, other: Message) -> str:
    """Where two replies differ; the records of a section may come in any order."""
    if (one.flags, one.rcode()) != (other.flags, other.rcode()):
        return f"flags {one.flags:#x}, fresh {other.flags:#x}"
    for section in ("answer", "authority", "additional"):
        mine, theirs = (sorted(map(str, getattr(reply, section))) for reply in (one, other))
        if mine != theirs:
            return f"{section} {mine}, fresh {theirs}"
    return ""


ZONE = """@ 300 SOA ns hostmaster 1 7200 3600 1209600 300
@ 300 NS ns
ns 300 A 192.0.2.53
host 300 A 192.0.2.1
"""
STEPS = [
    "alias 300 CNAME host\n",
    "between 300 TXT one\n",
    "deep.below.hollow 300 A 192.0.2.2\n",
    "*.wild 300 CNAME host\n",
    "cut 300 NS ns.cut\nns.cut 300 A 192.0.2.3\n",
    "cut 300 DS 12345 13 2 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\n",
    "under.hollow 300 NS ns\n",
    "redirect 300 DNAME wild\n",
    "MiXed 300 SVCB 1 TaRget\n",
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.tool}-{r.algorithm}-{r.nsec3}")
def test_names_come_and_go(recipe: Recipe, keys: Keys) -> None:
    """One step at a time to the full zone and back; at each the replies prove themselves and the zone verifies."""
    texts = [ZONE + "".join(STEPS[:count]) for count in range(len(STEPS) + 1)]
    versions = [keys.sign("edits.test.", f"$ORIGIN edits.test.\n{text}", recipe) for text in texts]
    walk = [*versions, *reversed(versions[:-1])]
    graph = loaded(walk[0])
    for before, after in itertools.pairwise(walk):
        graph.change("edits.test.", change_between(before.rrsets, after.rrsets))
        is_whole(graph, after)


def test_a_zone_changes_the_way_it_denies(keys: Keys) -> None:
    """From NSEC to NSEC3, to another salt, to opt-out and back: one publication each."""
    ways = [None, Nsec3(), Nsec3(5, "aabb"), Nsec3(0, "", opt_out=True), None]
    recipes = [Recipe("bind", "ECDSAP256SHA256", way) for way in ways]
    text = f"$ORIGIN edits.test.\n{ZONE}{''.join(STEPS)}"
    versions = [keys.sign("edits.test.", text, recipe) for recipe in recipes]
    graph = loaded(versions[0])
    for before, after in itertools.pairwise(versions):
        graph.change("edits.test.", change_between(before.rrsets, after.rrsets))
        is_whole(graph, after)


def is_whole(graph: Graph, zone: Signed) -> None:
    """Every reply about the names of *zone*, and about names beside them, is proven; together they are the zone."""
    trust = Trust({zone.name: for_oracle(zone.rrsets)}, {zone.name: zone.dnskey})
    owners = {Name(owner.labels[at:]) for owner in trust.zones[zone.name] for at in range(len(owner.labels) - 2)}
    asked = [(prefix + owner, int(rtype)) for owner in owners for prefix in (Name([]), Name([b"0"])) for rtype in TYPES]
    problems = [f"{shown(q)}: {problem}" for q in asked for problem in check(trust, ask_graph(graph, q), *q)]
    assert not problems, report(problems)
    verify("".join(sorted(set(composed(graph, zone)))), zone)


def composed(graph: Graph, zone: Signed) -> Iterator[str]:
    """The records of all replies to questions for what the zone holds, as lines of a master file.

    Denials come along with names that they cover: nothing else shows the NSEC3 of an alias or the NSEC of a cut.
    """
    for found in zone.rrsets:
        if found.rdtype not in HIDDEN:
            reply = ask_graph(graph, (found.name, int(found.rdtype)))
            yield from lines(reply.answer, reply.authority, reply.additional)
    for name in covered(zone):
        yield from lines(ask_graph(graph, (name, int(RdataType.A))).authority)


def lines(*sections: list[RRset]) -> Iterator[str]:
    return (f"{record.to_text()}\n" for section in sections for record in section)


HIDDEN = (RdataType.NSEC3, RdataType.RRSIG)


def covered(zone: Signed) -> Iterator[Name]:
    """For each NSEC3 record of *zone*, and each NSEC record but the apex's, a name that its span covers."""
    for found in zone.rrsets:
        if found.rdtype == RdataType.NSEC and found.name != zone.name:
            first, *rest = found.name.labels
            yield Name([first + b"\x00", *rest])
    left = [nsec3_of(found) for found in zone.rrsets if found.rdtype == RdataType.NSEC3]
    for number in itertools.takewhile(lambda _: left, itertools.count()):
        name = Name([f"n{number}".encode()]) + zone.name
        _, iterations, salt = left[0].parameters
        if record := next((r for r in left if r.covers(hash_of(name, iterations, salt))), None):
            left.remove(record)
            yield name


def verify(text: str, zone: Signed) -> None:
    """ldns-verify-zone: all signatures, and a whole chain of NSEC or NSEC3. Raises NotStarted with what it says."""
    path = zone.path.with_suffix(".composed")
    path.write_text(text)
    run(["ldns-verify-zone", str(path)], path.parent)


def test_the_zones_of_the_tree_verify(signed) -> None:  # type: ignore[no-untyped-def]
    for zone in signed.signed.values():
        run(["ldns-verify-zone", str(zone.path)], zone.path.parent)
