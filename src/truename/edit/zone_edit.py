"""What happens to zones: what is shown of it, what the store writes, and what the graph changes.

    assemble ── ZoneEdit (one per zone) ── changes, ZoneWrite (to the store), texts and sets (to the graph)

A zone that is there is edited as RRsets that differ, also when it is replaced as a whole: what did not change is not
written. A new zone that came as a text is handed on as a stream (`streamed`), one that goes stays where it is
(`dropped`).
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from truename.edit.draft import ZoneDraft
from truename.edit.dropped import Dropped
from truename.edit.handover import Handover
from truename.edit.plan import CHANGES_SHOWN, Change, Op, PropertyChange
from truename.edit.soa import next_serial
from truename.edit.streamed import Streamed
from truename.rules.fact import Rewritten
from truename.store.values import ZoneWrite
from truename.zone import PROPERTIES, Entry, Recommented, Redefined, RRset, ZoneInfo

if TYPE_CHECKING:
    from truename._core import ZoneText
    from truename.rules.base import Finding

MANY = 10_000  # RRsets that differ
Set = tuple[str, str, str, int, Sequence[str]]  # zone, owner, type, ttl, data: as `Graph.prepare` takes them


@dataclass(frozen=True, slots=True)
class Made:
    """How a change came about, the same in all its zones. Units: at in Unix seconds"""

    by: str
    door: str
    accepted: tuple[str, ...] = ()
    at: float = field(default_factory=time.time)


@dataclass(slots=True)
class ZoneEdit:
    """What happens to one zone.

    Shape:  *info* is the zone as it was, None for a new one; *after* as it will be, None for one that is deleted
    """

    draft: ZoneDraft
    info: ZoneInfo | None
    after: ZoneInfo | None
    replaced: "ZoneText | None" = None  # all that a zone which is there holds from now on
    streamed: Streamed | None = None
    dropped: Dropped | None = None
    handover: Handover | None = None
    is_soa_given: bool = False
    is_renumbered: bool = False  # whether the SOA has another serial than somebody gave it
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        """Its apex."""
        return self.draft.name

    @property
    def is_changed(self) -> bool:
        """Whether a record or a comment differs."""
        return bool(self.changes or self.streamed or self.dropped)

    @property
    def is_written(self) -> bool:
        """Whether the store has anything to do."""
        return self.is_changed or self.info != self.after

    @property
    def redefined(self) -> Redefined | None:
        """The properties before and after, when they differ."""
        if self.info and self.after and _properties(self.info) == _properties(self.after):
            return None
        return Redefined(self.info, self.after)

    @property
    def serials(self) -> tuple[int, int]:
        """Before and after; 0 where there is no zone in the database."""
        return self.info.serial if self.info else 0, self.after.serial if self.after else 0

    @property
    def shown_serials(self) -> tuple[int, int]:
        """The same; a zone that is taken over from a file had the file's before."""
        before, after = self.serials
        return before or (self.handover.serial if self.handover else 0), after

    @property
    def returns(self) -> bytes | None:
        """What the graph has instead of a zone that is deleted, when there is a file to go back to."""
        return self.handover.text if self.handover and self.after is None else None

    def rrsets(self) -> Iterable[RRset]:
        """All RRsets of a zone that is new."""
        return self.streamed or (one for one in self.draft.now.values() if one)

    def shown(self) -> Iterator[Change]:
        """The changes that somebody wanted: not the SOA when only its serial goes on."""
        if self.handover and self.handover.lines is not None:
            yield from self.handover.changes
            return
        if self.streamed:
            rrsets = islice(self.streamed.rrsets(), CHANGES_SHOWN)
            yield from (Change(self.name, rrset.owner, rrset.type, None, rrset) for rrset in rrsets)
        if self.dropped:
            rrsets = islice(self.dropped.rrsets(), CHANGES_SHOWN)
            yield from (Change(self.name, rrset.owner, rrset.type, rrset, None) for rrset in rrsets)
        yield from (one for one in self.changes if not self.is_serial_only(one))

    def is_serial_only(self, change: Change) -> bool:
        """Whether *change* is the SOA's that comes with every change."""
        is_soa = change.type == "SOA" and change.owner == self.name and not self.is_soa_given
        return is_soa and change.before is not None and change.after is not None

    def properties(self) -> list[PropertyChange]:
        """The properties that differ, of a zone that stays."""
        if self.info is None or self.after is None or (redefined := self.redefined) is None:
            return []
        return [PropertyChange(self.name, *one) for one in redefined.differences()]

    def count(self) -> Counter[Op]:
        """How many changes of each kind there are."""
        if self.handover and self.handover.lines is not None:
            return Counter(one.op for one in self.handover.changes)
        if self.streamed:
            return Counter({"add": self.streamed.text.count})
        if self.dropped:
            return Counter({"delete": self.dropped.count})
        return Counter(one.op for one in self.shown())

    @property
    def is_read_anew(self) -> bool:
        """Whether so much of a zone differs that the graph takes all of it as a text: RRsets on their way there take
        ten times as much memory."""
        return self.replaced is not None and len(self.changes) > MANY

    def sets(self, *, with_serial: bool) -> Iterator[Set]:
        """What the graph has to change in a zone that it has."""
        for one in self.changes:
            if with_serial or not self.is_serial_only(one):
                served = one.after.served if one.after else ()
                ttl = one.after.ttl if one.after else 0
                yield self.name, one.owner, one.type, ttl, served

    def master_file(self) -> bytes:
        """A zone that is new in the database, as the graph reads it: all of it, since it was touched everywhere."""
        if self.streamed:
            return self.streamed.master_file()
        if self.replaced:
            soa = self.draft.soa
            return self.replaced.lines(soa=soa.served[0] if soa and soa.served else None)
        lines = (
            f"{one.owner} {one.ttl} IN {one.type} {content}\n"
            for one in self.draft.now.values()
            if one
            for content in one.served
        )
        return "".join(lines).encode()

    def write(self, made: "Made") -> ZoneWrite:
        """What the store has to do."""
        info = self.after or self.info
        assert info is not None  # noqa: S101 - a zone that neither was nor will be is no edit
        if self.after is None:
            info = replace(info, serial=next_serial(info.serial, info))
        entry = self._entry(info, made) if self.is_written else None
        if self.after is None:
            return ZoneWrite(info, is_deleted=True, entry=entry)
        if self.streamed:
            return ZoneWrite(info, whole=self.streamed, is_new=True, entry=entry)
        sets = tuple((one.owner, one.type, one.after) for one in self.changes)
        return ZoneWrite(info, sets, is_new=self.info is None, entry=entry)

    def _entry(self, info: ZoneInfo, how: "Made") -> Entry:
        previous, _ = self.serials
        made = Entry(
            self.name, info.serial, previous, how.at, how.by, how.door,
            accepted=how.accepted, properties=self.redefined,
        )  # fmt: skip
        if self.streamed:
            all_lines = (self.streamed.added,)  # one text: a million would be a hundred MB, only to be joined again
            return replace(made, added=all_lines)
        if self.dropped:
            comments = (Recommented(one.owner, one.type, one.comments, (), one.ttl) for one in self.dropped.commented())
            return replace(made, removed=self.dropped.lines(), comments=tuple(comments))
        before = {line: None for one in self.changes if one.before for line in one.before.lines()}
        after = {line: None for one in self.changes if one.after for line in one.after.lines()}
        added = tuple(line for line in after if line not in before)
        removed = tuple(line for line in before if line not in after)
        return replace(made, added=added, removed=removed, comments=tuple(self._recommented()))

    def _recommented(self) -> Iterator[Recommented]:
        for one in self.changes:
            before, after = (side.comments if side else () for side in (one.before, one.after))
            if before != after:
                yield Recommented(one.owner, one.type, before, after, one.before.ttl if one.before else 0)


_properties = attrgetter(*PROPERTIES)


@dataclass(slots=True)
class Edit:
    """All zones that a ChangeSet touches, in its order, and what was *said* of the change.

    *base* and its serial: what `base_serial` is compared with
    """

    zones: dict[str, ZoneEdit] = field(default_factory=dict)
    base: str = ""
    base_serial: int = 0
    said: Sequence["Finding"] = ()

    @property
    def is_one_as_given(self) -> bool:
        """Whether this is one new zone, which is what its text says."""
        return len(self.zones) == 1 and all(one.streamed and one.streamed.is_as_given for one in self.zones.values())

    def begin(self) -> None:
        """It will be carried out: do already what can be done beside its being judged."""
        for zone in self.zones.values():
            if zone.dropped:
                zone.dropped.begin()

    def coming(self) -> list[str]:
        """The zones that are new."""
        return [zone.name for zone in self.zones.values() if zone.info is None and zone.after]

    def lines(self) -> None:
        """Wait for what the journal has of zones that go: it is kept. Raises: StoreError"""
        for zone in self.zones.values():
            if zone.dropped:
                zone.dropped.lines()

    @property
    def is_written(self) -> bool:
        """Whether the store has anything to do."""
        return any(one.is_written for one in self.zones.values())

    def writes(self, made: Made) -> list[ZoneWrite]:
        """What the store has to do, all of it at once."""
        return [one.write(made) for one in self.zones.values()]

    @property
    def is_streamed(self) -> bool:
        """Whether a zone is written as a stream: seconds of work for the store."""
        return any(one.streamed for one in self.zones.values())

    @property
    def renumbered(self) -> list[str]:
        """The zones whose SOA gets a serial that only we have chosen."""
        return [zone.name for zone in self.zones.values() if zone.is_renumbered]

    def counts(self) -> dict[Op, int]:
        """How many changes of each kind there are."""
        return dict(sum((zone.count() for zone in self.zones.values()), Counter()))

    def rewritten(self) -> Iterator[Rewritten]:
        """The RRsets of a zone that stay, and of which a record is not served any more."""
        for zone in self.zones.values():
            for one in zone.changes:
                if one.before and one.after and not zone.is_serial_only(one):
                    before, after = one.before.served, one.after.served
                    if not set(before).issubset(after):
                        yield Rewritten(zone.name, one.owner, one.type, before, after)

    def shown(self) -> list[Change]:
        """The changes that somebody wanted, the first CHANGES_SHOWN."""
        return list(islice((one for zone in self.zones.values() for one in zone.shown()), CHANGES_SHOWN))
