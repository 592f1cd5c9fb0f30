"""What a finding does to a change: the table that the edit engine goes by.

    refuses   nothing is stored
    asks      somebody has to say yes
    shows     it is told

Only findings that a change *adds* can refuse or ask. A rule that refuses does so with its errors: a chain of nine hops
is a warning of `chain-too-long`, and so is what [check] severity has turned down. What no zone can hold refuses always.
"""

from collections import Counter
from collections.abc import Sequence

from truename.rules import ALWAYS
from truename.rules.base import Finding, table


def doors() -> dict[str, str]:
    """What each rule does: refuses, asks or shows."""
    return {name: rule.door for name, rule in table().items()}


def verdict(finding: Finding) -> str:
    """What *finding* does when a change adds it."""
    if finding.rule in ALWAYS:
        return "refuses"
    if finding.severity == "info":
        return "shows"
    door = table()[finding.rule].door
    return "shows" if door == "refuses" and finding.severity != "error" else door


def added(after: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """The findings of *after* that are not in *before*; a fault that moved to another line is the same."""
    known = Counter(map(_identity, before))
    found = []
    for finding in after:
        identity = _identity(finding)
        if known[identity] > 0:
            known[identity] -= 1
        else:
            found.append(finding)
    return found


def _identity(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.severity, finding.zone, finding.owner, finding.type, finding.target
