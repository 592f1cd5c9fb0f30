"""Which change waits for which.

A change holds the door's lock from the first look to the publication, so of two at once the second is judged on the
result of the first. One that takes seconds (`long`) does not: it holds its zones, and has the lock at the end only. Who
changes one of these zones waits for it; who changes another one does not.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from truename._core import normalize_name
from truename.edit.change import ChangeSet


class Order:
    """Shape: *lock* is the door's; whoever calls has it."""

    def __init__(self, lock: "threading.RLock") -> None:
        self._changed = threading.Condition(lock)
        self._held: set[str] = set()

    def made(self, make: Callable[[], ChangeSet]) -> ChangeSet:
        """What *make* makes, when its zones are held by nobody; until then others have the lock."""
        while (change := make()) and self._held & zones_of(change):
            self._changed.wait()
        return change

    @contextmanager
    def holding(self, zones: Iterable[str]) -> Iterator[None]:
        """The block has *zones* for itself. It is entered with the lock, and goes on without it."""
        held = set(zones)
        self._held |= held
        try:
            yield
        finally:
            with self._changed:
                self._held -= held
                self._changed.notify_all()


def zones_of(change: ChangeSet) -> set[str]:
    """The zones that are changed. What is no name is none, and is refused later."""
    found = set()
    for one in {*(zone.zone for zone in change.zones), *(step.zone for step in change.sets)}:
        try:
            found.add(normalize_name(one))
        except ValueError:
            continue
    return found
