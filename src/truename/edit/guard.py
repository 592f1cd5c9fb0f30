"""What is refused before anything is looked at: zones that are not kept here, not the caller's, or have moved on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from truename._core import normalize_name
from truename.edit.change import ChangeSet
from truename.edit.intent import TAKE_OVER, refuse_file
from truename.edit.sight import Sight
from truename.edit.undo import parsed
from truename.errors import ForbiddenEdit, RejectedEdit, StaleEdit, ZoneExists

if TYPE_CHECKING:
    from truename.store import Store

PAGE = 1000  # entries of the journal that are read at once


def refuse_zones(change: ChangeSet, sight: Sight) -> None:
    """Refuse zones that are not there for the caller, or not the caller's to edit.

    Raises: GoneCaller, ForbiddenEdit, NoZone, ZoneExists; RejectedEdit for a zone read from a file, or no name
    """
    sight.caller.must_hold()
    try:
        new = {normalize_name(one.zone): one.takes_over for one in change.zones if one.is_new}
        touched = [normalize_name(zone) for zone in _zones(change)]
    except ValueError as wrong:
        raise RejectedEdit(str(wrong), errors=[str(wrong)]) from None
    for name in dict.fromkeys(touched):
        _refuse_foreign(name, sight)
        if name in new:
            _refuse_new(name, sight, takes_over=new[name])
            continue
        refuse_file(sight.files, name)
        if name not in sight.zones:
            raise sight.missing(name)


def _zones(change: ChangeSet) -> list[str]:
    return [*(one.zone for one in change.zones), *(step.zone for step in change.sets)]


def _refuse_foreign(name: str, sight: Sight) -> None:
    if not sight.caller.may_read(name):
        raise sight.missing(name)
    if not sight.caller.may_edit(name):
        raise ForbiddenEdit(f"the change touches {name} that you may not edit", zone=name)


def _refuse_new(name: str, sight: Sight, *, takes_over: bool) -> None:
    file = sight.files.file_of(name)
    if file is not None and not takes_over:
        raise ZoneExists(name, hint=f"it is read from {file}; {TAKE_OVER}")
    if name in sight.zones:
        raise ZoneExists(name)


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
