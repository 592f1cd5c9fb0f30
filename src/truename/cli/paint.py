"""Colours on a terminal, none anywhere else (https://no-color.org)."""

import os
import sys


def is_on() -> bool:
    """Whether stdout is read by a person who wants colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _painted(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if is_on() else text


def plain(text: str) -> str:
    """Free text of somebody else in one line, without what a terminal would obey."""
    return "".join(one if one.isprintable() else " " if one.isspace() else "\N{REPLACEMENT CHARACTER}" for one in text)


def added(text: str) -> str:
    """Green."""
    return _painted(text, "32")


def changed(text: str) -> str:
    """Yellow."""
    return _painted(text, "33")


def removed(text: str) -> str:
    """Red."""
    return _painted(text, "31")


def title(text: str) -> str:
    """Bold."""
    return _painted(text, "1")


def severity(word: str) -> str:
    """In the colour of its weight."""
    return {"error": removed, "warning": changed}.get(word, title)(word)
