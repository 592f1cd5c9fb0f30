"""SQLite: one file, its write-ahead log, and a lock beside it.

WAL lets readers go on while a commit writes; synchronous=FULL makes a commit that returned survive the loss of power.

A second process is kept out by flock on FILE.lock, which the kernel lets go of however this one dies. SQLite's own
`locking_mode = EXCLUSIVE` would do it without a file, but it would also shut out our own readers, which have
connections of their own, and `sqlite3 FILE .backup` of an administrator while the server runs.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, create_engine, event

from truename.errors import StoreError
from truename.store import schema
from truename.store.rows import Blocks

BUSY_MS = 2000  # how long another program's write transaction, a backup's perhaps, is waited for
PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -65536",  # KiB: the upper pages of a zone of a million names, and most of an import
    "temp_store = MEMORY",  # a sandboxed server may write nowhere else
    "journal_size_limit = 67108864",  # an import leaves a large log behind; this much of it is kept
)
# Rows that one statement inserts. Binding and stepping cost as much as the row itself: 500,000 owners and RRsets went
# in in 2.5 s one by one, in 1.7 s by eights and in 1.4 s by forties.
ROWS = 40
CHUNK = 100 * ROWS  # rows held at once
LASTING = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
OWNER_WIDTH, SET_WIDTH = len(schema.owners.columns), len(schema.rrsets.columns)


class Sqlite:
    """A database in a file. Raises: StoreError for a URL without one, and when another process holds it"""

    reader_options: ClassVar[dict[str, Any]] = {}

    def __init__(self, url: URL) -> None:
        self._lock: int | None = None
        if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
            raise StoreError(
                "a database of SQLite is a file",
                where=url.render_as_string(),
                hint="sqlite:///RELATIVE or sqlite:////ABSOLUTE",
            )
        self.path = Path(url.database).absolute()
        self.where = str(self.path)

    def make_engine(self) -> Engine:
        """Raises: StoreError"""
        self._hold()
        engine = create_engine(
            URL.create("sqlite", database=self.where),
            pool_size=4,
            max_overflow=12,
            pool_timeout=10,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        return engine

    def claim(self, connection: Connection, seconds: float) -> None:
        """The flock holds as long as we live; whether the file can be written shows here, not at the first edit."""

    def is_alive(self, connection: Connection) -> bool:
        """A file cannot hang up."""
        return not connection.invalidated

    def is_lasting(self, wrong: BaseException | None) -> bool:
        """Whether a connection keeps what went wrong: one that was opened while nothing could be written never can."""
        return getattr(wrong, "sqlite_errorcode", 0) & 0xFF in LASTING

    def ticket(self, connection: Connection) -> int | None:
        """A commit of SQLite that fails has not happened; nothing to ask afterwards."""
        return None

    def has_committed(self, connection: Connection, ticket: int) -> bool:
        """Never asked."""
        raise NotImplementedError

    def load(self, connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert *rows* of rrsets, and the owners they need. Takes them as a stream."""
        sets: list[Any] = []
        owners: list[Any] = []
        if isinstance(rows, Blocks):
            for more_owners, more in rows.blocks:
                owners += more_owners
                sets += more
                if len(sets) >= CHUNK * SET_WIDTH:
                    _insert_all(connection, owners, sets)
            _insert_all(connection, owners, sets)
            return
        last = None
        for row in rows:
            sets += row
            if row[4] is not None and row[1] != last:  # the sets of an owner mostly stand together
                last = row[1]
                owners += (row[0], last, row[4])
            if len(sets) >= CHUNK * SET_WIDTH:
                _insert_all(connection, owners, sets)
        _insert_all(connection, owners, sets)

    def close(self) -> None:
        """Let another process have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold(self) -> None:
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            # No links, and nobody else reads: it holds hashes of keys and passwords. The log takes over the mode.
            self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except OSError as wrong:
            self.close()
            raise StoreError(
                f"{wrong.strerror}", where=str(wrong.filename), hint="the directory must be there and writable"
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise StoreError(
                "another process holds the database", where=self.where, hint="stop it, or choose another --database"
            ) from None


def _insert_all(connection: Connection, owners: list[Any], sets: list[Any]) -> None:
    """Insert both and empty them: values of all columns of all rows, one after the other."""
    _insert(connection, "owners (zone, place, kind)", (owners, OWNER_WIDTH), " ON CONFLICT (zone, place) DO NOTHING")
    _insert(connection, "rrsets", (sets, SET_WIDTH))
    owners.clear()
    sets.clear()


def _insert(connection: Connection, into: str, rows: tuple[list[Any], int], ending: str = "") -> None:
    """Insert *rows* (values and how many make one), ROWS of them with each statement."""
    values, width = rows
    one = f"({', '.join('?' * width)})"
    whole = len(values) // (ROWS * width) * ROWS * width
    for part, size in ((values[:whole], ROWS), (values[whole:], 1)):
        step = size * width
        parameters = [tuple(part[at : at + step]) for at in range(0, len(part), step)]
        if parameters:
            connection.exec_driver_sql(f"INSERT INTO {into} VALUES {', '.join([one] * size)}{ending}", parameters)  # noqa: S608


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a writer waits for its turn at the start, and is never refused it in the middle.
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
