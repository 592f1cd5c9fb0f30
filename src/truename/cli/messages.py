"""Data on stdout; `error:` and `hint:` lines on stderr."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from truename.cli.paint import plain

BROKEN_PIPE = 128 + 13  # what a shell reports of a program that SIGPIPE ended


def say(text: str, end: str = "\n") -> None:
    """Print *text*. Raises: click.exceptions.Exit when nobody reads it any more, as `head` does not"""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        _nobody_reads()


def say_octets(text: bytes) -> None:
    """Print *text* as it is. Raises: as `say`"""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _nobody_reads()


def complain(what: str, hint: str = "") -> None:
    """Say what is wrong and, where there is something to say, what to do about it."""
    with suppress(BrokenPipeError):  # nobody listens; the exit status still tells
        print(f"error: {_one_line(what)}", file=sys.stderr)
        if hint:
            print(f"hint: {_one_line(hint)}", file=sys.stderr)


def note(what: str) -> None:
    """Say what was done: on stderr, because it is no data."""
    with suppress(BrokenPipeError):
        print(_one_line(what), file=sys.stderr)


def _nobody_reads() -> NoReturn:
    # Python flushes stdout once more at its end; there is nobody to flush to.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise click.exceptions.Exit(BROKEN_PIPE) from None


def _one_line(text: str) -> str:
    # What is quoted in a message comes from outside; it must not look like a line of ours.
    return plain(" ".join(text.splitlines()))
