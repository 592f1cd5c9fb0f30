"""Whose turn it is to write: in the order in which they came.

Who does much, part by part, gives the turn back after each and asks anew. A plain lock would let it through at once,
before those who wait have woken up.
"""

import threading
from collections import deque


class Turn:
    """A lock that is handed over to whoever waits longest."""

    def __init__(self) -> None:
        self._inside = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take it; without *blocking* only when it is free. Whether it was taken."""
        with self._inside:
            if not self._is_taken:
                self._is_taken = True
                return True
            if not blocking:
                return False
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        try:
            gate.acquire()
        except BaseException:  # Ctrl-C
            self._leave(gate)
            raise
        return True

    def release(self) -> None:
        """Hand it over."""
        with self._inside:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _leave(self, gate: threading.Lock) -> None:
        with self._inside:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return
        self.release()
