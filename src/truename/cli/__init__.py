"""The command line: `truename VERB`, one file per verb.

    0 success    1 findings, or a chain that does not end in data    2 wrong usage or unreadable input

Data goes to stdout; `error:` and `hint:` lines to stderr. Nothing that a user can cause shows a traceback. A verb's
module imports at its top only what its flags need (`--help` takes 0.1 s); the work is imported where it is done.
"""

import os
import sys
from collections.abc import Sequence

import typer

from truename.cli import explain, serve
from truename.cli.messages import complain
from truename.errors import TruenameError

BROKEN_PIPE = 128 + 13  # what a shell reports of a program that SIGPIPE ended
INTERRUPTED = 128 + 2

app = typer.Typer(
    name="truename",
    help="A DNS server built around the alias.",
    rich_markup_mode=None,  # with markup, --help imports rich: 0.1 s
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("explain")(explain.explain)


@app.callback(invoke_without_command=True)
def _truename(
    context: typer.Context, version: bool = typer.Option(False, "--version", help="Show the version.")
) -> None:
    if version:
        from truename import _core

        print(f"truename {_core.__version__}")
        raise typer.Exit(0)
    if context.invoked_subcommand is None:
        complain("a verb is missing", "truename --help lists them")
        raise typer.Exit(2)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line. Returns: its exit status"""
    # Names and paths may hold octets that are no UTF-8; they are shown escaped and never end a command.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = app(list(arguments), standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as wrong:
        verb = next((word for word in arguments if not word.startswith("-")), "")
        known = verb in {command.name for command in app.registered_commands}
        complain(wrong.format_message(), f"truename {verb} --help" if known else "truename --help")
        return 2
    except TruenameError as wrong:
        complain(str(wrong), wrong.hint)
        return 2
    except BrokenPipeError:
        # Python flushes stdout once more at its end; there is nobody to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return int(status or 0)
