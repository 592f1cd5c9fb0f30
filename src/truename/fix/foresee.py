"""Which findings are gone after all edits, said without carrying them out; only where that is certain.

    findings, edits of the first pass -> the findings that will be gone, or None: look at the edited text

What an edit does to the findings of its own record is plain: the record has another target then, or another type, and
what was found about it is found no more. What it does to others depends on what it is.

A chain that is straightened leads where it led, for everybody who passes it. Only how many links that takes is less,
and that is asked by few rules (`_COUNTING`). So chains are certain however many there are: 20,000 are an ordinary day.

A dot that is set and an alias that becomes an address make a way that was not there. That is certain where the way ends
at once, nobody comes along it, and no address is counted.

Everything else - a comment that hides findings, records that cannot stand together, a rule that is left out - is looked
at. `tests/property/test_fix.py` holds this to what a second look finds.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from truename.name import is_wildcard

if TYPE_CHECKING:
    from truename.config import Check
    from truename.fix.cure import Made
    from truename.fix.passes import Look
    from truename.rules.base import Finding

    Cured = tuple[Finding, Made]
    Record = tuple[str, str, str, str]  # zone, owner, type, target

# Findings that other links may take away or move to another record.
_COUNTING = frozenset({"alias-loop", "chain-too-long", "dname-overflow", "multiple-aliases", "signed-zone-edited"})
# Findings that stand at the very record whose target is wrong. Others stand at one record for all of its owner.
_OF_RECORD = frozenset(
    (
        *("alias-chain", "missing-trailing-dot", "target-is-address", "target-malformed", "target-missing"),
        *(
            "target-without-data",
            "ttl-zero",
            "alias-below-cut",
            "wildcard-captures",
            "alias-not-followed",
            "glue-missing",
        ),
        *("mx-target-is-alias", "ns-target-is-alias", "srv-target-is-alias", "ptr-target-is-alias"),
    )
)


def foresee(now: "Look", cured: "Sequence[Cured]", settings: "Check") -> list[bool] | None:
    """For each finding of *now* whether it is gone when all *cured* are; None where only a look can tell."""
    if now.comments.all or _hides(settings) or any(one.rule in _COUNTING for one in now.findings):
        return None
    opened = [one for one in cured if one[0].rule != "alias-chain"]
    if opened and not _are_dead_ends(now, opened):
        return None
    records = {_record(one) for one, _ in cured}
    owners = {record[:2] for record in records}
    gone = [(one.zone, one.owner) in owners for one in now.findings]
    theirs = (one for one, is_gone in zip(now.findings, gone, strict=True) if is_gone)
    return gone if all(one.rule in _OF_RECORD and _record(one) in records for one in theirs) else None


def _hides(settings: "Check") -> bool:
    """Whether there may be findings that nobody was told."""
    return bool(settings.select or settings.ignore or settings.per_path or "off" in settings.severity.values())


def _are_dead_ends(now: "Look", opened: "Sequence[Cured]") -> bool:
    """Whether nobody comes along the ways that are made, and they end at once."""
    owners = {one.owner for one, _ in opened}
    if any(one.type == "DNAME" or is_wildcard(one.owner) for one, _ in opened):
        return False
    if any(one.rule == "shared-address" or not owners.isdisjoint(one.chain[1:]) for one in now.findings):
        return False
    return all(_ends_at_once(now, name) for name in _completed(opened))


def _completed(opened: "Iterable[Cured]") -> set[str]:
    """The names that have got their dot."""
    dotted = (made() for one, made in opened if one.rule == "missing-trailing-dot")
    return {edit.after.decode("ascii", "replace") for edits in dotted for edit in edits}


def _ends_at_once(now: "Look", name: str) -> bool:
    chain = now.world.explain(name, "A")
    return not chain.hops and chain.end in ("data", "nodata")


def _record(finding: "Finding") -> "Record":
    return finding.zone, finding.owner, finding.type, finding.target
