"""The change that takes back another one, in all its zones, whatever was done since.

A change has an entry of the journal in each zone. For each RRset of an entry: what it added goes, what it removed comes
back, all else stays; records as well as comments. What the entry added and is not there any more has been changed by
somebody else: taking the entry back would overwrite that, so it is a StaleEdit with the owners in question. That a
record which should come back is there already is no conflict. A property of the zone gets back the value from before,
if it still has the one that the entry gave it.

What cannot be taken back in one zone is not taken back in any: half of a rename is an outage.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from truename._core import canonical
from truename.edit.caller import Caller
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.draft import Key
from truename.edit.soa import is_same_but_serial, serial_of, with_serial
from truename.errors import ForbiddenEdit, StaleEdit
from truename.zone import DISABLED, Comment, Entry, Record, RRset, ZoneInfo

if TYPE_CHECKING:
    from truename.store import Store

LATER = "take back the later change first"
_LINE = re.compile(r"(?P<owner>\S+) (?P<ttl>\d+) IN (?P<type>\S+) (?P<content>.*)", re.DOTALL)


@dataclass(slots=True)
class _Part:
    """What an entry did to one RRset. Units: TTLs in seconds, None when it has no line there"""

    added: list[Record] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    ttl_added: int | None = None
    ttl_removed: int | None = None
    comments_before: tuple[Comment, ...] = ()
    comments_after: tuple[Comment, ...] = ()
    ttl_commented: int | None = None


def parts(store: "Store", entry: Entry, caller: Caller, *, only_this_zone: bool) -> tuple[Entry, ...]:
    """The entries that are taken back with *entry*, which is the first of them.

    Raises: ForbiddenEdit when others lie in zones that are not the caller's, whichever they are
    """
    if only_this_zone or store.zones_of([entry.change])[entry.change] == (entry.zone,):
        return (entry,)
    others = [one for one in store.change(entry.change) if one.number != entry.number]
    if not all(caller.may_edit(one.zone) for one in others):
        raise ForbiddenEdit(
            f"the change was made in other zones, too, and not all of them are yours to edit; "
            f"only_this_zone takes back its part in {entry.zone}",
            hint='{"only_this_zone": true} over the API, --only-this-zone on the command line',
        )
    return (entry, *others)


def inverse(store: "Store", entries: Sequence[Entry], zones: Mapping[str, ZoneInfo]) -> ChangeSet:
    """The change that takes back *entries*, the parts of one change; *zones* are those that are there.

    Raises: StaleEdit when one of them cannot be taken back
    """
    done: list[ChangeSet] = []
    stale: dict[str, StaleEdit] = {}
    for entry in entries:
        try:
            done.append(_inverse(store, entry, zones.get(entry.zone)))
        except StaleEdit as wrong:
            stale[entry.zone] = wrong
    if stale:
        raise _as_a_whole(entries, stale, zones)
    return ChangeSet(
        sets=tuple(step for one in done for step in one.sets),
        zones=tuple(zone for one in done for zone in one.zones),
        base=entries[0].zone,
    )


def _as_a_whole(entries: Sequence[Entry], stale: Mapping[str, StaleEdit], zones: Mapping[str, ZoneInfo]) -> StaleEdit:
    """Why *entries* are not taken back: all that stands in the way of it."""
    why, asked = next(iter(stale.values())), entries[0].zone
    if len(entries) == 1:
        return why
    more = f" (and {len(stale) - 1} more of its zones)" if len(stale) > 1 else ""
    part = f"or only what was done in {asked}: --only-this-zone, only_this_zone over the API"
    hint = why.hint if asked in stale else f"{why.hint}, {part}"
    changed = [name for zone, one in stale.items() for name in (one.changed or (zone,))]
    current = zones[asked].serial if asked in zones else 0
    return StaleEdit(f"{why.message}{more}", serial=current, changed=changed, hint=hint)


def _inverse(store: "Store", entry: Entry, current: ZoneInfo | None) -> ChangeSet:
    """The same for one entry; *current* is the zone as it is, None when it is not there. Raises: StaleEdit"""
    if _is_deletion(entry):
        if current is not None:
            hint = "delete the zone first, if it shall be as it was"
            raise StaleEdit(f"{entry.zone} was made again since", serial=current.serial, hint=hint)
        return _made_again(entry)
    if current is None:
        raise StaleEdit(f"{entry.zone} was deleted since", serial=0, hint="take back the deletion first")
    if _is_creation(entry):
        if current.serial != entry.serial:
            hint = "`zone delete` deletes the zone"
            raise StaleEdit(f"{entry.zone} was changed since it was made", serial=current.serial, hint=hint)
        return ChangeSet(zones=(ZoneChange(entry.zone, is_deleted=True),))
    return _taken_back(store, entry, _parts(entry), current)


def _is_deletion(entry: Entry) -> bool:
    if entry.properties is not None:
        return entry.properties.after is None
    return _has_soa(entry.removed, entry.zone) and not _has_soa(entry.added, entry.zone)


def _is_creation(entry: Entry) -> bool:
    if entry.properties is not None:
        return entry.properties.before is None
    return _has_soa(entry.added, entry.zone) and not _has_soa(entry.removed, entry.zone)


def _has_soa(lines: Iterable[str], zone: str) -> bool:
    """Whether the zone's SOA is among *lines*: for entries from before properties were in the journal."""
    return any(parsed(line)[0] == (zone, "SOA") for line in lines if line.startswith(f"{zone} "))


def _taken_back(store: "Store", entry: Entry, parts: dict[Key, _Part], current: ZoneInfo) -> ChangeSet:
    steps: list[SetChange] = []
    changed: list[str] = []
    for (owner, rtype), part in parts.items():
        found = store.rrset(entry.zone, owner, rtype)
        if rtype == "SOA" and owner == entry.zone:
            steps += _soa_step(entry.zone, part, found, changed)
        elif _is_as_left(rtype, part, found):
            steps.append(_step(entry.zone, (owner, rtype), part, found))
        else:
            changed.append(owner)
    if changed:
        owners = sorted(set(changed))
        raise StaleEdit(
            f"{owners[0]} was changed since serial {entry.serial}", serial=current.serial, changed=owners, hint=LATER
        )
    return ChangeSet(sets=tuple(steps), zones=_properties_back(entry, current))


def _is_as_left(rtype: str, part: _Part, found: RRset | None) -> bool:
    """Whether everything that the entry added is there, in whatever spelling."""
    return _has_comments(part, found) and _keys(rtype, part.added) <= _keys(rtype, found.records if found else ())


def _keys(rtype: str, records: Iterable[Record]) -> set[Record]:
    return {_key(rtype, record) for record in records}


def _key(rtype: str, record: Record) -> Record:
    return Record(canonical(rtype, record.content), record.is_disabled)


def _has_comments(part: _Part, found: RRset | None) -> bool:
    return set(part.comments_after) - set(part.comments_before) <= set(found.comments if found else ())


def _step(zone: str, key: Key, part: _Part, found: RRset | None) -> SetChange:
    gone = _keys(key[1], part.added)
    kept = [record for record in (found.records if found else ()) if _key(key[1], record) not in gone]
    there = {canonical(key[1], record.content) for record in kept}
    records = (*kept, *(record for record in part.removed if canonical(key[1], record.content) not in there))
    return SetChange(
        zone, *key, "replace", _ttl(part, found), records, _comments(part, found, has_records=bool(records))
    )


def _comments(part: _Part, found: RRset | None, *, has_records: bool) -> tuple[Comment, ...]:
    """The comments from before the entry, in their order, and those that came since."""
    there = found.comments if found else ()
    if there == part.comments_after:
        return part.comments_before
    if not has_records and not part.comments_before:
        return ()  # comments speak of records
    taken = {*part.comments_before, *part.comments_after}
    since = (one for one in there if one not in taken)
    gone_since = set(part.comments_before) & set(part.comments_after) - set(there)
    return (*(one for one in part.comments_before if one not in gone_since), *since)


def _properties_back(entry: Entry, current: ZoneInfo) -> tuple[ZoneChange, ...]:
    """The zone with the properties from before. Raises: StaleEdit when one of them is another by now"""
    if entry.properties is None:
        return ()
    before: dict[str, object] = {}
    for name, old, new in entry.properties.differences():
        if getattr(current, name) != new:
            raise StaleEdit(
                f"{name} of {entry.zone} was changed since serial {entry.serial}", serial=current.serial,
                changed=[entry.zone], hint=LATER,
            )  # fmt: skip
        before[name] = old
    return (ZoneChange(entry.zone, replace(current, **before)),)  # type: ignore[arg-type]


def _ttl(part: _Part, found: RRset | None) -> int | None:
    """The TTL from before the entry, unless somebody gave it another one since."""
    if found is not None and part.ttl_added is not None and found.ttl != part.ttl_added:
        return found.ttl
    if part.ttl_removed is not None:
        return part.ttl_removed
    return found.ttl if found else part.ttl_commented


def _soa_step(zone: str, part: _Part, found: RRset | None, changed: list[str]) -> list[SetChange]:
    """Nothing when only the serial was another: that goes on, it is not taken back."""
    if found is None:
        return []
    before, after = (_soa(zone, records, ttl) for records, ttl in _halves(part))
    there = replace(found, comments=())
    is_edited = before is not None and not is_same_but_serial(before, after)
    if (is_edited and not is_same_but_serial(there, after)) or not _has_comments(part, found):
        changed.append(zone)
        return []
    comments = _comments(part, found, has_records=True)
    if not is_edited and comments == found.comments:
        return []
    wanted = with_serial(before if is_edited and before else there, serial_of(found))
    return [SetChange(zone, zone, "SOA", "replace", wanted.ttl, wanted.records, comments)]


def _halves(part: _Part) -> tuple[tuple[list[Record], int | None], tuple[list[Record], int | None]]:
    return (part.removed, part.ttl_removed), (part.added, part.ttl_added)


def _soa(zone: str, records: list[Record], ttl: int | None) -> RRset | None:
    return RRset(zone, "SOA", ttl or 0, tuple(records)) if records else None


def _made_again(entry: Entry) -> ChangeSet:
    info = entry.properties.before if entry.properties else None
    if not entry.comments and not any(line.startswith(DISABLED) for line in entry.removed):
        # As a text, which stays one: a million RRsets as Python's objects took ten times as long.
        text = "\n".join((*entry.removed, "")).encode()
        again = ZoneChange(entry.zone, info, is_new=True, takes_over=True, text=text, is_ours=True)
        return ChangeSet(zones=(again,))
    sets = {(one.owner, one.type): one for one in rrsets(entry.removed)}
    for one in entry.comments:
        found = sets.get((one.owner, one.type), RRset(one.owner, one.type, one.ttl, ()))
        sets[one.owner, one.type] = replace(found, comments=one.before)
    return ChangeSet(zones=(ZoneChange(entry.zone, info, is_new=True, takes_over=True, whole=tuple(sets.values())),))


def rrsets(lines: Iterable[str]) -> Iterable[RRset]:
    """The RRsets that lines of the journal stand for."""
    found: dict[Key, list[Record]] = {}
    ttls: dict[Key, int] = {}
    for line in lines:
        key, ttl, record = parsed(line)
        found.setdefault(key, []).append(record)
        ttls[key] = ttl
    return [RRset(*key, ttls[key], tuple(records)) for key, records in found.items()]


def _parts(entry: Entry) -> dict[Key, _Part]:
    parts: dict[Key, _Part] = {}
    for line in entry.removed:
        key, ttl, record = parsed(line)
        part = parts.setdefault(key, _Part())
        part.removed.append(record)
        part.ttl_removed = ttl
    for line in entry.added:
        key, ttl, record = parsed(line)
        part = parts.setdefault(key, _Part())
        part.added.append(record)
        part.ttl_added = ttl
    for one in entry.comments:
        part = parts.setdefault((one.owner, one.type), _Part())
        part.comments_before, part.comments_after = one.before, one.after
        part.ttl_commented = one.ttl if one.before else None
    return parts


def parsed(line: str) -> tuple[Key, int, Record]:
    """((owner, type), ttl, record) of a line that `RRset.lines` wrote. Raises: ValueError"""
    found = _LINE.fullmatch(line.removeprefix(DISABLED))
    if found is None:
        raise ValueError(f"no line of the journal: {line}")
    record = Record(found["content"], is_disabled=line.startswith(DISABLED))
    return (found["owner"], found["type"]), int(found["ttl"]), record
