"""Edited texts become files: each is replaced whole, with its mode and owner, or stays as it was."""

import os
from collections.abc import Sequence
from pathlib import Path

from truename.errors import TruenameError
from truename.fix.source import Source
from truename.replacing import replace_file


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
    replace_file(target, source.now, like=target.stat())
