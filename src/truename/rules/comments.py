"""Comments in zone files that silence findings: `; truename: ignore RULE[,RULE] -- why`.

    www  0  CNAME  web   ; truename: ignore ttl-zero -- it moves tonight      speaks of its record
    ; truename: ignore target-missing -- made by the deployment               speaks of the next record
    shop    CNAME  later

A comment inside a record that takes several lines counts up to the line where its data begin. One that silences nothing
is stale, and a finding of `unused-ignore`; a rule that was not asked cannot make it stale.

Files are searched for the word `truename:` as octets before anything else, which costs a hundredth of reading them as
zones; nearly all files have no such comment.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import FileIO
from typing import TYPE_CHECKING

from truename.rules import IDS, near

if TYPE_CHECKING:
    from truename.config import Check
    from truename.rules.base import Finding, Rule

_WORD = b"truename:"
# Possessive (`++`): what one part has taken no other tries again, so a line of 10 MB costs its length.
_BEFORE_COMMENT = re.compile(rb'(?:[^";\\]++|\\.|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_IGNORE = re.compile(rb";[ \t]*truename:[ \t]*ignore(?![a-z0-9-])([^;]*)", re.IGNORECASE)

Lines = Mapping[tuple[str, int, int], int]  # (file, line, column) of data -> first line of the record, where it differs


@dataclass
class Comment:
    """One comment. *line* and *column* are its own place, *about* the line that it speaks of."""

    file: str
    zone: str
    line: int
    column: int
    about: int
    rules: tuple[str, ...]
    used: set[str] = field(default_factory=set)


class Comments:
    """All comments of the files of one `check`."""

    def __init__(self, comments: Iterable[Comment]) -> None:
        self.all = list(comments)
        self._at: dict[tuple[str, int], list[Comment]] = {}
        for comment in self.all:
            self._at.setdefault((comment.file, comment.about), []).append(comment)

    @classmethod
    def read(cls, files: Iterable[tuple[str, str]], now: Mapping[str, bytes] | None = None) -> "Comments":
        """The comments in *files*, which are (path, zone).

        *now*  texts in place of what is stored under a path
        A file that cannot be read has none: whoever reads the zones says what is wrong with it.
        """
        found: list[Comment] = []
        for path, zone in dict(files).items():
            text = (now or {}).get(path)
            found += scan(path, zone, _stored(path) if text is None else text)
        return cls(found)

    def silence(
        self, found: "list[Finding]", rules: "Sequence[Rule]", lines: Lines, settings: "Check | None"
    ) -> "list[Finding]":
        """*found* without what the comments silence, and with what is to be said of stale comments."""
        if not self.all:
            return found
        for comment in self.all:
            comment.used.clear()
        left = [one for one in found if not self._is_silenced(one, lines)]
        return left + self._stale(rules, settings)

    def _is_silenced(self, finding: "Finding", lines: Lines) -> bool:
        first = lines.get((finding.file, finding.line, finding.column), finding.line)
        is_silenced = False
        for line in range(first, finding.line + 1):
            for comment in self._at.get((finding.file, line), ()):
                if finding.rule in comment.rules:
                    comment.used.add(finding.rule)
                    is_silenced = True
        return is_silenced

    def _stale(self, rules: "Sequence[Rule]", settings: "Check | None") -> "list[Finding]":
        from truename.rules.choice import apply

        asked = {rule.id for rule in rules}
        if "unused-ignore" not in asked:
            return []
        stale = (finding for comment in self.all if (finding := _unused(comment, asked)))
        return [one for one in apply(list(stale), settings, frozenset()) if not self._is_silenced(one, {})]


def scan(path: str, zone: str, text: bytes) -> Iterator[Comment]:
    """The comments in the *text* of one file, in their order."""
    at, line, counted = text.find(_WORD), 1, 0
    while at >= 0:
        begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
        end = len(text) if end < 0 else end
        line, counted = line + text.count(b"\n", counted, begin), begin
        for column, is_alone, rules in _in_line(text[begin:end]):
            about = line + (_lines_to_next(text, end) if is_alone else 0)
            yield Comment(path, zone, line, column, about, rules)
        at = text.find(_WORD, end)


def _in_line(text: bytes) -> Iterator[tuple[int, bool, tuple[str, ...]]]:
    """(column, whether nothing stands before it, the rules) of each comment that ignores something."""
    before = _BEFORE_COMMENT.match(text)
    begin = before.end() if before else 0
    if text[begin : begin + 1] != b";":  # a quote that goes on in the next line
        return
    for found in _IGNORE.finditer(text, begin):
        names = found[1].partition(b"--")[0].decode("utf-8", "replace").replace(",", " ").split()
        yield found.start() + 1, not text[:begin].strip(), tuple(names)


def _lines_to_next(text: bytes, end: int) -> int:
    """How many lines behind the one that ends at *end* the next record stands: blank lines and comments are passed."""
    lines = 1
    while end < len(text):
        begin, end = end + 1, text.find(b"\n", end + 1)
        end = len(text) if end < 0 else end
        content = text[begin:end].strip()
        if content and not content.startswith(b";"):
            break
        lines += 1
    return lines


def _stored(path: str) -> bytes:
    """The text of the file *path* where it has the word at all; nothing of what is no file or cannot be read."""
    try:
        if stat.S_ISREG(os.stat(path).st_mode):  # a pipe was read already, and gives nothing twice
            with open(path, "rb", buffering=0) as file:
                if _has_word(file):
                    file.seek(0)
                    return file.readall()
    except OSError:
        pass
    return b""


def _has_word(file: FileIO) -> bool:
    # Through one small buffer: memory that is new for each octet costs three times what the search does.
    buffer = bytearray(1 << 18)
    while count := file.readinto(buffer):
        if buffer.find(_WORD, 0, count) >= 0:
            return True
        if count == len(buffer):  # the word may lie across the edge
            file.seek(1 - len(_WORD), os.SEEK_CUR)
    return False


def _unused(comment: Comment, asked: set[str]) -> "Finding | None":
    unknown = [rule for rule in comment.rules if rule not in IDS]
    stale = [rule for rule in comment.rules if rule in asked and rule not in comment.used and rule != "unused-ignore"]
    if not comment.rules:
        message, hint = "this comment ignores no rule", "write `; truename: ignore RULE -- why`"
    elif unknown:
        message, hint = f'there is no rule "{unknown[0]}" to ignore', near(unknown[0])
    elif stale:
        message = f"nothing to ignore here: {', '.join(stale)} finds nothing"
        hint = "delete the comment" if len(stale) == len(comment.rules) else f"take {', '.join(stale)} out of it"
    else:
        return None
    return _finding(comment, message, hint, is_whole=len(stale) == len(comment.rules) > 0)


def _finding(comment: Comment, message: str, hint: str, *, is_whole: bool) -> "Finding":
    from truename.rules.base import Finding

    place = comment.file, comment.line, comment.column
    return Finding("unused-ignore", "warning", comment.zone, "", "", "", *place, message, hint, is_whole, [])
