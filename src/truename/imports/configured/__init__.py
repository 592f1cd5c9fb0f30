"""Zone files that the configuration of another name server names: named.conf, nsd.conf, knot.conf.

    read("named.conf", "bind") -> Configured: zones with their files; what was skipped, and why; what cannot be read

Only what leads to zone files is looked at: names, files, folders, templates, and what is included. Nothing is guessed:
a zone whose file is not known, or whose file another server makes, is told in a word and left out.
"""

import glob
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from truename.errors import ParseError
from truename.name import absolute, lower

KINDS = {"bind": "named.conf", "nsd": "nsd.conf", "knot": "knot.conf"}
DEPTH = 16  # files that include each other

# BIND's raw form begins with its number, 2, and the version (lib/dns/include/dns/masterdump.h).
_RAW = b"\x00\x00\x00\x02"


@dataclass
class Configured:
    """What a configuration says. *zones* are (name, file); *skipped* and *faults* are lines for people."""

    zones: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # the files under way, the outermost first

    def take(self, name: str, file: str, *, is_copy: bool = False) -> None:
        """A zone with its file. *is_copy*: it comes from another server, so the file may be missing."""
        if is_copy and not os.path.exists(file):
            self.skip(name, f"it comes from another server, and {file} is not there yet")
        elif _is_raw(file):
            self.skip(name, f"{file} is in BIND's raw form; `named-compilezone -f raw -F text` makes text of it")
        elif (lower(name), file) not in self.zones:
            self._take_once(lower(name), file)

    def _take_once(self, name: str, file: str) -> None:
        first = next((other for known, other in self.zones if absolute(known) == absolute(name)), None)
        if first is None:
            self.zones.append((name, file))
        else:
            self.skip(name, f"{file} is another version of it, beside {first}; check it by itself: {name}={file}")

    def skip(self, name: str, why: str) -> None:
        """A zone that is left out."""
        self.skipped.append(f"zone {name} is left out: {why}")


def kind_of(path: str) -> str | None:
    """Which server's configuration a file is by its name; None for none."""
    name = os.path.basename(path)
    return next((kind for kind, known in KINDS.items() if name == known or name.startswith(f"{known}.")), None)


def read(path: str, kind: str) -> Configured:
    """What the configuration *path* of a server of *kind* says. Raises: ParseError when it cannot be read"""
    found = Configured()
    reader: Callable[[str, Configured], None] = import_module(f"truename.imports.configured.{kind}").read
    reader(path, found)
    return found


def opened(path: str) -> str:
    """The text of one file. Raises: ParseError"""
    try:
        return Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as wrong:
        raise ParseError(f"{path}: cannot be read: {wrong.strerror}") from None


def included(pattern: str, base: str, place: str, found: Configured) -> list[str]:
    """The files that *pattern*, relative to *base*, means; what cannot be found is a fault."""
    path = os.path.join(base, pattern)
    if os.path.isdir(path):
        path = os.path.join(path, "*")
    is_pattern = any(letter in pattern for letter in "*?[") or path.endswith("*")
    files = sorted(file for file in glob.glob(path) if os.path.isfile(file)) if is_pattern else [path]
    if len(found.open) > DEPTH or any(os.path.realpath(file) in found.open for file in files):
        found.faults.append(f"{place}: {pattern} includes itself")
        return []
    return files


def _is_raw(file: str) -> bool:
    try:
        with open(file, "rb") as opened_file:
            return opened_file.read(len(_RAW)) == _RAW
    except OSError:
        return False
