"""Keys and users in the database.

A key is `tn_NAME_RANDOM`, so that its row is found without comparing all hashes. Programs send it with every request;
keys that were verified are remembered as SHA-256 of the secret for as long as they are valid, one for each name.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, delete, insert, select, update

from truename.errors import ParseError, StaleStore
from truename.store import hashing, schema
from truename.store.access import NAME, PASSWORD, Key, Principal, User, check_name, check_password
from truename.store.database import Database

SECRET = re.compile(r"tn_([A-Za-z0-9][A-Za-z0-9._@-]{0,63})_([0-9a-f]{48})").fullmatch
REMEMBERED = 1024  # keys verified before; with more in use the one remembered longest is verified again


class Keys:
    """The keys in *database*."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._verified: dict[str, tuple[bytes, Principal]] = {}
        self._revocations = 0
        self._lock = threading.Lock()

    def create(self, name: str, role: str, zones: Iterable[str] | None) -> str:
        """Make a key; its secret. Raises: StaleStore, ParseError"""
        check_name(name, role)
        bound = None if zones is None else sorted(set(zones))
        if bound is not None and not all(zone.endswith(".") and zone == zone.lower() for zone in bound):
            raise ParseError("a zone of a key is written in lower case, with its final dot", hint="example.com.")

        secret = f"tn_{name}_{secrets.token_hex(24)}"
        row = {"name": name, "role": role, "hash": hashing.hashed(secret, is_password=False), "created_at": time.time()}
        _insert(self._database, schema.keys, {**row, "zones": None if bound is None else json.dumps(bound)})
        return secret

    def verify(self, secret: str) -> Principal | None:
        """Whose key it is."""
        shape = SECRET(secret)
        if shape is None:
            return None
        name, digest = shape[1], hashlib.sha256(secret.encode()).digest()
        with self._lock:
            revocations = self._revocations
            digest_before, principal = self._verified.get(name, (b"", None))
        if principal is not None and hmac.compare_digest(digest, digest_before):
            return principal
        row = _find(self._database, schema.keys, name)

        if not hashing.is_secret(secret, row and row["hash"], is_password=False) or row is None:
            return None
        principal = Principal(name, row["role"], _zones(row["zones"]), "key")
        self._remember(digest, principal, revocations)
        return principal

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

    def _remember(self, digest: bytes, principal: Principal, revocations: int) -> None:
        with self._lock:
            if revocations != self._revocations:
                return  # revoked, perhaps, while its hash was being compared
            self._verified.pop(principal.name, None)
            while len(self._verified) >= REMEMBERED:
                del self._verified[next(iter(self._verified))]
            self._verified[principal.name] = (digest, principal)


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
        if not hashing.is_secret(password, row and row["hash"], is_password=True) or row is None:
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


def _hashed(password: str) -> str:
    check_password(password)
    return hashing.hashed(password, is_password=True)


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
