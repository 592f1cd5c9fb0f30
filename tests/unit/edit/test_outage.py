"""What a change takes away from those who are answered so far asks, although nothing that stands there is wrong."""

from dataclasses import replace

import pytest

from truename.edit.change import ChangeSet, ZoneChange
from truename.errors import RejectedEdit
from unit.edit.kept import COM, ME, Kept, put, take

STRICT = replace(ME, is_strict=True)
BELOW = "data-below-cut"
NAMED = "zone-still-named"
CHILD = "@ 3600 IN SOA ns1.example.com. h 1 7200 900 1209600 300\n@ 3600 IN NS ns1.example.com.\n"


def asks(kept: Kept, *sets, zones=()) -> tuple[str, ...]:
    return kept.door.plan(ChangeSet(sets=sets, zones=zones), STRICT).asks


def new(zone: str, text: str = CHILD) -> tuple[ZoneChange]:
    return (ZoneChange(zone, is_new=True, text=text.encode()),)


def gone(zone: str) -> tuple[ZoneChange]:
    return (ZoneChange(zone, is_deleted=True),)


@pytest.fixture
def below(kept: Kept) -> Kept:
    """Records below sub.example.com., which is no name server's."""
    kept.edit(put("host.sub", "A", "192.0.2.80"), put("host.sub", "TXT", "text"), put("alias.sub", "CNAME", "www.net."))
    return kept


def test_a_new_delegation_that_hides_records_asks(below: Kept) -> None:
    cut = put("sub", "NS", "ns.example.net.")
    plan = below.look(cut, options=STRICT)
    (found,) = [one for one in plan.findings if one.rule == BELOW]
    assert (found.severity, found.zone, found.owner) == ("warning", "example.com.", "sub.example.com.")
    assert "host.sub.example.com. A, host.sub.example.com. TXT, which are answered so far" in found.message
    with pytest.raises(RejectedEdit):
        below.edit(cut, options=STRICT)
    saved = below.edit(cut, options=replace(STRICT, accept=frozenset({BELOW})))
    assert saved.is_saved and saved.let_through == (BELOW,)
    assert asks(below, put("sub", "NS", "ns.example.net.", "ns2.example.net.")) == ()  # it was hidden before


def test_at_the_cut_itself_and_over_the_paths_of_tools(below: Kept) -> None:
    assert asks(below, put("mail", "NS", "ns.example.net.")) != ()
    assert below.edit(put("sub", "NS", "ns.example.net.")).is_saved  # not strict: it is written down and let through


def test_glue_and_what_goes_with_the_change_is_not_hidden(below: Kept) -> None:
    below.edit(take("host.sub", "TXT"))
    assert asks(below, put("sub", "NS", "host.sub.example.com.")) == ()
    assert asks(below, take("host.sub", "A"), put("sub", "NS", "ns.example.net.")) == ()
    assert asks(below, put("other", "NS", "ns.example.net.")) == ()


def test_a_new_zone_that_lacks_what_the_zone_above_answers(below: Kept) -> None:
    assert asks(below, zones=new("sub.example.com.")) == (BELOW,)
    same = CHILD + 'host 300 IN A 192.0.2.80\nhost 300 IN TXT "text"\n'
    assert asks(below, zones=new("sub.example.com.", same)) == ()
    assert asks(below, zones=new("sub.example.com.", same.replace("TXT", "CAA 0 issue"))) == (BELOW,)
    assert asks(below, zones=new("example.net.")) == ()
    below.edit(put("sub", "NS", "ns1.example.com."))
    assert asks(below, zones=new("sub.example.com.")) == ()  # nobody was answered by the zone above


def test_a_zone_that_others_lead_into(kept: Kept) -> None:
    plan = kept.door.plan(ChangeSet(zones=gone("example.com.")), STRICT)
    found = {one.owner: one.message for one in plan.findings if one.rule == NAMED}
    assert {"www.example.org.", "_sip._tcp.example.org.", "svc.example.org."} <= set(found)
    assert found["www.example.org."] == "www.example.org. CNAME leads to www.example.com., and example.com. is deleted"
    assert plan.asks == (NAMED,)
    with pytest.raises(RejectedEdit):
        kept.door.commit(ChangeSet(zones=gone("example.com.")), STRICT)
    accepted = replace(STRICT, accept=frozenset({NAMED}))
    assert kept.door.commit(ChangeSet(zones=gone("example.com.")), accepted).is_saved
    assert kept.door.undo("example.com.", None, STRICT).is_saved  # nobody is asked to have it back


def test_a_zone_that_nobody_names_or_that_is_delegated_goes_unasked(kept: Kept) -> None:
    assert asks(kept, zones=gone("example.org.")) == ()
    assert asks(kept, zones=(*gone("example.org."), *gone("example.com."))) == ()
    kept.make("sub.example.com.", COM)
    kept.edit(put("x", "CNAME", "www.sub.example.com."), put("sub", "NS", "ns.example.net."))
    assert asks(kept, zones=gone("sub.example.com.")) == ()  # the servers that are named there answer


def test_a_wildcard_that_is_renamed_leaves_nobody_behind_unasked(kept: Kept) -> None:
    kept.edit(put("*.w", "A", "192.0.2.1"), put("b", "CNAME", "q.w.example.com."), put("m", "MX", "1 x.w.example.com."))
    plan = kept.door.rename("*.w.example.com.", "*.v.example.com.", replace(STRICT, is_dry_run=True))
    assert plan.asks == ("target-missing",)
    assert sorted(one.owner for one in plan.findings) == ["b.example.com.", "m.example.com."]


def test_an_alias_comes_in_place_of_addresses_in_one_change(kept: Kept) -> None:
    with pytest.raises(RejectedEdit) as refused:
        kept.door.point("mail.example.com.", "www.example.org.", None, STRICT)
    assert "`truename alias point mail.example.com. www.example.org. --replace`" in refused.value.hint
    with pytest.raises(RejectedEdit) as refused:
        kept.make("example.net.", COM + "mail 300 IN CNAME www\n")
    assert "alias point" not in refused.value.hint  # there is no such zone yet
    kept.edit(take("@", "MX"), take("_sip._tcp", "SRV", "example.org."))
    before = kept.serial()
    kept.door.point("mail.example.com.", "ns1.example.com.", None, STRICT, replaces=True)
    assert kept.contents("mail", "A") == [] and kept.contents("mail", "CNAME") == ["ns1.example.com."]
    assert kept.serial() == before + 1
    kept.door.undo("example.com.", None, STRICT)
    assert kept.contents("mail", "A") == ["192.0.2.25"]
    kept.door.point("www.example.com.", "mail.example.com.", None, STRICT, replaces=True)
    assert kept.contents("www", "CNAME") == ["mail.example.com."]
