"""How long a verb waits for others: a server that is just starting, another verb at work, others who edit the zone."""

import random
import time
from collections.abc import Iterator

HELD = 10.0  # seconds for each process that holds the data directory to say where it listens, or to be done
SILENT = 1.0  # seconds until somebody who waits is told for what
REFUSED = 3.0  # seconds until a server listens that was started a moment ago
OVERTAKEN = 30  # times that a change is planned, while others change the zone

_PAUSE = (0.02, 0.1)  # seconds; at random, or those who wait would meet again and again


class Queue:
    """Those who wait for a lock that goes from hand to hand: as long as it does, nobody waits in vain."""

    def __init__(self) -> None:
        self._holder = ""
        self._since = self._began = time.monotonic()

    def is_over(self, holder: str) -> bool:
        """Whether *holder* has had its time."""
        if holder != self._holder:
            self._holder, self._since = holder, time.monotonic()
        return time.monotonic() - self._since >= HELD

    @property
    def is_long(self) -> bool:
        """Whether somebody who waits should be told."""
        return time.monotonic() - self._began >= SILENT


def turns(seconds: float) -> Iterator[None]:
    """One turn at once, others after short pauses, until *seconds* are over."""
    began = time.monotonic()
    yield
    while time.monotonic() - began < seconds:
        pause()
        yield


def pause() -> None:
    """Let somebody else go first."""
    time.sleep(random.uniform(*_PAUSE))  # noqa: S311 - no secret
