"""Edited texts become files: each is replaced whole, with its mode and owner, or stays as it was."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from truename.errors import TruenameError
from truename.fix.source import Source


def write(sources: Sequence[Source]) -> None:
    """Replace the files of *sources* by their texts.

    Raises: TruenameError for the first that changed since it was read or cannot be written; those before it are written
    """
    for source in sources:
        try:
            _replace(source)
        except OSError as wrong:
            raise TruenameError(
                f"{source.path} cannot be written: {wrong.strerror}",
                hint="it is as it was; those named before are done",
            ) from None


def _replace(source: Source) -> None:
    target = Path(os.path.realpath(source.path))  # a link stays a link
    if target.read_bytes() != source.before:
        raise TruenameError(f"{source.path} was changed meanwhile", hint="it is as it was; run fix again")
    was = target.stat()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(source.now)
            os.fchmod(out.fileno(), stat.S_IMODE(was.st_mode))
            with suppress(PermissionError):  # somebody who may write a file need not be able to give one away
                os.fchown(out.fileno(), was.st_uid, was.st_gid)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
