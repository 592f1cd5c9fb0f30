"""What is served as it stands but deserves a word: loops, chains that are too long, dangling targets, missing glue.

The core counts them; that walks every link, so it happens in a thread of its own, after the server answers and after a
reload that changed something, and at most a twentieth of the time. Answers go before: the core searches in the lowest
scheduling class. The thread here stays in the ordinary one and only waits, for whoever holds Python's lock, and whoever
lets go of an old version, must not be left without a processor.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from truename._core import Fact, Graph

TOLD_PER_ZONE = 10
LOOKED_AT = 1000  # facts that are spelled out; the core counts them all
REST = 19  # seconds of rest per second of counting

Identity = tuple[str, str, str, str]  # kind, owner, type, target

WORDS = {
    "loop": "alias loop",
    "too-long": "alias chain is too long",
    "target-missing": "target does not exist",
    "glue-missing": "delegation without glue",
    "ns-missing": "zone has no NS record, and is served all the same",
    "signature-expired": "signatures have expired",
    "signature-missing": "signature is missing in a signed zone",
    "signature-early": "signatures are not valid yet",
    "signature-void": "signature covers nothing",
    "signature-unfit": "signature does not fit what it covers",
    "denial-broken": "denial of a signed zone is broken",
}


class Facts:
    """Counts by kind over all zones, renewed after `changed`."""

    def __init__(self, graph: Graph, log: Any) -> None:
        self.counts: dict[str, int] = dict.fromkeys(WORDS, 0)
        self._graph = graph
        self._log = log
        self._due = threading.Event()
        self._told: set[Identity] = set()
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
        found, first = self._graph.survey(list(WORDS), LOOKED_AT)
        counts = {kind: found.get(kind, 0) for kind in WORDS}
        told: set[Identity] = set()
        per_zone: Counter[str] = Counter()
        for fact in first:
            per_zone[fact.zone] += 1
            if per_zone[fact.zone] <= TOLD_PER_ZONE:
                told.add(self._tell(fact))
        if counts != self.counts:
            self._log.info("facts", **{kind.replace("-", "_"): count for kind, count in counts.items()})
        self._told, self.counts = told, counts

    def _tell(self, fact: Fact) -> Identity:
        identity = (fact.kind, fact.owner, fact.type, fact.target)
        if identity not in self._told:
            words = WORDS.get(fact.kind, fact.kind)
            chain = " > ".join(fact.chain)
            self._log.warning(words, zone=fact.zone, name=fact.owner, type=fact.type, target=fact.target, chain=chain)
        return identity


def _rest(seconds: float, is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not is_over() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.2))
