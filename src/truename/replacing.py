"""Files that are replaced whole: who reads one sees the old text or the new, and a full disk leaves the old.

The new text is written beside the file, reaches the disk, and only then takes its name.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

_BEGIN = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


def replace_file(path: Path, text: bytes, *, mode: int = 0o666, like: os.stat_result | None = None) -> None:
    """Let *path* hold *text*.

    *mode*: of the file, as far as the process's mask lets it. *like*: the mode and, where they can be given, the owner
    and group of another file instead. Raises: OSError; then *path* is as it was
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)  # of a process that died and had our number
    descriptor = os.open(beside, _BEGIN, mode if like is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text)
            if like is not None:
                _make_like(out.fileno(), like)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _make_like(descriptor: int, like: os.stat_result) -> None:
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
    with suppress(PermissionError):  # somebody who may write a file need not be able to give one away
        os.fchown(descriptor, like.st_uid, like.st_gid)
