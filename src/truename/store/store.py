"""The store: one face for everything that is kept."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from truename.store.access import Key, Principal, User
from truename.store.values import Found, ZoneWrite
from truename.zone import Entry, RRset, ZoneInfo


class Store:
    """Everything that is kept, in one database. May be used from any thread; writes take turns.

    Raises: StoreError from every method when the database says no; nothing was stored then, and the store goes on.
            StaleStore(StoreError) when what the caller believed does not hold: a zone has another serial than
            `entry.previous`, is already there or is gone, or the name of a key or user is taken
    """

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at *url*, "sqlite:///FILE" or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE".

        Makes the tables, or brings those of an older version up to this one. The database belongs to this process
        until `close` or its end.

        Raises: StoreError: unusable URL, no database there, held by another process, made by a newer version
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the database. The store cannot be used any more."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Zones

    def zones(self) -> list[ZoneInfo]:
        """All zones, in canonical order of their names."""
        raise NotImplementedError

    def zone(self, name: str) -> ZoneInfo | None:
        """What is said about the zone, None when it is not kept here."""
        raise NotImplementedError

    def is_empty(self) -> bool:
        """Whether there is no zone."""
        raise NotImplementedError

    def rrsets(self, zone: str, *, owner: str | None = None, type: str | None = None) -> Iterator[RRset]:  # noqa: A002
        """The RRsets of *zone*, or those of one owner, of one type, or both; none when the zone is not kept here.

        Shape:  owners in canonical order (RFC 4034 6.1), the SOA first; served records of a set before disabled ones
        A stream: all of it is one version of the zone, whatever is committed meanwhile.
        """
        raise NotImplementedError

    def rrset(self, zone: str, owner: str, type: str) -> RRset | None:  # noqa: A002
        """One RRset, found by its key."""
        raise NotImplementedError

    def zone_text(self, zone: str) -> bytes:
        """The served records as a master file, one line each, absolute names, in the order of `rrsets`.

        Shape:  b"" when the zone is not kept here
        """
        raise NotImplementedError

    def commit(self, writes: Sequence[ZoneWrite]) -> None:
        """Carry out *writes* in order, in one transaction. On return they are durable.

        Raises: StaleStore, StoreError; ValueError for writes that contradict themselves (an owner outside its zone, a
                serial that goes back, an entry of another zone)
        """
        raise NotImplementedError

    # Journal

    def journal(self, zone: str, *, limit: int = 100, before: int | None = None) -> list[Entry]:
        """What was done to *zone*, newest first; also of a zone that was deleted.

        Shape:  *before* is an `Entry.number`: only entries older than that one
        """
        raise NotImplementedError

    def entry(self, zone: str, serial: int) -> Entry | None:
        """The newest entry that made *serial* the zone's."""
        raise NotImplementedError

    def search(self, pattern: str, *, most: int = 100, kind: str = "all") -> list[Found]:
        """Zones, records and comments that *pattern* fits as a whole: * is any text, ? any character, case is ignored.

        Shape:  kind is "all", "zone", "record" or "comment"; a record is found by its owner (also without the final
                dot) or its content; at most *most* are returned
        """
        raise NotImplementedError

    # Keys and users

    def create_key(self, name: str, role: str, zones: Iterable[str] | None = None) -> str:
        """Make a key and return its secret, which is shown this once: only a hash is kept. *zones* None is all zones.

        Raises: StaleStore when the name is taken; ParseError for a name, role or zone that cannot be
        """
        raise NotImplementedError

    def verify_key(self, secret: str) -> Principal | None:
        """Whose key *secret* is, None when it is nobody's. An unknown name takes as long as a wrong secret."""
        raise NotImplementedError

    def keys(self) -> list[Key]:
        """All keys by name."""
        raise NotImplementedError

    def revoke_key(self, name: str) -> bool:
        """Make the key worthless from now on. Whether there was one."""
        raise NotImplementedError

    def create_user(self, name: str, role: str, password: str) -> None:
        """Raises: StaleStore when the name is taken; ParseError for a name, role or password that cannot be"""
        raise NotImplementedError

    def verify_user(self, name: str, password: str) -> Principal | None:
        """Who signs in, None when it is not them. An unknown name takes as long as a wrong password."""
        raise NotImplementedError

    def users(self) -> list[User]:
        """All users by name."""
        raise NotImplementedError

    def set_password(self, name: str, password: str) -> bool:
        """Whether there is such a user. Raises: ParseError for a password that cannot be"""
        raise NotImplementedError

    def delete_user(self, name: str) -> bool:
        """Whether there was such a user."""
        raise NotImplementedError
