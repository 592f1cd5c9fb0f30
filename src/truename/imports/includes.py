"""A master file with its $INCLUDEs put in, because a server takes text and opens no files for it.

    $INCLUDE hosts.zone sub.example.com.   ->   $ORIGIN sub.example.com.
                                                ...                       the lines of hosts.zone
                                                $ORIGIN example.com.

Origin and owner are afterwards what they were before (RFC 1035 5.1): where the next line has no owner of its own, it
gets the one from before the $INCLUDE. The core has read the files before and told what is wrong in them.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from truename.imports import TEXT_LIMIT, Problem
from truename.name import absolute

DEPTH = 16  # files that include each other; the core reads as many
_DIRECTIVE = re.compile(rb"(?im)^\$include[ \t]")
# What may hide a line's end or its beginning: quoted text, a comment, brackets (RFC 1035 5.1).
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"?|;[^\n]*|[()]|\\.', re.DOTALL)
_WORDS = re.compile(rb'"((?:[^"\\]|\\.)*)"|((?:[^\s;"\\]|\\.)+)', re.DOTALL)


@dataclass
class Whole:
    """Lines, and *problems*: an $INCLUDE that could not be put in."""

    lines: list[bytes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    size: int = 0


def has_includes(text: bytes) -> bool:
    """Whether *text* may include another file."""
    return _DIRECTIVE.search(text) is not None


def put_in(path: Path, text: bytes, origin: str) -> Whole:
    """*text*, the content of *path*, with all that it includes. *origin* is the zone"""
    whole = Whole()
    _Reader(whole, origin.encode()).read(path, text)
    return whole


class _Reader:
    def __init__(self, whole: Whole, origin: bytes) -> None:
        self._whole = whole
        self._origin = origin
        self._owner = b""
        self._is_owner_due = False
        self._open: list[str] = []

    def read(self, path: Path, text: bytes) -> None:
        """Take over the lines of one file."""
        self._open.append(os.path.realpath(path))
        for number, entry in _entries(text):
            first = entry.split(None, 1)[:1]
            word = first[0].upper() if first and not entry[:1].isspace() else b""
            if word == b"$INCLUDE":
                self._include(path, number, entry)
                continue
            if word == b"$ORIGIN":
                self._origin = self._below(_words(entry)[1:2])
                entry = b"$ORIGIN %b\n" % self._origin
            self._take(self._with_owner(entry, word))
        self._open.pop()

    def _with_owner(self, entry: bytes, word: bytes) -> bytes:
        if word and not word.startswith((b";", b"$")):
            self._owner, self._is_owner_due = self._below(_words(entry)[:1]), False
        elif self._is_owner_due and entry[:1] in b" \t" and entry.strip() and not entry.lstrip().startswith(b";"):
            self._is_owner_due = False
            return self._owner + entry
        return entry

    def _include(self, path: Path, number: int, entry: bytes) -> None:
        words = _words(entry)
        if len(words) < 2:
            self._fault(path, number, "the file is missing behind $INCLUDE", "$INCLUDE hosts.zone")
            return
        file = path.parent / os.fsdecode(words[1])
        text = self._opened(path, number, file)
        if text is None:
            return
        origin, owner = self._origin, self._owner
        self._origin = self._below(words[2:3])
        self._take(b"$ORIGIN %b\n" % self._origin)
        self.read(file, text)
        self._origin, self._owner, self._is_owner_due = origin, owner, bool(owner)
        self._take(b"$ORIGIN %b\n" % origin)

    def _opened(self, path: Path, number: int, file: Path) -> bytes | None:
        if os.path.realpath(file) in self._open or len(self._open) > DEPTH:
            self._fault(path, number, f"{file} includes itself, or is too deep", "take one of the $INCLUDEs away")
            return None
        try:
            if not file.is_file():
                raise FileNotFoundError(2, "No such file")
            text = file.read_bytes()
        except OSError as wrong:
            self._fault(path, number, f"{file} cannot be read: {wrong.strerror}", "paths are relative to this file")
            return None
        self._whole.size += len(text)
        if self._whole.size > TEXT_LIMIT:
            self._fault(path, number, "with this file the zone is larger than can be taken", "")
            return None
        return text

    def _below(self, words: list[bytes]) -> bytes:
        """The name in *words*, relative to the origin, or the origin itself."""
        if not words:
            return self._origin
        name = words[0]
        if name == b"@":
            return self._origin
        return os.fsencode(absolute(os.fsdecode(name), os.fsdecode(self._origin)))

    def _take(self, entry: bytes) -> None:
        self._whole.lines.append(entry if entry.endswith(b"\n") else entry + b"\n")

    def _fault(self, path: Path, number: int, message: str, hint: str) -> None:
        self._whole.problems.append(Problem(str(path), number, 1, message, hint))


def _entries(text: bytes) -> Iterator[tuple[int, bytes]]:
    """(number of its first line, text) of each entry: a line, or several that brackets or quotes hold together."""
    start = number = 0
    while start < len(text):
        end = _end_of_entry(text, start)
        entry = text[start:end]
        yield number + 1, entry
        number += entry.count(b"\n")
        start = end


def _end_of_entry(text: bytes, start: int) -> int:
    depth, at = 0, start
    while True:
        line_end = text.find(b"\n", at)
        line_end = len(text) if line_end < 0 else line_end
        token = _TOKEN.search(text, at)
        if token is None or token.start() >= line_end:
            if depth <= 0 or line_end == len(text):
                return min(line_end + 1, len(text))
            at = line_end + 1
            continue
        depth += {b"(": 1, b")": -1}.get(token[0], 0)
        at = token.end()


def _words(entry: bytes) -> list[bytes]:
    return [quoted or bare for quoted, bare in _WORDS.findall(entry.partition(b";")[0])]
