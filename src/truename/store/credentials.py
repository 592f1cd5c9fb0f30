"""Keys and users in the database.

A key is `tn_NAME_RANDOM`, so that its row is found without comparing all hashes. Programs send it with every request;
keys that were verified are remembered by their hash for as long as they are valid, one for each name.

What is stored is SHA-256 of the key. Versions before stored an argon2 of it; such a row is good until its key is used,
and has the digest from then on (`renew`).
"""

import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Table, delete, insert, select, update

from truename.errors import ParseError, StaleStore, StoreError
from truename.name import is_kept
from truename.store import hashing, schema
from truename.store.access import NAME, PASSWORD, Key, Looked, Principal, User, check_name, check_password
from truename.store.database import Database

SECRET = re.compile(r"tn_([A-Za-z0-9][A-Za-z0-9._@-]{0,63})_([0-9a-f]{48})").fullmatch
REMEMBERED = 1024  # keys verified before; with more in use the one remembered longest is verified again

T = TypeVar("T")


class Keys:
    """The keys in *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._verified: dict[str, tuple[str, Principal]] = {}
        self._refused: dict[str, None] = {}  # what an argon2 said no to
        self._revocations = 0
        self._lock = threading.Lock()

    def create(self, name: str, role: str, zones: Iterable[str] | None) -> str:
        """Make a key; its secret. Raises: StaleStore, ParseError"""
        check_name(name, role)
        bound = None if zones is None else sorted(set(zones))
        if bound is not None and not all(map(is_kept, bound)):
            raise ParseError("a zone of a key is written in lower case, with its final dot", hint="example.com.")

        secret = f"tn_{name}_{secrets.token_hex(24)}"
        row = {"name": name, "role": role, "hash": hashing.digested(secret), "created_at": time.time()}
        _insert(self._database, schema.keys, {**row, "zones": None if bound is None else json.dumps(bound)})
        return secret

    def remembered(self, secret: str) -> Principal | None:
        """Whose key it is, when it was verified before; nobody is asked and nothing is waited for."""
        shape = SECRET(secret)
        with self._lock:
            digest, principal = self._verified.get(shape[1], ("", None)) if shape else ("", None)
        return principal if principal is not None and hmac.compare_digest(hashing.digested(secret), digest) else None

    def look(self, secret: str) -> Looked:
        """Whose key it is, as far as that is to be had without an argon2."""
        principal = self.remembered(secret)
        shape = SECRET(secret)
        if principal is not None or shape is None:
            return Looked(principal)
        revocations = self._revocations
        row = _find(self._database, schema.keys, shape[1])
        stored = row and row["hash"]
        if row is not None and not hashing.is_digest(stored):
            return Looked(before=shape[1])
        if not hashing.is_key(secret, stored) or row is None:
            return Looked()
        return Looked(self._proved(secret, row, revocations))

    def verify(self, secret: str) -> Principal | None:
        """Whose key it is, whatever it costs to find out."""
        looked = self.look(secret)
        if not looked.before:
            return looked.principal
        revocations = self._revocations
        row = _find(self._database, schema.keys, looked.before)
        if row is None or self._is_refused(secret) or not hashing.is_secret(secret, row["hash"]):
            self._refuse(secret)
            return None
        return self._proved(secret, row, revocations)

    def renew(self, secret: str) -> None:
        """Store the digest of *secret*, which was verified, in place of its argon2; or leave it for another time."""
        shape, table = SECRET(secret), schema.keys
        if shape is None or self.remembered(secret) is None:
            return
        is_before = (table.c.name == shape[1]) & ~table.c.hash.startswith(hashing.DIGEST)
        with suppress(StoreError), self._database.writing() as connection:
            row = connection.execute(select(table.c.hash).where(is_before)).first()
            # A key of that name that was made since is another one.
            if row is not None and hashing.is_secret(secret, row.hash):
                connection.execute(update(table).where(is_before).values(hash=hashing.digested(secret)))

    def all(self) -> list[Key]:
        """By name."""
        rows = _all(self._database, schema.keys)
        return [Key(row["name"], row["role"], _zones(row["zones"]), row["created_at"]) for row in rows]

    def revoke(self, name: str) -> bool:
        """Whether there was one."""
        was_there = _delete(self._database, schema.keys, name)
        with self._lock:
            self._revocations += 1
            self._verified.pop(name, None)
        return was_there

    def _proved(self, secret: str, row: Any, revocations: int) -> Principal:
        principal = Principal(row["name"], row["role"], _zones(row["zones"]), "key")
        with self._lock:
            if revocations == self._revocations:  # else it was revoked, perhaps, while its hash was being compared
                _keep(self._verified, principal.name, (hashing.digested(secret), principal))
        return principal

    def _is_refused(self, secret: str) -> bool:
        with self._lock:
            return hashing.digested(secret) in self._refused

    def _refuse(self, secret: str) -> None:
        with self._lock:
            _keep(self._refused, hashing.digested(secret), None)


class Users:
    """The users in *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, role: str, password: str) -> None:
        """Raises: StaleStore, ParseError"""
        check_name(name, role)
        row = {"name": name, "role": role, "hash": _hashed(password), "created_at": time.time()}
        _insert(self._database, schema.users, row)

    def verify(self, name: str, password: str) -> Principal | None:
        """Who signs in."""
        if len(password) > PASSWORD[1]:
            return None

        row = _find(self._database, schema.users, name) if NAME(name) else None
        if not hashing.is_secret(password, row and row["hash"]) or row is None:
            return None
        return Principal(name, row["role"], None, "user")

    def all(self) -> list[User]:
        """By name."""
        return [User(row["name"], row["role"], row["created_at"]) for row in _all(self._database, schema.users)]

    def set_password(self, name: str, password: str) -> bool:
        """Whether there is such a user. Raises: ParseError"""
        table, fresh = schema.users, _hashed(password)
        with self._database.writing() as connection:
            done = connection.execute(update(table).where(table.c.name == name).values(hash=fresh))
        return bool(done.rowcount)

    def delete(self, name: str) -> bool:
        """Whether there was such a user."""
        return _delete(self._database, schema.users, name)


def _keep(remembered: dict[str, T], key: str, value: T) -> None:
    """Remember *value*, and of all of them the REMEMBERED youngest."""
    remembered.pop(key, None)
    while len(remembered) >= REMEMBERED:
        del remembered[next(iter(remembered))]
    remembered[key] = value


def _hashed(password: str) -> str:
    check_password(password)
    return hashing.hashed(password)


def _zones(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(json.loads(text))


def _find(database: Database, table: Table, name: str) -> Any:

    with database.reading() as connection:
        return connection.execute(select(table).where(table.c.name == name)).mappings().first()


def _all(database: Database, table: Table) -> Any:

    with database.reading() as connection:
        rows = connection.execute(select(table)).mappings().all()
    return sorted(rows, key=lambda row: row["name"])


def _insert(database: Database, table: Table, row: dict[str, object]) -> None:

    with database.writing() as connection:
        if connection.execute(select(table.c.name).where(table.c.name == row["name"])).first():
            raise StaleStore(f"there is a {table.name[:-1]} {row['name']} already", hint="choose another name")
        connection.execute(insert(table), row)


def _delete(database: Database, table: Table, name: str) -> bool:

    with database.writing() as connection:
        return bool(connection.execute(delete(table).where(table.c.name == name)).rowcount)
