"""How often a client may be wrong: FAILURES in WINDOW seconds, then it waits."""

import time
from collections import OrderedDict
from collections.abc import Callable

FAILURES = 10
WINDOW = 60.0  # seconds
KEYS = 1_000  # that were right, remembered at most
CLIENTS = 10_000  # remembered at most, about a megabyte; the one that was quiet longest is forgotten first


class Throttle:
    """Failures by client. Used by the event loop only, so there is no lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[float, int]] = OrderedDict()  # (start of the window, how many)
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def wait(self, client: str) -> int:
        """Seconds that *client* has to wait, at least 1; 0 when it may try."""
        began, failures = self._failures.get(client, (0.0, 0))
        left = began + WINDOW - self._clock()
        return max(1, round(left)) if failures >= FAILURES and left > 0 else 0

    def count(self, client: str) -> None:
        """One more attempt."""
        now = self._clock()
        began, failures = self._failures.pop(client, (now, 0))
        self._failures[client] = (began, failures + 1) if now < began + WINDOW else (now, 1)
        if len(self._failures) > CLIENTS:
            self._failures.popitem(last=False)

    def was_right(self, client: str, digest: bytes) -> None:
        """That attempt is none after all; the key behind *digest* is let through to the store from now on.

        The store still has the last word: a key that was revoked is known here and refused there.
        """
        self._known[digest] = None
        if len(self._known) > KEYS:
            self._known.popitem(last=False)
        if client in self._failures:
            began, failures = self._failures[client]
            self._failures[client] = (began, max(0, failures - 1))

    def is_known(self, digest: bytes) -> bool:
        """Whether the key behind *digest* was right before."""
        return digest in self._known

    def __len__(self) -> int:
        return len(self._failures)
