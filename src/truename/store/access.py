"""Who may: keys of programs and users who sign in."""

from dataclasses import dataclass

ROLES = ("viewer", "editor", "admin")


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
