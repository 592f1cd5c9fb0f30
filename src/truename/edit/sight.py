"""What a key that is bound to zones is shown of the others: that there is something, and not its name.

A chain that leads through a zone of others keeps its length. The target that a record of one's own names is one's own.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from truename.edit.caller import Caller
from truename.edit.names import closest
from truename.errors import RejectedEdit

if TYPE_CHECKING:
    from truename._core import Graph
    from truename.edit.plan import PlanJson

HIDDEN = "(in a zone of others)"


class Sight:
    """Which names *caller* may see: those in its zones, and those in no zone that is served here."""

    def __init__(self, caller: Caller, graph: "Graph") -> None:
        self._caller = caller
        self._graph = graph

    def sees(self, name: str) -> bool:
        """Whether *name* may be shown."""
        if not self._caller.is_bound:
            return True
        zone = closest(name, self._zones)
        return zone is None or self._caller.may_read(zone)

    def zone_of(self, name: str) -> str | None:
        """The zone kept here that *name* is in; None for one that may not be shown, too."""
        zone = closest(name, self._zones)
        return zone if zone is not None and self._caller.may_read(zone) else None

    def names(self, names: Sequence[str], own: str = "") -> list[str]:
        """*names* with HIDDEN in place of those that may not be shown; *own* may."""
        return [name if name == own or self.sees(name) else HIDDEN for name in names]

    def finding(self, content: dict[str, Any]) -> dict[str, Any]:
        """A finding as JSON, with the names of others' zones hidden in its chain and its words."""
        own = content["target"]
        chain = self.names(content["chain"], own)
        if chain == content["chain"]:
            return content
        others = {name for name in content["chain"] if name != own and not self.sees(name)}
        hint = content["hint"] if _without(content["hint"], others) == content["hint"] else ""  # it would be no help
        return {**content, "message": _without(content["message"], others), "hint": hint, "chain": chain}

    def plan(self, content: "PlanJson") -> "PlanJson":
        """A plan as JSON."""
        if not self._caller.is_bound:
            return content
        content["findings"] = [self.finding(one) for one in content["findings"]]
        content["existing"] = [self.finding(one) for one in content["existing"]]
        for one in content["impact"]:
            one["path"] = self.names(one["path"])
        return content

    def rejected(self, wrong: RejectedEdit) -> RejectedEdit:
        """A refusal."""
        from truename.rules.base import Finding, finding_json

        if not self._caller.is_bound:
            return wrong
        findings = [one for one in wrong.findings if isinstance(one, Finding)]
        shown = [Finding(**self.finding(finding_json(one))) for one in findings]
        others = {name for one in findings for name in one.chain if name != one.target and not self.sees(name)}
        errors = [_without(one, others) for one in wrong.errors]
        said = _without(wrong.message, others)
        return RejectedEdit(said, findings=shown, errors=errors, asks=wrong.asks, hint=wrong.hint)

    @cached_property
    def _zones(self) -> set[str]:
        return {zone.origin for zone in self._graph.zones()}


def _without(words: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):  # a name may end in another
        words = re.sub(rf"(?<![\w.*\\-]){re.escape(name)}(?![\w*\\-])", HIDDEN, words)  # a whole name, no part of one
    return words
