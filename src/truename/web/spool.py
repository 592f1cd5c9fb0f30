"""Replies between the database, which gives them at once, and clients, who take their time.

    pieces, in one transaction ── as fast as they come ──> Spool ── as fast as the client takes them ──> a connection

A transaction that waited for a client would hold a connection of the database, and with SQLite the log could not be
taken up into the file for as long. So nothing is sent from inside one: the whole reply, which is one version, goes
into a spool first, compressed (JSON and master files become a tenth, in less time than they took to write), in memory
while it is small and else in a file without a name beside the database.
"""

import threading
import zlib
from pathlib import Path
from tempfile import SpooledTemporaryFile

BLOCK = 1 << 18  # octets that are compressed together, and sent together
IN_MEMORY = 1 << 20  # octets of one spool, compressed, that are kept in memory
ALL_SPOOLS = 4 << 30  # octets of all of them, compressed
LEVEL = 1  # of zlib: higher ones gain a fifth and take three times as long


class SpoolsFull(Exception):
    """There is no room for another reply."""


class Spools:
    """Where spools are made: all in *directory*, ALL_SPOOLS octets together. Any thread may use it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._taken = 0
        self._lock = threading.Lock()

    def open(self) -> "Spool":
        """An empty one. It has to be closed."""
        return Spool(self, self._directory)

    def take(self, octets: int) -> None:
        """Raises: SpoolsFull"""
        with self._lock:
            if self._taken + octets > ALL_SPOOLS:
                raise SpoolsFull
            self._taken += octets

    def give_back(self, octets: int) -> None:
        """What is not held any more."""
        with self._lock:
            self._taken -= octets

    @property
    def taken(self) -> int:
        """Octets that are held."""
        return self._taken


class Spool:
    """One reply: written once by one thread, then read block by block, and closed by any.

    Shape:  *octets* are those of the reply, *blocks* how many there are to read
    """

    def __init__(self, spools: Spools, directory: Path) -> None:
        self._spools = spools
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(directory))  # noqa: SIM115 - closed by close
        self._places: list[tuple[int, int]] = []  # of each block: where it begins, how long it is
        self._end = 0
        self._lock = threading.Lock()
        self._waiting = bytearray()  # of a block that is not full yet
        self.octets = 0

    @property
    def blocks(self) -> int:
        """How many there are."""
        return len(self._places)

    def write(self, piece: bytes) -> None:
        """Append *piece*. Raises: SpoolsFull; OSError when the disk is full"""
        self._waiting += piece
        self.octets += len(piece)
        while len(self._waiting) >= BLOCK:
            self._put(bytes(self._waiting[:BLOCK]))
            del self._waiting[:BLOCK]

    def finish(self) -> None:
        """Nothing comes any more. Raises: as `write`"""
        if self._waiting:
            self._put(bytes(self._waiting))
            self._waiting.clear()

    def block(self, number: int) -> bytes:
        """One of the blocks. Raises: ValueError when it was closed meanwhile; OSError"""
        begin, length = self._places[number]
        with self._lock:
            self._file.seek(begin)
            packed = self._file.read(length)
        return zlib.decompress(packed)

    def close(self) -> None:
        """Give back what is held. A second time does nothing."""
        with self._lock:
            self._file.close()
        self._spools.give_back(self._end)
        self._end = 0

    def _put(self, octets: bytes) -> None:
        packed = zlib.compress(octets, LEVEL)
        self._spools.take(len(packed))
        self._places.append((self._end, len(packed)))
        self._end += len(packed)
        self._file.write(packed)
