"""The command line: `truename VERB`, one file per verb.

    0 success    1 findings, a refused change, or a chain that does not end in data    2 wrong usage or unreadable input

Data goes to stdout; `error:` and `hint:` lines to stderr. Nothing that a user can cause shows a traceback. A verb's
module imports at its top only what its flags need; the work is imported where it is done. That, and click in place of
typer (which imports pydantic to read a flag: 0.17 s), keeps `--version` and `--help` at 0.1 s; 0.2 s are promised.
"""

import sys
from collections.abc import Sequence

import click

from truename.cli import alias, check, explain, fix, impact, key, record, search, serve, user, zone
from truename.cli.messages import complain, open_closed_streams, say, show_help, unwritten
from truename.cli.verbs import VerbMissing
from truename.errors import ForbiddenEdit, RejectedEdit, StaleEdit, TruenameError

REFUSALS = (RejectedEdit, StaleEdit, ForbiddenEdit)  # what was asked for is clear, and somebody says no
INTERRUPTED = 128 + 2  # what a shell reports of a program that SIGINT ended


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    commands=[
        serve.serve,
        check.check,
        fix.fix,
        explain.explain,
        impact.impact,
        search.search,
        zone.zone,
        record.record,
        alias.alias,
        key.key,
        user.user,
    ],
)
@click.option("--version", is_flag=True, help="Show the version.")
@click.pass_context
def app(context: click.Context, version: bool) -> None:
    """A DNS server built around the alias."""
    if version:
        from truename import _core

        say(f"truename {_core.__version__}")
    elif context.invoked_subcommand is None:
        raise VerbMissing(context)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line. Returns: its exit status"""
    open_closed_streams()
    # Names and paths may hold octets that are no UTF-8; they are shown escaped and never end a command.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _carried_out(arguments)
    except click.UsageError as wrong:
        if isinstance(wrong, VerbMissing):
            show_help(wrong.help_text)
        help_of = f"{wrong.ctx.command_path if wrong.ctx else 'truename'} --help"
        complain(wrong.format_message(), getattr(wrong, "hint", help_of))
        return 2
    except REFUSALS as wrong:
        complain(wrong.message, wrong.hint)
        return 1
    except TruenameError as wrong:
        complain(str(wrong), wrong.hint)
        return 2
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        return INTERRUPTED
    return int(status or 0)


def _carried_out(arguments: Sequence[str]) -> int | None:
    try:
        status: int | None = app.main(list(arguments), prog_name="truename", standalone_mode=False)
    except OSError as wrong:
        if not _is_of_click(wrong):
            raise
        unwritten(wrong)
    return status


def _is_of_click(wrong: OSError) -> bool:
    """Whether it was click that could not write: `--help` is printed by it."""
    from traceback import extract_tb

    return extract_tb(wrong.__traceback__)[-1].filename == click.utils.__file__
