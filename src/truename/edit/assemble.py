"""From a ChangeSet to zones as they will be (`zone_edit`), each with the serial that it will have."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from truename._core import ZoneText, normalize_name, read_text
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.draft import ZoneDraft, apply
from truename.edit.dropped import Dropped
from truename.edit.handover import Handover
from truename.edit.judging import malformed
from truename.edit.soa import first_serial, is_same_but_serial, made_for, next_serial, serial_of, with_serial
from truename.edit.streamed import Streamed, soa_of
from truename.edit.zone_edit import Edit, ZoneEdit
from truename.errors import RejectedEdit
from truename.serial import is_newer
from truename.zone import Record, RRset, ZoneInfo, is_same_in_file

if TYPE_CHECKING:
    from truename.store import Store

NONE: Mapping[str, Handover] = MappingProxyType({})


def assemble(
    store: "Store", known: dict[str, ZoneInfo], change: ChangeSet, handovers: Mapping[str, Handover] = NONE
) -> Edit:
    """*change* carried out on what is stored, in memory.

    *known*: the zones of the store. That every zone of *change* is known or new is the caller's to see to.
    *handovers*: those of them that come from files, or go back to files
    Raises: RejectedEdit for what cannot be read; StoreError
    """
    edit = Edit()
    whole = {normalize_name(one.zone): one for one in change.zones}
    steps: dict[str, list[SetChange]] = {name: [] for name in whole}
    for step in change.sets:
        steps.setdefault(normalize_name(step.zone), []).append(step)
    for name, of_zone in steps.items():
        draft = ZoneDraft(store, name, known.get(name))
        edit.zones[name] = _zone_edit(draft, whole.get(name, ZoneChange(name)), of_zone, handovers.get(name))
    edit.base = change.base or next(iter(edit.zones), "")
    edit.base_serial = known[edit.base].serial if edit.base in known else 0
    return edit


def _zone_edit(draft: ZoneDraft, change: ZoneChange, of_zone: list[SetChange], handover: Handover | None) -> ZoneEdit:
    store, name, info = draft.store, draft.name, draft.info
    edit = ZoneEdit(draft, info, None if change.is_deleted else _after(name, info, change), handover=handover)
    if change.is_deleted:
        edit.dropped = Dropped(store, name)
        if handover and handover.lines is not None:
            handover.compare(edit.dropped.lines())
        draft.write(name, "SOA", None)
        return edit
    if change.text is not None:
        text = _read(name, change)
        if info is None and not of_zone and soa_of(text, name):
            return _streamed(store, edit, (text, change.text))
        edit.replaced = _replace_by(draft, text)
    elif change.whole is not None:
        _clear(draft)
        of_zone = [*(_step(name, rrset) for rrset in change.whole), *of_zone]
    if of_zone:
        edit.replaced = None
    apply(draft, of_zone)
    _set_serial(store, edit)
    return edit


def _after(name: str, info: ZoneInfo | None, change: ZoneChange) -> ZoneInfo:
    """The zone's properties as they shall be; the serial is not the caller's to say but in an SOA, or of a new zone."""
    after = replace(change.info or info or ZoneInfo(name), name=name)
    return replace(after, serial=info.serial) if info else after


def _read(name: str, change: ZoneChange) -> ZoneText:
    text = change.read or read_text(change.text or b"", name, is_ours=change.is_ours)
    if text.problems:
        raise malformed(name, text.problems)
    if not text.count:
        raise RejectedEdit(f"{name}: the text holds no record", hint="a zone has an SOA and NS records at least")
    return text


def _step(zone: str, rrset: RRset) -> SetChange:
    return SetChange(zone, rrset.owner, rrset.type, "replace", rrset.ttl, rrset.records, rrset.comments)


def _clear(draft: ZoneDraft) -> None:
    """Let the zone hold nothing."""
    if draft.info:
        for rrset in draft.store.rrsets(draft.name):
            draft.before[rrset.owner, rrset.type] = rrset
            draft.now[rrset.owner, rrset.type] = None


def _replace_by(draft: ZoneDraft, text: ZoneText) -> ZoneText | None:
    """Let the zone hold what *text* says and nothing else; what is stored so already is not touched.

    Returns: *text* when it is the zone from now on, but for its serial
    """
    if not _is_in_zone(text):
        _clear(draft)
        for owner, rtype, ttl, data in text.sets():
            draft.write(owner, rtype, RRset(owner, rtype, ttl, tuple(map(Record, data))))
        return None
    for before, after in draft.store.differences(draft.name, text):
        one = before or after
        assert one is not None  # noqa: S101 - a difference of nothing is none
        if before and after and (is_same_in_file(before, after) or _is_older_only(before, after)):
            continue
        key = (one.owner, one.type)
        draft.before[key], draft.now[key] = before, after
    return text if draft.info else None


def _is_in_zone(text: ZoneText) -> bool:
    """Whether all owners are at or below the origin. Others have no place in the store; the rules name them."""
    try:
        text.ordered(0, 0)
    except ValueError:
        return False
    return True


def _is_older_only(before: RRset, after: RRset) -> bool:
    """Whether *after* is the SOA of a file that has not gone along with the serial, and nothing else differs in it."""
    is_only = after.type == "SOA" and is_same_but_serial(before, after)
    return is_only and not is_newer(serial_of(after), serial_of(before))


def _streamed(store: "Store", edit: ZoneEdit, given: tuple[ZoneText, bytes]) -> ZoneEdit:
    text, octets = given
    soa = soa_of(text, edit.name)
    assert soa is not None and edit.after is not None  # noqa: S101 - the caller has looked
    if edit.handover:
        edit.handover.compare(text.lines().decode().splitlines())
    serial = _new_serial(store, edit, serial_of(soa))
    edit.streamed = Streamed(text, with_serial(soa, serial), soa.served[0], octets)
    edit.after = replace(edit.after, serial=serial)
    edit.is_renumbered = not edit.streamed.is_as_given
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
        if edit.handover:
            edit.handover.compare(line for one in draft.now.values() if one for line in one.lines())
        serial = _new_serial(store, edit, serial_of(soa) or after.serial)
    else:
        before = draft.before[edit.name, "SOA"]
        edit.is_soa_given = not is_same_but_serial(before, soa)
        given = serial_of(soa)
        is_given = soa != before and is_newer(given, info.serial)
        edit.is_soa_given |= is_given
        serial = given if is_given else next_serial(info.serial, after)
    numbered = with_serial(soa, serial)
    edit.is_renumbered = numbered.served != soa.served
    draft.write(edit.name, "SOA", numbered)
    edit.after = replace(after, serial=serial)
    edit.changes = tuple(draft.changes())


def _new_serial(store: "Store", edit: ZoneEdit, given: int) -> int:
    """The serial of a new zone: *given*, unless secondaries have seen a later one.

    That may be of a zone of that name that was deleted, or of the file that it comes from.
    """
    info = edit.after
    assert info is not None  # noqa: S101 - a zone that is deleted gets none
    serial = given or first_serial(info)
    if edit.handover:
        is_same = not edit.handover.changes
        serial = _not_before(edit.handover.serial, serial, info, is_same=is_same)
    last = store.journal(info.name, limit=1)
    return _not_before(last[0].serial, serial, info) if last else serial


def _not_before(seen: int, serial: int, info: ZoneInfo, *, is_same: bool = False) -> int:
    """*serial*, or one that follows on *seen*; *seen* itself will do for what *is_same* as what had it."""
    if is_newer(serial, seen) or (is_same and serial == seen):
        return serial
    return seen if is_same else next_serial(seen, info)
