"""A zone that goes as a whole: its RRsets stay in the store, as Python's objects a million of them are a gigabyte.

What the journal must have of it is read in a thread of its own, while the graph makes a version without the zone.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future

    from truename.store import Store
    from truename.zone import RRset

LARGE = 10_000  # RRsets from which on a thread is worth it


class Dropped:
    """Shape: *count* is that of all RRsets. Raises: StoreError"""

    def __init__(self, store: "Store", zone: str) -> None:
        self._store = store
        self._zone = zone
        self._lines: Future[tuple[str, ...]] | None = None
        self.count = store.count(zone)

    def rrsets(self) -> "Iterator[RRset]":
        """All RRsets, the SOA first."""
        return self._store.rrsets(self._zone)

    def begin(self) -> None:
        """Read the lines already: they will be asked for."""
        if self.count < LARGE:
            return
        from concurrent.futures import ThreadPoolExecutor

        with_one = ThreadPoolExecutor(1, "journal")
        self._lines = with_one.submit(self._store.lines, self._zone)
        with_one.shutdown(wait=False)

    def lines(self) -> tuple[str, ...]:
        """All records as the journal has them. Raises: StoreError"""
        return self._lines.result() if self._lines else self._store.lines(self._zone)

    def commented(self) -> "list[RRset]":
        """The RRsets that have comments. Raises: StoreError"""
        return self._store.commented(self._zone)
