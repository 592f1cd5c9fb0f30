"""A plan as people read it."""

import pytest
from plans import change, finding, plan, reached, rrset

from truename.cli import notice_text, plan_text


def text(*changes, **more):
    return "\n".join(plan_text.lines(plan(*changes, **more)))


def test_nothing_differs():
    assert text() == "No changes."


def test_added_changed_and_deleted():
    shown = text(
        change("add", "new.example.com.", "A", None, rrset("192.0.2.5")),
        change("change", "www.example.com.", "CNAME", rrset("a.example.net."), rrset("b.example.net.")),
        change("delete", "old.example.com.", "TXT", rrset('"x"', '"y"', ttl=60), None),
    )
    assert shown.splitlines() == [
        "example.com.  serial 7 -> 8",
        "",
        "  +  new.example.com.  A      300  192.0.2.5",
        "  ~  www.example.com.  CNAME  300  a.example.net. -> b.example.net.",
        '  -  old.example.com.  TXT    60   "x"',
        '  -                                "y"',
        "",
        "Plan: 1 to add, 1 to change, 1 to delete",
    ]


def test_a_ttl_and_some_records_of_many():
    shown = text(
        change("change", "a.example.com.", "A", rrset("192.0.2.1"), rrset("192.0.2.1", ttl=60)),
        change("change", "m.example.com.", "MX", rrset("1 a.", "2 b.", "3 c."), rrset("1 a.", "4 d.", "5 e.", "3 c.")),
        change("change", "d.example.com.", "A", rrset("192.0.2.1"), rrset(disabled=("192.0.2.1",))),
    )
    lines = [line.split() for line in shown.splitlines()]
    assert ["~", "a.example.com.", "A", "300", "->", "60", "192.0.2.1"] in lines
    at = lines.index(["~", "m.example.com.", "MX", "300"])
    assert lines[at + 1 : at + 4] == [["-", "2", "b."], ["+", "4", "d."], ["+", "5", "e."]]
    assert "192.0.2.1 -> 192.0.2.1  (disabled)" in shown


def test_comments():
    shown = text(
        change(
            "change",
            "a.example.com.",
            "A",
            rrset("192.0.2.1", comments=("old", "same")),
            rrset("192.0.2.1", comments=("same", "new\x1b[1m\nline")),
        ),
        change("add", "b.example.com.", "A", None, rrset("192.0.2.1", comments=("why",))),
    )
    lines = [line.split() for line in shown.splitlines()]
    at = lines.index(["~", "a.example.com.", "A", "300", "192.0.2.1"])
    assert lines[at + 1 : at + 3] == [
        ["-", ";", "old", "(ada)"],
        ["+", ";", "new\N{REPLACEMENT CHARACTER}[1m", "line", "(ada)"],
    ]
    assert ["+", ";", "why", "(ada)"] in lines


def test_properties():
    one = change("add", "a.example.com.", "A", None, rrset("192.0.2.1"))
    properties = [
        {"zone": "example.com.", "name": "masters", "before": [], "after": ["192.0.2.7", "192.0.2.8"]},
        {"zone": "example.com.", "name": "api_rectify", "before": False, "after": True},
    ]
    lines = ["  ~ masters: none -> 192.0.2.7,192.0.2.8", "  ~ api_rectify: false -> true", ""]
    assert text(one, properties=properties).splitlines()[3:6] == lines
    alone = text(properties=properties, serials={"example.com.": {"before": 7, "after": 8}})
    assert alone.splitlines()[:5] == ["example.com.  serial 7 -> 8", "", *lines]


def test_zones_stand_apart_with_their_serials():
    one = change("add", "a.example.com.", "A", None, rrset("192.0.2.1"))
    other = change("add", "a.example.org.", "A", None, rrset("192.0.2.1"), zone="example.org.")
    serials = {
        "example.com.": {"before": 0, "after": 1},
        "example.org.": {"before": 5, "after": 6},
        "example.net.": {"before": 3, "after": 0},
    }
    shown = text(one, other, serials=serials)
    assert "example.com.  new zone, serial 1" in shown and "example.org.  serial 5 -> 6" in shown
    assert "example.net.  the zone is deleted, serial 3" in shown


def test_findings_that_are_new_and_those_from_before():
    one = change("add", "a.example.com.", "A", None, rrset("192.0.2.1"))
    shown = text(
        one,
        findings=[finding(), finding("target-missing", "error", hint="")],
        existing=[finding(), finding("x", "error"), finding("y", "error")],
        asks=["target-missing"],
    )
    assert "This change adds 2 findings:" in shown
    assert "  warning[alias-chain] www.example.com. CNAME: an alias of an alias\n    hint: point it" in shown
    assert "  a yes accepts: target-missing" in shown
    assert "a yes" not in text(one, findings=[finding()], asks=["alias-chain"], refused=["no"])
    assert "3 findings were there before (2 errors, 1 warning)" in shown


def test_who_notices(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    one = change("change", "www.example.com.", "A", rrset("192.0.2.1"), rrset("192.0.2.9"))
    shown = text(
        one,
        impact=[
            reached("shop.example.org.", ["192.0.2.1"], ["192.0.2.9"]),
            reached("gone.example.org.", ["192.0.2.1"], [], rcode="NXDOMAIN", stale=0),
            reached("same.example.org.", ["192.0.2.1", "192.0.2.2"], ["192.0.2.2", "192.0.2.1"]),
        ],
        impact_count=3,
    )
    rows = [line.split() for line in shown.splitlines()]
    assert ["shop.example.org.", "CNAME", "example.org.", "192.0.2.1", "->", "192.0.2.9", "after", "1", "h"] in rows
    assert ["gone.example.org.", "CNAME", "example.org.", "192.0.2.1", "->", "NXDOMAIN", "at", "once"] in rows
    assert rows[-3][:3] == ["same.example.org.", "CNAME", "example.org."] and rows[-3][-5:-3] == ["the", "same"]
    assert shown.splitlines()[-1] == "Plan: 0 to add, 1 to change, 0 to delete; 2 aliases move"


def test_what_changes_is_remembered_too():
    changes = [
        change("change", "a.example.com.", "A", rrset("192.0.2.1"), rrset("192.0.2.1", ttl=60), stale_until_s=300),
        change("add", "b.example.com.", "A", None, rrset("192.0.2.2"), stale_until_s=60),
        change("delete", "c.example.com.", "TXT", rrset('"x"'), None, stale_until_s=300),
        change(
            "change", "d.example.com.", "A", rrset("192.0.2.3"), rrset("192.0.2.3", comments=("x",)), stale_until_s=9
        ),
    ]
    rows = [line.split() for line in text(*changes).splitlines()]
    assert rows[rows.index(["Who", "notices:"]) + 2 : -2] == [
        ["a.example.com.", "A", "example.com.", "TTL", "300", "->", "TTL", "60", "after", "5", "min"],
        ["c.example.com.", "TXT", "example.com.", '"x"', "->", "none", "after", "5", "min"],
    ]
    assert "Who notices" not in text(*changes, refused=["no"])


def test_what_comes_in_place_of_what_goes_is_said(monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    changes = [
        change("delete", "old.example.com.", "A", rrset("192.0.2.1"), None, stale_until_s=300),
        change("add", "old.example.com.", "CNAME", None, rrset("new.example.com."), stale_until_s=300),
        change("delete", "www.example.com.", "CNAME", rrset("old.example.com."), None, stale_until_s=300),
        change("add", "www.example.com.", "A", None, rrset("192.0.2.9"), stale_until_s=300),
        change("delete", "two.example.com.", "A", rrset("192.0.2.2"), None, stale_until_s=300),
        change("add", "two.example.com.", "TXT", None, rrset('"x"'), stale_until_s=300),
    ]
    rows = [" ".join(line.split()) for line in text(*changes).splitlines()]
    assert any(row.endswith("192.0.2.1 -> CNAME new.example.com. after 5 min") for row in rows)
    assert any(row.endswith("old.example.com. -> A 192.0.2.9 after 5 min") for row in rows)
    assert any(row.endswith("192.0.2.2 -> none after 5 min") for row in rows)


def test_who_notices_fits_the_terminal(monkeypatch):
    long = ".".join(["www", *["label" * 8] * 4, "example.com."])
    six = [f"2001:db8:1:2:3:4:5:{last}" for last in "123"]
    impact = [reached(long, six, six[:1]), reached("shop.example.org.", ["192.0.2.1"], six)]
    one = change("change", "www.example.com.", "A", rrset("192.0.2.1"), rrset("192.0.2.9"), stale_until_s=300)
    for width in (60, 80, 100, 600):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = text(one, impact=impact, impact_count=2).splitlines()
        lines = lines[lines.index("Who notices:") : -2]
        assert all(len(line) <= width for line in lines)
        # Nothing is left out.
        squeezed = "".join("".join(lines).split())
        assert all(said in squeezed for said in six)
        assert {piece.strip() for line in lines for piece in line.split("  ")} >= {"CNAME", "after 1 h", "after 5 min"}
        assert width < 600 or any(long in line for line in lines)


def test_more_than_anybody_reads():
    names = [change("add", f"n{i}.example.com.", "A", None, rrset("192.0.2.1")) for i in range(10_000)]
    impact = [reached(f"r{i}.example.org.", ["192.0.2.1"], ["192.0.2.9"]) for i in range(100)]
    counts = {"add": 1_000_000, "change": 0, "delete": 0}
    shown = text(*names, change_count=1_000_000, counts=counts, impact=impact, impact_count=500_000)
    assert len(shown.splitlines()) < 300
    assert "... and 999,800 more RRsets" in shown and "... and 499,975 more" in shown
    assert (
        shown.splitlines()[-1] == "Plan: 1,000,000 to add, 0 to change, 0 to delete; 500,000 aliases reach what changes"
    )


def test_u_labels_are_shown_in_both_forms():
    one = change("add", "xn--bcher-kva.example.com.", "CNAME", None, rrset("xn--mnchen-3ya.example."))
    shown = text(one)
    assert "xn--bcher-kva.example.com. (bücher.example.com.)" in shown
    assert "xn--mnchen-3ya.example. (münchen.example.)" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (1, "1 s"), (60, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (3661, "1 h 1 min"), (86401, "1 d")],
)
def test_durations(seconds, words):
    assert notice_text.duration(seconds) == words
