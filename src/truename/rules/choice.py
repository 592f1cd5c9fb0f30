"""Which rules are asked and what their findings weigh: [check] select, ignore, severity and per_path."""

import os
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import PurePath
from typing import TYPE_CHECKING

from truename.rules import base

if TYPE_CHECKING:
    from truename.config import Check
    from truename.rules.base import Finding, Rule


def choose(names: Iterable[str] | None, settings: "Check | None", always: frozenset[str]) -> "list[Rule]":
    """The rules called *names* (None: all) that *settings* do not leave out."""
    table = base.table()
    wanted = None if names is None else set(names)
    rules = table.values() if wanted is None else [rule for name, rule in table.items() if name in wanted]
    if settings is None or not (settings.select or settings.ignore or settings.severity):  # nearly always, at each edit
        return list(rules)
    return [rule for rule in rules if rule.id in always or _is_on(rule.id, settings)]


def _is_on(name: str, settings: "Check") -> bool:
    is_selected = not settings.select or name in settings.select
    return is_selected and name not in settings.ignore and settings.severity.get(name) != "off"


def apply(found: "list[Finding]", settings: "Check | None", always: frozenset[str]) -> "list[Finding]":
    """*found* with the severities that *settings* give, without what they ignore by path."""
    if settings is None:
        return found
    if settings.severity:
        for finding in found:
            if finding.rule in settings.severity and finding.rule not in always:
                finding.severity = settings.severity[finding.rule]
    if settings.per_path:
        ignored = {path: ignored_in(path, settings.per_path) for path in {finding.file for finding in found}}
        found = [one for one in found if one.rule not in ignored[one.file] or one.rule in always]
    return found


def ignored_in(path: str, per_path: dict[str, list[str]]) -> frozenset[str]:
    """The rules that are ignored in the file *path*."""
    return frozenset(rule for pattern, rules in per_path.items() if path and matches(path, pattern) for rule in rules)


def matches(path: str, pattern: str) -> bool:
    """Whether *pattern* means *path*: its last names, as many as the pattern has; `**` stands for any number of them.

    So `*.test.zone` and `staging/*.zone` mean the same files wherever the command is run.
    """
    whole = os.path.abspath(path)
    if "**" in pattern:
        return fnmatch(whole, pattern if pattern.startswith("/") else f"*/{pattern}")
    return PurePath(whole).match(pattern)
