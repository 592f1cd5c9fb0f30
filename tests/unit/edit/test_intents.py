"""Point, rename, retire."""

from dataclasses import replace

import pytest

from truename._core import normalize
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.errors import ForbiddenEdit, NoZone, RejectedEdit
from truename.zone import Comment, Record
from unit.edit.kept import COM, ME, Kept, bound_to, put


def test_point(kept: Kept) -> None:
    plan = kept.door.point("New.example.com", "mail.example.com", 60, ME)
    assert [(one.op, one.owner, one.type) for one in plan.changes] == [("add", "new.example.com.", "CNAME")]
    kept.door.point("shop.example.com.", "mail.example.com.", None, ME)
    hop = kept.graph.explain("shop.example.com.").hops[0]
    assert (hop.target, hop.ttl) == ("mail.example.com.", 32600)


def test_point_at_an_apex_is_flattening(kept: Kept) -> None:
    plan = kept.door.point("example.org.", "example.com.", 60, replace(ME, is_dry_run=True))
    kept.door.point("example.org.", "example.com.", 60, ME)
    assert [(one.rule, one.owner) for one in plan.findings] == [("alias-not-followed", "example.org.")]
    assert kept.store.rrset("example.org.", "example.org.", "ALIAS") is not None
    with pytest.raises(NoZone):
        kept.door.point("www.example.net.", "example.com.", None, ME)


def test_point_drops_nothing(kept: Kept) -> None:
    with pytest.raises(RejectedEdit) as refused:
        kept.door.point("mail.example.com.", "www.example.com.", None, ME)
    assert "192.0.2.25" in refused.value.message


def test_rename_takes_every_link_along(kept: Kept) -> None:
    kept.edit(
        put("r", "PTR", "mail.example.com."),
        put("d", "DNAME", "mail.example.com."),
        put("f", "ALIAS", "mail.example.com."),
    )
    plan = kept.door.rename("mail.example.com.", "Post.example.com.", ME)
    assert set(plan.serials) == {"example.com.", "example.org."}
    text = "\n".join([*kept.lines(), *kept.lines("example.org.")])
    assert "mail.example.com." not in text
    for line in (
        "post.example.com. 300 IN A 192.0.2.25",
        "example.com. 300 IN MX 10 post.example.com.",
        "r.example.com. 300 IN PTR post.example.com.",
        "d.example.com. 300 IN DNAME post.example.com.",
        "f.example.com. 300 IN ALIAS post.example.com.",
        "_sip._tcp.example.org. 600 IN SRV 1 2 5060 post.example.com.",
    ):
        assert line in text
    kept.door.rename("www.example.com.", "web.example.org.", ME)  # into another zone
    text = "\n".join([*kept.lines(), *kept.lines("example.org.")])
    assert "svc.example.org. 600 IN HTTPS 1 web.example.org. alpn=h2" in text
    assert "web.example.org. 32600 IN CNAME example.com." in text and "www.example.com." not in text


# Data of types that hold names besides other fields, several names, or a name only sometimes: {} stands for the name.
EVERY_FIELD = {
    "NAPTR": '100 50 "s" "SIP+D2U" "" {}', "AFSDB": "1 {}", "KX": "10 {}", "LP": "10 {}", "RT": "10 {}",
    "IPSECKEY": "10 3 2 {} AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4", "AMTRELAY": "10 0 3 {}",
    "RP": "{} {}", "MINFO": "{} {}", "PX": "10 {} {}", "TALINK": ". {}", "MB": "{}", "NSAP-PTR": "{}",
    "HIP": "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9 {} x.example.net. {}",
}  # fmt: skip


@pytest.mark.parametrize("rtype", EVERY_FIELD)
def test_rename_knows_every_field_that_is_a_name(kept: Kept, rtype: str) -> None:
    data, org = EVERY_FIELD[rtype], "example.org."
    kept.edit(
        put("n", rtype, data.replace("{}", "mail.example.com."), zone=org),
        SetChange(org, "d.example.org.", rtype, "replace", 60, [Record(data.replace("{}", "MAIL.example.com."), True)]),
    )
    with pytest.raises(RejectedEdit) as refused:
        kept.door.retire("mail.example.com.", None, ME)
    assert f"n.example.org. {rtype}" in refused.value.errors
    kept.door.rename("mail.example.com.", "post.example.com.", ME)
    for owner in ("n.example.org.", "d.example.org."):
        found = kept.store.rrset(org, owner, rtype)
        assert found and normalize(rtype, data.replace("{}", "post.example.com.")) == found.records[0].content


def test_names_that_signatures_are_made_of_stay(kept: Kept) -> None:
    signature = "A 8 3 300 20300101000000 20260101000000 2642 {}. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr"
    kept.edit(put("x", "RRSIG", signature.format("mail.example.com")), put("x", "NSEC", "mail.example.com. A"))
    plan = kept.door.rename("mail.example.com.", "post.example.com.", ME)
    assert not {one.type for one in plan.changes} & {"RRSIG", "NSEC"}


def test_rename_knows_names_from_text(kept: Kept) -> None:
    """Only whole names are replaced, and only where they are names."""
    kept.edit(
        put("t", "TXT", '"mail.example.com."'),
        put("x", "CNAME", "xmail.example.com."),
        put("y", "CNAME", "a.mail.example.com."),
    )
    kept.door.rename("mail.example.com.", "post.example.com.", ME)
    text = "\n".join(kept.lines())
    assert '"mail.example.com."' in text and "CNAME xmail.example.com." in text and "CNAME a.mail.example.com." in text


def test_rename_takes_what_is_disabled_along(kept: Kept) -> None:
    """Nobody is answered with it, but once it is enabled it would name what is not there any more."""
    org, said = "example.org.", [Comment("later", "ada", 1764172800)]
    kept.edit(
        SetChange(org, "old.example.org.", "CNAME", "replace", 60, [Record("MAIL.example.com.", True)], said),
        SetChange(org, org, "MX", "replace", 60, [Record("1 example.com."), Record("2 mail.example.com.", True)]),
        SetChange(org, "text.example.org.", "TXT", "replace", 60, [Record('"mail.example.com."', True)]),
        SetChange(org, "x.example.org.", "CNAME", "replace", 60, [Record("x.mail.example.com.", True)]),
    )
    plan = kept.door.rename("mail.example.com.", "post.example.com.", replace(ME, is_dry_run=True))
    shown = {(one.owner, one.type) for one in plan.changes}
    assert {("old.example.org.", "CNAME"), (org, "MX")} <= shown
    kept.door.rename("mail.example.com.", "post.example.com.", ME)
    found = kept.store.rrset(org, "old.example.org.", "CNAME")
    assert found and found.records == (Record("post.example.com.", True),) and found.comments == tuple(said)
    lines = kept.lines(org)
    assert "; disabled example.org. 60 IN MX 2 post.example.com." in lines
    assert '; disabled text.example.org. 60 IN TXT "mail.example.com."' in lines
    assert "; disabled x.example.org. 60 IN CNAME x.mail.example.com." in lines
    kept.door.retire("post.example.com.", "ns1.example.com.", ME)
    assert "; disabled example.org. 60 IN MX 2 ns1.example.com." in kept.lines(org)


def test_rename_of_a_primary_name_server(kept: Kept) -> None:
    plan = kept.door.rename("ns1.example.com.", "ns.example.com.", ME)
    assert {(one.zone, one.type) for one in plan.changes} >= {("example.com.", "SOA"), ("example.org.", "SOA")}
    for zone, rname in (("example.com.", "hostmaster.example.com."), ("example.org.", "hostmaster.example.org.")):
        soa = kept.store.rrset(zone, zone, "SOA")
        assert soa and soa.served[0].split(" ")[:3] == ["ns.example.com.", rname, str(kept.serial(zone))]


def test_an_rname_is_no_host(kept: Kept) -> None:
    kept.edit(put("hostmaster", "A", "192.0.2.7"))
    plan = kept.door.rename("hostmaster.example.com.", "webmaster.example.com.", ME)
    assert {one.type for one in plan.changes} == {"A"}


def test_rename_moves_all_that_a_name_holds(kept: Kept) -> None:
    said = (Comment("spare", "ada", 1764172800),)
    held = [Record("192.0.2.7"), Record("192.0.2.8", True)]
    kept.edit(
        SetChange("example.com.", "a.example.com.", "A", "replace", 60, held, said),
        SetChange("example.com.", "a.example.com.", "MX", "replace", 61, [Record("1 a.example.com.", True)]),
        SetChange("example.com.", "a.example.com.", "TXT", "extend", 62, (), said),
    )
    before = list(kept.store.rrsets("example.com.", owner="a.example.com."))
    kept.door.rename("a.example.com.", "b.example.org.", ME)
    after = [replace(one, owner="a.example.com.") for one in kept.store.rrsets("example.org.", owner="b.example.org.")]
    assert after == [
        replace(one, records=(Record("1 b.example.org.", True),)) if one.type == "MX" else one for one in before
    ]
    assert list(kept.store.rrsets("example.com.", owner="a.example.com.")) == []
    kept.door.undo("example.com.", kept.serial(), ME)
    assert list(kept.store.rrsets("example.com.", owner="a.example.com.")) == before


def test_rename_may_keep_the_old_name_as_an_alias(kept: Kept) -> None:
    kept.edit(put("mail", "AAAA", "2001:db8::25", ttl=60))
    kept.door.rename("mail.example.com.", "post.example.com.", ME, keep_alias=True)
    lines = kept.lines()
    assert "mail.example.com. 60 IN CNAME post.example.com." in lines
    assert "example.com. 300 IN MX 10 post.example.com." in lines and "post.example.com. 300 IN A 192.0.2.25" in lines
    kept.door.rename("www.example.com.", "web.example.com.", ME, keep_alias=True)  # an alias itself
    chain = kept.graph.explain("www.example.com.")
    assert [hop.target for hop in chain.hops] == ["web.example.com.", "example.com."]


CHILD = """\
@    3600 IN SOA  ns1 hostmaster 7 7200 900 1209600 300
@    3600 IN NS   ns1
ns1  300  IN A    192.0.2.61
ns1  300  IN AAAA 2001:db8::61
"""


@pytest.fixture
def child(kept: Kept) -> Kept:
    kept.make("sub.example.com.", CHILD)
    kept.edit(
        put("sub", "NS", "ns1.sub.example.com."),
        put("ns1.sub", "A", "192.0.2.61", ttl=77),
        put("ns1.sub", "AAAA", "2001:db8::61"),
    )
    return kept


def test_rename_takes_glue_along(child: Kept) -> None:
    plan = child.door.rename("ns1.sub.example.com.", "ns2.sub.example.com.", ME)
    assert set(plan.serials) == {"example.com.", "sub.example.com."}
    for line in (
        "sub.example.com. 300 IN NS ns2.sub.example.com.",
        "ns2.sub.example.com. 77 IN A 192.0.2.61",
        "ns2.sub.example.com. 300 IN AAAA 2001:db8::61",
    ):
        assert line in child.lines()
    assert "ns2.sub.example.com. 300 IN A 192.0.2.61" in child.lines("sub.example.com.")
    assert not any("ns1.sub" in line for line in [*child.lines(), *child.lines("sub.example.com.")])
    child.door.rename("ns2.sub.example.com.", "ns.example.org.", ME)  # where no glue is needed
    assert not any(line.startswith("ns2.sub") for line in child.lines())
    assert "sub.example.com. 300 IN NS ns.example.org." in child.lines()


def test_rename_out_of_the_child_into_its_parent(child: Kept) -> None:
    child.door.rename("ns1.sub.example.com.", "ns2.example.com.", ME)
    assert "ns2.example.com. 300 IN A 192.0.2.61" in child.lines()  # as the child had it
    assert not any(line.startswith("ns1.sub") for line in child.lines())


def test_retire_takes_glue_along(child: Kept) -> None:
    child.door.retire("ns1.sub.example.com.", "ns1.example.com.", ME)
    assert not any(line.startswith("ns1.sub") for line in child.lines())


def test_glue_in_a_zone_that_is_not_ones_own(child: Kept) -> None:
    mine = bound_to("sub.example.com.")
    plan = child.door.rename("ns1.sub.example.com.", "ns2.sub.example.com.", mine)
    assert set(plan.serials) == {"sub.example.com."}  # the glue is in a zone that might as well not be there
    assert "ns1.sub.example.com. 77 IN A 192.0.2.61" in child.lines()


NAMED = "name-already-named"


def test_rename_to_a_name_that_others_name_asks(kept: Kept) -> None:
    kept.edit(
        put("api", "CNAME", "origin.example.com."),
        put("r", "PTR", "origin.example.com.", zone="example.org."),
        put("below.origin", "A", "192.0.2.9"),  # it exists, and holds nothing
    )
    plan = kept.door.rename("mail.example.com.", "origin.example.com.", replace(ME, is_dry_run=True, is_strict=True))
    found = [(one.zone, one.owner, one.type) for one in plan.findings if one.rule == NAMED]
    assert sorted(found) == [("example.com.", "api.example.com.", "CNAME"), ("example.org.", "r.example.org.", "PTR")]
    assert NAMED in plan.asks and plan.refused
    with pytest.raises(RejectedEdit, match=r"names origin\.example\.com\. already"):
        kept.door.rename("mail.example.com.", "origin.example.com.", replace(ME, is_strict=True))
    accepted = replace(ME, is_strict=True, accept=frozenset({NAMED}))
    plan = kept.door.rename("mail.example.com.", "origin.example.com.", accepted)
    assert plan.is_saved and plan.let_through == (NAMED,)
    entry = kept.store.journal("example.com.", limit=1)[0]
    assert entry.accepted == (NAMED,)


def test_rename_to_a_name_that_nobody_names_does_not_ask(kept: Kept) -> None:
    plan = kept.door.rename("mail.example.com.", "origin.example.com.", replace(ME, is_strict=True))
    assert plan.is_saved and not plan.findings


def test_rename_that_cannot_be(kept: Kept) -> None:
    for old, new, words in (
        ("example.com.", "example.org.", "is a zone"),
        ("mail.example.com.", "example.org.", "is a zone"),
        ("mail.example.com.", "www.example.com.", "has CNAME already"),
        ("nobody.example.com.", "somebody.example.com.", "holds nothing"),
        ("mail.example.com.", "MAIL.example.com.", "that name already"),
    ):
        with pytest.raises(RejectedEdit, match=words):
            kept.door.rename(old, new, ME)
    with pytest.raises(NoZone):
        kept.door.rename("mail.example.com.", "mail.example.net.", ME)


def test_the_version_that_counts_is_that_of_the_name_s_zone(kept: Kept) -> None:
    kept.edit(put("two", "CNAME", "www.example.org.", zone="example.com."))
    for plan in (
        kept.door.rename("www.example.org.", "web.example.org.", replace(ME, base_serial=2020010101)),
        kept.door.retire("web.example.org.", "www.example.com.", replace(ME, base_serial=kept.serial("example.org."))),
    ):
        assert plan.base_serial == plan.serials["example.org."][0] and len(plan.serials) == 2


def test_rename_does_not_hide_below_a_delegation(kept: Kept) -> None:
    kept.edit(put("lab", "NS", "ns.lab.example.com."), put("ns.lab", "A", "192.0.2.9"))
    with pytest.raises(RejectedEdit, match=r"mx\.lab\.example\.com\. is below the delegation of lab\.example\.com\."):
        kept.door.rename("mail.example.com.", "mx.lab.example.com.", ME)
    with pytest.raises(RejectedEdit, match="below the delegation"):
        kept.door.rename("www.example.org.", "www.lab.example.com.", ME)
    with pytest.raises(RejectedEdit, match=r"lab\.example\.com\. is delegated, and a zone is not renamed"):
        kept.door.rename("lab.example.com.", "rooms.example.com.", ME)
    kept.door.rename("ns.lab.example.com.", "ns2.lab.example.com.", ME)
    kept.edit(put("lab", "NS", "ns1.example.com."))
    kept.door.rename("ns1.example.com.", "ns1.lab.example.com.", ME)
    assert kept.contents("lab", "NS") == ["ns1.lab.example.com."]


def test_links_in_files_refuse_and_are_listed(kept: Kept, tmp_path) -> None:
    file = tmp_path / "net.zone"
    kept.files.add(file, "$ORIGIN example.net.\n" + COM + "m CNAME mail.example.com.\n@ MX 10 mail.example.com.\n")
    with pytest.raises(RejectedEdit) as refused:
        kept.door.rename("mail.example.com.", "post.example.com.", ME)
    assert sorted(refused.value.errors) == [
        f"example.net. MX at {file}:11",
        f"m.example.net. CNAME at {file}:10",
    ]
    with pytest.raises(RejectedEdit, match="2 records of zone files"):
        kept.door.retire("mail.example.com.", "post.example.com.", ME)
    kept.door.rename("www.example.com.", "web.example.com.", ME)
    kept.files.add(file, file.read_text().replace("ns1 hostmaster", "web.example.com. hostmaster"))
    with pytest.raises(RejectedEdit) as refused:
        kept.door.rename("web.example.com.", "w.example.com.", ME)
    assert refused.value.errors == (f"example.net. SOA in {file}",)
    with pytest.raises(RejectedEdit, match=r"net\.zone"):
        kept.door.rename("www.example.net.", "post.example.com.", ME)
    with pytest.raises(RejectedEdit) as refused:
        kept.door.rename("mail.example.com.", "p.example.com.", bound_to("example.com.", "example.net."))
    assert refused.value.errors[0] == "example.net. MX at net.zone:11"  # where it lies is for who runs the server
    before = kept.lines("example.org.")
    kept.door.rename("mail.example.com.", "p.example.com.", bound_to("example.com."))
    assert kept.lines("example.org.") == before


def test_retire(kept: Kept) -> None:
    with pytest.raises(RejectedEdit) as refused:
        kept.door.retire("www.example.com.", None, ME)
    assert set(refused.value.errors) == {"shop.example.com. CNAME", "www.example.org. CNAME", "svc.example.org. HTTPS"}
    kept.door.retire("www.example.com.", "mail.example.com.", ME)
    assert kept.graph.explain("www.example.org.").canonical_name == "mail.example.com."
    assert kept.graph.explain("www.example.com.").rcode == "NXDOMAIN"
    kept.door.retire("shop.example.com.", None, ME)
    for name, words in (("example.com.", "is a zone"), ("nobody.example.com.", "holds nothing")):
        with pytest.raises(RejectedEdit, match=words):
            kept.door.retire(name, None, ME)


def test_zones_of_others_might_as_well_not_be_there(kept: Kept) -> None:
    bound = bound_to("example.com.", options=replace(ME, is_strict=True))
    before = kept.lines("example.org.")
    kept.door.rename("mail.example.com.", "post.example.com.", bound)  # which example.org names
    with pytest.raises(RejectedEdit) as refused:
        kept.door.retire("www.example.com.", None, bound)
    assert refused.value.errors == ("shop.example.com. CNAME",)
    plan = kept.door.retire("www.example.com.", "post.example.com.", bound)
    assert set(plan.serials) == {"example.com."} and kept.lines("example.org.") == before
    said = set()
    for zone in ("example.org.", "example.net."):
        with pytest.raises(ForbiddenEdit) as forbidden:
            kept.edit(put("a", "A", "192.0.2.1", zone=zone), options=bound)
        said.add(forbidden.value.message.replace(zone, ""))
        with pytest.raises(ForbiddenEdit) as forbidden:
            kept.door.rename("post.example.com.", f"a.{zone}", bound)
        said.add(forbidden.value.message.replace(f"of a.{zone}", ""))
    assert said == {"there is no zone  for this key"}


def test_a_zone_of_one_s_own_that_was_deleted_comes_back(kept: Kept) -> None:
    kept.make("sub.example.com.", COM)
    child = bound_to("sub.example.com.")
    kept.door.commit(ChangeSet(zones=(ZoneChange("sub.example.com.", is_deleted=True),)), child)
    with pytest.raises(ForbiddenEdit, match="there is no zone sub"):
        kept.edit(put("a", "A", "192.0.2.1", zone="sub.example.com."), options=child)
    kept.door.undo("sub.example.com.", None, child)  # whatever the parent is, and whoever's
    assert kept.door.has("sub.example.com.")
