"""What the values of settings must satisfy. Every function raises ValueError with words that follow "section.key: "."""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, get_args, get_origin

from truename.database_url import is_clear
from truename.whole import whole

SEVERITIES = ("error", "warning", "info", "off")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class UnknownWord(ValueError):
    """A word of a fixed set that is not in it; *hint* says which may have been meant."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class WithoutValue(ValueError):
    """What is wrong with a secret, in words that may be shown: they do not tell it."""


def typed(value: object, kind: Any) -> object:
    """*value* as the type that the table names; an integer is also a float, nothing else is converted."""
    if kind is float and type(value) is int:
        return float(value)
    container = get_origin(kind)
    if container is list and isinstance(value, list) and all(isinstance(one, get_args(kind)[0]) for one in value):
        return value
    if container is dict and isinstance(value, dict):
        return {name: typed(one, get_args(kind)[1]) for name, one in value.items()}
    if container is None and type(value) is kind:  # bool is no int here
        return value
    raise ValueError(f"{_said(value)} is not {_named(kind)}")


def parsed(text: str, kind: Any) -> object:
    """Text of an environment variable as the type that the table names: lists a,b and tables key=value,key=value."""
    container = get_origin(kind)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if container is list:
        return parts
    if container is dict:
        if not all("=" in part for part in parts):
            raise ValueError(f'"{text}" is not NAME=VALUE,NAME=VALUE')
        pairs = [(name.strip(), value.strip()) for name, _, value in (part.rpartition("=") for part in parts)]
        if get_origin(get_args(kind)[1]) is list:  # a name that comes again adds to its list
            return {name: [value for other, value in pairs if other == name] for name, _ in pairs}
        return dict(pairs)
    if kind is bool:
        if text.strip().lower() not in _YES_NO:
            raise ValueError(f'"{text}" is neither true nor false')
        return _YES_NO[text.strip().lower()]
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f'"{text}" is not {_named(kind)}') from None


def host_port(text: str) -> tuple[str, int]:
    """("HOST", port) of "HOST:PORT" or "[IPV6]:PORT"; localhost stands for 127.0.0.1.

    Raises: ValueError for what is no literal address: a name would have to be asked for before the name server runs
    """
    host, colon, port = text.rpartition(":")
    number = whole(port, 65535)
    if not colon or number is None:
        raise ValueError(f'"{text}" is not HOST:PORT')
    if host == "localhost":
        return "127.0.0.1", number
    bracketed = host.startswith("[") and host.endswith("]")
    try:
        address = ip_address(host[1:-1] if bracketed else host)
    except ValueError:
        raise ValueError(f'"{host}" in "{text}" is no IP address') from None
    if (address.version == 6) != bracketed:
        raise ValueError(f'"{text}" is not ADDRESS:PORT; IPv6 is written [ADDRESS]:PORT')
    return str(address), number


def spread(address: str) -> tuple[str, ...]:
    """`:PORT` is that port of every address of the machine, IPv4 and IPv6; anything else is one address."""
    if not address.startswith(":") or ":" in address[1:]:
        return (address,)  # `::1:53` is an address without its brackets
    return (f"0.0.0.0{address}", f"[::]{address}")  # noqa: S104 - who writes no host has asked for it


def anything(_: object) -> None:
    """Every value of the type will do."""


def addresses(values: list[str]) -> None:
    """A list of HOST:PORT."""
    for value in values:
        host_port(value)


def listeners(values: list[str]) -> None:
    """A list of HOST:PORT, or :PORT for every address."""
    addresses([one for value in values for one in spread(value)])


def address_or_off(value: str) -> None:
    """HOST:PORT, :PORT or off."""
    if value != "off":
        listeners([value])


def networks(values: list[str]) -> None:
    """A list of addresses or prefixes."""
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            raise ValueError(f'"{value}" is no address or prefix') from None


def secrets(values: list[str]) -> None:
    """A list of 128-bit secrets in hexadecimal."""
    for value in values:
        if not re.fullmatch("[0-9a-fA-F]{32}", value):
            raise ValueError("is not 32 hexadecimal digits")


def severities(values: dict[str, str]) -> None:
    """A table of rule = severity."""
    for rule, severity in values.items():
        if severity not in SEVERITIES:
            raise ValueError(f'severity "{severity}" of {rule} is none of {", ".join(SEVERITIES)}')
    rules(list(values))


def rules(values: list[str]) -> None:
    """A list of rules."""
    if not values:
        return
    from truename.rules import IDS, near

    for value in values:
        if value not in IDS:
            raise UnknownWord(f'there is no rule "{value}"', near(value))


def rules_by_pattern(values: dict[str, list[str]]) -> None:
    """A table of pattern = rules."""
    for pattern, ignored in values.items():
        if not pattern:
            raise ValueError("a pattern is empty")
        rules(ignored)


def not_empty(value: str) -> None:
    """Some text."""
    if not value:
        raise ValueError("is empty")


def positive(value: float) -> None:
    """More than 0, and finite."""
    if not 0 < value < float("inf"):
        raise ValueError(f"{value} is not more than 0")


def database(value: str) -> None:
    """A URL of SQLite or PostgreSQL; empty is the file in the data directory. Not shown: a password may be in it."""
    if value and not re.match(r"(sqlite:///.|postgresql(\+psycopg)?://)", value):
        raise WithoutValue("is neither sqlite:///FILE nor postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
    if value and not is_clear(value):
        raise WithoutValue("can be read in two ways: in a password @ is written %40, / %2F, ? %3F, & %26")


def between(low: int, high: int) -> Callable[[int], None]:
    """A number from *low* to *high*, both included."""

    def checked(value: int) -> None:
        if not low <= value <= high:
            raise ValueError(f"{value} is not between {low} and {high}")

    return checked


def one_of(*words: str) -> Callable[[str], None]:
    """One of *words*."""

    def checked(value: str) -> None:
        if value not in words:
            raise ValueError(f'"{value}" is none of {", ".join(words)}')

    return checked


def octets(limit: int) -> Callable[[str], None]:
    """Text of at most *limit* octets in UTF-8."""

    def checked(value: str) -> None:
        if len(value.encode("utf-8", "surrogateescape")) > limit:
            raise ValueError(f"is longer than {limit} octets")

    return checked


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _named(kind: Any) -> str:
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    if get_origin(kind) is list:
        return "a list of texts"
    if get_origin(kind) is dict:
        return "a table of texts" if get_args(kind)[1] is str else "a table of lists of texts"
    return names[kind]
