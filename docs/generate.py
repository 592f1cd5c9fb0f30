"""Write docs/cli.md from the verbs and the table of settings. `make docs` runs it; a test compares.

python docs/generate.py            writes
"""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from truename.cli import app
from truename.config import SECTIONS, Settings, ZoneEntry

TARGET = Path(__file__).with_name("cli.md")

HEAD = """# Command line and settings

*Made by `make docs` from the program itself; edit the program, not this page.*

Exit status: 0 success; 1 a chain that does not end in data, or findings; 2 wrong usage or unreadable input. Data goes
to stdout, `error:` and `hint:` lines to stderr.
"""

SETTINGS = """## Settings

defaults < `truename.toml` (`--config FILE`, `TRUENAME_CONFIG`, else `./truename.toml`) < environment
`TRUENAME_<SECTION>_<KEY>` < flags. In the environment a list is written `a,b` and a table `key=value,key=value`. An
unknown key or a value of another type ends the start with its `file:line`. `truename serve --print-config` shows what
holds and where it came from.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_verbs(), SETTINGS, *_settings()])


def _verbs() -> Iterator[str]:
    for name, command in app.commands.items():
        context = click.Context(command, info_name=f"truename {name}", max_content_width=100, terminal_width=100)
        yield f"## truename {name}\n\n```\n{command.get_help(context)}\n```\n"


def _settings() -> Iterator[str]:
    defaults = Settings()
    tables = [(f"[{name}]", getattr(defaults, name)) for name in SECTIONS] + [("[[zone]]", ZoneEntry())]
    for title, table in tables:
        rows = [
            f"| `{one.name}` | `{_toml(getattr(table, one.name))}` | {one.metadata['doc']} |" for one in fields(table)
        ]
        yield "\n".join([f"### {title}\n", "| key | default | |", "|---|---|---|", *rows, ""])


def _toml(value: object) -> str:
    return "{}" if value == {} else json.dumps(value)


if __name__ == "__main__":
    TARGET.write_text(text())
