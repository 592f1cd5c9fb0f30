"""The database itself: many readers, one writer, and what happens when it fails.

    reading   a transaction of its own connection: one version, whatever is committed meanwhile
    looking   a few rows before they are changed, by the connection that writes: it has their pages in memory, whereas
              SQLite's others read them anew after each commit (90 us of an edit)
    writing   the one connection that writes, one thread after the other; commits at the end of the block, or nothing

Reading and writing raise StoreError for whatever the database says. After an error the next call starts afresh, with a
new connection where the old one is broken.

A COMMIT that is not answered may have happened. Who asked for it waits while the database is asked what became of it,
which may have to come back first (`patience` of its kind), and then gets the right answer; else UnknownOutcome.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, exc, make_url, text

from truename.database_url import is_clear
from truename.errors import StoreError, UnknownOutcome
from truename.store import migrate
from truename.store.faults import explained, told
from truename.store.postgres import Postgres
from truename.store.sqlite import Sqlite
from truename.store.turn import Turn

FIRST_CLAIM = 5.0  # seconds that the process before us may take to be gone
CLAIM = 1.0  # seconds that a lost connection of ours may hold the lock
PAUSE = 0.1  # seconds between two questions what became of a commit
POSTGRES = ("postgresql", "postgresql+psycopg")


class Database:
    """One database that belongs to this process.

    Raises: StoreError
    """

    def __init__(self, url: str) -> None:
        self._kind = _kind(_parsed(url))
        self.where = self._kind.where
        self.load = self._kind.load
        self.parts = self._kind.parts
        self.stream = self._kind.stream
        self._turn = Turn()
        self._connection: Connection | None = None
        self._is_closed = False
        self._is_settled = False  # the files are ours
        self._only_readers: Engine | None = None  # instead of the others, while nothing can be written since the start
        with told(self.where):
            self._engine: Engine = self._kind.make_engine()
            self._readers: Engine = self._engine.execution_options(**self._kind.reader_options)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the database."""
        with self._turn:
            self._is_closed = True
            self._drop()
            self._engine.dispose()
            if self._only_readers is not None:
                self._only_readers.dispose()
            self._kind.close()

    def check(self) -> None:
        """Raises: StoreError when changes would be refused: the database is away, or not the one that was opened"""
        with self._turn, told(self.where):
            self._begin_at_last()
            self._kind.check(self._connection)

    def check_files(self) -> None:
        """Raises: StoreError when it is not the one that was opened"""
        with self._turn, told(self.where):
            self._kind.check(self._connection)

    def servers(self) -> list[tuple[str, int]]:
        """(host, port) of each server that may be connected to."""
        with self._turn, told(self.where):
            return [] if self._only_readers is not None else self._kind.servers(self._writer(0))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that reads."""
        self._check_open()
        with self._told(), self._readers.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """The connection that writes, for statements (`fixed`) that read; nobody changes anything meanwhile.

        While it is at work, or there is none because of trouble, it is one that reads.
        """
        with ExitStack() as ends:
            self._check_open()
            ends.enter_context(self._told())
            has_turn = self._turn.acquire(blocking=False)
            if has_turn:
                ends.callback(self._turn.release)
            connection = self._connection if has_turn else None
            if connection is None or not self._kind.is_alive(connection):
                # Only who writes makes a new one: a file that is read-only would be opened so, and stay so.
                yield ends.enter_context(self.reading())
                return
            ends.enter_context(self._dropping())
            ends.callback(connection.connection.rollback)  # PostgreSQL has begun a transaction
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection that writes, in a transaction; durable when the block has ended without an exception."""
        with self._turn, self._told(), self._dropping():
            self._check_open()
            self._begin_at_last()
            connection = self._writer(CLAIM)
            transaction = connection.begin()
            try:
                self._kind.check(connection)
                yield connection
                ticket = self._kind.ticket(connection)
            except BaseException:
                self._undo(connection)
                raise
            try:
                transaction.commit()
            except BaseException as wrong:
                self._drop()  # closing takes back what is left of the transaction
                if not self._kind.leaves_doubt(wrong) or not self._has_committed(ticket):
                    raise
            self._kind.note_commit()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with told(self.where):
                yield
        except StoreError:
            self._kind.check()  # that the file was exchanged is the better reason
            raise

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        """Drop the connection that writes when what went wrong would go on in it."""
        try:
            yield
        except Exception as wrong:  # SQLAlchemy's around the driver's, or the driver's own
            if self._kind.is_lasting(getattr(wrong, "orig", wrong)):
                self._drop()
            raise

    def _check_open(self) -> None:
        # A connection made now would be one without the lock.
        if self._is_closed:
            raise StoreError("the store has been closed", where=self.where)

    def _has_committed(self, ticket: tuple[Any, ...]) -> bool:
        """What became of a commit that was not answered. Raises: UnknownOutcome when the database stays away"""
        until = time.monotonic() + self._kind.patience
        while True:
            try:
                with self._readers.connect() as connection:
                    return self._kind.has_committed(connection, ticket)
            except (exc.SQLAlchemyError, StoreError):
                if time.monotonic() >= until:
                    raise UnknownOutcome(
                        "was lost in the middle of a commit: whether the change is stored is not known",
                        where=self.where,
                        hint="look at the zone's journal when the database is back, before it is sent again",
                    ) from None
            time.sleep(PAUSE)

    def _open(self) -> None:
        with self._turn, told(self.where):
            try:
                self._begin()
            except Exception as wrong:
                if not self._kind.is_full(getattr(wrong, "orig", wrong)):
                    raise
                self._only_read(wrong)

    def _begin(self) -> None:
        connection = self._writer(FIRST_CLAIM)
        with connection.begin():
            migrate.bring_up(connection, self.where)
            # A file that cannot be written shows here, and not at the first edit.
            connection.execute(text("UPDATE zones SET serial = serial WHERE id IS NULL"))
        self._kind.settle(connection)
        self._is_settled = True

    def _only_read(self, wrong: Exception) -> None:
        """Go on with what is there: nothing can be written, not even what opening needs. Raises: *wrong*, StoreError"""
        self._drop()
        self._engine.dispose()
        self._only_readers = self._readers = self._kind.make_only_readers()
        with self._readers.connect() as connection:
            if migrate.stored_version(connection) is None:
                raise wrong
            migrate.refuse_unreadable(connection, self.where, explained(getattr(wrong, "orig", wrong), ""))

    def _begin_at_last(self) -> None:
        """What could not be done at the start, when it could not."""
        if self._only_readers is None:
            return
        try:
            self._begin()
        except BaseException:
            self._drop()
            self._engine.dispose()
            raise
        before, self._only_readers = self._only_readers, None
        self._readers = self._engine.execution_options(**self._kind.reader_options)
        before.dispose()

    def _writer(self, seconds: float) -> Connection:
        """The connection that writes, a new one when the last is broken."""
        if self._connection is not None and self._kind.is_alive(self._connection):
            return self._connection
        self._kind.check()  # before the last connection goes, and with it the log into whatever is there
        self._drop()
        self._engine.dispose()  # what waits in the pool may be as broken
        connection = self._engine.connect().execution_options(is_writer=True)
        try:
            with connection.begin():
                self._kind.claim(connection, seconds)
            if self._is_settled:
                self._kind.settle(connection)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._connection = connection
        return connection

    def _undo(self, connection: Connection) -> None:
        """Roll back, and drop a connection that cannot even do that."""
        try:
            transaction = connection.get_transaction()
            if transaction is not None:
                transaction.rollback()
        except (exc.SQLAlchemyError, OSError):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._kind.drop()
            with suppress(exc.SQLAlchemyError):  # it is given up because it is broken
                connection.invalidate()
            with suppress(exc.SQLAlchemyError):
                connection.close()


def _parsed(url: str) -> URL:
    if not is_clear(url):
        raise StoreError(
            "the database's URL cannot be read", hint=f"{_HINT}; in a password @ is %40, / is %2F, ? is %3F"
        )
    try:
        return make_url(url)
    except (exc.ArgumentError, ValueError):
        # The text itself is not shown: a password may be anywhere in it.
        raise StoreError("the database's URL cannot be read", hint=_HINT) from None


def _kind(url: URL) -> Sqlite | Postgres:
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return Sqlite(url)
    if url.drivername in POSTGRES:
        return Postgres(url)
    raise StoreError(f"{url.drivername} is no kind of database known here", hint=_HINT)


_HINT = "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
