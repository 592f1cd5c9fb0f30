"""Names and records in messages, written as a person would write them in the zone's file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from truename.name import relative

if TYPE_CHECKING:
    from truename.rules.base import Fact


_BEFORE = {"MX": 1, "SRV": 3, "SVCB": 1, "HTTPS": 1}  # fields before the target


def target(name: str, zone: str) -> str:
    """*name* as a target in the file of *zone*. The apex is written out: `@` is known to few."""
    return relative(name, zone) if name != zone else name


def record(fact: "Fact", name: str) -> str:
    """The record of *fact* with *name* as its target, as it would be written in the zone's file."""
    rtype = fact.type
    owner = relative(fact.owner, fact.zone)
    if rtype not in _BEFORE:
        return f"{owner} {rtype} {name}"
    words = fact.data.split(" ")
    at = _BEFORE[rtype]
    return " ".join([owner, rtype, *words[:at], name, *words[at + 1 :]])


def place(other: tuple[str, str, str, str, int, int]) -> str:
    """Where the other record stands: `(FILE:LINE)` with a blank before it; nothing where there is no text."""
    _, _, _, file, line, _ = other
    return f" ({file}:{line})" if line else ""


def path(names: Sequence[str]) -> str:
    """A chain of names; the middle of a long one is left out."""
    if len(names) <= 8:
        return " > ".join(names)
    return " > ".join([*names[:4], f"({len(names) - 7} more)", *names[-3:]])


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def host_is_alias(fact: "Fact") -> tuple[str, str]:
    """(message, hint) of the three rules about hosts that are aliases."""
    names = fact.chain
    end = names[-1] if len(names) > 2 else ""
    message = f"{fact.owner} {fact.type} names {fact.target}, which is an alias{' of ' + end if end else ''}"
    if not end or fact.end not in ("data", "out-of-zone"):
        return message, f"name a host that has an address itself: `{record(fact, 'host')}`"
    return message, f"name the canonical name: `{record(fact, target(end, fact.zone))}`"
