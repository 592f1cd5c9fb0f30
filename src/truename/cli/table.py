"""Columns of text."""

import re
from collections.abc import Iterable, Iterator, Sequence

_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def rows(cells: Iterable[Sequence[str]], *, indent: int = 0, head: Sequence[str] = ()) -> Iterator[str]:
    """One line a row, columns as wide as their widest cell, two spaces between them. Colours take no room."""
    whole = [*([head] if head else []), *cells]
    if not whole:
        return
    widths = [max(_width(cell) for cell in column) for column in zip(*whole, strict=True)]
    for row in whole:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield (" " * indent + "  ".join(padded)).rstrip()


def _width(cell: str) -> int:
    return len(_COLOUR.sub("", cell))
