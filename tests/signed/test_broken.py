"""Zones whose signatures or denials are broken: served as they are, with a finding, and no question is one too many.

Each case takes a good signed zone and breaks its lines. What is left is still served: data with the signatures there
are, denials with the records there are; never a panic, never SERVFAIL.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dns.rcode
import pytest

import oracle
from property.compare import differences
from servers import truename
from truename._core import Graph

from .asking import ask, shown
from .signing import EXPIRED, Nsec3, Recipe, Signed, for_oracle, read
from .small import TYPES, Keys, ask_graph, every_name
from .test_oracles import report, without_proofs

ORIGIN = "broken.test."
ZONE = """$ORIGIN broken.test.
@ 300 SOA ns hostmaster 1 7200 3600 1209600 300
@ 300 NS ns
ns 300 A 192.0.2.53
a 300 A 192.0.2.1
b 300 CNAME a
*.c 300 A 192.0.2.2
a.b.a 300 TXT "deep"
d 300 NS ns.d
ns.d 300 A 192.0.2.3
e 300 DNAME c
z 300 A 192.0.2.4
"""
NSEC = Recipe("ldns", "ECDSAP256SHA256")
HASHED = Recipe("ldns", "ECDSAP256SHA256", Nsec3())
OLD = Recipe("ldns", "ECDSAP256SHA256", None, EXPIRED)
MISSING, EXPIRED_KIND, DENIAL = "signature-missing", "signature-expired", "denial-broken"


@dataclass(frozen=True)
class Case:
    """*kinds*: the kinds of facts that must be found, and no others of the three."""

    name: str
    recipe: Recipe
    change: Callable[[list[str]], list[str]]
    kinds: set[str]


def without(pattern: str, most: int = 1000) -> Callable[[list[str]], list[str]]:
    """Leave out the first *most* lines that match."""

    def change(lines: list[str]) -> list[str]:
        left = most
        kept = []
        for line in lines:
            if left and re.search(pattern, line):
                left -= 1
            else:
                kept.append(line)
        assert left < most, f"nothing matches {pattern}"
        return kept

    return change


def replaced(pattern: str, by: str) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        changed = [re.sub(pattern, by, line) for line in lines]
        assert changed != lines, f"nothing matches {pattern}"
        return changed

    return change


def added(line: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [*lines, line]


def same(lines: list[str]) -> list[str]:
    return lines


def every_second_nsec3(lines: list[str]) -> list[str]:
    chain = [line for line in lines if "\tNSEC3\t" in line]
    gone = {line.split("\t")[0] for line in chain[::2]}
    return [line for line in lines if line.split("\t")[0] not in gone]


NEXT = r"\.broken\S+\t\S+\t\S+\tNSEC\t)\S+"  # behind `(^LABEL`
CASES = [
    Case("nothing is wrong", NSEC, same, set()),
    Case("nothing is wrong (NSEC3)", HASHED, same, set()),
    Case("expired", OLD, same, {EXPIRED_KIND}),
    Case("one NSEC is missing", NSEC, without(r"^a\.broken\.test\.\t.*NSEC\s"), {DENIAL}),
    Case("all NSECs are missing", NSEC, without(r"\tNSEC\s|RRSIG\tNSEC\s"), {DENIAL}),
    Case("an NSEC without its signature", NSEC, without(r"^a\.broken.*RRSIG\tNSEC\s"), {MISSING}),
    Case("an NSEC leads to nowhere", NSEC, replaced(r"(^a" + NEXT, r"\1q.broken.test."), {DENIAL}),
    Case("an NSEC leads back", NSEC, replaced(r"(^z" + NEXT, r"\1z.broken.test."), {DENIAL}),
    Case("an NSEC leads out of the zone", NSEC, replaced(r"(^z" + NEXT, r"\1example."), {DENIAL}),
    Case("a set without its signature", NSEC, without(r"^a\.broken.*RRSIG\tA\s"), {MISSING}),
    Case("an alias without its signature", NSEC, without(r"^b\.broken.*RRSIG\tCNAME"), {MISSING}),
    Case("no signature at all", NSEC, without(r"\tRRSIG\t"), {MISSING}),
    Case("the SOA without its signature", HASHED, without(r"RRSIG\tSOA"), {MISSING}),
    Case("signatures without a key", NSEC, without(r"\tDNSKEY\t|RRSIG\tDNSKEY"), {MISSING, DENIAL}),
    Case("a signature of nothing", NSEC, replaced(r"^a\.(broken\S+\t\S+\t\S+\tRRSIG\tA\s)", r"void.\1"),
         {MISSING, DENIAL}),
    Case("half a chain of NSEC3", HASHED, every_second_nsec3, {DENIAL}),
    Case("one NSEC3", HASHED, without(r"\tNSEC3\t", 5), {DENIAL}),
    Case("no NSEC3", HASHED, without(r"\tNSEC3\t|RRSIG\tNSEC3\s"), {DENIAL}),
    Case("NSEC3 without NSEC3PARAM", HASHED, without(r"NSEC3PARAM\t|RRSIG\tNSEC3PARAM"), {DENIAL}),
    Case("NSEC3PARAM of another chain", HASHED, replaced(r"(NSEC3PARAM\t)1 0 0 -", r"\g<1>1 0 7 aabb"), {DENIAL}),
    Case("NSEC3 with a hash nobody knows", HASHED, replaced(r"(\tNSEC3\t)1 ", r"\g<1>9 "), {DENIAL}),
    Case("NSEC3 at a name that is no hash", HASHED, replaced(r"^(\w{30})\w\w(\.broken\.test\.)", r"\1\2"), {DENIAL}),
    Case("NSEC3 leads back", HASHED, replaced(r"^(\w{32})(\..*\tNSEC3\t1 0 0 - +)\w+", r"\1\2\1"), {DENIAL}),
    Case("an NSEC3 of a name that is gone", HASHED, without(r"^z\.broken\.test\.\t"), {DENIAL}),
    Case("NSEC and NSEC3", HASHED, added("a.broken.test.\t300\tIN\tNSEC\tb.broken.test. A RRSIG NSEC\n"), {MISSING}),
]  # fmt: skip


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def broken(case: Case, keys: Keys) -> Signed:
    zone = keys.sign(ORIGIN, ZONE, case.recipe)
    zone.path.write_text("".join(case.change(zone.path.read_text().splitlines(keepends=True))))
    return zone


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_zone_is_served_as_it_is(case: Case, keys: Keys) -> None:
    zone = broken(case, keys)
    graph = Graph()
    assert not graph.load_zone(str(zone.path), ORIGIN).problems
    zones, problems = {zone.name: for_oracle(read(zone.path.read_text(), zone.name))}, []
    for name in every_name([ORIGIN], 2):
        for rtype in TYPES:
            question = (name, int(rtype))
            for do in (True, False):
                reply = without_proofs(ask_graph(graph, question, do=do), rtype)
                found = differences(reply, oracle.answer(zones, *question))
                problems += [f"{shown(question)}: {problem}" for problem in found]
    assert not problems, report(problems)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_zone_is_told_of(case: Case, keys: Keys) -> None:
    zone = broken(case, keys)
    graph = Graph()
    graph.load_zone(str(zone.path), ORIGIN)
    facts = graph.facts((MISSING, EXPIRED_KIND, DENIAL))
    assert {fact.kind for fact in facts} == case.kinds, [(fact.kind, fact.owner, fact.type) for fact in facts]


def test_the_log_says_what_is_broken(keys: Keys, tmp_path: Path) -> None:
    zones = [
        broken(case, keys) for case in CASES if case.name in ("expired", "a set without its signature", "no NSEC3")
    ]
    texts = []
    for number, zone in enumerate(zones):
        directory = tmp_path / str(number)
        directory.mkdir()
        with truename([zone.file], directory) as running:
            ((_, reply),) = ask(running, [(zone.name, 6)])
            assert reply.rcode() == dns.rcode.NOERROR
            texts.append(until_told(running.log))
    expired, missing, denial = texts
    assert "signatures have expired" in expired
    assert "signature is missing in a signed zone" in missing
    assert "denial of a signed zone is broken" in denial


def until_told(log: Path) -> str:
    """The log once facts were counted and told."""
    deadline = time.monotonic() + 10
    while "event=facts" not in (text := log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return text
