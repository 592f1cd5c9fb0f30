"""What somebody wants changed, as values. A ChangeSet is carried out whole or not at all.

It may span zones. Its parts hold in this order: zones that are deleted, zones that are new or replaced, RRsets one
after the other; rules look at the result only, so an A may become a CNAME in two steps (RFC 1034 3.6.2 speaks of what
is there, not of the way to it).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from truename.zone import Comment, Record, RRset, ZoneInfo

if TYPE_CHECKING:
    from truename._core import ZoneText
    from truename.rules.base import Finding

LARGE = 1 << 20  # octets of text
_GENERATE = re.compile(rb"\$GENERATE", re.IGNORECASE)
Op = Literal["replace", "delete", "extend", "prune"]


@dataclass(frozen=True, slots=True)
class SetChange:
    """One step at one RRset, in the words of PowerDNS' `changetype`.

        replace   the RRset is *records* from now on; no records deletes it
        delete    the RRset goes, with its comments
        extend    *records* come to what is there
        prune     *records* go from what is there; with the last one goes the RRset

    Shape:  *owner* and *zone* are absolute names, in any case; contents are presentation form, in any spelling
    Units:  *ttl* in seconds; None keeps the one that is there (a new RRset takes the SOA's TTL)
    *comments* None keeps those that are there; a tuple replaces them
    """

    zone: str
    owner: str
    type: str
    op: Op = "replace"
    ttl: int | None = None
    records: Sequence[Record] = ()
    comments: Sequence[Comment] | None = None


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """One step at a zone as a whole: made, replaced, deleted, or its properties changed.

    *info* holds the properties as they shall be; None keeps them (a new zone has the usual ones).
    *whole* (RRsets) or *text* (a master file, read by the core with $ORIGIN *zone*) are all its records from now on.
    A new zone without either has the RRsets that the ChangeSet's `sets` give it; what then lacks an SOA gets one.
    *read*: what the core read in the text (`sent`), where that was done already.
    *is_ours*: the text was made of what was kept here, in whose spelling it is kept again.
    *takes_over*: a new zone may be one that is read from a file, which is not read any more then.
    """

    zone: str
    info: ZoneInfo | None = None
    is_new: bool = False
    is_deleted: bool = False
    takes_over: bool = False
    whole: Sequence[RRset] | None = None
    text: bytes | None = field(default=None, repr=False)
    read: "ZoneText | None" = field(default=None, repr=False)
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All that shall hold at once.

    *base*: the zone whose serial its caller looks at; the first, unless it is said
    *said*: findings about the change that its result does not show
    """

    sets: Sequence[SetChange] = ()
    zones: Sequence[ZoneChange] = ()
    base: str = ""
    said: Sequence["Finding"] = ()

    @property
    def is_large(self) -> bool:
        """Whether its texts hold much, or make it: then reading them takes memory and time."""
        texts = [one.text for one in self.zones if one.text is not None]
        return sum(map(len, texts)) > LARGE or any(map(_GENERATE.search, texts))
