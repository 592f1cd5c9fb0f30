"""Landlock (landlock(7)): which files may be opened, and which connections made.

Everything that the kernel's version knows how to forbid is forbidden, and then some of it is given back for some
directories with all that is below them, and for some single files. What is open already stays usable: the sockets, the
lock, the standard streams.
"""

import errno
import os
import stat
import struct
from collections.abc import Iterable
from contextlib import suppress

from truename.serve.sandbox import kernel
from truename.serve.sandbox.outgoing import Outgoing

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
GET_VERSION = 1
PATH_BENEATH, NET_PORT = 1, 2
CONNECT_TCP = 2  # LANDLOCK_ACCESS_NET_*, of versions that know of TCP

# LANDLOCK_ACCESS_FS_*
WRITE_FILE, READ_FILE, READ_DIR, REMOVE_FILE, MAKE_REG, TRUNCATE = (1 << bit for bit in (1, 2, 3, 5, 8, 14))
RESOLVE_UNIX = 1 << 16  # to connect to a UNIX socket by its path
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE  # what a rule for a single file may name
READING = READ_FILE | READ_DIR
WRITING = READING | WRITE_FILE | REMOVE_FILE | MAKE_REG | TRUNCATE

# How many bits of each kind a version of the interface knows: (version, files, TCP, scopes). With the last ones come
# ioctl on devices (5), signals to processes outside and abstract UNIX sockets (6), UNIX sockets by path (9).
VERSIONS = (
    *((9, 17, 2, 2), (7, 16, 2, 2), (6, 16, 2, 2), (5, 16, 2, 0), (4, 15, 2, 0)),
    *((3, 15, 0, 0), (2, 14, 0, 0), (1, 13, 0, 0)),
)
SCOPE_ABSTRACT_SOCKETS = 1


def version() -> int:
    """That of the kernel's interface; 0 when it has none, or does not let us."""
    try:
        return kernel.syscall(CREATE_RULESET, None, 0, GET_VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], outgoing: Iterable[Outgoing] = ()) -> str:
    """Let this thread read below *readable*, read and write below *writable*, connect as *outgoing* says, no more.

    What does not exist, or cannot be reached by the user that we are, is passed over.
    Raises: OSError when the kernel has no landlock
    """
    known, made = kernel.syscall(CREATE_RULESET, None, 0, GET_VERSION), tuple(outgoing)
    attributes, files, tcp = _attributes(known, is_abstract_open=any(one.is_abstract for one in made))
    ruleset = kernel.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    sockets = [directory for one in made for directory in one.directories]
    try:
        for paths, allowed in ((readable, READING), (writable, WRITING), (sockets, RESOLVE_UNIX)):
            for path in paths if allowed & files else ():
                _allow(ruleset, path, allowed & files)
        for port in {port for one in made for port in one.ports} if tcp else ():
            kernel.syscall(ADD_RULE, ruleset, NET_PORT, struct.pack("=QQ", CONNECT_TCP, port), 0)
        kernel.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return f"landlock {known}"


def _attributes(known: int, *, is_abstract_open: bool) -> tuple[bytes, int, int]:
    """(struct landlock_ruleset_attr as long as that version has it, the bits for files that it has, those for TCP)."""
    _, files, tcp, scopes = next(row for row in VERSIONS if row[0] <= known)
    kept = SCOPE_ABSTRACT_SOCKETS if is_abstract_open else 0
    words = [(1 << files) - 1]
    words += [(1 << tcp) - 1] if tcp else []
    words += [(1 << scopes) - 1 & ~kept] if scopes else []
    return struct.pack(f"={len(words)}Q", *words), words[0], tcp


def _allow(ruleset: int, path: str, allowed: int) -> None:
    with suppress(FileNotFoundError, PermissionError, NotADirectoryError):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            is_directory = stat.S_ISDIR(os.fstat(opened).st_mode)
            rule = struct.pack("=Qi", allowed if is_directory else allowed & OF_FILES, opened)
            kernel.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
        except OSError as wrong:
            if wrong.errno != errno.EBADFD:  # a file of the kernel's own (/proc, pipes) needs and takes no rule
                raise
        finally:
            os.close(opened)
