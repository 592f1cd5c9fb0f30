"""Any entry of the journal is taken back as a new change."""

from dataclasses import replace

import pytest

from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.undo import LATER
from truename.errors import ForbiddenEdit, NoZone, RejectedEdit, StaleEdit
from truename.zone import Comment, Record, RRset, ZoneInfo
from unit.edit.kept import ME, Kept, bound_to, put, take

ADA, BOB, EVE = (Comment(f"{name} says so", name, at) for at, name in enumerate(("ada", "bob", "eve"), 1764172800))


def said(owner: str, rtype: str, *comments: Comment) -> SetChange:
    """Let the RRset have *comments*; its records stay."""
    return SetChange("example.com.", owner, rtype, "extend", None, (), comments)


def comments(kept: Kept, owner: str, rtype: str) -> tuple[Comment, ...]:
    found = kept.store.rrset("example.com.", owner, rtype)
    return found.comments if found else ()


def whole(kept: Kept, zone: str = "example.com.") -> list[RRset]:
    """All that is kept of the zone, but for its serial."""
    return [one for one in kept.store.rrsets(zone) if one.type != "SOA"]


def define(kept: Kept, zone: str = "example.com.", **properties: object) -> int:
    """Change properties. Returns: the serial of the change"""
    info = replace(kept.store.zone(zone) or ZoneInfo(zone), **properties)
    kept.door.commit(ChangeSet(zones=[ZoneChange(zone, info)]), ME)
    return kept.serial(zone)


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


def both(kept: Kept) -> tuple[list[str], list[str]]:
    """What is kept of the two zones."""
    return kept.lines(), kept.lines("example.org.")


def test_a_change_of_several_zones_is_taken_back_whole(kept: Kept) -> None:
    before = both(kept)
    kept.door.rename("mail.example.com.", "post.example.org.", ME)
    renamed = both(kept)
    plan = kept.door.undo("example.org.", kept.serial("example.org."), ME)
    assert both(kept) == before and set(plan.serials) == {"example.com.", "example.org."}
    assert plan.base_serial == plan.serials["example.org."][0]
    (one,), (other,) = (kept.store.journal(zone, limit=1) for zone in ("example.com.", "example.org."))
    assert one.change == other.change and one.at == other.at
    kept.door.undo("example.com.", None, ME)  # the last one: the taking back
    assert both(kept) == renamed


def test_only_this_zone(kept: Kept) -> None:
    before = both(kept)
    kept.edit(take("shop", "CNAME"), put("new", "A", "192.0.2.9", zone="example.org."))
    changed = both(kept)
    plan = kept.door.undo("example.org.", None, ME, only_this_zone=True)
    assert both(kept) == (changed[0], before[1]) and set(plan.serials) == {"example.org."}
    with pytest.raises(StaleEdit, match=r"new.example.org. was changed") as stale:
        kept.door.undo("example.com.", None, ME)
    assert stale.value.changed == ("new.example.org.",) and "--only-this-zone" in stale.value.hint
    assert both(kept) == (changed[0], before[1]) and stale.value.serial == kept.serial()
    kept.door.undo("example.com.", None, ME, only_this_zone=True)
    assert both(kept) == before


def test_where_only_this_zone_would_not_do_either_it_is_not_advised(kept: Kept) -> None:
    kept.edit(take("shop", "CNAME"), put("a", "A", "192.0.2.9"), put("b", "A", "192.0.2.9", zone="example.org."))
    serial = kept.serial()
    kept.edit(put("a", "A", "192.0.2.8"), put("b", "A", "192.0.2.8", zone="example.org."))
    with pytest.raises(StaleEdit, match="and 1 more of its zones") as stale:
        kept.door.undo("example.com.", serial, ME)
    assert set(stale.value.changed) == {"a.example.com.", "b.example.org."} and stale.value.hint == LATER


def test_zones_made_deleted_and_edited_at_once(kept: Kept) -> None:
    before, net = both(kept), b"@ 60 SOA a b 1 1 1 1 1\n@ 60 NS ns1.example.com.\nwww 60 CNAME www.example.com.\n"
    zones = (ZoneChange("example.net.", is_new=True, text=net), ZoneChange("example.org.", is_deleted=True))
    kept.door.commit(ChangeSet(zones=zones, sets=[put("shop", "CNAME", "www.example.net.")]), ME)
    changed = kept.lines(), kept.lines("example.net.")
    plan = kept.door.undo("example.com.", None, ME)
    assert both(kept) == before and kept.store.zone("example.net.") is None
    assert plan.serials["example.org."][0] == plan.serials["example.net."][1] == 0
    kept.assert_published()
    kept.door.undo("example.net.", None, ME)
    assert (kept.lines(), kept.lines("example.net.")) == changed and kept.store.zone("example.org.") is None


def test_who_may_not_edit_all_zones_learns_nothing_of_the_others(kept: Kept) -> None:
    kept.make("example.net.", "@ 60 SOA a b 1 1 1 1 1\n@ 60 NS ns1.example.com.\n")
    mine = bound_to("example.com.")
    other = bound_to("example.com.", "example.info.")
    said = set()
    for owner, others in (("a", ("example.org.",)), ("b", ("example.net.",)), ("c", ("example.net.", "example.org."))):
        kept.edit(put(owner, "A", "192.0.2.9"), *(put(owner, "A", "192.0.2.9", zone=zone) for zone in others))
        for options in (mine, other):
            with pytest.raises(ForbiddenEdit, match="only_this_zone") as forbidden:
                kept.door.undo("example.com.", None, options)
            said.add((forbidden.value.message, forbidden.value.hint, forbidden.value.zone))
    assert len(said) == 1
    kept.door.undo("example.com.", None, mine, only_this_zone=True)
    assert not any(line.startswith("c.") for line in kept.lines())


def test_the_serial_that_was_seen_is_that_of_the_zone_asked_for(kept: Kept) -> None:
    kept.edit(take("shop", "CNAME"), put("b", "A", "192.0.2.9", zone="example.org."))
    serial = kept.serial("example.org.")
    with pytest.raises(StaleEdit):
        kept.door.undo("example.org.", None, replace(ME, base_serial=kept.serial()))
    kept.door.undo("example.org.", None, replace(ME, base_serial=serial))


def test_entries_that_are_not_there(kept: Kept) -> None:
    with pytest.raises(RejectedEdit, match="no change 99"):
        kept.door.undo("example.com.", 99, ME)
    with pytest.raises(NoZone):
        kept.door.undo("example.net.", 1, ME)


def test_comments_come_back_with_their_records(kept: Kept) -> None:
    kept.edit(said("www.example.com.", "CNAME", ADA, BOB), said("mail.example.com.", "A", EVE))
    before = whole(kept)
    kept.edit(take("www", "CNAME"), put("www", "A", "192.0.2.7"), take("shop", "CNAME"))
    kept.door.undo("example.com.", kept.serial(), ME)
    assert whole(kept) == before
    kept.door.undo("example.com.", kept.serial(), ME)
    assert comments(kept, "www.example.com.", "CNAME") == ()


def test_comments_alone(kept: Kept) -> None:
    kept.edit(said("www.example.com.", "CNAME", ADA, BOB, ADA))
    assert comments(kept, "www.example.com.", "CNAME") == (ADA, BOB)  # each once, as records are
    kept.edit(said("www.example.com.", "CNAME", EVE))
    assert kept.store.journal("example.com.")[0].comments[0].before == (ADA, BOB)
    kept.door.undo("example.com.", 9, ME)
    assert comments(kept, "www.example.com.", "CNAME") == (ADA, BOB)
    kept.door.undo("example.com.", 10, ME)  # the undo of an undo
    assert comments(kept, "www.example.com.", "CNAME") == (EVE,)
    kept.door.undo("example.com.", 11, ME)
    kept.door.undo("example.com.", 8, ME)
    assert comments(kept, "www.example.com.", "CNAME") == ()


def test_comments_of_others_stay(kept: Kept) -> None:
    kept.edit(said("www.example.com.", "CNAME", ADA))
    kept.edit(said("www.example.com.", "CNAME", ADA, BOB))
    kept.edit(said("www.example.com.", "CNAME", BOB, EVE))
    with pytest.raises(StaleEdit) as stale:  # what it added is gone
        kept.door.undo("example.com.", 8, ME)
    assert stale.value.changed == ("www.example.com.",)
    kept.door.undo("example.com.", 9, ME)
    assert comments(kept, "www.example.com.", "CNAME") == (EVE,)  # nor does what was removed since come back


def test_comments_go_with_records_that_an_undo_takes(kept: Kept) -> None:
    kept.edit(replace(put("a", "A", "192.0.2.7"), comments=(ADA,)))
    kept.edit(said("a.example.com.", "A", ADA, BOB))
    kept.door.undo("example.com.", 8, ME)
    assert kept.store.rrset("example.com.", "a.example.com.", "A") is None


def test_comments_of_the_soa(kept: Kept) -> None:
    soa = "ns1.example.com. hostmaster.example.com. 0 9999 900 1209600 300"
    kept.edit(said("example.com.", "SOA", ADA))
    kept.edit(put("@", "SOA", soa, ttl=60))
    assert comments(kept, "example.com.", "SOA") == (ADA,)
    kept.door.undo("example.com.", 9, ME)
    found = kept.store.rrset("example.com.", "example.com.", "SOA")
    assert found and found.comments == (ADA,) and found.served[0].split(" ")[2:4] == ["10", "7200"]
    kept.door.undo("example.com.", 8, ME)
    assert comments(kept, "example.com.", "SOA") == ()
    with pytest.raises(StaleEdit):
        kept.door.undo("example.com.", 8, ME)


def test_a_zone_comes_back_with_all_that_was_kept_of_it(kept: Kept) -> None:
    define(kept, "example.org.", kind="Master", account="ada", masters=("192.0.2.7",), soa_edit_api="INCREASE")
    disabled = SetChange("example.org.", "off.example.org.", "A", "replace", 60, [Record("192.0.2.1", True)], [BOB])
    alone = SetChange("example.org.", "alone.example.org.", "A", "extend", None, (), [EVE])
    kept.edit(disabled, alone)
    before, info = whole(kept, "example.org."), kept.store.zone("example.org.")
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.org.", is_deleted=True)]), ME)
    gone = kept.store.journal("example.org.")[0].serial
    kept.door.undo("example.org.", gone, ME)
    assert whole(kept, "example.org.") == before
    assert info and kept.store.zone("example.org.") == replace(info, serial=gone + 1)
    kept.door.undo("example.org.", gone + 1, ME)
    assert kept.store.zone("example.org.") is None


def test_properties_are_taken_back(kept: Kept) -> None:
    before = kept.store.zone("example.com.")
    first = define(kept, kind="Master", masters=("192.0.2.7", "192.0.2.8"), soa_edit_api="EPOCH")
    plan = kept.door.undo("example.com.", first, ME)
    assert before and kept.store.zone("example.com.") == replace(before, serial=kept.serial())
    assert [one.name for one in plan.properties] == ["kind", "masters", "soa_edit_api"] and kept.serial() > first
    kept.door.undo("example.com.", kept.serial(), ME)
    assert (kept.store.zone("example.com.") or before).masters == ("192.0.2.7", "192.0.2.8")


def test_properties_that_were_changed_since_are_not_overwritten(kept: Kept) -> None:
    first = define(kept, account="ada", kind="Master")
    second = define(kept, account="bob")
    with pytest.raises(StaleEdit, match=r"account of example\.com\. was changed since"):
        kept.door.undo("example.com.", first, ME)
    third = define(kept, soa_edit="EPOCH")
    kept.door.undo("example.com.", second, ME)
    kept.door.undo("example.com.", first, ME)
    info = kept.store.zone("example.com.")
    assert info and (info.account, info.kind, info.soa_edit) == ("", "Native", "EPOCH") and kept.serial() > third
