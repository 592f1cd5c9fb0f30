"""What runs, as one value: the API and the metrics read it, the supervisor fills it."""

import time
from dataclasses import dataclass, field
from typing import Any

from truename._core import Graph, Server
from truename.serve.data_directory import AdminKey
from truename.serve.facts import Facts
from truename.serve.zones import Zones


@dataclass
class Served:
    """Shape: *is_ready* from the ready line on, until the end begins"""

    graph: Graph
    dns: Server
    zones: Zones
    facts: Facts
    key: AdminKey
    is_ready: bool = False
    started: float = field(default_factory=time.time)

    def health(self) -> dict[str, Any]:
        """The body of /healthz. *degraded*: a file is not served as it stands; what was read before is."""
        problems = [
            {
                "zone": zone,
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "message": problem.message,
                "hint": problem.hint,
            }
            for zone, problem in self.zones.problems
        ]
        zones = self.graph.zones()
        return {
            "status": "degraded" if problems else "ok",
            "problems": problems,
            "zones": len(zones),
            "records": sum(zone.records for zone in zones),
        }
