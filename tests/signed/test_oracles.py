"""Every name of the tree and names beside them, put to Truename, NSD and Knot with the same signed zones.

Truename's replies must be what the oracle of RFC 1034 says without the signatures, and must satisfy the checker. The
proofs of the others must hold too, and must be the same records, except for what docs/readings.md explains.
"""

from collections.abc import Iterator

import dns.rcode
import dns.rdatatype
import pytest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

import oracle
from property.compare import differences
from servers import Running

from .asking import Question, ask, shown
from .checker import Trust, check
from .sources import Tree

TYPES = [RdataType[t] for t in ("A", "TXT", "DS", "CNAME", "NSEC", "MX", "SVCB")]
BESIDE = [RdataType[t] for t in ("A", "DS", "CNAME")]
PREFIXES = [Name([b"absent"]), Name([b"*"]), Name([b"x", b"0"]), Name([b"\x00"])]
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
    for name in ("answer", "authority", "additional"):
        kept = [r for r in getattr(reply, name) if r.rdtype not in PROOFS or (name == "answer" and r.rdtype == qtype)]
        if name == "authority":
            kept = [record for record in kept if record.rdtype != RdataType.DS]
        setattr(reply, name, kept)
    return reply


def test_every_reply_is_the_oracles_and_is_proven(ours: Running, trust: Trust) -> None:
    problems = []
    for asked, reply in ask(ours, questions(trust)):
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


@pytest.mark.parametrize("peer", ["nsd", "knot"])
def test_proofs_are_those_of(peer: str, request: pytest.FixtureRequest, ours: Running, trust: Trust) -> None:
    theirs: Running = request.getfixturevalue(f"by_{peer}")
    asked = [q for q in questions(trust) if not is_read_differently(peer, q, trust)]
    problems = []
    for (question, mine), (_, other) in zip(ask(ours, asked), ask(theirs, asked), strict=True):
        if proofs(mine) != proofs(other):
            problems.append(f"{shown(question)}: only here {show(proofs(mine) - proofs(other))}, "
                            f"only there {show(proofs(other) - proofs(mine))}")  # fmt: skip
    assert not problems, report(problems)


def is_read_differently(peer: str, question: Question, trust: Trust) -> bool:
    return False


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


def test_the_checker_believes_the_oracles(by_nsd: Running, trust: Trust) -> None:
    """What NSD says in answer to questions about one zone is believed, so the checker asks nothing unheard of."""
    problems = []
    for asked, reply in ask(by_nsd, questions(trust)):
        found = [problem for problem in check(trust, reply, *asked) if not problem.endswith("proves nothing")]
        problems += [f"{shown(asked)}: {problem}" for problem in found]
    assert not problems, report(problems)
