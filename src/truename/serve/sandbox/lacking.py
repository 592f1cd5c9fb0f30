"""What stays open because this kernel cannot close it, in words for the log.

Landlock learnt over time. Much of what an old one lacks the filter of system calls refuses as well; the rest is open
only where a connection to a database server is made.
"""

from collections.abc import Iterable

from truename.serve.sandbox.calls import STREAM, UNIX
from truename.serve.sandbox.outgoing import STREAMS, Outgoing, sockets_of

NOTHING: frozenset[tuple[int, int]] = frozenset()
LOCAL = frozenset({(UNIX, STREAM)})

# (version of landlock that closes it, what, the sockets of which any opens it although system calls are refused)
ROWS = (
    (3, "emptying files", NOTHING),
    (4, "TCP to other ports", frozenset(STREAMS)),
    (5, "control of devices", NOTHING),
    (6, "signals to others", NOTHING),
    (6, "abstract UNIX sockets", LOCAL),
    (9, "UNIX sockets by path", LOCAL),
)


def lacking(version: int, outgoing: Iterable[Outgoing], *, has_calls: bool) -> tuple[str, ...]:
    """*version* of landlock, 0 without; *has_calls*: whether system calls are refused."""
    sockets = frozenset(sockets_of(outgoing))
    found = [] if version else ["files"]
    found += [] if has_calls else ["system calls"]
    found += [
        f"{what} (landlock {since})" for since, what, by in ROWS if version < since and (sockets & by or not has_calls)
    ]
    return tuple(found)
