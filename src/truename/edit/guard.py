"""What is refused before anything is looked at: zones that are not kept here, not the caller's, or have moved on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from truename._core import normalize_name
from truename.edit.caller import Caller
from truename.edit.change import ChangeSet
from truename.edit.files import FileZones
from truename.edit.intent import TAKE_OVER, refuse_file
from truename.edit.names import closest, parent
from truename.edit.undo import parsed
from truename.errors import ForbiddenEdit, NoZone, RejectedEdit, StaleEdit, ZoneExists

if TYPE_CHECKING:
    from truename.store import Store
    from truename.zone import ZoneInfo

PAGE = 1000  # entries of the journal that are read at once


@dataclass(frozen=True, slots=True)
class Zones:
    """What is there, and what of it is the caller's."""

    kept: "Mapping[str, ZoneInfo]"
    files: FileZones
    caller: Caller


def refuse_zones(change: ChangeSet, zones: Zones) -> None:
    """Raises: GoneCaller, ForbiddenEdit, NoZone, ZoneExists; RejectedEdit for a zone read from a file, or no name"""
    zones.caller.must_hold()
    try:
        new = {normalize_name(one.zone): one.takes_over for one in change.zones if one.is_new}
        touched = [normalize_name(zone) for zone in _zones(change)]
    except ValueError as wrong:
        raise RejectedEdit(str(wrong), errors=[str(wrong)]) from None
    for name in dict.fromkeys(touched):
        _refuse_foreign(name, zones)
        if name in new:
            _refuse_new(name, zones, takes_over=new[name])
            continue
        refuse_file(zones.files, name)
        if name not in zones.kept:
            raise NoZone(name)


def _zones(change: ChangeSet) -> list[str]:
    return [*(one.zone for one in change.zones), *(step.zone for step in change.sets)]


def _refuse_foreign(name: str, zones: Zones) -> None:
    if not zones.caller.may_edit(name):
        is_known = zones.caller.may_read(name)
        which = name if is_known else "a zone"
        raise ForbiddenEdit(f"the change touches {which} that you may not edit", zone=name if is_known else "")


def _refuse_new(name: str, zones: Zones, *, takes_over: bool) -> None:
    file = zones.files.file_of(name)
    if file is not None and not takes_over:
        raise ZoneExists(name, hint=f"it is read from {file}; {TAKE_OVER}")
    if name in zones.kept:
        raise ZoneExists(name)
    above = closest(parent(name), zones.kept.keys() | zones.files.origins()) if name != "." else None
    if above is not None:  # the child takes names away from it
        _refuse_foreign(above, zones)


def refuse_left_out(change: ChangeSet, left_out: Mapping[str, str]) -> None:
    """Raises: RejectedEdit when part of a zone that cannot be served would be changed: nobody could judge it"""
    whole = {normalize_name(one.zone) for one in change.zones}
    for zone in {normalize_name(step.zone) for step in change.sets} & left_out.keys() - whole:
        hint = "import it again as a whole, or delete it"
        raise RejectedEdit(f"{zone} is not served: {left_out[zone]}", hint=hint)


def refuse_stale(store: "Store", zone: str, serials: tuple[int, int | None]) -> None:
    """Raises: StaleEdit when *serials* (what is there, what the caller has seen) differ"""
    current, seen = serials
    if seen is not None and seen != current:
        raise StaleEdit(
            f"{zone} has moved on from serial {seen} to {current}", serial=current,
            changed=_changed_since(store, zone, seen), hint="look at what is there now, and run it again",
        )  # fmt: skip


def _changed_since(store: "Store", zone: str, seen: int) -> list[str]:
    """The owners that changed since serial *seen*, as far as the journal knows."""
    owners: set[str] = set()
    before = None
    while entries := store.journal(zone, limit=PAGE, before=before):
        for entry in entries:
            if entry.serial == seen:
                return sorted(owners)
            keys = (parsed(line)[0] for line in (*entry.added, *entry.removed))
            owners.update(owner for owner, rtype in keys if rtype != "SOA" or owner != zone)
            owners.update(one.owner for one in entry.comments)
            owners.update([zone] if entry.properties else [])
        before = entries[-1].number
    return sorted(owners)
