"""The zones that are read from files: they are served and judged beside the others, and are not changed here."""

from collections.abc import Sequence
from typing import Protocol


class FileZones(Protocol):
    """What the door has to know of them; `serve.zones` knows it."""

    def origins(self) -> frozenset[str]:
        """Their names."""

    def file_of(self, zone: str) -> str | None:
        """The file that *zone* is read from; None when it is none of them."""

    def places(self, zone: str, owner: str, rtype: str, target: str) -> Sequence[str]:
        """`file:line` of each record of *owner* in *zone* that names *target*; or the file, when it cannot be read."""


class NoFiles:
    """No zone is read from a file."""

    def origins(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def file_of(self, zone: str) -> str | None:
        """None."""

    def places(self, zone: str, owner: str, rtype: str, target: str) -> Sequence[str]:
        """None."""
        return ()
