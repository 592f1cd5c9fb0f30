"""What the running server cannot do any more, whoever gets to run code in it.

    start, as root perhaps ── bind, read zones ── become --user ── `close` ── first packet is read ── HTTP, reloads ..

Two mechanisms of the kernel, each of which needs no privilege, cannot be undone, and holds for every thread that is
started later: landlock says which files may be opened (`reach` knows which ones), seccomp which system calls there are.
Both are closed when there is one thread: a landlock domain belongs to the thread that enters it, and only kernels from
7.0 on can put the others into it.

A kernel without one of them, or a container that forbids it, leaves the server without; the log says so at the start.
`[serve] sandbox = false` leaves both out. Another program is not among what the server can run inside, and the only
outgoing connection is that to a database server: what needs more must be asked of a process outside.
"""

from dataclasses import dataclass

from truename.serve.sandbox import kernel, landlock, seccomp
from truename.serve.sandbox.reach import Reach, reach_of

__all__ = ["Closed", "Reach", "close", "reach_of"]

NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS


@dataclass(frozen=True)
class Closed:
    """What holds from now on, in words for the log."""

    files: str
    calls: str


def close(reach: Reach) -> Closed:
    """Shut this thread, and all that it starts, into *reach*. There is no way back.

    Raises: nothing when the kernel does not go along; the words say why
    """
    kernel.prctl(NO_NEW_PRIVILEGES, 1)  # Linux 3.5; both mechanisms ask for it of those who are not root
    return Closed(
        _tried(lambda: landlock.restrict(reach.readable, reach.writable, reach.ports)), _tried(seccomp.restrict)
    )


def _tried(mechanism: "kernel.Mechanism") -> str:
    try:
        return mechanism()
    except OSError as wrong:
        return f"not here: {wrong.strerror}"
