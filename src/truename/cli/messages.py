"""Data on stdout; `error:` and `hint:` lines on stderr."""

import os
import sys
from contextlib import suppress

import click

BROKEN_PIPE = 128 + 13  # what a shell reports of a program that SIGPIPE ended


def say(text: str) -> None:
    """Print *text*. Raises: click.exceptions.Exit when nobody reads it any more, as `head` does not"""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python flushes stdout once more at its end; there is nobody to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(BROKEN_PIPE) from None


def complain(what: str, hint: str = "") -> None:
    """Say what is wrong and, where there is something to say, what to do about it."""
    with suppress(BrokenPipeError):  # nobody listens; the exit status still tells
        print(f"error: {_one_line(what)}", file=sys.stderr)
        if hint:
            print(f"hint: {_one_line(hint)}", file=sys.stderr)


def _one_line(text: str) -> str:
    # What is quoted in a message comes from outside; it must not look like a line of ours.
    return " ".join(text.splitlines())
