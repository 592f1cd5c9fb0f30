"""Signatures that were made elsewhere, and what a change leaves of them.

The core tells which RRsets get other data below the signatures that they had. That is not the whole truth: the data may
be again what was signed once (undo), and what did not verify before cannot break. Where the keys say so, they decide;
where they say nothing, each signature counts as one that was right.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from truename.rules.signature import Verdict, verdicts

if TYPE_CHECKING:
    from truename._core import Fact, Prepared


def outlived(prepared: "Prepared", renumbered: Sequence[str]) -> "tuple[list[Fact], list[Fact]]":
    """signature-outlived and -unfit: what the change breaks, and what it changes that was broken before.

    *renumbered*: zones whose SOA gets a serial of ours, which nobody has signed
    """
    broken: list[Fact] = []
    before: list[Fact] = []
    for zone, facts in groupby(prepared.outlived(renumbered), key=attrgetter("zone")):
        for fact, now, then in _judged(prepared, zone, list(facts)):
            is_ours = fact.type == "SOA" and fact.owner == zone and zone in renumbered
            if now != "holds" or is_ours or fact.kind != "signature-outlived":
                (before if then == "fails" else broken).append(fact)
    return broken, before


def _judged(prepared: "Prepared", zone: str, facts: "list[Fact]") -> "list[tuple[Fact, Verdict, Verdict]]":
    owners = sorted({zone, *(fact.owner for fact in facts)})
    now, then = (_verdicts(prepared, zone, owners, is_before=is_before) for is_before in (False, True))
    keys = [(fact.owner, fact.type) for fact in facts]
    return [(fact, now.get(key, "unknown"), then.get(key, "unknown")) for fact, key in zip(facts, keys, strict=True)]


def _verdicts(prepared: "Prepared", zone: str, owners: list[str], *, is_before: bool) -> dict[tuple[str, str], Verdict]:
    sets = prepared.signed_sets(zone, owners, is_before=is_before)
    return {(owner, rtype): verdict for owner, rtype, verdict in verdicts(zone, sets)}
