"""SARIF 2.1.0: what GitHub code scanning and editors read.

One run, whose driver lists all rules with their pages, and one result for each finding. Paths are relative where they
were given so; columns count octets, which are characters in all that a zone file holds outside of quotes and comments.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0
"""

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from truename._core import __version__
from truename.report import printable
from truename.rules.base import Finding, table
from truename.rules.page import page

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {"error": "error", "warning": "warning", "info": "note"}


def render(findings: Sequence[Finding]) -> bytes:
    """The whole log."""
    number = {name: at for at, name in enumerate(table())}
    driver = {"name": "truename", "semanticVersion": __version__, "rules": [_rule(name) for name in number]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, number[finding.rule]) for finding in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=1) + b"\n"


def _rule(name: str) -> dict[str, Any]:
    about = page(name)
    return {
        "id": name,
        "shortDescription": {"text": about.headline},
        "fullDescription": {"text": about.what},
        "help": {"text": about.text()},
        "defaultConfiguration": {"level": _LEVEL[about.rule.severity]},
    }


def _result(finding: Finding, number: int) -> dict[str, Any]:
    text = printable(f"{finding.message}; {finding.hint}" if finding.hint else finding.message)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVEL[finding.severity],
        "message": {"text": text},
        "properties": {"zone": finding.zone, "owner": finding.owner, "type": finding.type, "chain": finding.chain},
    }
    if finding.file:
        result["locations"] = [{"physicalLocation": _place(finding)}]
    return result


def _place(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line} | ({"startColumn": finding.column} if finding.column else {})
    return place


def _uri(path: str) -> str:
    # A relative reference whose first part holds a colon would be read as a scheme (RFC 3986 4.2): quoted it cannot.
    written = quote(os.fsencode(os.path.normpath(path)), safe="/-._~")
    return f"file://{written}" if os.path.isabs(path) else written
