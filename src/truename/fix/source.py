"""The text of a zone file as octets: the token at a position, edits of tokens, the difference as a unified diff.

An edit never adds or takes lines, so the difference needs no search for what stayed: line n was line n.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

CONTEXT = 3  # lines around a change in a diff
_WORD = re.compile(rb'(?:[^ \t\r\n;()"\\]++|\\.?)*+', re.DOTALL)


class Edit(NamedTuple):
    """Replace *before* at (line, column) by *after*. Units: from 1, columns in octets"""

    line: int
    column: int
    before: bytes
    after: bytes


class Token(NamedTuple):
    """One word, or a quoted string with its quotes. Units: line and column from 1, in octets"""

    line: int
    column: int
    text: bytes


@dataclass(slots=True)
class Source:
    """One file. *now* is its text with all edits so far; *lines* are without their LF, nothing behind the last one."""

    path: str
    before: bytes
    lines: list[bytes] = field(init=False)
    _original: list[bytes] = field(init=False)

    def __post_init__(self) -> None:
        # Not splitlines: that ends a line at a lone CR too, and the core does not.
        self._original = self.before.split(b"\n")
        self.lines = list(self._original)

    @property
    def now(self) -> bytes:
        """The text as it is after the edits."""
        return b"\n".join(self.lines)

    @property
    def is_changed(self) -> bool:
        """Whether an edit was made."""
        return self.lines != self._original

    def line(self, number: int) -> bytes:
        """A line without its LF; nothing where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else b""

    def word(self, line: int, column: int) -> bytes:
        """The word that begins at a position; nothing where none does."""
        found = _WORD.match(self.line(line), column - 1) if column > 0 else None
        return found[0] if found else b""

    def words_before(self, line: int, column: int) -> list[Token]:
        """The words of the same line before a position."""
        return [token for token in tokens([self.line(line)[: column - 1]], line) if token.text[:1] not in b"()"]

    def apply(self, edits: Iterable[Edit]) -> int:
        """Carry out edits, from the right so that positions hold. Returns: how many; one that does not fit is none."""
        made = 0
        for edit in sorted(set(edits), reverse=True):
            text, start = self.line(edit.line), edit.column - 1
            end = start + len(edit.before)
            if edit.before and text[start:end] == edit.before and edit.before != edit.after:
                self.lines[edit.line - 1] = text[:start] + edit.after + text[end:]
                made += 1
        return made

    def diff(self) -> Iterator[bytes]:
        """A unified diff, a line at a time; nothing without a change."""
        changed = [at for at, (old, new) in enumerate(zip(self._original, self.lines, strict=True)) if old != new]
        if not changed:
            return
        name = self.path.encode("utf-8", "surrogateescape")
        yield b"--- " + name + b"\n"
        yield b"+++ " + name + b"\n"
        for first, last in _hunks(changed, len(self.lines) - (not self._original[-1])):
            count = last - first
            yield b"@@ -%d,%d +%d,%d @@\n" % (first + 1, count, first + 1, count)
            yield from self._hunk(first, last)

    def _hunk(self, first: int, last: int) -> Iterator[bytes]:
        at = first
        while at < last:
            if self._original[at] == self.lines[at]:
                yield from self._shown(b" ", self._original, at)
                at += 1
                continue
            end = at
            while end < last and self._original[end] != self.lines[end]:
                end += 1
            for mark, side in ((b"-", self._original), (b"+", self.lines)):
                for number in range(at, end):
                    yield from self._shown(mark, side, number)
            at = end

    def _shown(self, mark: bytes, side: list[bytes], at: int) -> Iterator[bytes]:
        yield mark + side[at] + b"\n"
        if at == len(self.lines) - 1:  # an LF would have another line behind it
            yield b"\\ No newline at end of file\n"


def tokens(lines: Iterable[bytes], first_line: int = 1) -> Iterator[Token]:
    """Words, quoted strings and parentheses, without comments.

    A quoted string ends with its line, if not before: so it is with the core, outside parentheses.
    """
    for number, text in enumerate(lines, first_line):
        at = 0
        while at < len(text):
            octet = text[at : at + 1]
            if octet == b";":
                break
            if octet in b" \t\r\n":
                at += 1
                continue
            end = at + 1 if octet in b"()" else _end_of_quoted(text, at) if octet == b'"' else _end_of_word(text, at)
            yield Token(number, at + 1, text[at:end])
            at = end


def _end_of_word(text: bytes, at: int) -> int:
    found = _WORD.match(text, at)
    return found.end() if found else at


def _end_of_quoted(text: bytes, at: int) -> int:
    at += 1
    while at < len(text) and text[at] != 0x22:
        at += 2 if text[at] == 0x5C else 1
    return min(at + 1, len(text))


def _hunks(changed: list[int], total: int) -> Iterator[tuple[int, int]]:
    first = last = None
    for at in changed:
        begin, end = max(0, at - CONTEXT), min(total, at + CONTEXT + 1)
        if first is None or last is None:
            first, last = begin, end
        elif begin <= last:
            last = end
        else:
            yield first, last
            first, last = begin, end
    if first is not None and last is not None:
        yield first, last
