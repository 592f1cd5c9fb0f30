"""Every name of the tree and names beside them, put to Truename, NSD and Knot with the same signed zones.

Truename's replies must be what the oracle of RFC 1034 says without the signatures, and must satisfy the checker. The
proofs of the others must hold too, and must be the same records, except for what docs/readings.md explains.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dns.rdatatype
import pytest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType
from dns.rrset import RRset

import oracle
from property.compare import differences
from servers import Running

from .asking import Question, ask, copied, shown
from .checker import Trust, check
from .proofs import hash_of
from .sources import Tree

TEXT = Path(__file__).parents[2] / "docs" / "readings.md"
CNAME = RdataType.CNAME
TYPES = [RdataType[t] for t in ("A", "TXT", "DS", "CNAME", "NSEC", "MX", "SVCB")]
BESIDE = [RdataType[t] for t in ("A", "DS")]
PREFIXES = [Name([b"absent"]), Name([b"*"]), Name([b"x", b"0"])]
PROOFS = (RdataType.RRSIG, RdataType.NSEC, RdataType.NSEC3)


def questions(trust: Trust) -> list[Question]:
    """All owners with many types, and names below them that mostly do not exist."""
    owners = {owner for zone in trust.zones.values() for owner in zone}
    inside = {Name(owner.labels[1:]) for owner in owners if len(owner.labels) > 3}
    below = {prefix + owner for owner in owners | inside for prefix in PREFIXES}
    return [
        *((name, int(rtype)) for name in sorted(owners | inside) for rtype in TYPES),
        *((name, int(rtype)) for name in sorted(below - owners - inside) for rtype in BESIDE),
    ]


def without_proofs(reply: Message, qtype: int) -> Message:
    """What a resolver that never heard of DNSSEC would have got."""
    reply = copied(reply)
    for name in ("answer", "authority", "additional"):
        kept = [r for r in getattr(reply, name) if r.rdtype not in PROOFS or (name == "answer" and r.rdtype == qtype)]
        if name == "authority":
            kept = [record for record in kept if record.rdtype != RdataType.DS]
        setattr(reply, name, kept)
    return reply


@pytest.fixture(scope="module")
def replies(ours: Running, trust: Trust) -> list[tuple[Question, Message]]:
    return list(ask(ours, questions(trust)))


def test_every_reply_is_the_oracles_and_is_proven(replies: list[tuple[Question, Message]], trust: Trust) -> None:
    problems = []
    for asked, reply in replies:
        found = check(trust, reply, *asked)
        expected = oracle.answer(trust.zones, *asked)
        found += differences(without_proofs(reply, asked[1]), expected)
        problems += [f"{shown(asked)}: {problem}" for problem in found]
    assert not problems, report(problems)


def test_without_do_nothing_of_dnssec_comes_along(ours: Running, trust: Trust) -> None:
    """RFC 4035 3.1: unless asked for by type. DS is not in referrals then either (RFC 4035 3.1.4)."""
    problems = []
    for asked, reply in ask(ours, questions(trust), do=False):
        sections = [*reply.answer, *reply.authority, *reply.additional]
        extra = [r for r in sections if r.rdtype in (*PROOFS, RdataType.DS) and r.rdtype != asked[1]]
        problems += [f"{shown(asked)}: {record}" for record in extra]
        problems += [f"{shown(asked)}: {p}" for p in differences(reply, oracle.answer(trust.zones, *asked))]
    assert not problems, report(problems)


def report(problems: list[str]) -> str:
    more = f"\n.. and {len(problems) - 20} more" if len(problems) > 20 else ""
    return "\n".join(problems[:20]) + more


@dataclass(frozen=True)
class Asked:
    """A question, what the oracle answers without signatures, and the zones and names on the way."""

    question: Question
    expected: oracle.Answer
    names: list[Name]
    zones: list[Name | None]
    is_hashed: bool  # the last zone denies with NSEC3
    has_hash: bool  # one of that zone's records stands at the last name


def put(question: Question, trust: Trust, signed: Tree) -> Asked:
    expected = oracle.answer(trust.zones, *question)
    links = [link for link in expected.chain if link.rtype == CNAME]
    names = [question[0], *(oracle.target_of(link) for link in links)]
    zones = [trust.zone_of(name, question[1]) for name in names]
    hashes = {data.next for found in hashed_in(signed, zones[-1]) for data in found}
    first = next((data for found in hashed_in(signed, zones[-1]) for data in found), None)
    has_hash = first is not None and hash_of(names[-1], first.iterations, first.salt) in hashes
    return Asked(question, expected, names, zones, first is not None, has_hash)


def hashed_in(signed: Tree, apex: Name | None) -> list[RRset]:
    zone = signed.signed.get(str(apex))
    return [found for found in zone.rrsets if found.rdtype == RdataType.NSEC3] if zone else []


def crosses(asked: Asked) -> bool:
    return len(set(asked.zones)) > 1


# Where a peer's proofs differ: its name, the heading of docs/readings.md that says why, and when.
READINGS: list[tuple[str, str, Callable[[Asked], bool]]] = [
    ("knot", "Aliases into other zones", crosses),
    ("knot", "RRSIG, NSEC and KEY at an alias", lambda a: a.question[1] == RdataType.NSEC and bool(a.expected.chain)),
    ("nsd", "Case in signed names", lambda a: a.question[1] == RdataType.SVCB and a.expected.end == "data"),
    ("nsd", "Proofs at a name with an asterisk",
     lambda a: a.expected.end == "nodata" and a.is_hashed and a.names[-1].is_wild()),
    ("nsd", "Proofs behind an alias into another zone or a DNAME",
     lambda a: crosses(a) or any(link.rtype == RdataType.DNAME for link in a.expected.chain)),
    ("nsd", "Names that only unsigned delegations make",
     lambda a: a.expected.end in ("nodata", "nxdomain") and "optout" in str(a.zones[-1]) and not a.has_hash),
]  # fmt: skip


@pytest.mark.parametrize("peer", ["nsd", "knot"])
def test_proofs_are_those_of(
    peer: str, request: pytest.FixtureRequest, replies: list[tuple[Question, Message]], signed: Tree, trust: Trust
) -> None:
    """NSD's replies are believed, too: the checker asks for nothing unheard of."""
    theirs: Running = request.getfixturevalue(f"by_{peer}")
    readings = [(heading, applies) for name, heading, applies in READINGS if name == peer]
    problems, shown_to_differ = [], set()
    for (question, mine), (_, other) in zip(replies, ask(theirs, questions(trust)), strict=True):
        differences = compared(mine, other) + (disbelieved(trust, other, question) if peer == "nsd" else [])
        if differences:
            put_here = put(question, trust, signed)
            known = {heading for heading, applies in readings if applies(put_here)}
            shown_to_differ |= known
            problems += [] if known else [f"{shown(question)}: {difference}" for difference in differences]
    assert not problems, report(problems)
    assert shown_to_differ == {heading for heading, _ in readings}, "a difference of docs/readings.md is gone"


def compared(mine: Message, other: Message) -> list[str]:
    here, there = proofs(mine), proofs(other)
    return [] if here == there else [f"only here {show(here - there)}, only there {show(there - here)}"]


def disbelieved(trust: Trust, reply: Message, question: Question) -> list[str]:
    """What the checker says, a record more than is needed excepted."""
    return [problem for problem in check(trust, reply, *question) if not problem.endswith("proves nothing")]


def test_every_difference_has_its_explanation() -> None:
    headings = set(re.findall(r"^#+ (.+)$", TEXT.read_text(), re.MULTILINE))
    assert {heading for _, heading, _ in READINGS} <= headings


def proofs(reply: Message) -> set[tuple[str, Name, str]]:
    """(section, owner, type or type covered) of all signatures and denials in answer and authority.

    The NS of the zone, which NSD sends beside positive answers, is no part of a proof.
    """
    return set(_proofs("answer", reply)) | set(_proofs("authority", reply))


def _proofs(section: str, reply: Message) -> Iterator[tuple[str, Name, str]]:
    for record in getattr(reply, section):
        (data,) = record
        if record.rdtype == RdataType.RRSIG and data.type_covered != RdataType.NS:
            yield section, record.name, f"RRSIG {dns.rdatatype.to_text(data.type_covered)}"
        elif record.rdtype in (RdataType.NSEC, RdataType.NSEC3, RdataType.DS):
            yield section, record.name, dns.rdatatype.to_text(record.rdtype)


def show(found: set[tuple[str, Name, str]]) -> str:
    return "; ".join(f"{section} {name} {rtype}" for section, name, rtype in sorted(found)) or "nothing"
