"""Write docs/cli.md from the verbs and settings, rules.md from the rules, api.md from the paths of the API.

`make docs` runs it; a test compares.

python docs/generate.py            writes
"""

import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from truename.cli import app
from truename.config import SECTIONS, Settings, ZoneEntry
from truename.rules import ALWAYS, IDS
from truename.rules.page import HEAD as HEAD_OF_ZONES
from truename.rules.page import Page, page
from truename.serve.options import WITHOUT_EFFECT
from truename.web.app import openapi
from truename.web.docs import markdown

sys.path.insert(0, str(Path(__file__).parent))
from manual import man_pages  # beside this file

TARGET = Path(__file__).with_name("cli.md")
RULES = Path(__file__).with_name("rules.md")
API = Path(__file__).with_name("api.md")
MAN = Path(__file__).parent / "man" / "data" / "share" / "man" / "man1"  # in the wheel as data

HEAD = """# Command line and settings

*Made by `make docs` from the program itself; edit the program, not this page.*

Exit status: 0 success; 1 a chain that does not end in data, findings, or a refused change; 2 wrong usage or unreadable
input. Data goes to stdout, `error:` and `hint:` lines to stderr.

The verbs that read or change zones act on a running server over its API: the one at `--api URL` with `--key KEY`, or
the one that holds the directory `--data DIR`. When no server holds it, they open the database in it themselves.
"""

SETTINGS = """## Settings

defaults < `truename.toml` (`--config FILE`, `TRUENAME_CONFIG`, else `./truename.toml`) < environment
`TRUENAME_<SECTION>_<KEY>` < flags. In the environment a list is written `a,b` and a table `key=value,key=value`. An
unknown key or a value of another type ends the start with its `file:line`. `truename serve --print-config` shows what
holds and where it came from.
"""

IDLE = "*not yet:* "
IDLE_SECTION = "Read and checked, and **nothing acts on it in this version**; `serve` warns of a key that is set.\n"

RULES_HEAD = f"""# Rules

*Made by `make docs` from the files in src/truename/rules; edit those, not this page.*

What `truename check` looks for, and what guards every edit of zones in the database. How to choose rules and to ignore
findings stands in [checking.md](checking.md). `truename check --explain RULE` shows one of these pages.

What it does to a change that adds such a finding; those that were there before are told, and stop nothing:

- *refuses*: nothing is stored, and nobody can accept it. Only errors refuse: what is a warning in the end shows. One
  case is let in by every door, with the finding shown: a zone without NS records, which is how many tools make one.
  `zone create` without `--ns` and `serve` with such a file say so.
- *asks*: the command line refuses it unless the rule is accepted by name: `--yes --accept RULE,..`. On a terminal the
  question names the rules, and a yes accepts these. Over PowerDNS' API it is carried out and written into the journal,
  because tools create and delete in any order; there `?strict=true` refuses what `?accept=RULE,..` does not name.
- *shows*: it is carried out, and told.

`[check] severity` and `ignore` hold for changes too, but nothing turns off what a zone cannot hold: ALWAYS.

Every zone below that does not bring its own SOA begins with

```
{HEAD_OF_ZONES}```

and `; <-` marks the lines that the rule finds. The zones are run as the tests of the rules.
"""


RULES_HEAD = RULES_HEAD.replace("ALWAYS", ", ".join(f"`{name}`" for name in IDS if name in ALWAYS))


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_verbs(), SETTINGS, *_settings()])


def _verbs() -> Iterator[str]:
    for name, command in app.commands.items():
        yield f"## truename {name}\n\n{_help(f'truename {name}', command)}"
        for below, part in command.commands.items() if isinstance(command, click.Group) else ():
            yield f"### truename {name} {below}\n\n{_help(f'truename {name} {below}', part)}"


def _help(name: str, command: click.Command) -> str:
    # As under the program: a command remembers the names of its help from the first time it was asked.
    names = app.context_settings["help_option_names"]
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100, help_option_names=names)
    return f"```\n{command.get_help(context)}\n```\n"


def _settings() -> Iterator[str]:
    defaults = Settings()
    tables = [(f"[{name}]", getattr(defaults, name)) for name in SECTIONS] + [("[[zone]]", ZoneEntry())]
    for title, table in tables:
        is_idle = title.strip("[]") in WITHOUT_EFFECT
        rows = [
            f"| `{one.name}` | `{_toml(getattr(table, one.name))}` | {IDLE * is_idle}{one.metadata['doc']} |"
            for one in fields(table)
        ]
        yield "\n".join(
            [f"### {title}\n", *[IDLE_SECTION] * is_idle, "| key | default | |", "|---|---|---|", *rows, ""]
        )


def _toml(value: object) -> str:
    return "{}" if value == {} else json.dumps(value)


def rules_text() -> str:
    """The page of all rules."""
    pages = [page(name) for name in IDS]
    rows = [
        f"| [{one.rule.id}](#{one.rule.id}) | {one.rule.severity} | {one.rule.door} | {one.headline.rstrip('.')} |"
        for one in pages
    ]
    return "\n".join(
        [RULES_HEAD, "| rule | severity | a change | |", "|---|---|---|---|", *rows, "", *map(_rule, pages)]
    )


def _lines(text: str) -> str:
    return textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False)


def _rule(about: Page) -> str:
    text = [f"## {about.rule.id}", f"*{about.manner}*", *map(_lines, (about.what, about.why, *about.more))]
    zones = [f"{title}:\n\n```\n{zone}\n```" for title, zone in about.zones]
    return "\n\n".join([*text, *zones, f"Source: {about.source}"]) + "\n"


def api_text() -> str:
    """The page of the HTTP API."""
    return markdown(openapi())


if __name__ == "__main__":
    TARGET.write_text(text())
    RULES.write_text(rules_text())
    API.write_text(api_text())
    for name, page_of_verb in man_pages().items():
        (MAN / name).write_text(page_of_verb)
