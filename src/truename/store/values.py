"""What goes into the store and comes out of it, besides the values of `truename.zone`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from truename.zone import Entry, RRset, ZoneInfo


@dataclass(frozen=True, slots=True)
class ZoneWrite:
    """What one commit does to one zone.

    Shape:  info is the zone as it will be; sets are (owner, type, RRset or None to delete it), the last one of an owner
            and type counts; whole replaces all records and may be any iterable, read once, as a stream (an owner's
            RRsets in any place; one that is `rows.Packed` is asked for its rows instead); with is_deleted all else but
            info.name and entry is left aside. entry.serial == info.serial; entry.previous is the serial that the change
            was made for, 0 for a new zone; staged (`Store.staging`) are all records, which stand there already
    """

    info: ZoneInfo
    sets: tuple[tuple[str, str, RRset | None], ...] = ()
    whole: Iterable[RRset] | None = None
    is_new: bool = False
    is_deleted: bool = False
    staged: int | None = None
    entry: Entry | None = None

    def of(self, staged: int | None) -> "ZoneWrite":
        """The same, with all its records *staged*."""
        return self if staged is None else replace(self, sets=(), whole=None, staged=staged)


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a search.

    Shape:  kind is "zone", "record" or "comment"; a zone has name == zone and nothing else; content is the record's
            data or the comment's text
    """

    kind: str
    zone: str
    name: str
    type: str = ""
    ttl: int = 0
    content: str = ""
    is_disabled: bool = False
