"""Tell systemd how far we are (sd_notify(3)): one datagram each, so no library is needed.

The socket is made before the sandbox is closed, which lets no other be made.
"""

import os
import socket
import time
from contextlib import suppress
from functools import cache


def connect() -> None:
    """Find $NOTIFY_SOCKET, while that may still be done."""
    _to(os.environ.get("NOTIFY_SOCKET", ""))


@cache
def _to(path: str) -> socket.socket | None:
    if not path.startswith(("/", "@")):
        return None
    address = "\0" + path[1:] if path.startswith("@") else path  # @ is the abstract namespace
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    try:
        sender.connect(address)
    except OSError:
        sender.close()
        return None
    return sender


def notify(*lines: str) -> None:
    """Send *lines* such as READY=1 to $NOTIFY_SOCKET; without one, or with nobody there, nothing happens.

    A service must not fail because its supervisor went away, so errors of the socket are not raised.
    """
    sender = _to(os.environ.get("NOTIFY_SOCKET", ""))
    if sender is not None:
        with suppress(OSError):
            sender.send("\n".join(lines).encode())


def ready(status: str) -> None:
    """Everything answers."""
    notify("READY=1", f"STATUS={status}")


def reloading() -> None:
    """A reload has begun; systemd orders it against READY=1 by the monotonic clock (Type=notify-reload)."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def stopping() -> None:
    """The end has begun."""
    notify("STOPPING=1")
