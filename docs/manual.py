"""Manual pages, made from the verbs: one for the program and one for each verb (man(7), man-pages(7))."""

import re
from collections.abc import Iterator

import click

from truename import _core
from truename.cli import app

SECTION = 1
EXITS = (
    ("0", "Success."),
    ("1", "Findings, a refused change, or a chain that does not end in data."),
    ("2", "Wrong usage, or input that cannot be read."),
)
FILES = (
    ("truename.toml", "Settings, in the working directory or where --config says."),
    ("truename-data", "The data directory: the key of the API, the lock, the database."),
)


def man_pages() -> dict[str, str]:
    """All pages by the name of their file."""
    verbs = {f"truename-{name}": command for name, command in app.commands.items()}
    pages = {"truename": _page("truename", app, [*verbs])}
    pages |= {name: _page(name, command, ["truename"]) for name, command in verbs.items()}
    return {f"{name}.{SECTION}": text for name, text in pages.items()}


def _page(name: str, command: click.Command, others: list[str]) -> str:
    words = name.replace("-", " ", 1)
    lines = [f'.TH {name.upper()} {SECTION} "" "truename {_core.__version__}" "Truename"', ".SH NAME"]
    lines += [f"{_plain(name)} \\- {_plain(_headline(command))}", ".SH SYNOPSIS", *_synopsis(words, command)]
    lines += [".SH DESCRIPTION", *_paragraphs(command), *_options(command, ".SH OPTIONS")]
    for below, part in command.commands.items() if isinstance(command, click.Group) and command is not app else ():
        lines += [f'.SH "{_plain(f"{words} {below}").upper()}"', *_synopsis(f"{words} {below}", part)]
        lines += [".PP", *_paragraphs(part), *_options(part, None)]
    lines += [".SH EXIT STATUS", *_list(EXITS), ".SH FILES", *_list(FILES)]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{_plain(other)}\\fR({SECTION})" for other in others)]
    return "\n".join(lines) + "\n"


def _headline(command: click.Command) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split()).rstrip(".")


def _synopsis(words: str, command: click.Command) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(_context(command, words)))
    yield f"\\fB{_plain(words)}\\fR {_plain(usage)}"


def _paragraphs(command: click.Command) -> Iterator[str]:
    for number, paragraph in enumerate((command.help or "").split("\n\n")):
        yield from ([".PP"] if number else [])
        yield _plain(" ".join(paragraph.split()))


def _options(command: click.Command, heading: str | None) -> Iterator[str]:
    context = _context(command, "truename")
    rows = [row for one in command.get_params(context) if (row := one.get_help_record(context))]
    if rows:
        yield from ([heading] if heading else [])
        yield from _list(rows)


def _context(command: click.Command, words: str) -> click.Context:
    # As under the program: a command remembers the names of its help from the first time it was asked.
    return click.Context(command, info_name=words, help_option_names=["-h", "--help"])


def _list(rows: "Iterator[tuple[str, str]] | list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f"\\fB{_plain(term)}\\fR", _plain(" ".join(text.split())) or "\\&")


def _plain(text: str) -> str:
    """*text* as troff reads it as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped)
