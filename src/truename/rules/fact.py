"""Facts as rules read them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from truename import _core


class Fact(msgspec.Struct, gc=False):
    """A fact of the core whose texts have been made.

    The core makes a text anew each time it is asked, 0.05 to 0.4 us apiece; several rules look at one fact, and each
    looks at most of these fields two or three times. What few look at is passed on.
    """

    core: "_core.Fact"
    kind: str
    zone: str
    owner: str
    type: str
    target: str
    chain: list[str]
    file: str
    line: int
    column: int
    data_line: int
    data_column: int

    @property
    def ttl(self) -> int:
        return self.core.ttl

    @property
    def data(self) -> str:
        return self.core.data

    @property
    def end(self) -> str:
        return self.core.end

    @property
    def number(self) -> int:
        return self.core.number

    @property
    def detail(self) -> str:
        return self.core.detail

    @property
    def hint(self) -> str:
        return self.core.hint

    @property
    def other(self) -> tuple[str, str, str, str, int, int] | None:
        return self.core.other


class Rewritten(msgspec.Struct, gc=False):
    """An RRset that a change leaves there with other records: what the rules see of a change, beside its result.

    Shape:  *before* and *after* are data as they are served; the rest stands where a `Fact` has it
    """

    zone: str
    owner: str
    type: str
    before: Sequence[str]
    after: Sequence[str]
    target: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    chain: list[str] = []


def read(facts: "Sequence[_core.Fact]") -> "list[Fact]":
    """*facts* with their texts."""
    from truename._core import fact_texts

    return [Fact(fact, *texts) for fact, texts in zip(facts, fact_texts(facts), strict=True)]
