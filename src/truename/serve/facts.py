"""What is served as it stands but deserves a word: loops, chains that are too long, dangling targets, missing glue.

The core counts them; that walks every link, so it happens in a thread of its own, after the server answers and after a
reload that changed something, and at most a twentieth of the time.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from truename._core import Fact, Graph

TOLD_PER_ZONE = 10
REST = 19  # seconds of rest per second of counting

WORDS = {
    "loop": "alias loop",
    "too-long": "alias chain is too long",
    "target-missing": "target does not exist",
    "glue-missing": "delegation without glue",
}


class Facts:
    """Counts by kind over all zones, renewed after `changed`."""

    def __init__(self, graph: Graph, log: Any) -> None:
        self.counts: dict[str, int] = dict.fromkeys(WORDS, 0)
        self._graph = graph
        self._log = log
        self._due = threading.Event()
        self._told: set[tuple[str, str, str, str]] = set()
        self._is_stopped = False
        self.thread = threading.Thread(target=self._run, name="facts", daemon=True)

    def start(self) -> None:
        """Count for the first time, in the background."""
        self._due.set()
        self.thread.start()

    def changed(self) -> None:
        """What is served has changed: count again."""
        self._due.set()

    def stop(self) -> None:
        """Do not begin again."""
        self._is_stopped = True
        self._due.set()

    def _run(self) -> None:
        while self._due.wait() and not self._is_stopped:
            self._due.clear()
            began = time.monotonic()
            self.count()
            _rest((time.monotonic() - began) * REST, lambda: self._is_stopped)

    def count(self) -> None:
        """Ask the core, keep the sums and tell what was not told before."""
        total: Counter[str] = Counter(dict.fromkeys(WORDS, 0))
        told: set[tuple[str, str, str, str]] = set()
        for zone in self._graph.zones():
            counts, facts = self._graph.facts(zone.origin, limit=TOLD_PER_ZONE)
            total.update(counts)
            if self._is_stopped:
                return
            told |= {self._tell(zone.origin, fact) for fact in facts}
        if dict(total) != self.counts:
            self._log.info("facts", **{kind.replace("-", "_"): count for kind, count in total.items()})
        self._told, self.counts = told, dict(total)

    def _tell(self, zone: str, fact: Fact) -> tuple[str, str, str, str]:
        identity = (fact.kind, fact.name, fact.type, fact.target)
        if identity not in self._told:
            words = WORDS.get(fact.kind, fact.kind)
            chain = " > ".join(fact.chain)
            self._log.warning(words, zone=zone, name=fact.name, type=fact.type, target=fact.target, chain=chain)
        return identity


def _rest(seconds: float, is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not is_over() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.2))
