"""SQLite: one file, its write-ahead log, and a lock beside it.

WAL lets readers go on while a commit writes; synchronous=FULL makes a commit that returned survive the loss of power.

A second process is kept out by flock on FILE.lock, which the kernel lets go of however this one dies. SQLite's own
`locking_mode = EXCLUSIVE` would do it without a file, but it would also shut out our own readers, which have
connections of their own, and `sqlite3 FILE .backup` of an administrator while the server runs. That the file is not
exchanged under us is looked after by `sqlite_files`.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from truename.database_url import shown
from truename.errors import StoreError
from truename.store import schema
from truename.store.faults import forbidden
from truename.store.rows import PACKED, PACKED_ROWS, Packed, Part, Row, in_parts
from truename.store.sqlite_files import PROGRAM, SqliteFiles, first_number, number_after, refuse_foreign_log
from truename.store.sqlite_full import readable

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
# Rows that one statement inserts: binding and stepping cost as much as the row itself. 100 gain nothing over 40.
ROWS = 40
LASTING = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
COLUMNS = tuple(column.name for column in schema.rrsets.columns)
ROW = f"INSERT INTO rrsets ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'rrsets'"
# Through its key: one look-up for each alias.
_BESIDE_ALIAS = text("""
SELECT 1 FROM rrsets AS alias WHERE zone = :zone AND place BETWEEN :first AND :last AND type = 'CNAME'
AND kind = 'alias' AND EXISTS
(SELECT 1 FROM rrsets WHERE zone = :zone AND place = alias.place AND kind = 'data') LIMIT 1
""")


class Sqlite:
    """A database in a file. Raises: StoreError for a URL without one, and when another process holds it"""

    patience = 0.0  # a file is there, or it is not
    most = 10_000  # rows that are loaded at once: it takes a tenth of a second, and others write in between
    reader_options: ClassVar[dict[str, Any]] = {}

    def __init__(self, url: URL) -> None:
        self._lock: int | None = None
        if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
            raise StoreError(
                "a database of SQLite is a file",
                where=shown(url.render_as_string(hide_password=False)),
                hint="sqlite:///RELATIVE or sqlite:////ABSOLUTE",
            )
        self.path = Path(url.database).absolute()
        self.where = str(self.path)
        self._file: int | None = None
        self._files: SqliteFiles | None = None
        self._number = 0  # of the last commit

    def servers(self, connection: Connection) -> list[tuple[str, int]]:
        """None: it is a file."""
        return []

    def make_engine(self) -> Engine:
        """Raises: StoreError"""
        self._hold()
        engine = create_engine(
            # mode=rw: a file that is gone is not made anew, empty.
            URL.create("sqlite", database=f"{self.path.as_uri()}?mode=rw", query={"uri": "true"}),
            pool_size=4,
            max_overflow=12,
            pool_timeout=10,
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._set_up)
        event.listen(engine, "begin", _begin)
        return engine

    def _set_up(self, connection: Any, _record: object) -> None:
        if self._files is not None:
            self._files.check_opened()
        connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def settle(self, connection: Connection) -> None:
        """The files are those of *connection*, which has just been opened or opened again. Raises: StoreError"""
        driver: Any = connection.connection.driver_connection
        self._number = _number(connection)
        if not self._number:
            self._number = first_number()
            driver.execute(f"PRAGMA application_id = {PROGRAM}")
            driver.execute(f"PRAGMA user_version = {self._number}")
        with suppress(sqlite3.OperationalError):  # a full disk may keep it from that, or a reader; the next one does it
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert self._file is not None and self._lock is not None  # noqa: S101 - `_hold` has opened them
        self._files = self._files or SqliteFiles(self.path, self._file, self._lock)
        self._files.settle(self._number)

    def check(self, connection: Connection | None = None) -> None:
        """*connection* is the one that writes, before it does. Raises: StoreError when a change would be lost"""
        if self._files is not None:
            self._files.check()
            if connection is not None:
                self._files.check_number(_number(connection))

    def drop(self) -> None:
        """The connection that writes is given up."""
        if self._files is not None:
            self._files.forget_log()

    def note_commit(self) -> None:
        """Raises: StoreError when what was committed is lost"""
        self._number = number_after(self._number)
        if self._files is not None:
            self._files.note_commit(self._number)

    def claim(self, connection: Connection, seconds: float) -> None:
        """The flock holds as long as we live; whether the file can be written shows here, not at the first edit."""

    def is_alive(self, connection: Connection) -> bool:
        """A file cannot hang up."""
        return not connection.invalidated

    def is_lasting(self, wrong: BaseException | None) -> bool:
        """Whether a connection keeps what went wrong: one that was opened while nothing could be written never can."""
        return getattr(wrong, "sqlite_errorcode", 0) & 0xFF in LASTING

    def ticket(self, connection: Connection) -> tuple[Any, ...]:
        """Give the commit its number."""
        number = number_after(self._number)
        driver: Any = connection.connection.driver_connection  # 10 us; by way of SQLAlchemy 100
        driver.execute(f"PRAGMA user_version = {number}")
        return (number,)

    def is_full(self, wrong: BaseException) -> bool:
        """Whether it may be read although it cannot be opened: nothing can be written, or a part of the disk failed."""
        return getattr(wrong, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)

    def make_only_readers(self) -> Engine:
        """Raises: sqlite3.Error"""
        return readable(self.path)

    def leaves_doubt(self, wrong: BaseException) -> bool:
        """Whether COMMIT may have happened although it raised *wrong*: the disk failed, maybe behind the last page."""
        code = getattr(getattr(wrong, "orig", None), "sqlite_errorcode", 0) & 0xFF
        return code == sqlite3.SQLITE_IOERR

    def has_committed(self, connection: Connection, ticket: tuple[Any, ...]) -> bool:
        """Whether the commit of that number is what readers see."""
        return (_number(connection),) == ticket

    def parts(self, zone: int, rows: "Iterable[Row] | Packed") -> Iterator[Part]:
        """*rows* of *zone*, by about `most` at once, to be loaded one after the other. Takes them as a stream."""
        if isinstance(rows, Packed):
            statements = rows.statements(zone, ROWS)
            chunks = in_parts(zone, statements, self.most // PACKED_ROWS, is_packed=True)
            return (replace(part, rows=list(chain.from_iterable(part.rows))) for part in chunks)
        return in_parts(zone, rows, self.most // 2, is_packed=False)

    def load(self, connection: Connection, part: Part) -> None:
        """Insert it; none of its RRsets is there yet.

        The triggers would look at each row: half again as long for a million. They go, what came is looked at as a
        whole and they come back, all of it in the caller's transaction, so that no other ever finds the table without
        them.
        """
        triggers = connection.exec_driver_sql(_TRIGGERS).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        cursor: Any = connection.connection.cursor()
        if part.is_packed:
            _insert(cursor, part.rows)
        else:
            cursor.executemany(ROW, part.rows)
        if connection.execute(_BESIDE_ALIAS, {"zone": part.zone, **_bounds(part)}).first():
            raise forbidden(self.where)
        for _, definition in triggers:
            connection.exec_driver_sql(definition)

    def stream(self, connection: Connection) -> Any:
        """A cursor of the driver that does not hold all rows at once."""
        return connection.connection.cursor()

    def close(self) -> None:
        """Let another process have it."""
        for descriptor in (self._file, self._lock):
            if descriptor is not None:
                os.close(descriptor)
        self._file = self._lock = None

    def _hold(self) -> None:
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            # No links, and nobody else reads: it holds hashes of keys and passwords. The log takes over the mode.
            self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            # Open until the end, because of the locks (`sqlite_files`).
            self._file = os.open(self.path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        try:
            refuse_foreign_log(self.path, self._file, self._lock)
        except (StoreError, OSError):
            self.close()
            raise


def _insert(cursor: Any, statements: list[tuple[Any, ...]]) -> None:
    """Insert rows as `Packed` gives them: all statements are of one length, but perhaps the last one."""
    for length, alike in groupby(statements, key=len):
        cursor.executemany(_inserting((length - 1) // len(PACKED)), alike)


def _bounds(part: Part) -> dict[str, str]:
    """The first and the last place in it: what stands there from before counts too."""
    step = len(PACKED)
    places = [place for row in part.rows for place in row[1::step]] if part.is_packed else [row[1] for row in part.rows]
    return {"first": min(places), "last": max(places)}


@cache
def _inserting(rows: int) -> str:
    """The statement that inserts so many *rows*. The zone is bound once, and what a text never has not at all: a
    fifth of the time."""
    width = len(PACKED)
    one = [", ".join(f"?{2 + row * width + at}" for at in range(width)) for row in range(rows)]
    values = ", ".join(f"(?1, {numbers}, '', '')" for numbers in one)
    return f"INSERT INTO rrsets (zone, {', '.join(PACKED)}, disabled, comments) VALUES {values}"  # noqa: S608


def _number(connection: Connection) -> int:
    """Of the last commit; 0 in a database that has none yet."""
    driver: Any = connection.connection.driver_connection  # no transaction is begun for it
    return int(driver.execute("PRAGMA user_version").fetchone()[0])


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a writer waits for its turn at the start, and is never refused it in the middle.
    is_writer = connection.get_execution_options().get("is_writer", False)
    driver: Any = connection.connection.driver_connection  # 1 us; by way of SQLAlchemy 13
    driver.execute("BEGIN IMMEDIATE" if is_writer else "BEGIN")
