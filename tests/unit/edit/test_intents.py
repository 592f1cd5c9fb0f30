"""Point, rename, retire."""

from dataclasses import replace

import pytest

from truename.errors import ForbiddenEdit, NoZone, RejectedEdit
from unit.edit.kept import COM, ME, Kept, put


def test_point(kept: Kept) -> None:
    plan = kept.door.point("New.example.com", "mail.example.com", 60, ME)
    assert [(one.op, one.owner, one.type) for one in plan.changes] == [("add", "new.example.com.", "CNAME")]
    kept.door.point("shop.example.com.", "mail.example.com.", None, ME)
    hop = kept.graph.explain("shop.example.com.").hops[0]
    assert (hop.target, hop.ttl) == ("mail.example.com.", 32600)


def test_point_at_an_apex_is_flattening(kept: Kept) -> None:
    kept.door.point("example.org.", "example.com.", 60, ME)
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
    with pytest.raises(RejectedEdit, match=r"net\.zone"):
        kept.door.rename("www.example.net.", "post.example.com.", ME)
    with pytest.raises(RejectedEdit) as refused:
        kept.door.rename(
            "mail.example.com.", "p.example.com.", replace(ME, may_read=lambda zone: zone != "example.net.")
        )
    assert refused.value.errors == ("and 2 in zones that you may not read",)


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


def test_zones_of_others(kept: Kept) -> None:
    bound = replace(ME, may_read=lambda zone: zone == "example.com.", may_edit=lambda zone: zone == "example.com.")
    before = kept.lines("example.org.")
    with pytest.raises(ForbiddenEdit) as forbidden:
        kept.door.rename("mail.example.com.", "post.example.com.", bound)
    assert forbidden.value.zone == "" and "example.org" not in forbidden.value.message
    with pytest.raises(RejectedEdit) as refused:
        kept.door.retire("www.example.com.", None, bound)
    assert refused.value.errors == ("shop.example.com. CNAME", "and 2 in zones that you may not read")
    assert kept.lines("example.org.") == before
    with pytest.raises(ForbiddenEdit):
        kept.edit(put("a", "A", "192.0.2.1", zone="example.org."), options=bound)
    child = replace(ME, may_edit=lambda zone: zone == "sub.example.com.")
    with pytest.raises(ForbiddenEdit) as forbidden:  # takes names away from its parent
        kept.make("sub.example.com.", COM, child)
    assert forbidden.value.zone == "example.com."
    kept.make("sub.example.com.", COM)
