"""What a key that is bound to zones is shown of the others: that there is something, and not its name."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from truename.web.access import Caller
from truename.web.context import Context

if TYPE_CHECKING:
    from truename.rules.base import Finding

HIDDEN = "(in a zone of others)"


class Sight:
    """Which names *caller* may see: those in its zones, and those in no zone that is served here."""

    def __init__(self, here: Context, caller: Caller) -> None:
        self._caller = caller
        self._zones = {zone.origin for zone in here.served.graph.zones()} if caller.is_bound else set()

    def sees(self, name: str) -> bool:
        """Whether *name* may be shown."""
        if not self._caller.is_bound:
            return True
        zone = self._zone_of(name)
        return zone is None or self._caller.may_read(zone)

    def names(self, names: Sequence[str]) -> list[str]:
        """*names* with HIDDEN in place of those that may not be shown."""
        return [name if self.sees(name) else HIDDEN for name in names]

    def _zone_of(self, name: str) -> str | None:
        while name not in self._zones:
            if name in (".", ""):
                return None
            name = name.partition(".")[2] or "."
        return name


def shown_findings(here: Context, caller: Caller, findings: "Iterable[Finding]") -> list[dict[str, Any]]:
    """*findings* as JSON, with the names of others' zones hidden in their chains."""
    from truename.rules.base import finding_json

    sight = Sight(here, caller)
    found = []
    for finding in findings:
        content = finding_json(finding)
        found.append({**content, "chain": sight.names(finding.chain)})
    return found
