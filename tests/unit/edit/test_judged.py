"""What findings do at the door, and who notices a change."""

from dataclasses import replace

import pytest

from truename.config import Check
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.plan import plan_json
from truename.errors import RejectedEdit, StaleEdit
from truename.store import Store
from unit.edit.kept import COM, ME, Kept, bound_to, more, put, take

STRICT = replace(ME, is_strict=True)


def rules(kept: Kept, *sets, options=ME) -> list[str]:
    """The rules that refuse."""
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(*sets, options=options)
    return sorted({one.rule for one in refused.value.findings})


def test_what_refuses(kept: Kept) -> None:
    assert rules(kept, put("@", "CNAME", "www.example.org.")) == ["alias-at-apex"]
    assert rules(kept, put("a", "CNAME", "b.", "c.")) == ["multiple-aliases"]
    assert rules(kept, put("a", "CNAME", "192.0.2.1.")) == ["target-is-address"]
    assert rules(kept, put("www", "CNAME", "shop.example.com.")) == ["alias-loop"]
    assert rules(kept, put("@", "MX", "10 www.example.com.")) == ["mx-target-is-alias"]
    assert rules(kept, put("@", "NS", "www.example.com.")) == ["ns-target-is-alias"]
    assert rules(kept, put("d", "DNAME", "a.", "b.")) == ["multiple-dnames"]
    assert rules(kept, put("d", "DNAME", "a."), put("d", "NS", "ns1.example.com.")) == ["dname-with-ns"]
    assert rules(kept, take("@", "SOA")) == ["zone-malformed"]


def test_a_target_that_reads_as_an_address_and_is_a_name(kept: Kept) -> None:
    """Lists of addresses (DNSBL) have such names; `check` on files lets them be as well."""
    listed = put("2.0.0.127.zen", "A", "127.0.0.2")
    alias = put("test.zen", "CNAME", "2.0.0.127.zen.example.com.")
    assert rules(kept, alias) == ["target-is-address"]
    kept.edit(listed, alias)  # made by the same change
    kept.edit(put("other.zen", "CNAME", "2.0.0.127.zen.example.com."))  # there before it
    assert [one for one in kept.door.check("example.com.") if one.rule == "target-is-address"] == []
    assert rules(kept, take("2.0.0.127.zen", "A")) == ["target-is-address"]


def test_a_loop_through_another_zone(kept: Kept) -> None:
    """The change in one zone closes what lies in another."""
    assert rules(kept, take("@", "A"), put("www", "CNAME", "www.example.org.")) == ["alias-loop"]


def test_a_host_becomes_an_alias_under_the_mx_of_another_zone(kept: Kept) -> None:
    kept.edit(put("@", "MX", "10 mail.example.com.", zone="example.org."))
    found = rules(kept, take("mail", "A"), put("mail", "CNAME", "ns1.example.com."))
    assert found == ["mx-target-is-alias", "srv-target-is-alias"]


def test_what_asks_is_let_in_and_written_down(kept: Kept) -> None:
    change = put("dead", "CNAME", "nobody.example.com.")
    assert rules(kept, change, options=STRICT) == ["target-missing"]
    plan = kept.edit(change)
    assert [one.rule for one in plan.findings] == ["target-missing"] and plan.let_through == ("target-missing",)
    assert kept.store.journal("example.com.")[0].accepted == ("target-missing",)
    kept.edit(
        put("dead2", "CNAME", "nobody.example.com."), options=replace(STRICT, accept=frozenset({"target-missing"}))
    )


def test_what_was_there_before_does_not_refuse(kept: Kept) -> None:
    kept.edit(put("dead", "CNAME", "nobody.example.com."))
    plan = kept.look(put("dead", "CNAME", "nobody.example.com.", ttl=7), options=STRICT)
    assert (plan.findings, [one.rule for one in plan.existing], plan.refused) == ((), ["target-missing"], ())
    plan = kept.edit(put("dead", "CNAME", "nobody.example.com.", ttl=7), options=STRICT)
    assert plan.let_through == ()


def test_deleting_a_target_asks_for_all_that_lead_there(kept: Kept) -> None:
    plan = kept.look(take("www", "CNAME"))
    assert {(one.rule, one.owner) for one in plan.findings} == {
        ("target-missing", "shop.example.com."),
        ("target-missing", "www.example.org."),
        ("target-missing", "svc.example.org."),
    }


def test_nobody_accepts_what_refuses(kept: Kept) -> None:
    every = frozenset({"mx-target-is-alias", "alias-with-other-data", "target-missing"})
    wrong = put("@", "MX", "10 www.example.com."), put("dead", "CNAME", "nobody.example.com.")
    for options in (replace(ME, accept=every), replace(STRICT, accept=every)):
        assert rules(kept, *wrong, options=options) == ["mx-target-is-alias"]
        assert rules(kept, put("www", "A", "192.0.2.1"), options=options) == ["alias-with-other-data"]
    assert kept.look(*wrong, options=STRICT).asks == ()  # to accept target-missing would not help


def test_what_asks_is_named(kept: Kept) -> None:
    wrong = put("dead", "CNAME", "nobody.example.com."), put("bare", "MX", "10 mail.example.com.")
    assert kept.look(*wrong).asks == kept.look(*wrong, options=STRICT).asks == ("target-missing",)
    assert kept.look(*wrong, options=replace(STRICT, accept=frozenset({"target-missing"}))).asks == ()
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(*wrong, options=STRICT)
    assert refused.value.asks == ("target-missing",)


def test_settings_hold_at_the_door(tmp_path) -> None:
    check = Check(ignore=["mx-target-is-alias", "alias-with-other-data"], severity={"alias-loop": "off"})
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        kept = Kept(store, check)
        kept.make("example.com.", COM)
        kept.edit(put("@", "MX", "10 www.example.com."))
        kept.edit(put("www", "CNAME", "shop.example.com."))
        assert rules(kept, put("www", "A", "192.0.2.1")) == ["alias-with-other-data"]
        kept.door.configure(Check())
        assert rules(kept, put("b", "MX", "10 www.example.com.")) == ["mx-target-is-alias"]


def test_a_zone_without_name_servers_is_let_in(kept: Kept) -> None:
    made = ChangeSet([put("www", "A", "192.0.2.1", zone="example.net.")], [ZoneChange("example.net.", is_new=True)])
    assert (kept.door.plan(made, STRICT).refused, kept.door.plan(made, STRICT).asks) == ((), ())
    plan = kept.door.commit(made, STRICT)
    assert [one.rule for one in plan.findings] == ["zone-malformed"] and plan.let_through == ("zone-malformed",)


SPF, SITE, NEW = '"v=spf1 mx -all"', '"site=1"', '"site=2"'


@pytest.mark.parametrize(
    ("owner", "rtype", "before", "step", "lost"),
    [
        ("@", "TXT", (SPF, SITE), put("@", "TXT", SITE, NEW), "SPF"),
        ("@", "TXT", (SPF, SITE), more("@", "TXT", SPF, op="prune"), "SPF"),
        ("@", "TXT", (SPF,), put("@", "TXT", SITE), "SPF"),
        ("@", "TXT", ('"v=sp" "f1 -all"', SITE), put("@", "TXT", SITE), "SPF"),
        ("@", "TXT", ('"V=SPF1"',), put("@", "TXT", SITE), "SPF"),
        ("_dmarc", "TXT", ('"v=DMARC1; p=none"',), put("_dmarc", "TXT", SITE), "DMARC"),
        ("a._domainkey", "TXT", ('"k=rsa; p=AAAA"',), put("a._domainkey", "TXT", SITE), "DKIM"),
        ("@", "CAA", ('0 issue "a.example"', '0 issue "b.example"'), put("@", "CAA", '0 issue "a.example"'), "CAA"),
        ("@", "CAA", ('0 issue "a.example"',), put("@", "CAA", '0 issue "b.example"'), "CAA"),
        # An edit of the policy, a record of another kind, and a set that is deleted as a whole.
        ("@", "TXT", (SPF, SITE), put("@", "TXT", '"v=spf1 ~all"', SITE), ""),
        ("@", "TXT", (SPF, SITE), put("@", "TXT", SPF), ""),
        ("@", "TXT", (SPF, SITE), more("@", "TXT", NEW), ""),
        ("@", "TXT", (SPF, SITE), take("@", "TXT"), ""),
        ("@", "TXT", ('"v=spf10 no"',), put("@", "TXT", SITE), ""),
        ("@", "TXT", (SPF, '"v=spf1 a -all"'), put("@", "TXT", SPF), ""),
        ("@", "CAA", ('0 issue "a.example"',), put("@", "CAA", '128 issue "a.example"'), ""),
    ],
)
def test_a_policy_that_goes_while_its_set_stays(kept: Kept, owner, rtype, before, step, lost) -> None:
    kept.edit(put(owner, rtype, *before))
    plan = kept.look(step)
    found = [one for one in plan.findings if one.rule == "policy-record-lost"]
    assert plan.asks == (("policy-record-lost",) if lost else ())
    assert [one.owner for one in found] == ([step.owner] if lost else [])
    assert all(f"loses its {lost} record, " in one.message for one in found)
    if lost:
        assert rules(kept, step, options=STRICT) == ["policy-record-lost"]
        assert kept.edit(step).let_through == ("policy-record-lost",)
        assert kept.store.journal("example.com.")[0].accepted == ("policy-record-lost",)


def test_a_policy_that_is_no_more_served(kept: Kept) -> None:
    from truename.zone import Record

    kept.edit(put("@", "TXT", SPF, SITE))
    step = replace(put("@", "TXT"), records=[Record(SPF, is_disabled=True), Record(SITE)])
    assert kept.look(step).asks == ("policy-record-lost",)


def test_settings_turn_off_what_a_change_does(tmp_path) -> None:
    for check in (Check(ignore=["policy-record-lost"]), Check(severity={"policy-record-lost": "info"})):
        with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
            kept = Kept(store, check)
            if not kept.door.has("example.com."):
                kept.make("example.com.", COM)
            kept.edit(put("@", "TXT", SPF))
            assert kept.look(put("@", "TXT", SITE), options=STRICT).asks == ()


def test_an_odd_owner_asks(kept: Kept) -> None:
    step = put("www.example.com", "TXT", '"x"')
    assert kept.look(step).asks == ("odd-owner",)
    assert rules(kept, step, options=STRICT) == ["odd-owner"]
    assert kept.edit(step).let_through == ("odd-owner",)
    assert kept.look(put("www.example.com", "TXT", '"y"'), options=STRICT).asks == ()  # it was there before


def test_disabled_records_are_not_judged(kept: Kept) -> None:
    from truename.zone import Record

    step = replace(put("www", "A"), records=[Record("192.0.2.1", is_disabled=True)])
    assert kept.edit(step).findings == ()


def test_a_bound_caller_is_judged_by_its_own_zones(kept: Kept) -> None:
    bound = bound_to("example.com.", options=STRICT)
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(take("www", "CNAME"), options=bound)
    assert {one.zone for one in refused.value.findings} == {"example.com."}  # and not what example.org aims there
    plan = kept.look(put("@", "A", "192.0.2.9"), options=bound)
    assert plan.impact_count == 2
    assert {one.name for one in plan.impact} == {"www.example.com.", "shop.example.com."}
    nowhere = put("new", "CNAME", "nobody.example.org.")
    assert [one.rule for one in kept.look(nowhere, options=STRICT).findings] == ["target-missing"]
    assert kept.look(nowhere, options=bound).findings == ()  # outside, as far as this caller knows


def test_a_loop_through_zones_of_others_is_refused_without_telling_of_them(kept: Kept) -> None:
    from truename.edit.sight import HIDDEN

    kept.edit(put("c", "CNAME", "back.example.com.", zone="example.org."))
    kept.edit(put("b", "CNAME", "c.example.org.", zone="example.org."))
    bound = bound_to("example.com.")
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(put("back", "CNAME", "b.example.org."), options=bound)
    (found,) = refused.value.findings
    assert (found.rule, found.zone, found.owner) == ("alias-loop", "example.com.", "back.example.com.")
    assert found.chain == ["back.example.com.", "b.example.org.", HIDDEN, "back.example.com."]
    assert "c.example.org" not in f"{refused.value.message} {refused.value.errors} {found}"
    plan = kept.look(put("back", "CNAME", "b.example.org."), options=bound)
    assert plan.refused and [one.rule for one in plan.findings] == ["alias-loop"]


def test_impact(kept: Kept) -> None:
    plan = kept.look(put("@", "A", "192.0.2.9", ttl=60))
    found = {one.name: one for one in plan.impact}
    assert set(found) == {"www.example.com.", "shop.example.com.", "www.example.org.", "svc.example.org."}
    shop = found["shop.example.com."]
    assert (shop.type, shop.zone, shop.ttl) == ("CNAME", "example.com.", 32600)
    assert shop.path == ("shop.example.com.", "www.example.com.", "example.com.")
    assert (shop.before.records, shop.after.records) == (("192.0.2.1",), ("192.0.2.9",))
    assert shop.stale_until_s == 300  # the TTL of what changes; the links are as they were
    assert plan_json(plan)["impact"][0]["before"] == {"rcode": "NOERROR", "records": ["192.0.2.1"]}
    assert kept.look(put("@", "AAAA", "2001:db8::1")).impact[0].stale_until_s == 300  # the negative TTL
    plan = kept.look(take("www", "CNAME"), put("www", "A", "192.0.2.3"))
    assert {one.name: (one.stale_until_s, one.after.records) for one in plan.impact} == {
        "shop.example.com.": (32600, ("192.0.2.3",)),
        "www.example.org.": (32600, ("192.0.2.3",)),
        "svc.example.org.": (32600, ("192.0.2.3",)),
    }


def test_an_edit_of_one_name_does_not_concern_what_reaches_the_apex(kept: Kept) -> None:
    plan = kept.look(put("ftp", "A", "192.0.2.9"))
    assert (plan.impact_count, plan.impact, [one.type for one in plan.changes]) == (0, (), ["A"])
    assert kept.edit(put("mail", "A", "192.0.2.9")).impact_count == 2  # the MX, and the SRV of another zone


def test_base_serial(kept: Kept) -> None:
    kept.edit(put("a", "A", "192.0.2.1"), options=replace(ME, base_serial=7))
    with pytest.raises(StaleEdit) as stale:
        kept.edit(put("b", "A", "192.0.2.1"), options=replace(ME, base_serial=7))
    assert (stale.value.serial, stale.value.changed) == (8, ("a.example.com.",))


def test_plan_and_dry_run_save_nothing(kept: Kept) -> None:
    before = kept.lines(), kept.serial(), kept.told
    plan = kept.look(put("www", "A", "192.0.2.1"))
    assert plan.refused and plan.findings and not plan.is_saved
    plan = kept.door.rename("mail.example.com.", "post.example.com.", replace(ME, is_dry_run=True))
    assert not plan.is_saved and plan.counts == {"change": 2, "delete": 1, "add": 1}
    assert (kept.lines(), kept.serial(), kept.told) == before
