"""named.conf: `zone "example.com" { type primary; file "db.example.com"; };`, in views or not.

A statement is words and blocks up to its semicolon; comments are those of C, C++ and the shell. `include` counts where
it stands. Relative files are taken below `options { directory }`, else beside the configuration.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from truename.errors import ParseError
from truename.imports.configured import Configured, included, opened

_TOKEN = re.compile(
    r'\s+|//[^\n]*|#[^\n]*|/\*.*?\*/|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<mark>[{};])|(?P<word>[^\s{};"]+)', re.DOTALL
)
_PRIMARY = ("primary", "master")
_COPIES = ("secondary", "slave", "mirror", "redirect")
_WITHOUT = {
    "hint": "it is a hint of the root's servers",
    "forward": "its questions are forwarded",
    "stub": "only its name servers are kept",
    "static-stub": "only its name servers are kept",
    "delegation-only": "it is only delegated",
}


@dataclass(frozen=True)
class Statement:
    """Words, and the statements of the block behind them, if there is one."""

    words: tuple[str, ...]
    block: "tuple[Statement, ...] | None"
    place: str

    def value(self, *names: str) -> str:
        """The first value of the option called one of *names* in the block; nothing where it is not there."""
        found = (one.words[1] for one in self.block or () if len(one.words) > 1 and one.words[0].lower() in names)
        return next(found, "")


def read(path: str, found: Configured) -> None:
    """Add what the file *path* says. Raises: ParseError when it cannot be read"""
    statements = _in_file(path, found)
    folder = next((one.value("directory") for one in statements if one.words[:1] == ("options",)), "")
    base = os.path.join(os.path.dirname(path), folder)
    for statement in _zones(statements):
        _take(statement, base, found)


def _zones(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    for statement in statements:
        word = statement.words[0].lower() if statement.words else ""
        if word == "zone" and len(statement.words) > 1:
            yield statement
        elif word == "view":
            yield from _zones(statement.block or ())


def _take(zone: Statement, base: str, found: Configured) -> None:
    name = zone.words[1]
    klass = zone.words[2].upper() if len(zone.words) > 2 else "IN"
    kind, file = zone.value("type").lower(), zone.value("file")
    if klass != "IN":
        found.skip(name, f"its class is {klass}")
    elif zone.value("in-view"):
        pass  # the same zone once more
    elif kind in _WITHOUT:
        found.skip(name, _WITHOUT[kind])
    elif kind not in (*_PRIMARY, *_COPIES):
        found.skip(name, f"{zone.place}: its type, {kind or 'which is not said'}, is not known")
    elif not file:
        found.skip(name, "it has no file here" if kind in _COPIES else f"{zone.place}: its file is not said")
    elif zone.value("database", "dlz"):
        found.skip(name, "it comes from a database")
    else:
        found.take(name, os.path.join(base, file), is_copy=kind in _COPIES)


def _in_file(path: str, found: Configured) -> tuple[Statement, ...]:
    found.open.append(os.path.realpath(path))
    tokens = list(_tokens(opened(path), path, found))
    statements, rest = _block(tokens, 0, path, found)
    if rest < len(tokens):
        found.faults.append(f"{tokens[rest][1]}: a brace too many; what stands behind it was not read")
    found.open.pop()
    return statements


def _tokens(text: str, path: str, found: Configured) -> Iterator[tuple[str, str, bool]]:
    """(text, place, whether it is a brace or semicolon) of each word."""
    at, line = 0, 1
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            found.faults.append(f"{path}:{line}: {text[at : at + 20].splitlines()[0]!r} is not understood")
            return
        place = f"{path}:{line}"
        if token["quoted"]:
            yield re.sub(r"\\(.)", r"\1", token["quoted"][1:-1]), place, False
        elif token["mark"] or token["word"]:
            yield token[0], place, bool(token["mark"])
        line, at = line + token[0].count("\n"), token.end()


def _block(
    tokens: list[tuple[str, str, bool]], at: int, path: str, found: Configured
) -> tuple[tuple[Statement, ...], int]:
    """(the statements up to the brace that closes the block, where that brace stands)."""
    statements: list[Statement] = []
    words: list[str] = []
    block: tuple[Statement, ...] | None = None
    place = ""
    while at < len(tokens):
        text, here, is_mark = tokens[at]
        place = place or here
        if not is_mark:
            words.append(text)
        elif text == "{":
            block, at = _block(tokens, at + 1, path, found)
        elif text == ";":
            statements += _whole(Statement(tuple(words), block, place), path, found)
            words, block, place = [], None, ""
        else:
            break
        at += 1
    return tuple(statements), at


def _whole(statement: Statement, path: str, found: Configured) -> tuple[Statement, ...]:
    """*statement*, or in place of an `include` what it includes."""
    if statement.words[:1] != ("include",) or len(statement.words) != 2:
        return (statement,) if statement.words else ()
    statements: list[Statement] = []
    for file in included(statement.words[1], os.path.dirname(path), statement.place, found):
        try:
            statements += _in_file(file, found)
        except ParseError as wrong:
            found.faults.append(f"{statement.place}: {wrong.message}")
    return tuple(statements)
