"""`error:` and `hint:` lines on stderr."""

import sys
from contextlib import suppress


def complain(what: str, hint: str = "") -> None:
    """Say what is wrong and, where there is something to say, what to do about it."""
    with suppress(BrokenPipeError):  # nobody listens; the exit status still tells
        print(f"error: {_one_line(what)}", file=sys.stderr)
        if hint:
            print(f"hint: {_one_line(hint)}", file=sys.stderr)


def _one_line(text: str) -> str:
    # What is quoted in a message comes from outside; it must not look like a line of ours.
    return " ".join(text.splitlines())
