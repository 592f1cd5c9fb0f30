"""Annotations of a GitHub workflow run: one command a line, which the runner takes from the log.

    ::error file=zones/example.com.zone,line=12,col=14,title=target-is-address::MESSAGE

Source: GitHub Actions, "Workflow commands"; the escapes are those of its toolkit
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Finding

_COMMAND = {"error": "error", "warning": "warning", "info": "notice"}


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """One line for each finding."""
    for finding in findings:
        where = {"file": finding.file, "line": finding.line, "col": finding.column, "title": finding.rule}
        shown = ",".join(f"{name}={_property(str(value))}" for name, value in where.items() if value)
        text = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
        yield f"::{_COMMAND[finding.severity]} {shown}::{_data(text)}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped if escaped.isprintable() else "".join(one if one.isprintable() else "?" for one in escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
