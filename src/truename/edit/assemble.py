"""From a ChangeSet to zones as they will be, each with the serial that it will have.

    ChangeSet ── ZoneEdit (one per zone) ── changes, ZoneWrite (to the store), texts and sets (to the graph)

A zone that is there is edited as RRsets that differ, also when it is replaced as a whole: what did not change is not
written. A new zone that came as a text is handed on as a stream: a million RRsets as Python's objects are a gigabyte.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from truename._core import ZoneText, normalize_name, read_text
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.draft import ZoneDraft, apply
from truename.edit.dropped import Dropped
from truename.edit.judging import malformed
from truename.edit.plan import CHANGES_SHOWN, Change, Op, PropertyChange
from truename.edit.soa import first_serial, is_same_but_serial, made_for, next_serial, serial_of, with_serial
from truename.errors import RejectedEdit
from truename.serial import is_newer
from truename.store.values import ZoneWrite
from truename.zone import PROPERTIES, Entry, Recommented, Record, Redefined, RRset, ZoneInfo

if TYPE_CHECKING:
    from truename.store import Store

CHUNK = 1000  # RRsets of a text that are Python's objects at once: few enough for the processor's cache

Set = tuple[str, str, str, int, Sequence[str]]  # zone, owner, type, ttl, data: as `Graph.prepare` takes them


@dataclass(slots=True)
class Streamed:
    """A new zone as it was sent. *soa* stands in the place of the one in the text."""

    text: ZoneText
    soa: RRset
    given: str  # the SOA's data in the text
    octets: bytes  # the text as it came
    added: str = ""  # all records as the journal has them, one a line

    def rrsets(self) -> Iterator[RRset]:
        """All RRsets."""
        for one in _rrsets(self.text):
            yield self.soa if one.type == "SOA" and one.owner == self.soa.owner else one

    def __iter__(self) -> Iterator[RRset]:
        return self.rrsets()

    def statements(self, zone: int, each: int) -> Iterator[list[tuple[Any, ...]]]:
        """All of it as rows of the store (`store.rows.Packed`), which takes a fifth of the time of RRsets."""
        some = CHUNK // each * each
        for start in range(0, self.text.count, some):
            yield self.text.rows(zone, each, start, some, soa=self.soa.served[0])

    def copied(self, zone: int) -> Iterator[bytes]:
        """The same for PostgreSQL."""
        for start in range(0, self.text.count, CHUNK):
            yield self.text.copied(zone, start, CHUNK, soa=self.soa.served[0])

    @property
    def is_as_given(self) -> bool:
        """Whether the zone is what the text says, its serial too."""
        return self.given == self.soa.served[0]

    def master_file(self) -> bytes:
        """The zone as the graph reads it. As it was given where that will do: then places in it are the caller's."""
        return self.octets if self.is_as_given else self.lines()

    def lines(self) -> bytes:
        """All records, one a line, absolute names."""
        written = _soa_of(self.text, self.soa.owner)
        before, after = (
            "".join(f"{line}\n" for line in soa.lines()).encode() for soa in (written or self.soa, self.soa)
        )
        return self.text.lines().replace(before, after, 1)


@dataclass(slots=True)
class ZoneEdit:
    """What happens to one zone.

    Shape:  *info* is the zone as it was, None for a new one; *after* as it will be, None for one that is deleted
    """

    draft: ZoneDraft
    info: ZoneInfo | None
    after: ZoneInfo | None
    streamed: Streamed | None = None
    dropped: Dropped | None = None
    is_soa_given: bool = False
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
        """Before and after; 0 where there is no zone."""
        return self.info.serial if self.info else 0, self.after.serial if self.after else 0

    def shown(self) -> Iterator[Change]:
        """The changes that somebody wanted: not the SOA when only its serial goes on."""
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
        if self.streamed:
            return Counter({"add": self.streamed.text.count})
        if self.dropped:
            return Counter({"delete": self.dropped.count})
        return Counter(one.op for one in self.shown())

    def sets(self, *, with_serial: bool) -> Iterator[Set]:
        """What the graph has to change in a zone that it has."""
        for one in self.changes:
            if with_serial or not self.is_serial_only(one):
                served = one.after.served if one.after else ()
                ttl = one.after.ttl if one.after else 0
                yield self.name, one.owner, one.type, ttl, served

    def master_file(self) -> bytes:
        """A zone that the graph has not, as it reads it: all of it, since a new one was touched everywhere."""
        if self.streamed:
            return self.streamed.master_file()
        lines = (
            f"{one.owner} {one.ttl} IN {one.type} {content}\n"
            for one in self.draft.now.values()
            if one
            for content in one.served
        )
        return "".join(lines).encode()

    def write(self, by: str, door: str, accepted: tuple[str, ...]) -> ZoneWrite:
        """What the store has to do."""
        info = self.after or self.info
        assert info is not None  # noqa: S101 - a zone that neither was nor will be is no edit
        if self.after is None:
            info = replace(info, serial=next_serial(info.serial, info))
        entry = self._entry(info, by, door, accepted) if self.is_written else None
        if self.after is None:
            return ZoneWrite(info, is_deleted=True, entry=entry)
        if self.streamed:
            return ZoneWrite(info, whole=self.streamed, is_new=True, entry=entry)
        sets = tuple((one.owner, one.type, one.after) for one in self.changes)
        return ZoneWrite(info, sets, is_new=self.info is None, entry=entry)

    def _entry(self, info: ZoneInfo, by: str, door: str, accepted: tuple[str, ...]) -> Entry:
        previous, _ = self.serials
        made = Entry(
            self.name, info.serial, previous, time.time(), by, door, accepted=accepted, properties=self.redefined
        )
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
    """All zones that a ChangeSet touches, in its order."""

    zones: dict[str, ZoneEdit] = field(default_factory=dict)

    @property
    def is_one_as_given(self) -> bool:
        """Whether this is one new zone, which is what its text says."""
        return len(self.zones) == 1 and all(one.streamed and one.streamed.is_as_given for one in self.zones.values())

    def begin(self) -> None:
        """It will be carried out: do already what can be done beside its being judged."""
        for zone in self.zones.values():
            if zone.dropped:
                zone.dropped.begin()

    @property
    def is_streamed(self) -> bool:
        """Whether a zone is written as a stream: seconds of work for the store."""
        return any(one.streamed for one in self.zones.values())

    def counts(self) -> dict[Op, int]:
        """How many changes of each kind there are."""
        return dict(sum((zone.count() for zone in self.zones.values()), Counter()))

    def shown(self) -> list[Change]:
        """The changes that somebody wanted, the first CHANGES_SHOWN."""
        return list(islice((one for zone in self.zones.values() for one in zone.shown()), CHANGES_SHOWN))


def assemble(store: "Store", known: dict[str, ZoneInfo], change: ChangeSet) -> Edit:
    """*change* carried out on what is stored, in memory.

    *known*: the zones of the store. That every zone of *change* is known or new is the caller's to see to.
    Raises: RejectedEdit for what cannot be read; StoreError
    """
    edit = Edit()
    whole = {normalize_name(one.zone): one for one in change.zones}
    steps: dict[str, list[SetChange]] = {name: [] for name in whole}
    for step in change.sets:
        steps.setdefault(normalize_name(step.zone), []).append(step)
    for name, of_zone in steps.items():
        edit.zones[name] = _zone_edit(store, known.get(name), whole.get(name, ZoneChange(name)), (name, of_zone))
    return edit


def _zone_edit(
    store: "Store", info: ZoneInfo | None, change: ZoneChange, steps: tuple[str, list[SetChange]]
) -> ZoneEdit:
    name, of_zone = steps
    draft = ZoneDraft(store, name, info)
    edit = ZoneEdit(draft, info, None if change.is_deleted else _after(name, info, change))
    if change.is_deleted:
        edit.dropped = Dropped(store, name)
        draft.write(name, "SOA", None)
        return edit
    if change.text is not None:
        text = _read(name, change.text)
        if info is None and not of_zone and _soa_of(text, name):
            return _streamed(store, edit, (text, change.text))
        _replace_by(draft, text)
    elif change.whole is not None:
        _clear(draft)
        of_zone = [*(_step(name, rrset) for rrset in change.whole), *of_zone]
    apply(draft, of_zone)
    _set_serial(store, edit)
    return edit


def _after(name: str, info: ZoneInfo | None, change: ZoneChange) -> ZoneInfo:
    """The zone's properties as they shall be; the serial is not the caller's to say but in an SOA, or of a new zone."""
    after = replace(change.info or info or ZoneInfo(name), name=name)
    return replace(after, serial=info.serial) if info else after


def _read(name: str, given: bytes) -> ZoneText:
    text = read_text(given, name)
    if text.problems:
        raise malformed(name, text.problems)
    if not text.count:
        raise RejectedEdit(f"{name}: the text holds no record", hint="a zone has an SOA and NS records at least")
    return text


def _rrsets(text: ZoneText) -> Iterator[RRset]:
    for start in range(0, text.count, CHUNK):
        for owner, rtype, ttl, data in text.sets(start, CHUNK):
            yield RRset(owner, rtype, ttl, tuple(map(Record, data)))


def _step(zone: str, rrset: RRset) -> SetChange:
    return SetChange(zone, rrset.owner, rrset.type, "replace", rrset.ttl, rrset.records, rrset.comments)


def _clear(draft: ZoneDraft) -> None:
    """Let the zone hold nothing."""
    if draft.info:
        for rrset in draft.store.rrsets(draft.name):
            draft.before[rrset.owner, rrset.type] = rrset
            draft.now[rrset.owner, rrset.type] = None


def _replace_by(draft: ZoneDraft, text: ZoneText) -> None:
    """Let the zone hold what *text* says and nothing else; what is stored so already is not touched."""
    for before, after in draft.store.differences(draft.name, text):
        one = before or after
        assert one is not None  # noqa: S101 - a difference of nothing is none
        key = (one.owner, one.type)
        draft.before[key], draft.now[key] = before, after


def _soa_of(text: ZoneText, zone: str) -> RRset | None:
    return next((rrset for rrset in _rrsets(text) if rrset.type == "SOA" and rrset.owner == zone), None)


def _streamed(store: "Store", edit: ZoneEdit, given: tuple[ZoneText, bytes]) -> ZoneEdit:
    text, octets = given
    soa = _soa_of(text, edit.name)
    assert soa is not None and edit.after is not None  # noqa: S101 - the caller has looked
    serial = _new_serial(store, edit.after, serial_of(soa))
    edit.streamed = Streamed(text, with_serial(soa, serial), soa.served[0], octets)
    edit.after = replace(edit.after, serial=serial)
    # Not later: the graph reads the text meanwhile.
    edit.streamed.added = edit.streamed.lines().decode().rstrip("\n")
    return edit


def _set_serial(store: "Store", edit: ZoneEdit) -> None:
    """Give the zone the serial that it will have, in its SOA and its properties."""
    draft, info, after = edit.draft, edit.info, edit.after
    assert after is not None  # noqa: S101 - a zone that is deleted gets none
    if info is None and draft.soa is None:
        servers = draft.read(edit.name, "NS")
        draft.write(edit.name, "SOA", made_for(edit.name, servers.served[0] if servers and servers.served else None))
    edit.changes = tuple(draft.changes())
    soa = draft.soa
    if soa is None or len(soa.served) != 1:
        edit.is_soa_given = True
        return  # no zone: the graph will say so
    if not (edit.changes or edit.redefined):
        return
    if info is None:
        serial = _new_serial(store, after, serial_of(soa) or after.serial)
    else:
        before = draft.before[edit.name, "SOA"]
        edit.is_soa_given = not is_same_but_serial(before, soa)
        given = serial_of(soa)
        is_given = soa != before and is_newer(given, info.serial)
        edit.is_soa_given |= is_given
        serial = given if is_given else next_serial(info.serial, after)
    draft.write(edit.name, "SOA", with_serial(soa, serial))
    edit.after = replace(after, serial=serial)
    edit.changes = tuple(draft.changes())


def _new_serial(store: "Store", info: ZoneInfo, given: int) -> int:
    """The serial of a new zone: *given*, unless a zone of that name that was deleted has got further."""
    serial = given or first_serial(info)
    last = store.journal(info.name, limit=1)
    if last and not is_newer(serial, last[0].serial):
        return next_serial(last[0].serial, info)
    return serial
