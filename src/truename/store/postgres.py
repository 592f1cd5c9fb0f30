"""PostgreSQL: where several nodes will meet. For now one process has it.

The one connection that writes holds an advisory lock of the session. A server that lost that connection has lost the
lock as well, and takes it anew before it writes again; no write can happen without it.

When the connection is lost while a COMMIT is under way, nobody knows whether it happened. The transaction's number was
asked for before, and PostgreSQL tells afterwards what became of it (txid_status). After a crash it may not know the
number any more, or have given it to another: what is committed counts when the journal has its entry as well.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, create_engine, exc, text

from truename.database_url import place
from truename.errors import StoreError
from truename.store.rows import PACKED_ROWS, Packed, Part, Row, in_parts

LOCK = 0x74727565  # "true", the first half of the advisory lock's number; the other half is the schema
# A peer that is silent is given up after about 15 s, where the system's own limit is hours.
PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
IN_THE_FUTURE = "22023"  # invalid_parameter_value, what txid_status says of a number that was not given yet
TICKET = text("""
SELECT txid_current(), (SELECT max(number) FROM journal), (SELECT made_at FROM journal ORDER BY number DESC LIMIT 1)
""")
LOCK_TIMEOUT = "-c lock_timeout=5s"


class Postgres:
    """A database of PostgreSQL, through psycopg."""

    # Several statements of one reader see one version, as they do in SQLite.
    patience = 10.0  # seconds that it may be away before the outcome of a commit is given up
    most = 10_000  # rows that are loaded at once: it takes a tenth of a second, and others write in between
    reader_options: ClassVar[dict[str, Any]] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def __init__(self, url: URL) -> None:
        self.url = url.set(drivername="postgresql+psycopg")
        self.where = place(url.render_as_string(hide_password=False))

    def make_engine(self) -> Engine:
        """Raises: StoreError"""
        options = f"{_asked(self.url, 'options')} {LOCK_TIMEOUT}".strip()
        given = {name: value for name, value in PATIENCE.items() if name not in self.url.query}
        return create_engine(
            self.url.difference_update_query(["options"]),
            connect_args={**given, "options": options},
            pool_size=4,
            max_overflow=12,
            pool_timeout=10,
            pool_pre_ping=True,
            hide_parameters=True,
        )

    def servers(self, connection: Connection) -> list[tuple[str, int]]:
        """(host, port) of each server that the client may connect to, as it understood URL, environment and services.

        Shape: host is an address, a name, the directory of a UNIX socket, or @ and the name of an abstract one
        """
        driver: Any = connection.connection.driver_connection
        said = {option.keyword: (option.val or b"").decode() for option in driver.pgconn.info}
        hosts = [driver.info.host, *said[b"host"].split(","), *said[b"hostaddr"].split(",")]
        ports = [driver.info.port, *(int(port) for port in said[b"port"].split(",") if port.isdecimal())]
        return [(host, port) for host in dict.fromkeys(filter(None, hosts)) for port in dict.fromkeys(ports)]

    def settle(self, connection: Connection) -> None:
        """A database server looks after its files."""

    def check(self, connection: Connection | None = None) -> None:
        """Nothing to see without asking; who asks finds out."""

    def drop(self) -> None:
        """The lock goes with its connection."""

    def note_commit(self) -> None:
        """What it has committed it keeps."""

    def claim(self, connection: Connection, seconds: float) -> None:
        """Take the lock, waiting *seconds* at most: a process that was killed lets go only when the server notices.

        Raises: StoreError
        """
        encoding = connection.execute(text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            raise StoreError(
                f"is in {encoding}, not in UTF8", where=self.where, hint="createdb --encoding UTF8 --template template0"
            )
        until = time.monotonic() + seconds
        asked = text("SELECT pg_try_advisory_lock(:lock, hashtext(current_schema()))")
        while not connection.execute(asked, {"lock": LOCK}).scalar():
            if time.monotonic() > until:
                raise StoreError(
                    "another process holds the database", where=self.where, hint="stop it, or choose another --database"
                )
            time.sleep(0.05)

    def is_alive(self, connection: Connection) -> bool:
        """Whether the connection that writes, and with it the lock, is there: asked before a transaction begins."""
        if connection.invalidated:
            return False
        try:
            with connection.begin():
                connection.execute(text("SELECT 1"))
        except exc.DBAPIError:
            return False
        return True

    def is_lasting(self, wrong: BaseException | None) -> bool:
        """A connection that is broken shows it by itself (`is_alive`); all else passes."""
        return False

    def ticket(self, connection: Connection) -> tuple[Any, ...]:
        """The number of the transaction, to ask for its end; and the last entry of the journal as it leaves it.

        A crash may lose the transaction and give its number to another one.
        """
        return tuple(connection.execute(TICKET).one())

    def is_full(self, wrong: BaseException) -> bool:
        """Whether it can be read although it cannot be opened. A database server sees to that."""
        return False

    def make_only_readers(self) -> Engine:
        """Never asked."""
        raise NotImplementedError

    def leaves_doubt(self, wrong: BaseException) -> bool:
        """Whether COMMIT may have happened although it raised *wrong*."""
        return isinstance(wrong, exc.DBAPIError)

    def has_committed(self, connection: Connection, ticket: tuple[Any, ...]) -> bool:
        """Whether that transaction was committed. Raises: StoreError while it has not ended"""
        number, entry, made_at = ticket
        for _ in range(100):
            status = self._status(connection, number)
            if status != "in progress":
                return status == "committed" and self._has_entry(connection, entry, made_at)
            time.sleep(0.05)
        raise StoreError("does not say whether the change was stored", where=self.where, hint="look, and try again")

    def _status(self, connection: Connection, number: int) -> str | None:
        try:
            with connection.begin():
                return connection.execute(text("SELECT txid_status(:number)"), {"number": number}).scalar()
        except exc.DBAPIError as wrong:
            if getattr(wrong.orig, "sqlstate", None) == IN_THE_FUTURE:
                return "aborted"
            raise

    def _has_entry(self, connection: Connection, entry: int | None, made_at: float | None) -> bool:
        found = text("SELECT made_at FROM journal WHERE number = :entry")
        with connection.begin():
            return connection.execute(found, {"entry": entry}).scalar() == made_at

    def parts(self, zone: int, rows: "Iterable[Row] | Packed") -> Iterator[Part]:
        """*rows* of *zone*, by about `most` at once, to be loaded one after the other. Takes them as a stream."""
        if isinstance(rows, Packed):
            return in_parts(zone, rows.copied(zone), self.most // PACKED_ROWS, is_packed=True)
        return in_parts(zone, rows, self.most // 2, is_packed=False)

    def load(self, connection: Connection, part: Part) -> None:
        """Insert it; none of its RRsets is there yet."""
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy("COPY rrsets FROM STDIN") as copy:
            for rows in part.rows:
                (copy.write if part.is_packed else copy.write_row)(rows)

    def stream(self, connection: Connection) -> Any:
        """A cursor of the driver that does not hold all rows at once."""
        driver: Any = connection.connection.driver_connection
        return driver.cursor(name="stream")

    def close(self) -> None:
        """The lock goes with its connection."""


def _asked(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else value[0]
