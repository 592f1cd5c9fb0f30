"""Data on stdout; `error:` and `hint:` lines on stderr."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from truename.cli.paint import plain
from truename.errors import TruenameError

BROKEN_PIPE = 128 + 13  # what a shell reports of a program that SIGPIPE ended


def say(text: str, end: str = "\n") -> None:
    """Print *text*. Raises: what `unwritten` raises, when it cannot be written"""
    try:
        print(text, end=end, flush=True)
    except OSError as wrong:
        unwritten(wrong)


def say_octets(text: bytes) -> None:
    """Print *text* as it is. Raises: as `say`"""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    except OSError as wrong:
        unwritten(wrong)


def complain(what: str, hint: str = "") -> None:
    """Say what is wrong and, where there is something to say, what to do about it."""
    with suppress(BrokenPipeError):  # nobody listens; the exit status still tells
        print(f"error: {_one_line(what)}", file=sys.stderr)
        if hint:
            print(f"hint: {_one_line(hint)}", file=sys.stderr)


def show_help(text: str) -> None:
    """Show how a verb is used to who used it wrongly."""
    with suppress(BrokenPipeError):
        print(f"{text}\n", file=sys.stderr)


def warn(what: str, hint: str = "") -> None:
    """Say what was done all the same, and may not be what was meant."""
    note(f"warning: {what}")
    if hint:
        note(f"hint: {hint}")


def note(what: str) -> None:
    """Say what was done: on stderr, because it is no data."""
    with suppress(BrokenPipeError):
        print(_one_line(what), file=sys.stderr)


def unwritten(wrong: OSError) -> NoReturn:
    """End, because stdout takes no more.

    Raises: click.exceptions.Exit when nobody reads it any more, as `head` does not: quietly; else TruenameError
    """
    # Python flushes stdout once more at its end; it must not fail again there.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(wrong, BrokenPipeError):
        raise click.exceptions.Exit(BROKEN_PIPE) from None
    raise TruenameError(f"stdout cannot be written: {wrong.strerror}") from None


def open_closed_streams() -> None:
    """Put something in the place of a stdout or stderr that was closed (`>&-`) before the start.

    Else the next file that is opened would be it, and take what is printed.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")  # nothing can be written to it, and that is told
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _one_line(text: str) -> str:
    # What is quoted in a message comes from outside; it must not look like a line of ours.
    return plain(" ".join(text.splitlines()))
