"""What the running server cannot do any more, whoever gets to run code in it.

    start, as root perhaps ── bind, read zones ── become --user ── `close` ── first packet is read ── HTTP, reloads ..

Two mechanisms of the kernel, each of which needs no privilege, cannot be undone, and holds for every thread that is
started later: landlock says which files may be opened (`reach` knows which ones), seccomp which system calls there are
(`calls`). Root keeps the capabilities to read and write what is somebody else's, within that, and no other.
All are closed when there is one thread: a landlock domain belongs to the thread that enters it, and only kernels from
7.0 on can put the others into it.

A kernel without one of them, or a container that forbids it, leaves the server without; the log says so at the start.
`[serve] sandbox = false` leaves all out. Another program is not among what the server can run inside, and the only
outgoing connection is that to a database server (`outgoing`): what needs more must be asked of a process outside.
docs/security.md has the table of what is closed, and for each row a test that tries to get out.
"""

from dataclasses import dataclass

from truename.serve.sandbox import kernel, landlock, seccomp
from truename.serve.sandbox.lacking import lacking
from truename.serve.sandbox.outgoing import Outgoing, sockets_of, to_server
from truename.serve.sandbox.reach import Reach, reach_of

__all__ = ["Closed", "Outgoing", "Reach", "close", "reach_of", "to_server"]

NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS
KEPT = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@dataclass(frozen=True)
class Closed:
    """What holds from now on, in words for the log. *lacks*: what stays open because the kernel cannot close it"""

    files: str
    calls: str
    lacks: tuple[str, ...] = ()


def close(reach: Reach) -> Closed:
    """Shut this thread, and all that it starts, into *reach*. There is no way back.

    Raises: nothing when the kernel does not go along; the words say why
    """
    kernel.prctl(NO_NEW_PRIVILEGES, 1)  # Linux 3.5; both mechanisms ask for it of those who are not root
    rights = _tried(_keep_few_capabilities)
    files = _tried(lambda: landlock.restrict(reach.readable, reach.writable, reach.outgoing))
    version = 0 if files.startswith(NOT_HERE) else landlock.version()
    calls = _tried(lambda: seccomp.restrict(sockets_of(reach.outgoing)))
    lacks = lacking(version, reach.outgoing, has_calls=not calls.startswith(NOT_HERE))
    return Closed(files, calls, (*lacks, *(["capabilities"] if rights.startswith(NOT_HERE) else [])))


NOT_HERE = "not here: "


def _keep_few_capabilities() -> str:
    kernel.keep_capabilities(KEPT)
    return "capabilities"


def _tried(mechanism: "kernel.Mechanism") -> str:
    try:
        return mechanism()
    except OSError as wrong:
        return f"{NOT_HERE}{wrong.strerror}"
