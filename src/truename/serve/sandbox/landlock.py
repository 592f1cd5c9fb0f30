"""Landlock (landlock(7)): which files may be opened, and that no TCP connection is made.

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

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
GET_VERSION = 1
PATH_BENEATH, NET_PORT = 1, 2
CONNECT_TCP = 2  # LANDLOCK_ACCESS_NET_*, of versions that know of TCP

# LANDLOCK_ACCESS_FS_*
WRITE_FILE, READ_FILE, READ_DIR, REMOVE_FILE, MAKE_REG, TRUNCATE = (1 << bit for bit in (1, 2, 3, 5, 8, 14))
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE  # what a rule for a single file may name
READING = READ_FILE | READ_DIR
WRITING = READING | WRITE_FILE | REMOVE_FILE | MAKE_REG | TRUNCATE

# How many bits of each kind a version of the interface knows: (version, files, TCP, scopes). With the last ones come
# ioctl on devices (5), and signals to processes outside (6).
VERSIONS = ((7, 16, 2, 2), (6, 16, 2, 2), (5, 16, 2, 0), (4, 15, 2, 0), (3, 15, 0, 0), (2, 14, 0, 0), (1, 13, 0, 0))
SCOPE_ABSTRACT_SOCKETS = 1  # left open: systemd's notification socket may be one


def restrict(readable: Iterable[str], writable: Iterable[str], ports: Iterable[int] = ()) -> str:
    """Let this thread read below *readable*, read and write below *writable*, connect to TCP *ports*, and nothing else.

    What does not exist, or cannot be reached by the user that we are, is passed over.
    Raises: OSError when the kernel has no landlock
    """
    version = kernel.syscall(CREATE_RULESET, None, 0, GET_VERSION)
    attributes, files, tcp = _attributes(version)
    ruleset = kernel.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for paths, allowed in ((readable, READING), (writable, WRITING)):
            for path in paths:
                _allow(ruleset, path, allowed & files)
        for port in ports if tcp else ():
            kernel.syscall(ADD_RULE, ruleset, NET_PORT, struct.pack("=QQ", CONNECT_TCP, port), 0)
        kernel.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return f"landlock {version}"


def _attributes(version: int) -> tuple[bytes, int, int]:
    """(struct landlock_ruleset_attr as long as *version* knows it, the bits for files that it knows, those for TCP)."""
    _, files, tcp, scopes = next(row for row in VERSIONS if row[0] <= version)
    words = [(1 << files) - 1]
    words += [(1 << tcp) - 1] if tcp else []
    words += [(1 << scopes) - 1 & ~SCOPE_ABSTRACT_SOCKETS] if scopes else []
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
