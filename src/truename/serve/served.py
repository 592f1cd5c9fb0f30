"""What runs, as one value: the API and the metrics read it, the supervisor fills it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truename._core import Graph, Server
from truename.errors import Told
from truename.serve.data_directory import AdminKey
from truename.serve.facts import Facts
from truename.serve.held import ZoneProblem
from truename.serve.zones import Zones

if TYPE_CHECKING:
    from truename.edit.door import Door
    from truename.store import Store

IMPORT_AGAIN = "import it again, or delete it"


@dataclass
class Served:
    """Shape: *is_ready* from the ready line on, until the end begins; without a database neither *store* nor *door*"""

    graph: Graph
    dns: Server
    zones: Zones
    facts: Facts
    key: AdminKey
    store: "Store | None" = None
    door: "Door | None" = None
    is_at_work: Callable[[], bool] = lambda: False  # whether a thread of the API may be inside the core
    is_ready: bool = False
    started: float = field(default_factory=time.time)

    def health(self, *, in_full: bool = False) -> dict[str, Any]:
        """The body of /healthz; *in_full* for those who run the server, who are told where files lie and what they say.

        *degraded*: a file or a zone of the database is not served as it stands, or the database says no; what was read
        before is served. *warnings* degrade nothing.
        """
        problems = [_told(zone, problem, in_full) for zone, problem in self.zones.problems]
        left_out = self.door.left_out.items() if self.door else ()
        problems += [_told(zone, ZoneProblem("", 0, 0, why, IMPORT_AGAIN), in_full) for zone, why in left_out]
        trouble = self.door.trouble if self.door else Told()
        zones = self.graph.zones()
        return {
            "status": "degraded" if problems or trouble else "ok",
            "problems": problems,
            "warnings": [_told(zone, warning, in_full) for zone, warning in self.zones.warnings],
            "database": (str(trouble) if in_full else trouble.brief) or ("ok" if self.door else "none"),
            "zones": len(zones),
            "records": sum(zone.records for zone in zones),
        }


def _told(zone: str, problem: ZoneProblem, in_full: bool) -> dict[str, Any]:
    problem = problem if in_full else problem.in_brief()
    place = {"file": problem.file, "line": problem.line, "column": problem.column}
    return {"zone": zone, **place, "message": problem.message, "hint": problem.hint}
