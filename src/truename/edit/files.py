"""The zones that are read from files: they are served and judged beside the others, and are not changed here."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class NamedFiles(Protocol):
    """What can be told of them."""

    def origins(self) -> frozenset[str]:
        """Their names."""

    def file_of(self, zone: str) -> str | None:
        """The file that *zone* is read from; None when it is none of them."""

    def places(self, zone: str, owner: str, rtype: str, target: str) -> Sequence[str]:
        """`file:line` of each record of *owner* in *zone* that names *target*; or the file, when it cannot be read."""

    def behind(self, zone: str) -> str | None:
        """The file that would be read if *zone* were not in the database; None when there is none."""


class FileZones(NamedFiles, Protocol):
    """What the door has to know of them; `serve.zones` knows it."""

    def text_of(self, zone: str) -> bytes | None:
        """What the file of *zone*, or the one behind it, says; None when it cannot be read as it stands."""

    def resting(self) -> AbstractContextManager[None]:
        """No file is published as long as the block lasts: zones are made, deleted or handed over."""

    def stand_back(self, zone: str) -> None:
        """*zone* is in the database from now on, and its file is not read any more."""

    def step_in(self, zone: str) -> None:
        """*zone* is not in the database any more, and the file behind it is read again."""


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

    def behind(self, zone: str) -> str | None:
        """None."""

    def text_of(self, zone: str) -> bytes | None:
        """None."""

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing has to."""
        yield

    def stand_back(self, zone: str) -> None:
        """Nothing does."""

    def step_in(self, zone: str) -> None:
        """Nothing does."""
