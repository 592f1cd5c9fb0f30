"""The change that takes back one entry of the journal, whatever was done since.

For each RRset of the entry: what it added goes, what it removed comes back, all else stays. A record that the entry
added and that is not there any more has been changed by somebody else: taking the entry back would overwrite that, so
it is a StaleEdit with the owners in question. That a record which should come back is there already is no conflict.

The journal holds records; comments are not taken back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.draft import Key
from truename.edit.soa import is_same_but_serial, with_serial
from truename.errors import StaleEdit
from truename.zone import DISABLED, Entry, Record, RRset

if TYPE_CHECKING:
    from truename.store import Store

_LINE = re.compile(r"(?P<owner>\S+) (?P<ttl>\d+) IN (?P<type>\S+) (?P<content>.*)", re.DOTALL)


@dataclass(slots=True)
class _Part:
    """What an entry did to one RRset. Units: TTLs in seconds, None when it has no line there"""

    added: list[Record] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    ttl_added: int | None = None
    ttl_removed: int | None = None


def inverse(store: "Store", entry: Entry, *, current: int | None) -> ChangeSet:
    """The change that takes *entry* back; *current* is the zone's serial, None when the zone is not there.

    Raises: StaleEdit
    """
    parts = _parts(entry)
    apex = parts.get((entry.zone, "SOA"), _Part())
    if apex.removed and not apex.added:  # it deleted the zone
        if current is not None:
            raise StaleEdit(f"{entry.zone} was made again since", serial=current)
        return _made_again(entry)
    if current is None:
        raise StaleEdit(f"{entry.zone} was deleted since", serial=0, hint="take back the deletion first")
    if apex.added and not apex.removed:  # it made the zone
        if current != entry.serial:
            raise StaleEdit(
                f"{entry.zone} was changed since it was made", serial=current, hint="`zone delete` deletes the zone"
            )
        return ChangeSet(zones=(ZoneChange(entry.zone, is_deleted=True),))
    return _taken_back(store, entry, parts, current)


def _taken_back(store: "Store", entry: Entry, parts: dict[Key, _Part], current: int) -> ChangeSet:
    steps: list[SetChange] = []
    changed: list[str] = []
    for (owner, rtype), part in parts.items():
        found = store.rrset(entry.zone, owner, rtype)
        if rtype == "SOA" and owner == entry.zone:
            steps += _soa_step(entry.zone, part, found, changed)
            continue
        held = found.records if found else ()
        if not set(part.added) <= set(held):
            changed.append(owner)
            continue
        steps.append(_step(entry.zone, (owner, rtype), part, found))
    if changed:
        owners = sorted(set(changed))
        raise StaleEdit(
            f"{owners[0]} was changed since serial {entry.serial}", serial=current, changed=owners,
            hint="take back the later change first",
        )  # fmt: skip
    return ChangeSet(sets=tuple(steps))


def _step(zone: str, key: Key, part: _Part, found: RRset | None) -> SetChange:
    gone = set(part.added)
    kept = [record for record in (found.records if found else ()) if record not in gone]
    contents = {record.content for record in kept}
    records = (*kept, *(record for record in part.removed if record.content not in contents))
    return SetChange(zone, *key, "replace", _ttl(part, found), records, found.comments if found and records else None)


def _ttl(part: _Part, found: RRset | None) -> int | None:
    """The TTL from before the entry, unless somebody gave it another one since."""
    if found is not None and part.ttl_added is not None and found.ttl != part.ttl_added:
        return found.ttl
    if part.ttl_removed is not None:
        return part.ttl_removed
    return found.ttl if found else None


def _soa_step(zone: str, part: _Part, found: RRset | None, changed: list[str]) -> list[SetChange]:
    """Nothing when only the serial was another: that goes on, it is not taken back."""
    before, after = (_soa(zone, records, ttl) for records, ttl in _halves(part))
    if found is None or is_same_but_serial(before, after) or before is None:
        return []
    if not is_same_but_serial(found, after):
        changed.append(zone)
        return []
    return [SetChange(zone, zone, "SOA", "replace", before.ttl, with_serial(before, 0).records)]


def _halves(part: _Part) -> tuple[tuple[list[Record], int | None], tuple[list[Record], int | None]]:
    return (part.removed, part.ttl_removed), (part.added, part.ttl_added)


def _soa(zone: str, records: list[Record], ttl: int | None) -> RRset | None:
    return RRset(zone, "SOA", ttl or 0, tuple(records)) if records else None


def _made_again(entry: Entry) -> ChangeSet:
    if not any(line.startswith(DISABLED) for line in entry.removed):
        # As a text, which stays one: a million RRsets as Python's objects took twenty times as long.
        text = "\n".join((*entry.removed, "")).encode()
        return ChangeSet(zones=(ZoneChange(entry.zone, is_new=True, text=text),))
    sets = tuple(rrsets(entry.removed))
    return ChangeSet(zones=(ZoneChange(entry.zone, is_new=True, whole=sets),))


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
    return parts


def parsed(line: str) -> tuple[Key, int, Record]:
    """((owner, type), ttl, record) of a line that `RRset.lines` wrote. Raises: ValueError"""
    found = _LINE.fullmatch(line.removeprefix(DISABLED))
    if found is None:
        raise ValueError(f"no line of the journal: {line}")
    record = Record(found["content"], is_disabled=line.startswith(DISABLED))
    return (found["owner"], found["type"]), int(found["ttl"]), record
