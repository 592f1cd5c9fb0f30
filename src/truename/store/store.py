"""The store: one face for everything that is kept."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from truename.store import counted, reading, writing
from truename.store.access import Key, Looked, Principal, User
from truename.store.credentials import Keys, Users
from truename.store.database import Database
from truename.store.differing import Difference, Ordered, differences
from truename.store.hidden import Hidden
from truename.store.naming import unlinked
from truename.store.search import search
from truename.store.values import Found, ZoneWrite
from truename.zone import Entry, RRset, ZoneInfo


class Store:
    """Everything that is kept, in one database. May be used from any thread; writes take turns.

    Raises: StoreError from every method when the database says no; nothing was stored then, and the store goes on.
            StaleStore(StoreError) when what the caller believed does not hold: a zone has another serial than
            `entry.previous`, is already there or is gone, or the name of a key or user is taken
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hidden = Hidden(database)
        self._keys = Keys(database)
        self._users = Users(database)

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at *url*, "sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE".

        Makes the tables, or brings those of an older version up to this one. The database belongs to this process
        until `close` or its end.

        Raises: StoreError: unusable URL, no database there, held by another process, made by a newer version
        """
        return cls(Database(url))

    def servers(self) -> list[tuple[str, int]]:
        """(host, port) of each server that may be connected to, as `Postgres.servers` says; none for a file."""
        return self._database.servers()

    def close(self) -> None:
        """Let go of the database. The store cannot be used any more."""
        self._hidden.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Zones

    def zones(self) -> list[ZoneInfo]:
        """All zones, in canonical order of their names."""
        with self._database.reading() as connection:
            return reading.zones(connection)

    def zone(self, name: str) -> ZoneInfo | None:
        """What is said about the zone, None when it is not kept here."""
        with self._database.reading() as connection:
            return reading.zone(connection, name)

    def check(self) -> None:
        """See whether it can be read, and whether what is committed now would be found again. Raises: StoreError"""
        self.is_empty()
        self._database.check()

    def check_files(self) -> None:
        """See whether what is read is still the database that was opened. Raises: StoreError"""
        self._database.check_files()

    def try_to_write(self) -> None:
        """Commit nothing at all. Raises: StoreError when a change would be refused"""
        with self._database.writing():
            pass

    def is_empty(self) -> bool:
        """Whether there is no zone."""
        with self._database.reading() as connection:
            return not reading.has_zones(connection)

    def rrsets(self, zone: str, *, owner: str | None = None, type: str | None = None) -> Iterator[RRset]:  # noqa: A002
        """The RRsets of *zone*, or those of one owner, of one type, or both; none when the zone is not kept here.

        Shape:  owners in canonical order (RFC 4034 6.1), the SOA first; served records of a set before disabled ones
        A stream: all of it is one version of the zone, whatever is committed meanwhile.
        """
        with self._database.reading() as connection:
            yield from reading.rrsets(connection, zone, owner, type)

    @contextmanager
    def version(self, zone: str) -> Iterator[reading.Version | None]:
        """*zone* as it is now, whatever is committed meanwhile; None when it is not kept here.

        It holds a transaction: nobody should be waited for in the block.
        """
        with self._database.reading() as connection:
            info = reading.zone(connection, zone)
            yield None if info is None else reading.Version(info, connection)

    def rrset(self, zone: str, owner: str, type: str) -> RRset | None:  # noqa: A002
        """One RRset, found by its key."""
        with self._database.reading() as connection:
            return reading.rrset(connection, zone, owner, type)

    def differences(self, zone: str, text: Ordered) -> Iterator[Difference]:
        """Where *zone* and *text* part: (what is stored, what the text has), in canonical order; a stream.

        An RRset that has disabled records or comments differs from any of a text.
        """
        with self._database.reading() as connection:
            yield from differences(connection, zone, text, self._database.stream)

    def some(self, zone: str, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], RRset | None]:
        """The RRsets of *keys*, each an owner and a type: all of one version. For a few that will be changed."""
        with self._database.looking() as connection:
            return {key: reading.rrset(connection, zone, *key) for key in keys}

    def zone_text(self, zone: str) -> bytes:
        """The served records as a master file, one line each, absolute names, in the order of `rrsets`.

        Shape:  b"" when the zone is not kept here
        """
        with self._database.reading() as connection:
            return reading.zone_text(connection, zone)

    def lines(self, zone: str) -> tuple[str, ...]:
        """All records of *zone*, also disabled ones, as the journal has them (`RRset.lines`)."""
        with self._database.reading() as connection:
            return reading.lines(connection, zone)

    def commented(self, zone: str) -> list[RRset]:
        """The RRsets of *zone* that have comments."""
        with self._database.reading() as connection:
            return reading.commented(connection, zone)

    def has_more(self, zone: str, than: int) -> bool:
        """Whether *zone* has more RRsets *than* that."""
        with self._database.reading() as connection:
            return reading.has_more(connection, zone, than)

    def count(self, zone: str) -> int:
        """How many RRsets *zone* has."""
        with self._database.reading() as connection:
            return reading.count(connection, zone)

    @contextmanager
    def stored(self, zone: str) -> Iterator[reading.Stored]:
        """The served records of *zone* as `Graph.prepare_stored` takes them, as long as the block lasts."""
        with self._database.reading() as connection:
            yield reading.stored(connection, zone)

    def commit(self, writes: Sequence[ZoneWrite], accept: "writing.Accept | None" = None) -> int:
        """Carry out *writes* in order, in one transaction. On return they are durable.

        Returns: the number of the last entry that it added to the journal (`position`); 0 without one

        *accept* is called when all rows are written and nothing is durable: what it raises takes all of it back, what
        it returns is `accepted` of the journal's entries.

        Raises: StaleStore, StoreError (UnknownOutcome: it may be stored); ValueError for writes that contradict
                themselves (an owner outside its zone, a serial that goes back, an entry of another zone); what *accept*
                raises
        """
        with self._database.writing() as connection:
            position = writing.carry_out(connection, writes, (self._database.parts, self._database.load), accept)
        if any(one.is_deleted or one.staged is not None for one in writes):
            self._hidden.clear()
        return position

    def tidy(self) -> None:
        """Go on with what a process before this one has left undone, beside whatever is asked. Starts a thread."""
        self._hidden.go_on()

    @contextmanager
    def staging(self, zone: str, whole: Iterable[RRset], between: Callable[[], None] = lambda: None) -> Iterator[int]:
        """Write all records of *zone* where nobody sees them, part by part: others write in between.

        The number is `ZoneWrite.staged` of a commit inside the block, which makes them the zone's; what was not
        committed goes. *between* is called before each part: what it raises ends it.

        Raises: StoreError; ValueError for an owner outside the zone; what *between* raises
        """
        with self._hidden.coming(zone, whole, between) as number:
            yield number

    # Journal

    def journal(self, zone: str, *, limit: int = 100, before: int | None = None) -> list[Entry]:
        """What was done to *zone*, newest first; also of a zone that was deleted.

        Shape:  *before* is an `Entry.number`: only entries older than that one
        """
        with self._database.reading() as connection:
            return reading.journal(connection, zone, limit, before)

    def entry(self, zone: str, serial: int) -> Entry | None:
        """The newest entry that made *serial* the zone's."""
        with self._database.reading() as connection:
            return reading.entry(connection, zone, serial)

    def position(self) -> int:
        """How far the journal is: each change of a zone has a higher number. 0 without any."""
        with self._database.reading() as connection:
            return reading.position(connection)

    def changed_since(self, position: int) -> list[str]:
        """The zones that were changed, made or deleted behind *position*."""
        with self._database.reading() as connection:
            return reading.changed_since(connection, position)

    def change(self, number: int) -> list[Entry]:
        """The entries of the change *number* (`Entry.change`), one for each zone, as they were written."""
        with self._database.reading() as connection:
            return reading.change(connection, number)

    def counted(self, zones: Collection[str], entries: Sequence[Entry]) -> dict[int, tuple[int, int]]:
        """Numbers of *entries* and of their changes for those who know of *zones* only (`store.counted`)."""
        with self._database.reading() as connection:
            return counted.counted(connection, zones, entries)

    def number_of(self, zones: Collection[str], place: int) -> int:
        """The `Entry.number` behind one that was `counted` among *zones*."""
        with self._database.reading() as connection:
            return counted.number_of(connection, zones, place)

    def zones_of(self, changes: Collection[int]) -> dict[int, tuple[str, ...]]:
        """The zones of each of *changes*, in the order in which they were written."""
        with self._database.reading() as connection:
            return reading.zones_of(connection, changes)

    def search(
        self, pattern: str, *, most: int = 100, kind: str = "all", zones: Collection[str] | None = None
    ) -> list[Found]:
        """Zones, records and comments that *pattern* fits as a whole: * is any text, ? any character, case is ignored.

        Shape:  kind is "all", "zone", "record" or "comment"; a record is found by its owner (also without the final
                dot) or its content; at most *most* are returned; *zones* None is all of them
        """
        with self._database.reading() as connection:
            return search(connection, pattern, most, kind, zones)

    def unlinked(self, name: str) -> Iterator[tuple[str, RRset]]:
        """(zone, RRset) of SOAs and of sets with disabled records that have the text *name*: no links of the graph."""
        with self._database.reading() as connection:
            yield from unlinked(connection, name)

    # Keys and users

    def create_key(self, name: str, role: str, zones: Iterable[str] | None = None) -> str:
        """Make a key and return its secret, which is shown this once: only a hash is kept. *zones* None is all zones.

        Raises: StaleStore when the name is taken; ParseError for a name, role or zone that cannot be
        """
        return self._keys.create(name, role, zones)

    def verify_key(self, secret: str) -> Principal | None:
        """Whose key *secret* is, None when it is nobody's."""
        return self._keys.verify(secret)

    def known_key(self, secret: str) -> Principal | None:
        """The same for a key that was verified before: from memory, without waiting for anything; else None."""
        return self._keys.remembered(secret)

    def look_at_key(self, secret: str) -> Looked:
        """The same by one look at its row, which is enough for all keys but those that an older version made."""
        return self._keys.look(secret)

    def renew_key(self, secret: str) -> None:
        """Let one look be enough from now on for a key of an older version that was verified. Raises: nothing"""
        self._keys.renew(secret)

    def keys(self) -> list[Key]:
        """All keys by name."""
        return self._keys.all()

    def revoke_key(self, name: str) -> bool:
        """Make the key worthless from now on. Whether there was one."""
        return self._keys.revoke(name)

    def create_user(self, name: str, role: str, password: str) -> None:
        """Raises: StaleStore when the name is taken; ParseError for a name, role or password that cannot be"""
        self._users.create(name, role, password)

    def verify_user(self, name: str, password: str) -> Principal | None:
        """Who signs in, None when it is not them. An unknown name takes as long as a wrong password."""
        return self._users.verify(name, password)

    def users(self) -> list[User]:
        """All users by name."""
        return self._users.all()

    def set_password(self, name: str, password: str) -> bool:
        """Whether there is such a user. Raises: ParseError for a password that cannot be"""
        return self._users.set_password(name, password)

    def delete_user(self, name: str) -> bool:
        """Whether there was such a user."""
        return self._users.delete(name)
