"""nsd.conf: clauses (`zone:`, `pattern:`, `server:`) of attributes (`name: "example.com"`).

Words are parted by blanks, one that ends in a colon names what comes. Files are relative to `zonesdir`, else to the
configuration. `%s` in a file is the zone's name, `%1` `%2` `%3` its first letters, `%z` `%y` `%x` its last labels.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from truename.errors import ParseError
from truename.imports.configured import Configured, included, opened
from truename.name import labels, undotted

_TOKEN = re.compile(r'#[^\n]*|"(?P<quoted>[^"\n]*)"|\'(?P<single>[^\'\n]*)\'|(?P<word>[^\s"\'#]+)')
_CLAUSES = ("server", "zone", "pattern", "key", "tls-auth", "remote-control", "dnstap", "verify")
_FORMAT = re.compile(r"%[s123zyx%]")


@dataclass
class Clause:
    """A clause with its attributes, in their order."""

    kind: str
    place: str
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The last value of an attribute; nothing where it is not there."""
        return next((value for known, value in reversed(self.attributes) if known == name), "")


def read(path: str, found: Configured) -> None:
    """Add what the file *path* says. Raises: ParseError when it cannot be read"""
    clauses: list[Clause] = []
    _read_file(path, clauses, found)
    folder = next((value for one in clauses if one.kind == "server" and (value := one.value("zonesdir"))), "")
    base = os.path.join(os.path.dirname(path), folder)
    patterns = {one.value("name"): one for one in clauses if one.kind == "pattern"}
    for zone in (one for one in clauses if one.kind == "zone"):
        _take(zone, patterns, base, found)


def _take(zone: Clause, patterns: dict[str, Clause], base: str, found: Configured) -> None:
    name = zone.value("name")
    if not name:
        found.faults.append(f"{zone.place}: a zone without a name")
        return
    attributes = dict(_inherited(zone, patterns, found, set()))
    is_copy, file = "request-xfr" in attributes, attributes.get("zonefile", "")
    if not file:
        why = "it comes from another server and has no file here" if is_copy else f"{zone.place}: its file is not said"
        found.skip(name, why)
    else:
        found.take(name, os.path.join(base, _filled(file, name)), is_copy=is_copy)


def _inherited(
    clause: Clause, patterns: dict[str, Clause], found: Configured, seen: set[str]
) -> Iterator[tuple[str, str]]:
    """The attributes in their order, those of patterns where they are included."""
    for name, value in clause.attributes:
        if name != "include-pattern":
            yield name, value
        elif value in patterns and value not in seen:
            yield from _inherited(patterns[value], patterns, found, seen | {value})
        else:
            found.faults.append(f"{clause.place}: there is no pattern {value!r}")


def _filled(file: str, zone: str) -> str:
    name, parts = undotted(zone), labels(zone)[::-1]
    letters = {f"%{at}": name[at - 1 : at] or "." for at in (1, 2, 3)}
    ends = {mark: parts[at] if len(parts) > at else "." for at, mark in enumerate(("%z", "%y", "%x"))}
    known = {"%s": name or ".", "%%": "%", **letters, **ends}
    return _FORMAT.sub(lambda mark: known[mark[0]], file)


def _read_file(path: str, clauses: list[Clause], found: Configured) -> None:
    found.open.append(os.path.realpath(path))
    attribute = ""
    for text, place, is_quoted in _tokens(opened(path), path):
        is_name = text.endswith(":") and not is_quoted
        if attribute:
            _add(attribute, text, place, clauses, found)
            attribute = ""
        elif is_name and text[:-1].lower() in _CLAUSES:
            clauses.append(Clause(text[:-1].lower(), place))
        elif is_name:
            attribute = text[:-1].lower()
        # Anything else is a further value, as those of `request-xfr: 192.0.2.1 NOKEY`.
    found.open.pop()


def _add(attribute: str, value: str, place: str, clauses: list[Clause], found: Configured) -> None:
    if attribute == "include":
        for file in included(value, os.path.dirname(place.rpartition(":")[0]), place, found):
            try:
                _read_file(file, clauses, found)
            except ParseError as wrong:
                found.faults.append(f"{place}: {wrong.message}")
    elif clauses:
        clauses[-1].attributes.append((attribute, value))
    else:
        found.faults.append(f"{place}: {attribute} stands in no clause")


def _tokens(text: str, path: str) -> Iterator[tuple[str, str, bool]]:
    """(text, place, whether it stood in quotes) of each word."""
    for number, line in enumerate(text.splitlines(), 1):
        for token in _TOKEN.finditer(line):
            quoted = token["quoted"] if token["quoted"] is not None else token["single"]
            if quoted is not None or token["word"]:
                yield token["word"] if quoted is None else quoted, f"{path}:{number}", quoted is not None
