"""The thread that reads zone files: first all of them, then what changes.

It is not the main thread, because reading a large zone takes seconds and a signal must be heard meanwhile. Whatever
comes of a reading is handed to *on_outcome*, in this thread.
"""

import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from truename.serve.held import Outcome
from truename.serve.sources import Sources
from truename.serve.zones import Zones

POLL = 1.0  # seconds between two looks at the files
REST = 19  # looks take a twentieth of the time at most: ten thousand files on a slow disk are looked at less often

OnOutcome = Callable[[list[Outcome], float, bool], None]  # outcomes, seconds, whether all files were read


class ZoneThread:
    """Calls `Zones` and nobody else does."""

    def __init__(self, zones: Zones, on_outcome: OnOutcome, log: Any) -> None:
        self._zones = zones
        self._on_outcome = on_outcome
        self._log = log
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
                wait = max(POLL, self._carry_out(self._zones.poll, is_all=False) * REST)
                continue
            if asked is None:
                return
            sources, then = asked
            self._carry_out(partial(self._zones.reload, sources), is_all=True)
            then()

    def _carry_out(self, reading: Callable[[], list[Outcome]], *, is_all: bool) -> float:
        """Read and tell. Returns: the seconds it took"""
        began = time.monotonic()
        try:
            outcomes = reading()
            if outcomes or is_all:
                self._on_outcome(outcomes, time.monotonic() - began, is_all)
        except Exception:  # noqa: BLE001 - the thread's top: answers go on, and the next look tries again
            self._log.error("zone files could not be looked at", exc_info=True)
        return time.monotonic() - began
