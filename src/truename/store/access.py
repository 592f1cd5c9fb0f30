"""Who may: what is known of keys of programs and of users who sign in."""

import re
from dataclasses import dataclass

from truename.errors import ParseError

ROLES = ("viewer", "editor", "admin")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}").fullmatch
PASSWORD = (8, 1024)  # characters, at least and at most


@dataclass(frozen=True, slots=True)
class Principal:
    """Who somebody was proved to be.

    Shape:  role is one of ROLES; zones is None for all zones; via is "key" or "user"
    """

    name: str
    role: str
    zones: frozenset[str] | None = None
    via: str = "key"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the row of a key says.

    Shape:  *before* is the name of a key that an older version made, whose hash argon2 has to judge; then nothing is
            known yet
    """

    principal: Principal | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the API as it is listed: never its secret. Units: created_at in Unix seconds."""

    name: str
    role: str
    zones: frozenset[str] | None
    created_at: float


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in with a password. Units: created_at in Unix seconds."""

    name: str
    role: str
    created_at: float


def check_name(name: str, role: str) -> None:
    """Raises: ParseError for a name or role that cannot be"""
    if not NAME(name):
        raise ParseError(
            "a name has 1 to 64 letters, digits or any of . _ @ - and begins with a letter or digit",
            hint="choose another name",
        )
    if role not in ROLES:
        raise ParseError(f"there is no such role: {role[:64]}", hint=f"roles are {', '.join(ROLES)}")


def check_password(password: str) -> None:
    """Raises: ParseError for one that is too short or too long"""
    if not PASSWORD[0] <= len(password) <= PASSWORD[1]:
        raise ParseError(f"a password has {PASSWORD[0]} to {PASSWORD[1]} characters", hint="choose another password")
