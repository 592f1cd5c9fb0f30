"""Whether the files of a SQLite database are still those that were opened.

SQLite goes on with a file that was removed or replaced: what it commits then is gone with the process. A file that is
overwritten in place it mixes with its log. So who writes asks before and after each commit, which is three stats.

    removed, replaced         another inode under the path of the file, its log or the log's index
    truncated, overwritten    somebody else wrote the file, and its number is not between the one that it had and that
                              of our last commit. A checkpoint by another program (`sqlite3`) passes

**Each commit has a number**, one more than the last, in the file's header (user_version). The file itself has that of
the last checkpoint: an older copy has a lower one. So its first page goes into the log with each commit, which takes no
time that could be measured beside the disk's. Who commits has to find the number
of the commit before, or the log was lost.

**At the next start** a log that is left behind belongs to the file that was there. SQLite would play it into any other:
so the lock beside the file says which file that was. After a clean end there is no log.

The header is read through a descriptor that stays open. To close one would give up all locks that SQLite has on the
file (sqlite.org/howtocorrupt.html 2.2), and the next program that closes it would take the log away.
"""

import os
import secrets
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from truename.errors import StoreError

PROGRAM = 0x54524E4D  # "TRNM", the application_id (sqlite.org/fileformat.html 1.3)
MAGIC = b"SQLite format 3\0"
HEADER = struct.Struct(">16sH10xI28xI4xI")  # magic, page size, pages, user_version, application_id
NUMBERS = 2**31  # user_version has a sign
IN_A_LOG = 1_000_000  # commits that a log may hold, and many more than it does: SQLite empties it after 1000 pages
RESTART = "put back the file that was there, or stop the server and start it again: it then serves what is there"

Id = tuple[int, int]  # device and inode
Written = tuple[int, int]  # size and time of the last write, in ns


def first_number() -> int:
    """The number of a new database's first commit: no other database has one near it."""
    return secrets.randbelow(NUMBERS - 1) + 1


def number_after(number: int) -> int:
    """The number of the commit after it. 0 is a database without."""
    return number % (NUMBERS - 1) + 1


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself. Shape: *size* in octets, as many as it should have at least"""

    number: int
    program: int
    size: int

    @classmethod
    def read(cls, descriptor: int) -> "Header | None":
        """None for a file that SQLite did not write."""
        octets = os.pread(descriptor, HEADER.size, 0)
        if len(octets) < HEADER.size or not octets.startswith(MAGIC):
            return None
        _, page, pages, number, program = HEADER.unpack(octets)
        return cls(number, program, (65536 if page == 1 else page) * pages)


class SqliteFiles:
    """The files at and beside *path*. *file* and *lock* are open descriptors of it and of the lock beside it.

    Not for several threads at once: who writes has its turn.
    """

    def __init__(self, path: Path, file: int, lock: int) -> None:
        self._path, self._file, self._lock = path, file, lock
        self._name = str(path)
        self._ids: dict[str, Id] = {}
        self._written: Written = (0, 0)
        self._in_file = 0  # the number that the file has, without its log
        self._committed = 0

    def settle(self, number: int) -> None:
        """The files that are there now are ours, and *number* is that of the last commit. Raises: OSError"""
        beside = [self._path.with_name(self._path.name + suffix) for suffix in ("-wal", "-shm")]
        self._ids = {str(path): _id(path.stat()) for path in (self._path, *beside) if path.exists()}
        self._committed = number
        self._note(self._path.stat())

    def forget_log(self) -> None:
        """The connection that writes closes; the last one to do so takes the log away, and the next makes another."""
        self._ids = {path: known for path, known in self._ids.items() if path == self._name}

    def check(self) -> None:
        """Raises: StoreError when what is committed now would not be found at the next start"""
        for path, known in self._ids.items():
            found = self._found(path)
            if _id(found) != known:
                raise self._refused(path, "was replaced while the server runs")
            if path == self._name and _written(found) != self._written:
                self._look(found)

    def check_opened(self) -> None:
        """For a connection that reads: is it one to the file that is ours? Raises: StoreError"""
        known = self._ids.get(self._name)
        if known is not None and _id(self._found(self._name)) != known:
            raise self._refused(self._name, "was replaced while the server runs")

    def check_number(self, number: int) -> None:
        """*number* is that of the last commit, as a connection reads it. Raises: StoreError"""
        if number != self._committed:
            raise self._refused(self._name, "was overwritten while the server runs")

    def note_commit(self, number: int) -> None:
        """A commit of ours is done, which may have brought the log into the file. Raises: StoreError"""
        self._committed = number
        for path, known in self._ids.items():
            found = self._found(path)
            if _id(found) != known:
                raise self._refused(path, "was replaced while the server runs")
            if path == self._name and _written(found) != self._written:
                self._note(found)

    def _found(self, path: str) -> os.stat_result:
        try:
            return os.stat(path)  # not Path.stat: it is done six times for each commit
        except OSError:
            raise self._refused(path, "was removed while the server runs") from None

    def _look(self, found: os.stat_result) -> None:
        """Somebody else wrote the file. Raises: StoreError unless it is what we know, perhaps with more of our log"""
        header = Header.read(self._file)
        # A full disk may end a checkpoint behind the header's page: then the file is as long as it was, and the log has
        # the rest.
        is_cut = header is not None and found.st_size < min(header.size, self._written[0])
        if header is None or header.program != PROGRAM or is_cut or not self._is_ours(header):
            raise self._refused(self._name, "was overwritten while the server runs")
        self._note(found)

    def _is_ours(self, header: Header) -> bool:
        span = (self._committed - self._in_file) % NUMBERS
        return (header.number - self._in_file) % NUMBERS <= span

    def _note(self, found: os.stat_result) -> None:
        self._written = _written(found)
        header = Header.read(self._file)
        if header is not None:
            self._in_file = header.number
            with suppress(OSError):  # a full disk: what it said before is as good, unless the file is exchanged
                os.pwrite(self._lock, f"{found.st_dev} {found.st_ino} {header.number}\n".ljust(64).encode(), 0)

    def _refused(self, path: str, what: str) -> StoreError:
        return StoreError(what, where=path, hint=RESTART)


def refuse_foreign_log(path: Path, file: int, lock: int) -> None:
    """Before the first connection: a log that the last process left behind must be that of the file at *path*.

    Raises: StoreError; OSError
    """
    log = path.with_name(path.name + "-wal")
    said = os.pread(lock, 64, 0).split()
    if len(said) != 3 or not log.exists() or log.stat().st_size == 0:
        return
    device, inode, number = map(int, said)
    found, header = os.fstat(file), Header.read(file)
    # A container's next start may mount the same file as another device.
    is_moved = found.st_dev == device and found.st_ino != inode
    is_strange = header is not None and (header.number - number) % NUMBERS > IN_A_LOG
    if is_moved or is_strange:
        raise StoreError(
            "is another file than the one that its log belongs to", where=str(path),
            hint=f"to take the file as it is: `mv {log} {log}.old`; else put back the one that the log belongs to. "
            f"If all files were copied together: `rm {path}.lock`",
        )  # fmt: skip


def _id(found: os.stat_result) -> Id:
    return found.st_dev, found.st_ino


def _written(found: os.stat_result) -> Written:
    return found.st_size, found.st_mtime_ns
