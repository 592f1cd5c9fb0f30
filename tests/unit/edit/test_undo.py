"""Any entry of the journal is taken back as a new change."""

import pytest

from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.errors import NoZone, RejectedEdit, StaleEdit
from truename.zone import Record
from unit.edit.kept import ME, Kept, put, take


def test_the_last_change(kept: Kept) -> None:
    before = kept.lines()
    records = [Record("192.0.2.7"), Record("192.0.2.8", is_disabled=True)]
    hidden = [Record("2001:db8::1", is_disabled=True)]
    kept.edit(
        take("shop", "CNAME"), put("@", "A", "192.0.2.9", ttl=5), put("mail", "A", "192.0.2.25", ttl=77),
        SetChange("example.com.", "mail.example.com.", "AAAA", "replace", 60, hidden),
        SetChange("example.com.", "ftp.example.com.", "A", "replace", 60, records),
    )  # fmt: skip
    middle = kept.lines()
    kept.door.undo("example.com.", kept.serial(), ME)
    assert kept.lines() == before and kept.serial() == 9
    kept.door.undo("example.com.", kept.serial(), ME)
    assert kept.lines() == middle and kept.serial() == 10


def test_one_that_is_not_the_newest(kept: Kept) -> None:
    kept.edit(put("a", "A", "192.0.2.7"))
    kept.edit(put("b", "A", "192.0.2.8"))
    plan = kept.door.undo("example.com.", 8, ME)
    assert [(one.op, one.owner) for one in plan.changes] == [("delete", "a.example.com.")]
    assert any("b.example.com." in line for line in kept.lines())


def test_what_was_changed_since_is_not_overwritten(kept: Kept) -> None:
    kept.edit(put("a", "A", "192.0.2.7"))
    kept.edit(put("a", "A", "192.0.2.8"))
    with pytest.raises(StaleEdit) as stale:
        kept.door.undo("example.com.", 8, ME)
    assert stale.value.changed == ("a.example.com.",) and stale.value.serial == 9
    kept.door.undo("example.com.", 9, ME)
    kept.door.undo("example.com.", 8, ME)
    assert not any("a.example.com." in line for line in kept.lines())


def test_what_others_added_to_the_set_stays(kept: Kept) -> None:
    kept.edit(put("@", "A", "192.0.2.1", "192.0.2.2"))
    kept.edit(put("@", "A", "192.0.2.1", "192.0.2.2", "192.0.2.3"))
    kept.door.undo("example.com.", 8, ME)
    found = kept.store.rrset("example.com.", "example.com.", "A")
    assert found and set(found.served) == {"192.0.2.1", "192.0.2.3"}


def test_undo_is_judged(kept: Kept) -> None:
    kept.edit(take("shop", "CNAME"))
    kept.edit(put("shop", "A", "192.0.2.1"))
    with pytest.raises(RejectedEdit) as refused:
        kept.door.undo("example.com.", 8, ME)
    assert [one.rule for one in refused.value.findings] == ["alias-with-other-data"]


def test_fields_of_the_soa(kept: Kept) -> None:
    soa = "ns1.example.com. hostmaster.example.com. 0 9999 900 1209600 300"
    kept.edit(put("@", "SOA", soa, ttl=60))
    kept.door.undo("example.com.", 8, ME)
    found = kept.store.rrset("example.com.", "example.com.", "SOA")
    assert found and found.ttl == 3600 and found.served[0].split(" ")[2:4] == ["9", "7200"]


def test_zones_that_were_made_or_deleted(kept: Kept) -> None:
    before = kept.lines("example.org.")
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.org.", is_deleted=True)]), ME)
    gone = kept.store.journal("example.org.")[0].serial
    kept.door.undo("example.org.", gone, ME)
    assert kept.lines("example.org.") == before and kept.serial("example.org.") > gone
    with pytest.raises(StaleEdit, match="made again"):
        kept.door.undo("example.org.", gone, ME)
    kept.make("example.net.", "@ 60 SOA a b 1 1 1 1 1\n@ 60 NS ns1.example.com.\n")
    kept.door.undo("example.net.", 1, ME)
    assert kept.store.zone("example.net.") is None
    with pytest.raises(StaleEdit, match="changed since it was made"):
        kept.edit(put("a", "A", "192.0.2.1"))
        kept.door.undo("example.com.", 7, ME)


def test_entries_that_are_not_there(kept: Kept) -> None:
    with pytest.raises(RejectedEdit, match="no change 99"):
        kept.door.undo("example.com.", 99, ME)
    with pytest.raises(NoZone):
        kept.door.undo("example.net.", 1, ME)
