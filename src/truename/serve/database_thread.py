"""The thread that looks after the database: whether it is there, takes changes, and all that it holds is served.

It looks once a second, and sooner after trouble: what was stored while nobody was told must be served without anybody
asking for it.
"""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from truename.edit.door import Door

POLL = 1.0  # seconds between two looks
SOON = 0.1  # seconds until the next one in trouble, twice as long each time


class DatabaseThread:
    """Calls `Door.look` and tells the log what came of it."""

    def __init__(self, door: "Door", log: Any) -> None:
        self._door = door
        self._log = log
        self._is_over = threading.Event()
        self.thread = threading.Thread(target=self._run, name="database", daemon=True)

    def start(self) -> None:
        """Begin to look; what is wrong from the start is known when this returns."""
        self._door.try_out()
        if self._door.trouble:
            self._log.error("the database says no", error=self._door.trouble)
        self.thread.start()

    def stop(self) -> None:
        """End after the look under way."""
        self._is_over.set()

    def _run(self) -> None:
        pause, soon = POLL, SOON
        while not self._is_over.wait(pause):
            try:
                self._look()
            except Exception:  # noqa: BLE001 - the thread's top: the next look tries again
                self._log.error("the database could not be looked at", exc_info=True)
            pause, soon = (soon, min(2 * soon, POLL)) if self._door.trouble else (POLL, SOON)

    def _look(self) -> None:
        before = self._door.trouble
        self._door.look()
        if self._door.trouble and not before:
            self._log.error("the database says no", error=self._door.trouble)
        elif before and not self._door.trouble:
            self._log.info("the database is there again")
