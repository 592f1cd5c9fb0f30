"""DIR of --data: who holds it, where the server listens, and the admin key.

    DIR/lock          held with flock for as long as the server lives; the kernel lets go when it dies, however it dies
    DIR/server.json   where it listens, for the verbs that talk to it; removed at the end
    DIR/admin.key     made at the first start, mode 0600
    DIR/truename.db   the database, unless another one was named (`database`)

The running process keeps only a hash of the key. SHA-256 will do: the key has 256 random bits, so there is no
dictionary to slow down with scrypt or argon2, and every API call pays for the hash.
"""

import errno
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from truename.errors import ServeError
from truename.replacing import replace_file
from truename.serve import database
from truename.serve.admin_key import kept_key

KEY_FILE = "admin.key"
SERVER_FILE = "server.json"
LOCK_FILE = "lock"
PAUSE = 0.05  # seconds between two looks whether the lock is free
FILES = (KEY_FILE, SERVER_FILE, LOCK_FILE, *(database.FILE + ending for ending in database.BESIDE))


class DirectoryHeld(ServeError):
    """Another process holds the directory: a server, or a verb that is at work without one. *holder*: its number."""

    def __init__(self, holder: str, path: Path) -> None:
        super().__init__(
            f"another server (process {holder}) holds {path}", hint="stop it, or choose another with --data DIR"
        )
        self.holder = holder


class NoRoom(ServeError):
    """The disk is full."""


@dataclass(frozen=True)
class AdminKey:
    """What the server knows of the key. *shown* is the key itself in the start that made it, else None."""

    digest: bytes
    path: Path
    shown: str | None = None

    def is_same(self, offered: str) -> bool:
        """Whether *offered* is the key, in a time that does not depend on where it differs."""
        return hmac.compare_digest(self.digest, _digest(offered))


class DataDirectory:
    """The directory, locked.

    *wait*: seconds to wait for a process that holds it and has not said that it is a server: a verb, as a rule
    Raises: ServeError when it cannot be made or written; DirectoryHeld
    """

    def __init__(self, path: str, *, wait: float = 0.0) -> None:
        self.path = Path(path).absolute()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # No links: whoever may write here could have root write, and give away, what they lead to.
            self._lock = os.open(self.path / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as wrong:
            raise self._unusable(wrong) from None
        end = time.monotonic() + wait
        while not self._is_ours():
            if time.monotonic() >= end or (self.path / SERVER_FILE).exists():
                holder = os.pread(self._lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(self._lock)
                raise DirectoryHeld(holder, self.path)
            time.sleep(PAUSE)
        with suppress(OSError):  # on a full disk the lock is held all the same
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)

    def _is_ours(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def admin_key(self) -> AdminKey:
        """The key, made at the first start. Raises: ServeError when the file is not as it must be (`admin_key`)"""
        path = self.path / KEY_FILE
        try:
            return AdminKey(_digest(kept_key(path)), path)
        except FileNotFoundError:
            key = secrets.token_urlsafe(32)
        try:
            _write(path, key + "\n")
        except OSError as wrong:
            raise self._unusable(wrong) from None
        return AdminKey(_digest(key), path, key)

    def tell(self, about: dict[str, object]) -> None:
        """Write server.json. Raises: NoRoom, ServeError; there is none then, also not one that was left behind"""
        path, text = self.path / SERVER_FILE, json.dumps(about, indent=2) + "\n"
        try:
            try:
                _write(path, text)
            except OSError:
                path.unlink(missing_ok=True)  # which may make the room
                _write(path, text)
        except OSError as wrong:
            raise self._unusable(wrong) from None

    def give_to(self, uid: int, gid: int) -> None:
        """Hand our files to the user that the server goes on as, and the directory unless others keep files there.

        Raises: ServeError
        """
        try:
            is_ours = all(_is_our_file(name) for name in os.listdir(self.path))
            for path in [*(self.path / name for name in FILES), *([self.path] if is_ours else [])]:
                if path.exists():
                    os.chown(path, uid, gid, follow_symlinks=False)
        except OSError as wrong:
            raise self._unusable(wrong) from None

    def close(self) -> None:
        """Take back server.json and let go of the lock."""
        with suppress(OSError):  # a stale file does no harm: whoever reads it finds the lock free
            (self.path / SERVER_FILE).unlink(missing_ok=True)
        os.close(self._lock)

    def _unusable(self, wrong: OSError) -> ServeError:
        at = wrong.filename or self.path
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
            return NoRoom(f"{at}: {wrong.strerror}", hint="make room")
        return ServeError(f"{at}: {wrong.strerror}", hint="--data DIR names a directory that the server may write")


def _is_our_file(name: str) -> bool:
    """Whether *name* is one of FILES, or one under way that a server left which died."""
    return name in FILES or name.rpartition(".")[0] in {f".{one}" for one in FILES}


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _write(path: Path, text: str) -> None:
    replace_file(path, text.encode(), mode=0o600)
