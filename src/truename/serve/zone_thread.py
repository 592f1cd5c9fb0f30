"""The thread that reads zone files: first all of them, then what changes.

It is not the main thread, because reading a large zone takes seconds and a signal must be heard meanwhile. Whatever
comes of a reading is handed to *on_outcome*, in this thread.
"""

import queue
import threading
import time
from collections.abc import Callable

from truename.serve.sources import Sources
from truename.serve.zones import Outcome, Zones

POLL = 1.0  # seconds between two looks at the files
REST = 19  # looks take a twentieth of the time at most: ten thousand files on a slow disk are looked at less often

OnOutcome = Callable[[list[Outcome]], None]


class ZoneThread:
    """Calls `Zones` and nobody else does."""

    def __init__(self, zones: Zones, on_outcome: OnOutcome) -> None:
        self._zones = zones
        self._on_outcome = on_outcome
        self._asked: queue.SimpleQueue[tuple[Sources, Callable[[], None]] | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._watch, name="zones", daemon=True)

    def start(self) -> None:
        """Begin to look at the files."""
        self.thread.start()

    def reload(self, sources: Sources, then: Callable[[], None]) -> None:
        """Read all files again as soon as the reading under way ends; call *then* when that is done."""
        self._asked.put((sources, then))

    def stop(self) -> None:
        """End after the reading under way."""
        self._asked.put(None)

    def _watch(self) -> None:
        wait = POLL
        while True:
            try:
                asked = self._asked.get(timeout=wait)
            except queue.Empty:
                began = time.monotonic()
                self._tell(self._zones.poll())
                wait = max(POLL, (time.monotonic() - began) * REST)
                continue
            if asked is None:
                return
            sources, then = asked
            self._tell(self._zones.reload(sources))
            then()

    def _tell(self, outcomes: list[Outcome]) -> None:
        if outcomes:
            self._on_outcome(outcomes)
