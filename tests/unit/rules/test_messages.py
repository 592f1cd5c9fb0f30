"""What people read: the message says what is wrong with their record, the hint what to write, with the very text."""

import pytest
from judged import judged

from truename._core import World
from truename.rules.base import check

CASES = [
    ("blog CNAME 192.0.2.1", "target-is-address", "an alias must point to a name", "write `blog A 192.0.2.1`"),
    ("blog CNAME 2001:db8::1", "target-is-address", "2001:db8::1", "write `blog AAAA 2001:db8::1`"),
    ("@ MX 1 192.0.2.25", "target-is-address", "mail is delivered", "`mail A 192.0.2.25`, and write `@ MX 1 mail`"),
    ("_s._tcp SRV 0 5 1 192.0.2.2", "target-is-address", "", "`host A 192.0.2.2`, and write `_s._tcp SRV 0 5 1 host`"),
    ("blog CNAME https://w.example.net/x", "target-malformed", "is a URL", "write `blog CNAME w.example.net.`"),
    ("blog CNAME w.example.net:80.", "target-malformed", "has a port", "write `blog CNAME w.example.net.`"),
    ("blog CNAME w.example.net/x.", "target-malformed", "has a path", "write `blog CNAME w.example.net.`"),
    (r"blog CNAME w\032x.", "target-malformed", "has a space", "write"),
    ("@ CNAME w.example.net.", "alias-at-apex", "holds SOA and NS", "or `@ ALIAS w.example.net.` for"),
    ("w CNAME x.example.net.\nw A 192.0.2.1", "alias-with-other-data", "also has A 192.0.2.1", "delete `w CNAME x"),
    ("w CNAME x.example.net.\nw CNAME y.example.net.", "multiple-aliases", "after x.example.net.", "delete one"),
    ("a CNAME b\nb CNAME a", "alias-loop", "a.example.com. > b.example.com. > a.example.com.", "point one of them"),
    ("w CNAME ww", "target-missing", "points to ww.example.com., which does not exist", "add a record for `ww`"),
    ("w CNAME x.example.net", "target-missing", "does not exist", "write `w CNAME x.example.net.` with the final dot"),
    ("w CNAME x.example.net", "missing-trailing-dot", "lacks its final dot", "write `w CNAME x.example.net.`"),
    ("@ MX 5 ns1.example.com", "missing-trailing-dot", "lacks its final dot", "write `@ MX 5 ns1.example.com.`"),
    ("v CNAME w\nw CNAME x\nx A 192.0.2.1", "alias-chain", "v.example.com. > w.example.com. > x", "`v CNAME x`"),
    ("v CNAME w\nw CNAME ns1.example.net.", "alias-chain", "", "`v CNAME ns1.example.net.`"),
    ("m MX 1 w\nw CNAME ns1", "mx-target-is-alias", "is an alias of ns1.example.com.", "`m MX 1 ns1`"),
    ("s NS n.s", "glue-missing", "lies below it", "write `n.s A <address>`"),
    ("w 0 CNAME ns1", "ttl-zero", "TTL 0", "`w 300 CNAME ns1`"),
    ("w.example.com A 192.0.2.1", "odd-owner", "has the zone's name twice", "write `w`, or the final dot"),
    ("example.com A 192.0.2.1", "odd-owner", "has the zone's name twice", "write `@`, or the final dot"),
    ("a.b.example.com A 192.0.2.1", "odd-owner", "has the zone's name twice", "write `a.b`"),
    ("https://w A 192.0.2.1", "odd-owner", "is a URL", "write the name of a host alone"),
    (r"ann\@w A 192.0.2.1", "odd-owner", "has an `@`", "a mailbox is no name"),
    (r"a\032w A 192.0.2.1", "odd-owner", "has a space", "without spaces"),
    (r"b\195\188cher.w A 192.0.2.1", "odd-owner", "octets outside ASCII, `bücher`", "`xn--bcher-kva`"),
    (r"\255 A 192.0.2.1", "odd-owner", "octets outside ASCII", "IDNA 2008"),
    ("w.XN--A A 192.0.2.1", "odd-owner", "`xn--a`, which is no A-label", "write the name that was meant"),
    ("@ MX 5 bücher.example.net.", "host-name-characters", "octets", "`xn--bcher-kva.example.net.`"),
    (r"@ MX 5 b\255cher.example.net.", "host-name-characters", "octets", "letters, digits and hyphens"),
    (r"@ MX 5 b\195\188\.cher.example.net.", "host-name-characters", "octets", "letters, digits and hyphens"),
    ("*.w_1 A 192.0.2.1", "host-name-characters", "it has `_`", "letters, digits and hyphens"),
    ("w.example.net. A 192.0.2.1", "data-out-of-zone", "is not below the zone's name", "`w.example.net`"),
]  # fmt: skip


USUAL = [
    "*",
    "*.w",
    "_dmarc",
    "_443._tcp.w",
    "a_b-c",
    "xn--bcher-kva",
    "w.xn--bcher-kva",
    "0/25.2",
    r"My\032Printer._ipp._tcp",
    r"ann\@w._presence._tcp",
    r"K\195\188che._ipp._tcp.w",
    "example",
    "example.org",
    "com",
    "x-example.com",
]


@pytest.mark.parametrize("owner", USUAL)
def test_owners_that_are_meant(of, owner):
    assert [one for one in of(f"{owner} TXT x") if one.rule == "odd-owner"] == []


def test_an_odd_owner_is_no_host_with_odd_characters_as_well(of):
    assert [one.rule for one in of(r"a\032w A 192.0.2.1")] == ["odd-owner"]


@pytest.mark.parametrize(("text", "rule", "message", "hint"), CASES)
def test_words(of, text, rule, message, hint):
    found = [finding for finding in of(text) if finding.rule == rule]
    assert len(found) == 1, found
    assert message in found[0].message
    assert hint in found[0].hint


def test_place_is_what_is_to_be_changed(of):
    (found,) = of("shop  300  IN  CNAME  192.0.2.1")
    assert (found.line, found.column) == (6, 23)
    (found,) = of("shop  CNAME (\n   192.0.2.1 )")
    assert (found.line, found.column) == (7, 4)
    (found,) = of("shop  0  CNAME  ns1")
    assert (found.line, found.column) == (6, 1)


def test_what_is_fixable(of):
    def fixable(text: str) -> list[tuple[str, bool]]:
        return [(finding.rule, finding.fixable) for finding in of(text)]

    assert fixable("v CNAME w\nw CNAME ns1") == [("alias-chain", True)]
    assert fixable("v CNAME _k.w\n_k.w CNAME ns1") == [("alias-chain", False)]
    assert fixable("w CNAME ns1.example.com") == [("missing-trailing-dot", True), ("target-missing", False)]
    assert fixable("w CNAME x.example.net") == [("missing-trailing-dot", False), ("target-missing", False)]
    assert fixable("w CNAME 192.0.2.1") == [("target-is-address", True)]
    assert fixable("@ MX 1 192.0.2.1") == [("target-is-address", False)]


def test_long_chains_name_the_software(of):
    def chain(hops: int) -> str:
        return "\n".join([*(f"a{at} CNAME a{at + 1}" for at in range(hops)), f"a{hops} A 192.0.2.1"])

    def about_a0(hops: int) -> list[tuple[str, str]]:
        found = of(chain(hops), rules=["chain-too-long"])
        return [(one.severity, one.message) for one in found if one.owner == "a0.example.com."]

    assert about_a0(8) == []
    ((severity, message),) = about_a0(9)
    assert severity == "warning" and "Unbound" in message and "PowerDNS" not in message
    ((severity, message),) = about_a0(12)
    assert severity == "warning" and "PowerDNS" in message and "BIND" in message
    ((severity, _),) = about_a0(17)
    assert severity == "error"


def test_wildcard_below_the_apex_is_information(of):
    assert [one.severity for one in of("* CNAME x.example.net.")] == ["warning"]
    (found,) = of("*.sites CNAME x.example.net.")
    assert found.severity == "info"
    assert "_dmarc.sites" in found.message and "_dmarc.sites TXT" in found.hint
    (found,) = of('* CNAME x.example.net.\n_dmarc TXT "v=DMARC1; p=none"\n_acme-challenge CNAME y.example.net.')
    assert "_domainkey" in found.message and "_dmarc" not in found.message


def test_a_name_below_another_zone_is_no_doubled_origin(of):
    # The zone's name inside a longer label is not the zone's name.
    assert [one.rule for one in of("w CNAME xexample.community")] == ["missing-trailing-dot", "target-missing"]
    assert [one.rule for one in of("w CNAME notexample.com.internal")] == ["target-missing"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ann@example.com", "ann.example.com."),
        ("ann@example.net", "ann.example.net."),
        ("ann@example.net.", "ann.example.net."),
        ("ann@mail", "ann.mail.example.com."),
        ("ann@mail.sub.example.com.", "ann.mail.sub.example.com."),
    ],
)
def test_the_mailbox_of_an_soa_is_the_one_that_was_meant(tmp_path, written, meant):
    file = tmp_path / "example.com.zone"
    file.write_text(f"$ORIGIN example.com.\n$TTL 60\n@ SOA ns.example.net. {written} 1 2 3 4 5\n@ NS ns.example.net.\n")
    (found,) = judged([file], rules=["host-name-characters"])
    assert found.hint.endswith(f"`{meant}`")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (r't TXT "\303\244"', r"write `\195` for `\303`, which is octal"),
        (r"\344.t A 192.0.2.1", r"write `\228` for `\344`, which is octal"),
        (r't TXT "\999"', r"a backslash itself is written `\\`"),
        (r't TXT "\30"', r"a backslash itself is written `\\`"),
        (r"\052.t A 192.0.2.1", "write `*`"),
    ],
)
def test_escapes_in_octal(tmp_path, line, hint):
    file = tmp_path / "example.com.zone"
    file.write_text(f"$ORIGIN example.com.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n{line}\n")
    world = World()
    world.read([(str(file), None)])
    (found,) = check(world, rules=["zone-malformed"])
    assert hint in found.hint and found.type == ""
