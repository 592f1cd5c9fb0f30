"""Which zone a name belongs to, on names as text: absolute, lower case, with the final dot."""

import re
from collections.abc import Container, Iterator

_LABEL = re.compile(r"(?:[^.\\]|\\.)+\.", re.DOTALL)  # a label in presentation form: \. and \\ do not end it


def ancestors(name: str) -> Iterator[str]:
    """*name*, its parent, and so on up to the root."""
    at = 0
    while at < len(name) and (label := _LABEL.match(name, at)):
        yield name[at:]
        at = label.end()
    yield "."


def is_at_or_below(name: str, zone: str) -> bool:
    """Whether *name* is *zone* or below it."""
    return name == zone or any(one == zone for one in ancestors(name))


def enclosing(name: str, zones: Container[str]) -> Iterator[str]:
    """Those of *zones* at or above *name*, the closest first."""
    return (one for one in ancestors(name) if one in zones)


def closest(name: str, zones: Container[str]) -> str | None:
    """The closest of *zones* at or above *name*."""
    return next(enclosing(name, zones), None)


def parent(name: str) -> str:
    """The name one label shorter; of the root the root."""
    above = ancestors(name)
    next(above)
    return next(above, ".")
