"""Findings for people: grouped by file, with the line in question and a caret below what is to be changed.

    zones/example.com.zone: 1 error

    zones/example.com.zone:12:14: error[target-is-address] blog.example.com. CNAME gives the address 192.0.2.1, ..
       12 | blog   CNAME  192.0.2.1
          |               ^^^^^^^^^
          = hint: write `blog A 192.0.2.1`

    Found 1 error in 1 zone

What a file holds goes to a terminal only as printable text.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from truename.rules.base import Finding

WIDTH = 120  # columns of a line that are shown; of a longer one a part around the caret

_CODES = {"error": "1;31", "warning": "1;33", "info": "1;36", "path": "1", "gutter": "34", "clear": "32"}
_WORD = re.compile(rb"[^\s;()]+")
_REST = re.compile(rb'(?:[^\s;"\\()]|\\.|"(?:[^"\\]|\\.)*"|[ \t]+(?=[^\s;()]))+')

Paint = Callable[[str, str], str]


def plain(text: str, _: str) -> str:
    """Without colours."""
    return text


def coloured(text: str, what: str) -> str:
    """With ANSI colours."""
    return f"\x1b[{_CODES[what]}m{text}\x1b[0m"


def lines(findings: Sequence[Finding], paint: Paint = plain, texts: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """All findings, which come ordered by file. *texts*: what stands in place of files, by path"""
    for path, of_file in groupby(findings, attrgetter("file")):
        group = list(of_file)
        yield f"{paint(_printable(path) or '(no file)', 'path')}: {counted(group)}"
        yield ""
        source = _Source(path, group, (texts or {}).get(path))
        for finding in group:
            yield from _one(finding, source, paint)
            yield ""


def summary(findings: Sequence[Finding], zones: int, records: int, paint: Paint = plain) -> str:
    """The last line: what was found in how many of the *zones*."""
    if not findings:
        return paint(f"All clear: {_number(records, 'record')} in {_number(zones, 'zone')}", "clear")
    touched = len({finding.zone for finding in findings if finding.zone}) or 1
    where = _number(zones, "zone") if touched >= zones else f"{touched:,} of {_number(zones, 'zone')}"
    fixable = sum(finding.fixable for finding in findings)
    cure = f"; `truename fix` mends {fixable:,} of them" if fixable else ""
    return f"Found {counted(findings)} in {where}{cure}"


def counted(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning and 3 infos`."""
    counts = Counter(finding.severity for finding in findings)
    words = [_number(counts[severity], severity) for severity in ("error", "warning", "info") if counts[severity]]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _one(finding: Finding, source: "_Source", paint: Paint) -> Iterator[str]:
    place = ":".join([_printable(finding.file), *(str(at) for at in (finding.line, finding.column) if at)])
    mark = f"{paint(finding.severity, finding.severity)}[{finding.rule}]"
    yield f"{place + ': ' if finding.file else ''}{mark} {_printable(finding.message)}"
    gutter = len(str(finding.line)) if finding.line else 0
    bar = paint(" " * max(gutter, 4) + " |", "gutter")
    shown = source.shown(finding.line, finding.column)
    if shown:
        yield f"{paint(f'{finding.line:>4} |', 'gutter')} {shown[0]}"
        yield f"{bar} {shown[1]}{paint(shown[2], finding.severity)}"
    if finding.hint:
        yield f"{' ' * max(gutter, 4)} {paint('=', 'gutter')} hint: {_printable(finding.hint)}"


class _Source:
    """The lines of one file that findings are about."""

    def __init__(self, path: str, findings: Sequence[Finding], text: bytes | None) -> None:
        wanted = {finding.line for finding in findings if finding.line}
        self._lines: dict[int, bytes] = {}
        if wanted and path:
            octets = _read(path) if text is None else text
            for number, line in enumerate(octets.split(b"\n", max(wanted)), 1):
                if number in wanted:
                    self._lines[number] = line.rstrip(b"\r")

    def shown(self, number: int, column: int) -> tuple[str, str, str] | None:
        """(the line, blanks below what stands before *column*, carets); None where there is no such line."""
        line = self._lines.get(number)
        if line is None or not 0 < column <= len(line) + 1:
            return None
        begin = max(0, column - 1 - WIDTH // 2) if len(line) > WIDTH else 0
        before, rest = line[begin : column - 1], line[column - 1 : begin + WIDTH]
        is_first = not line[: column - 1].strip()
        marked = (_WORD if is_first else _REST).match(rest)
        left, right = _expanded(before), _expanded(before + rest)
        text = ("..." if begin else "") + right + ("..." if begin + WIDTH < len(line) else "")
        width = len(_expanded(before + marked[0])) - len(left) if marked else 1
        return text, " " * (len(left) + (3 if begin else 0)), "^" * max(width, 1)


def _expanded(octets: bytes) -> str:
    return _printable(octets.decode("utf-8", "replace").expandtabs(8))


def _printable(text: str) -> str:
    # What stands in a file must not be able to move the cursor, or to look like a line of ours.
    return text if text.isprintable() else "".join(one if one.isprintable() else "?" for one in text)


def _read(path: str) -> bytes:
    try:
        if stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "rb") as file:
                return file.read()
    except OSError:
        pass
    return b""
