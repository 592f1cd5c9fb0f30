"""Zones that are deleted: the commit takes their name away, their rows go afterwards, some thousands at a time.

    commit ── the zone is called "deleted 17", which is no name ── returns ── Sweeper: rows, rows, .. and the zone

To delete two million rows takes seconds in which nobody could write. Nobody finds rows but by the name of their zone,
so a zone without one is gone for everybody, and one of the same name can be made at once. A process that ends before
all rows are gone leaves the rest to the next one. Small zones are deleted where they are.
"""

import threading
from contextlib import suppress

from sqlalchemy import Connection, bindparam, delete, not_, select, update

from truename.errors import StoreError
from truename.store import schema
from truename.store.database import Database

ROWS = 5000  # RRsets that are deleted at once: 20 ms in which another write waits
PAUSE = 0.02  # seconds between two of these, in which others have their turn

IS_ZONE = schema.zones.c.name.like("%.")  # names end with the root, what is deleted does not

_SETS, _OWNERS, _ZONES = schema.rrsets.c, schema.owners.c, schema.zones.c
_GONE = select(_ZONES.id).where(not_(IS_ZONE)).limit(1)
_BOUND = select(_SETS.place).where(_SETS.zone == bindparam("z")).order_by(_SETS.place).limit(1).offset(ROWS)


def remove(connection: Connection, zone: int) -> None:
    """Let the zone with this number be gone for everybody."""
    if connection.execute(_BOUND, {"z": zone}).first() is None:
        clear(connection, zone)
        connection.execute(delete(schema.zones).where(_ZONES.id == zone))
    else:
        connection.execute(update(schema.zones).where(_ZONES.id == zone).values(name=f"deleted {zone}"))


def clear(connection: Connection, zone: int, before: str | None = None) -> None:
    """Delete all rows of a zone, or those of places before *before*."""
    for table in (schema.rrsets, schema.owners):
        is_meant = table.c.zone == zone
        connection.execute(delete(table).where(is_meant if before is None else is_meant & (table.c.place < before)))


def sweep(connection: Connection) -> bool:
    """Delete some of the rows that deleted zones left. Returns: whether there may be more"""
    zone = connection.execute(_GONE).scalar()
    if zone is None:
        return False
    before = connection.execute(_BOUND, {"z": zone}).scalar()
    clear(connection, zone, before)
    if before is None:
        connection.execute(delete(schema.zones).where(_ZONES.id == zone))
    return True


class Sweeper:
    """Sweeps in a thread of its own while there is something to sweep. What the database refuses is tried again when it
    is started the next time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_asked = False
        self._ended = threading.Event()

    def start(self) -> None:
        """See to it that all is swept. Returns at once."""
        with self._lock:
            self._is_asked = True
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._ended.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while self._go_on():
            with suppress(StoreError):
                while not self._ended.wait(PAUSE) and self._step():
                    pass

    def _go_on(self) -> bool:
        with self._lock:
            is_asked, self._is_asked = self._is_asked and not self._ended.is_set(), False
            if not is_asked:
                self._thread = None
            return is_asked

    def _step(self) -> bool:
        with self._database.writing() as connection:
            return sweep(connection)
