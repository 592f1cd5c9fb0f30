"""Which files the running server still needs.

    read    the directories of all zone files and of what they include, of the configuration and the zone list;
            what the interpreter may yet import; a few files of the system that its libraries look at
    write   the data directory, and that of the database when it is another
    connect to the database server, when there is one: `outgoing`

Directories, not files: an editor replaces a file by another one, and a new $INCLUDE should be found. A path that leads
through a symbolic link is usually there to be turned to another version: `links` says what is read for that. A file in
the root directory is given alone.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from truename.serve.sandbox.links import Walker, Way
from truename.serve.sandbox.outgoing import Outgoing

# Shared libraries of modules that are imported later, and what those look at when they start.
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
LOOKED_AT = (
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
    "/etc/crypto-policies",
    "/sys/devices/system/cpu",
    "/usr/share/zoneinfo",
    "/dev/null",
    "/dev/urandom",
)


# What the client of a database server looks at, when it connects again: where the server is, and who we are.
OF_DATABASE_CLIENT = (
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/passwd",
    "/etc/ssl/certs",
)

Identity = tuple[int, int]  # device and inode


@dataclass(frozen=True)
class Reach:
    """Paths, with all that is below those that are directories."""

    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    _found: frozenset[Identity] = field(init=False, repr=False, default=frozenset())

    def __post_init__(self) -> None:
        found = (_identity(path) for path in (*self.readable, *self.writable))
        object.__setattr__(self, "_found", frozenset(one for one in found if one))

    def covers(self, path: str) -> bool:
        """Whether *path* lies in it; whether its permissions allow it is another question.

        As for the kernel, a directory that took the place of one that was there is not the same.
        """
        at = os.path.realpath(path)
        while _identity(at) not in self._found:
            if at == "/":
                return False
            at = os.path.dirname(at)
        return True


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def reach_of(
    files: Iterable[str], directories: Iterable[str], data: Iterable[str], outgoing: Iterable[Outgoing] = ()
) -> Reach:
    """What a server needs that has read *files*, looks for new ones in *directories* and keeps its own in *data*.

    *outgoing*: how its database server is connected to
    """
    walker, made = Walker(), tuple(outgoing)
    read = [path for file in dict.fromkeys(files) for path in _around(walker.way(file))]
    read += [path for directory in directories for path in _of(walker.way(directory))]
    read += _of_database_client() if made else []
    readable = dict.fromkeys([*read, *interpreter(), *LIBRARIES, *LOOKED_AT])
    return Reach(tuple(readable), tuple(dict.fromkeys(data)), made)


def _of_database_client() -> list[str]:
    home = os.path.expanduser("~")
    own = [os.path.join(home, ".pgpass"), os.path.join(home, ".postgresql"), os.environ.get("PGPASSFILE", "")]
    return [*OF_DATABASE_CLIENT, *filter(None, own)]


def interpreter() -> list[str]:
    """Where modules are imported from. The working directory is among them only when it is where Truename is."""
    here, package = os.getcwd(), os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    paths = [os.path.abspath(path) for path in sys.path]
    found = [path for path in paths if path not in ("/", here) or path == package]
    return [*found, os.path.join(sys.base_prefix, "lib")]


def _around(file: Way) -> Iterator[str]:
    directory = os.path.dirname(file.real)
    return _of(Way(file.real if directory == "/" else directory, file.links))


def _of(directory: Way) -> Iterator[str]:
    """*directory*, and where it will be when a link on the way is turned."""
    yield directory.real
    for link in directory.links:
        yield from link.directories()
