"""What each kind of step does to an RRset, and to the serial."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.errors import NoZone, RejectedEdit, StaleEdit, ZoneExists
from truename.zone import Comment, Record, ZoneInfo
from unit.edit.kept import COM, ME, ORG, Kept, more, put, take


def test_an_rrset_is_replaced_and_deleted(kept: Kept) -> None:
    plan = kept.edit(put("ftp", "A", "192.0.2.7", "192.0.2.8", ttl=60))
    assert [(one.op, one.owner, one.type) for one in plan.changes] == [("add", "ftp.example.com.", "A")]
    assert kept.graph.explain("ftp.example.com.").records[0][:3] == ("ftp.example.com.", 60, "A")
    plan = kept.edit(put("FTP", "a", "192.0.2.9", ttl=None))
    assert [(one.op, one.after.ttl, one.after.served) for one in plan.changes if one.after] == [
        ("change", 60, ("192.0.2.9",))
    ]
    assert [one.op for one in kept.edit(take("ftp", "A")).changes] == ["delete"]
    assert kept.graph.explain("ftp.example.com.").rcode == "NXDOMAIN"
    assert kept.told == 5  # two zones were made before


def test_extend_and_prune(kept: Kept) -> None:
    kept.edit(put("ftp", "A", "192.0.2.7"), more("ftp", "A", "192.0.2.8", "192.0.2.7"))
    assert kept.lines()[-3:] != [] and sorted(line for line in kept.lines() if "ftp" in line) == [
        "ftp.example.com. 300 IN A 192.0.2.7",
        "ftp.example.com. 300 IN A 192.0.2.8",
    ]
    kept.edit(more("ftp", "A", "192.0.2.7", "192.0.2.99", op="prune"))
    assert [line for line in kept.lines() if "ftp" in line] == ["ftp.example.com. 300 IN A 192.0.2.8"]
    kept.edit(more("ftp", "A", "192.0.2.8", op="prune"))
    assert [line for line in kept.lines() if "ftp" in line] == []


def test_steps_hold_in_their_order_and_rules_see_the_result(kept: Kept) -> None:
    kept.edit(put("ftp", "A", "192.0.2.7"))
    kept.edit(take("ftp", "A"), put("ftp", "CNAME", "www.example.com."))
    kept.edit(put("ftp", "A", "192.0.2.7"), take("ftp", "CNAME"))  # in the middle there are both
    assert kept.graph.explain("ftp.example.com.").end == "data"


def test_a_record_is_one_in_every_spelling(kept: Kept) -> None:
    kept.edit(put("m", "MX", "10 Mail.example.com.", "10 MAIL.example.com."))
    assert kept.contents("m", "MX") == ["10 Mail.example.com."]
    kept.edit(more("m", "MX", "10 mail.example.com.", "20 mail.example.com."))
    assert kept.contents("m", "MX") == ["10 mail.example.com.", "20 mail.example.com."]
    kept.edit(more("m", "MX", "10 MAIL.EXAMPLE.COM.", op="prune"))
    assert kept.contents("m", "MX") == ["20 mail.example.com."]


def test_a_change_of_spelling_is_a_change(kept: Kept) -> None:
    kept.edit(put("m", "MX", "10 mail.example.com."))
    serial = kept.store.zone("example.com.").serial
    plan = kept.edit(put("m", "MX", "10 Mail.example.com."))
    (change,) = plan.changes
    assert change.after.served == ("10 Mail.example.com.",) and kept.store.zone("example.com.").serial > serial
    assert kept.edit(put("m", "MX", "10 Mail.example.com.")).is_empty


def test_data_are_stored_in_one_form_and_names_as_they_were_written(kept: Kept) -> None:
    kept.edit(
        put("m", "MX", "010 MAIL.example.COM"), put("t", "TXT", 'plain "two words"'), put("n", "TYPE1", "192.0.2.1")
    )
    assert [line.split(" IN ")[1] for line in kept.lines() if line[0] in "mtn" and line[1] == "."] == [
        "MX 10 MAIL.example.COM.",
        "A 192.0.2.1",
        'TXT "plain" "two words"',
    ]


def test_everything_that_cannot_be_read_is_told_at_once(kept: Kept) -> None:
    before = kept.serial()
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(put("a", "A", "nonsense"), put("b", "MX", "mail"), put("c", "A", "192.0.2.1", ttl=2**31))
    assert len(refused.value.errors) == 3 and "and 2 more" in refused.value.message
    with pytest.raises(RejectedEdit, match="ANY exists only in questions"):
        kept.edit(put("a", "ANY", "x"))
    assert kept.serial() == before


def test_nothing_to_do_is_no_change(kept: Kept) -> None:
    before, told = kept.serial(), kept.told
    plan = kept.edit(put("@", "A", "192.0.2.1"), take("nobody", "A"))
    assert plan.is_empty and not plan.is_saved and kept.serial() == before and kept.told == told


def test_disabled_records_and_comments_are_kept_and_not_served(kept: Kept) -> None:
    records = [Record("192.0.2.7"), Record("192.0.2.8", is_disabled=True)]
    comments = [Comment("why", "ada", 5)]
    kept.edit(SetChange("example.com.", "ftp.example.com.", "A", "replace", 60, records, comments))
    assert [record[3] for record in kept.graph.explain("ftp.example.com.").records] == ["192.0.2.7"]
    kept.edit(SetChange("example.com.", "ftp.example.com.", "CNAME", ttl=60, records=[Record("x.", is_disabled=True)]))
    found = kept.store.rrset("example.com.", "ftp.example.com.", "A")
    assert found and set(found.records) == set(records) and found.comments == tuple(comments)
    kept.edit(more("ftp", "A", "192.0.2.9"))  # comments stay unless somebody speaks of them
    found = kept.store.rrset("example.com.", "ftp.example.com.", "A")
    assert found and found.comments == tuple(comments) and len(found.records) == 3


def test_a_refused_change_leaves_everything_as_it_was(kept: Kept) -> None:
    before, serial, journal = kept.lines(), kept.serial(), len(kept.store.journal("example.com."))
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(put("ftp", "A", "192.0.2.7"), put("www", "A", "192.0.2.7"))
    assert [one.rule for one in refused.value.findings] == ["alias-with-other-data"]
    assert (kept.lines(), kept.serial(), len(kept.store.journal("example.com."))) == (before, serial, journal)


def test_serials(kept: Kept) -> None:
    assert kept.serial() == 7
    kept.edit(put("a", "A", "192.0.2.1"))
    assert kept.serial() == 8  # a count goes on as a count
    today = int(datetime.now(UTC).strftime("%Y%m%d"))
    kept.edit(put("a", "A", "192.0.2.1", zone="example.org."))
    assert kept.serial("example.org.") == today * 100
    kept.edit(put("a", "A", "192.0.2.2", zone="example.org."))
    assert kept.serial("example.org.") == today * 100 + 1


def test_a_serial_that_is_given_holds_when_it_is_newer(kept: Kept) -> None:
    soa = "ns1.example.com. hostmaster.example.com. {} 7200 900 1209600 300"
    kept.edit(put("@", "SOA", soa.format(50), ttl=3600))
    assert kept.serial() == 50
    plan = kept.edit(put("@", "SOA", soa.format(50).replace("7200", "7201"), ttl=3600))
    assert kept.serial() == 51 and [one.type for one in plan.changes] == ["SOA"]
    kept.edit(put("@", "SOA", soa.format(4), ttl=3600), put("a", "A", "192.0.2.1"))
    assert kept.serial() == 52


@pytest.mark.parametrize(
    ("style", "after"), [("INCREASE", 2020010103), ("default", None), ("", None), ("EPOCH", 2020010103)]
)
def test_styles_of_serials(kept: Kept, style: str, after: int | None) -> None:
    info = replace(kept.store.zone("example.org.") or ZoneInfo("example.org."), soa_edit_api=style)
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.org.", info=info)]), ME)
    kept.edit(put("a", "A", "192.0.2.1", zone="example.org."))
    assert kept.serial("example.org.") == (after or int(datetime.now(UTC).strftime("%Y%m%d")) * 100 + 1)


def test_properties_are_a_version_of_their_own(kept: Kept) -> None:
    """Or nobody could say which change is to be taken back, or that two people changed them at once."""
    info = replace(kept.store.zone("example.com.") or ZoneInfo(""), kind="Master", account="ada", serial=99)
    change = ChangeSet(zones=[ZoneChange("example.com.", info=info)])
    plan = kept.door.commit(change, ME)
    assert plan.is_saved and kept.store.zone("example.com.") == replace(info, serial=8)
    assert (plan.changes, plan.serials) == ((), {"example.com.": (7, 8)})
    assert [(one.name, one.before, one.after) for one in plan.properties] == [
        ("kind", "Native", "Master"),
        ("account", "", "ada"),
    ]
    with pytest.raises(StaleEdit) as stale:
        kept.door.commit(change, replace(ME, base_serial=7))
    assert stale.value.changed == ("example.com.",)
    assert not kept.door.commit(change, ME).is_saved and kept.serial() == 8


def test_a_zone_is_made_of_rrsets_and_gets_an_soa(kept: Kept) -> None:
    steps = [put("@", "NS", "ns1.example.com.", zone="example.net."), put("www", "A", "192.0.2.1", zone="example.net.")]
    plan = kept.door.commit(ChangeSet(steps, [ZoneChange("example.net.", is_new=True)]), ME)
    soa = kept.store.rrset("example.net.", "example.net.", "SOA")
    assert soa and soa.served[0].split(" ")[:2] == ["ns1.example.com.", "hostmaster.example.net."]
    assert plan.serials == {"example.net.": (0, int(datetime.now(UTC).strftime("%Y%m%d")) * 100 + 1)}
    with pytest.raises(ZoneExists):
        kept.make("example.NET", COM)


def test_a_text_replaces_a_zone_and_only_what_differs_is_written(kept: Kept) -> None:
    text = COM.replace("192.0.2.25", "192.0.2.26").replace("shop ", "store ")
    plan = kept.door.commit(ChangeSet(zones=[ZoneChange("example.com.", text=text.encode())]), ME)
    assert sorted((one.op, one.owner) for one in plan.changes) == [
        ("add", "store.example.com."),
        ("change", "mail.example.com."),
        ("delete", "shop.example.com."),
    ]
    assert plan.serials == {"example.com.": (7, 8)}
    with pytest.raises(RejectedEdit) as refused:
        kept.door.commit(ChangeSet(zones=[ZoneChange("example.com.", text=b"@ 60 NS\n$INCLUDE /etc/passwd\n")]), ME)
    assert [(one.rule, one.line) for one in refused.value.findings] == [("zone-malformed", 1), ("zone-malformed", 2)]


def test_a_text_of_another_zone_is_refused_by_the_rules(kept: Kept) -> None:
    outside = ChangeSet(zones=[ZoneChange("example.com.", text=(COM + "www.example.edu. 60 A 192.0.2.9\n").encode())])
    plan = kept.door.plan(outside, ME)
    assert [(one.rule, one.owner) for one in plan.findings] == [
        ("data-out-of-zone", "www.example.edu.")
    ] and plan.refused
    assert [(one.op, one.owner) for one in plan.changes if one.type != "SOA"] == [("add", "www.example.edu.")]
    whole = b"$ORIGIN example.edu.\n" + ORG.encode()
    change = ChangeSet(zones=[ZoneChange("example.net.", is_new=True, text=whole)])
    with pytest.raises(RejectedEdit) as refused:
        kept.door.commit(change, ME)
    assert {one.rule for one in refused.value.findings} >= {"data-out-of-zone"}
    assert kept.store.zone("example.net.") is None and kept.serial() == 7


def test_a_text_that_differs_in_an_older_serial_alone_changes_nothing(kept: Kept) -> None:
    kept.edit(put("new", "A", "192.0.2.7"))
    kept.edit(take("new", "A"))
    assert kept.serial() == 9
    again = ChangeSet(zones=[ZoneChange("example.com.", text=COM.encode())])
    assert kept.door.plan(again, ME).is_empty
    kept.door.commit(again, ME)
    assert kept.serial() == 9
    edited = COM.replace("192.0.2.25", "192.0.2.26")
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.com.", text=edited.encode())]), ME)
    assert kept.serial() == 10
    newer = edited.replace("hostmaster 7", "hostmaster 12")
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.com.", text=newer.encode())]), ME)
    assert kept.serial() == 12


def test_a_zone_that_is_made_again_does_not_go_back(kept: Kept) -> None:
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.com.", is_deleted=True)]), ME)
    assert kept.graph.explain("www.example.com.").end == "out-of-zone" and kept.store.zone("example.com.") is None
    kept.make("example.com.", COM)  # its text says 7
    assert kept.serial() == 9
    kept.make("sub.example.com.", COM)


def test_zones_that_are_not_here(kept: Kept) -> None:
    with pytest.raises(NoZone):
        kept.edit(put("a", "A", "192.0.2.1", zone="example.net."))
    with pytest.raises(NoZone):
        kept.door.commit(ChangeSet(zones=[ZoneChange("example.net.", is_deleted=True)]), ME)
    with pytest.raises(RejectedEdit, match="is not below"):
        kept.edit(put("www.example.net.", "A", "192.0.2.1"))


def test_zones_in_files_are_not_changed(kept: Kept, tmp_path) -> None:
    kept.files.add(tmp_path / "net.zone", "$ORIGIN example.net.\n" + COM)
    with pytest.raises(RejectedEdit, match=r"net\.zone"):
        kept.edit(put("a", "A", "192.0.2.1", zone="example.net."))
    with pytest.raises(ZoneExists) as exists:
        kept.make("example.net.", COM)
    assert "net.zone" in exists.value.hint


def test_the_journal_says_what_was_done(kept: Kept) -> None:
    kept.edit(put("@", "A", "192.0.2.2", "192.0.2.1", ttl=300))
    entry = kept.store.journal("example.com.")[0]
    assert (entry.by, entry.door, entry.previous, entry.serial) == ("me", "cli", 7, 8)
    assert [line for line in entry.added if " SOA " not in line] == ["example.com. 300 IN A 192.0.2.2"]
    assert [line for line in entry.removed if " SOA " not in line] == []
    assert sum(" SOA " in line for line in (*entry.added, *entry.removed)) == 2  # what IXFR begins and ends with


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("www A 192.0.2.1\nwww CNAME mail", "alias-with-other-data"),
        ("www CNAME mail\nwww CNAME other", "multiple-aliases"),
        ("www.example.com. A 192.0.2.1", "data-out-of-zone"),
        ("www CNAME www", "alias-loop"),
    ],
)
def test_a_text_that_the_store_would_refuse_too_is_refused_by_the_rules(kept: Kept, line: str, rule: str) -> None:
    """It is judged while it is written: whoever says no first, the findings are told."""
    text = f"$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\nmail A 192.0.2.1\n{line}\n".encode()
    change = ChangeSet(zones=(ZoneChange("example.net.", is_new=True, text=text),))
    with pytest.raises(RejectedEdit) as refused:
        kept.door.commit(change, ME)
    assert rule in {finding.rule for finding in refused.value.findings}
    assert not kept.door.has("example.net.") and kept.door.trouble == ""
