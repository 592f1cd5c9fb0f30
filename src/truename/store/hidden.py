"""Zones that nobody sees: those that are coming, and those that are gone and whose rows are not.

    coming    a hidden zone ── its rows, part by part ── a commit shows it: one row of `zones`
    going     a commit hides it: one row of `zones` ── its rows go, part by part (`Hidden.clear`)

Nothing of it takes the turn to write for longer than a part takes, so whoever edits another zone waits for one part at
most. A process that is killed leaves hidden zones behind; they are cleared by the next one, beside what it does.

A hidden zone has a name that is none in DNS, so nobody finds it by its name.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from time import monotonic

from sqlalchemy import Connection, bindparam, delete, insert, select, text, true, update

from truename.errors import StoreError
from truename.store import schema, writing
from truename.store.database import Database
from truename.store.rows import zone_row
from truename.zone import RRset, ZoneInfo

PART = 5000  # rows that go at once
PATIENCE = 30.0  # seconds until what could not be cleared is tried again

_HIDDEN = select(schema.zones.c.id).where(schema.zones.c.is_hidden.is_(true())).order_by(schema.zones.c.id)
_HIDE = (
    update(schema.zones).where(schema.zones.c.id == bindparam("zone")).values(name=bindparam("as"), is_hidden=true())
)
# Locks it: that it is seen from now on may be under way, and without an answer.
_IS_HIDDEN = text("UPDATE zones SET serial = serial WHERE id = :zone AND is_hidden")
_BOUND = text("SELECT place FROM rrsets WHERE zone = :zone ORDER BY place LIMIT 1 OFFSET :part")
_BEFORE = text("DELETE FROM rrsets WHERE zone = :zone AND place < :bound")


def hide(connection: Connection, zone: int) -> None:
    """Let nobody see it any more."""
    connection.execute(_HIDE, {"zone": zone, "as": f"gone {zone}"})


def clear_part(connection: Connection, zone: int) -> None:
    """Take some rows of a hidden zone away, with the last of them the zone."""
    if not connection.execute(_IS_HIDDEN, {"zone": zone}).rowcount:
        return
    bound = connection.execute(_BOUND, {"zone": zone, "part": PART}).scalar()
    if bound is not None and connection.execute(_BEFORE, {"zone": zone, "bound": bound}).rowcount:
        return
    # The rest; or one owner that has more than a part.
    connection.execute(delete(schema.rrsets).where(schema.rrsets.c.zone == zone))
    connection.execute(delete(schema.zones).where(schema.zones.c.id == zone))


class Hidden:
    """The hidden zones of a database; one thread clears them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._coming: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._is_asked = True  # the process before us may have left some behind

    def close(self) -> None:
        """Leave the rest to the next process."""
        self._ended.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    @contextmanager
    def coming(self, zone: str, whole: Iterable[RRset], between: Callable[[], None]) -> Iterator[int]:
        """See `Store.staging`."""
        number = self._begin()
        try:
            rows = writing.rows_to_write(whole, number, zone)
            for part in self._database.parts(number, rows):
                between()
                with self._database.writing() as connection:
                    self._database.load(connection, part)
            yield number
        finally:
            self._coming.discard(number)
            self.clear()

    def _begin(self) -> int:
        name = f"coming {token_hex(8)}"
        with self._database.writing() as connection:
            connection.execute(insert(schema.zones), zone_row(ZoneInfo(name)) | {"is_hidden": True})
            number = int(connection.execute(select(schema.zones.c.id).where(schema.zones.c.name == name)).scalar_one())
            self._coming.add(number)  # before anybody can find it
        return number

    def clear(self) -> None:
        """Clear what is hidden and not coming, beside whatever else is done."""
        with self._lock:
            self._is_asked = True
        self.go_on()

    def go_on(self) -> None:
        """Clear what is left to clear."""
        with self._lock:
            if self._is_asked and self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._run, name="clearing", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                if not self._is_asked:
                    self._thread = None
                    return
                self._is_asked = False
            try:
                self._clear_all()
            except StoreError:  # who edits is told; this can wait
                self._is_asked = True
                self._ended.wait(PATIENCE)

    def _clear_all(self) -> None:
        while (zone := self._next()) is not None and not self._ended.is_set():
            begin = monotonic()
            with self._database.writing() as connection:
                clear_part(connection, zone)
            self._ended.wait(monotonic() - begin)  # half of the time belongs to others

    def _next(self) -> int | None:
        with self._database.reading() as connection:
            found = connection.execute(_HIDDEN).scalars().all()
        return next((zone for zone in found if zone not in self._coming), None)
