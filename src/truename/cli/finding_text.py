"""Findings about zones that no file holds: who, what, and what to do.

error[target-missing] blog.example.com. CNAME points to nowhere.example.com., which does not exist
  hint: ...

`truename check` shows those of files, beside the line that they are about.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from truename.cli import paint
from truename.name import both

SHOWN = 100  # findings of one change; all of them are in its JSON
SEVERITIES = ("error", "warning", "info")


def finding_lines(finding: Mapping[str, Any], *, indent: int = 0) -> Iterator[str]:
    """The lines of one finding, in the shape of `check --format json`."""
    head = " " * indent
    mark = f"{paint.severity(finding['severity'])}[{finding['rule']}]"
    yield f"{head}{place(finding)}{mark} {_about(finding)}{finding['message']}"
    if finding["hint"]:
        yield f"{head}  hint: {finding['hint']}"


def lines(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """All of them, those of files beside the lines that they are about, and how many."""
    if any(finding["file"] for finding in findings):
        yield from _beside_their_lines(findings[:SHOWN])
    else:
        for finding in findings[:SHOWN]:
            yield from finding_lines(finding)
    if len(findings) > SHOWN:
        yield f"... and {len(findings) - SHOWN:,} more; --json shows them all"


def _beside_their_lines(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    import msgspec

    from truename.report import text
    from truename.rules.base import Finding

    found = msgspec.convert(findings, list[Finding])
    yield from text.lines(found, text.coloured if paint.is_on() else text.plain)


def summary(findings: Sequence[Mapping[str, Any]]) -> str:
    """`2 errors, 1 warning`."""
    counts = Counter(finding["severity"] for finding in findings)
    return ", ".join(_counted(counts[word], word) for word in SEVERITIES if counts[word])


def place(finding: Mapping[str, Any]) -> str:
    """`file:line:column: `, as far as it is known."""
    if not finding["file"]:
        return ""
    return ":".join([finding["file"], *(str(finding[key]) for key in ("line", "column") if finding[key])]) + ": "


def _about(finding: Mapping[str, Any]) -> str:
    """What the message does not say itself: whose record it is about, or at which line of a text that was sent."""
    owner = finding["owner"]
    if owner and owner not in finding["message"]:
        return " ".join(filter(None, (both(owner), finding["type"]))) + ": "
    return f"line {finding['line']}: " if finding["line"] and not finding["file"] else ""


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 or word == "info" else f"{count:,} {word}s"
