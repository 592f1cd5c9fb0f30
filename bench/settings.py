"""How long and where: what every section is told."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zones import NAMES, Label


@dataclass(frozen=True)
class Settings:
    """Rounds and times of one run of the bench; folders that exist."""

    work: Path  # configurations and logs of the servers, git-ignored
    zones: Path  # generated zones and queries
    names: str  # key of zones.NAMES
    rounds: int
    seconds: float  # of one round of dnsperf or of the latency client
    warm_up: float  # seconds before the rounds that count
    flood_rounds: int  # of every server and kind of question
    flood_qps: float  # what the flood offers to every server; 0 lets the bench find a rate
    changes: int  # how many changes are published and timed

    @property
    def label(self) -> Label:
        return NAMES[self.names]

    def as_json(self) -> dict[str, Any]:
        """Without the folders, which are this machine's business."""
        return {key: value for key, value in vars(self).items() if not isinstance(value, Path)}

    def say(self, text: str) -> None:
        """Progress, on stderr: stdout is the table's."""
        print(text, file=sys.stderr, flush=True)
