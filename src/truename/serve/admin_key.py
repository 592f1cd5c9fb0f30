"""The file of the admin key: who may read it is judged before what it says is believed.

A key that others can read, or that somebody can guess, is worse than a start that fails: whoever has it may change
everything. So nothing is mended here, nor made anew in silence; the error says what to do.
"""

import os
import re
import stat
from pathlib import Path

from truename.errors import ServeError

LETTERS = 32  # of base64 are 192 bits; what we make has 43
MOST = 4096  # octets that are read; a key has far fewer
SHAPE = re.compile(rf"[!-~]{{{LETTERS},1024}}")

ANEW = "remove it: the next start makes a new key"


def kept_key(path: Path) -> str:
    """The key in *path*, which nobody else can read. Raises: FileNotFoundError; ServeError"""
    try:
        # No link: whoever may write in the directory could have root believe another file of theirs.
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as wrong:
        if path.is_symlink():
            raise ServeError(f"{path} is a link", hint="put the key itself there, mode 0600") from None
        raise ServeError(f"{path}: {wrong.strerror}", hint=f"chown {_us()} {path}, or start as its owner") from None
    try:
        _judge(path, os.fstat(opened))
        return _read(path, os.read(opened, MOST + 1))
    finally:
        os.close(opened)


def read_key(path: Path) -> str:
    """The key in *path*, for whoever uses it with a server. Raises: OSError; ServeError when it holds none"""
    with path.open("rb") as file:
        return _read(path, file.read(MOST + 1))


def _judge(path: Path, found: os.stat_result) -> None:
    """Raises: ServeError when it is no file, or not ours alone"""
    if not stat.S_ISREG(found.st_mode):
        raise ServeError(f"{path} is no file", hint=ANEW)
    # Root starts for the user that the directory was given to; what root wrote there may not be that user's yet.
    if found.st_uid not in (os.geteuid(), 0, path.parent.stat().st_uid):
        raise ServeError(f"{path} belongs to another user, {found.st_uid}", hint=f"chown {_us()} {path}, or {ANEW}")
    if found.st_mode & 0o077:
        hint = f"chmod 600 {path}; if others may have seen it, {ANEW}"
        raise ServeError(f"{path} is open to others (mode {stat.S_IMODE(found.st_mode):04o})", hint=hint)


def _read(path: Path, octets: bytes) -> str:
    key = octets.decode("utf-8", "replace").strip()
    if not key:
        raise ServeError(f"{path} is empty", hint=ANEW)
    if not SHAPE.fullmatch(key):
        what = f"a key has {LETTERS} letters, digits or signs at least, in one line and without spaces"
        raise ServeError(f"{path} holds no key: {what}", hint=ANEW)
    return key


def _us() -> int:
    return os.geteuid()
