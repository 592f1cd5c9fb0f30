"""What a connection brings, taken as it comes: reading does not wait for whoever makes sense of it.

A server gives up a client that is slow to take its transfer (Knot DNS: after half a second, `tcp-io-timeout`), and
taking records apart on a busy machine may be that slow.
"""

import socket
import threading
from collections import deque
from contextlib import suppress

AHEAD = 64 << 20  # octets that are read before anybody asks for them; a faster server waits
PART = 1 << 16  # octets that are read at once


class Incoming:
    """The octets of *connection*, in order; *wait* is how long none may come, in seconds."""

    def __init__(self, connection: socket.socket, wait: float) -> None:
        self._connection = connection
        self._connection.settimeout(wait)
        self._parts: deque[bytes] = deque()
        self._size = 0
        self._end: OSError | EOFError | None = None  # why no more will come
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="incoming", daemon=True)
        self._thread.start()

    def take(self, count: int, seconds: float) -> bytes:
        """The next *count* octets. Raises: TimeoutError after *seconds*; OSError, EOFError when the connection ended"""
        with self._changed:
            if not self._changed.wait_for(lambda: self._size >= count or self._end is not None, seconds):
                raise TimeoutError
            if self._size < count and self._end is not None:
                raise self._end
            return self._taken(count)

    def close(self) -> None:
        """Read no more."""
        with self._changed:
            self._end = self._end or EOFError()
            self._changed.notify_all()
        with suppress(OSError):  # the other side was first
            self._connection.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self._thread.join()

    def _taken(self, count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            part = self._parts.popleft()
            found += part[: (missing := count - len(found))]
            if len(part) > missing:
                self._parts.appendleft(part[missing:])
        self._size -= count
        self._changed.notify_all()
        return bytes(found)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._size < AHEAD or self._end is not None)
                if self._end is not None:
                    return
            try:
                part, end = self._connection.recv(PART), None
            except OSError as wrong:  # TimeoutError is one
                part, end = b"", wrong
            with self._changed:
                self._parts.append(part)
                self._size += len(part)
                self._end = self._end or end or (None if part else EOFError())
                self._changed.notify_all()
