"""What people type becomes what DNS holds."""

import pytest

from truename.cli import typed
from truename.errors import ParseError

ZONE = "example.com."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example.com", "example.com."),
        ("Example.COM.", "example.com."),
        ("bücher.example", "xn--bcher-kva.example."),
        ("BÜCHER。example", "xn--bcher-kva.example."),
        (".", "."),
        ("a\\.", "a\\.."),  # the dot is part of the label
    ],
)
def test_absolute(text, name):
    assert typed.absolute(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@", "example.com."),
        ("www", "www.example.com."),
        ("WWW", "www.example.com."),
        ("a.b", "a.b.example.com."),
        ("*.b", "*.b.example.com."),
        ("_dmarc", "_dmarc.example.com."),
        ("bücher", "xn--bcher-kva.example.com."),
        ("www.example.org.", "www.example.org."),
        ("www.example.com.", "www.example.com."),
        ("www.example.org", "www.example.org.example.com."),
    ],
)
def test_an_owner_is_relative_to_its_zone(text, name):
    assert typed.owner(text, ZONE) == name


@pytest.mark.parametrize(
    ("text", "advice"),
    [("www.example.com", "www, or www.example.com."), ("example.com", "@, or example.com."), ("", "@ is")],
)
def test_an_owner_that_was_hardly_meant_is_refused(text, advice):
    with pytest.raises(ParseError) as wrong:
        typed.owner(text, ZONE)
    assert advice in wrong.value.hint


def test_an_owner_in_the_root():
    assert typed.owner("com", ".") == "com." and typed.owner("@", ".") == "."


@pytest.mark.parametrize(
    ("text", "rtype", "data"),
    [
        ("192.0.2.1", "A", "192.0.2.1"),
        ("www", "CNAME", "www.example.com."),
        ("@", "CNAME", "example.com."),
        ("example.net.", "CNAME", "example.net."),
        ("bücher.example.", "CNAME", "xn--bcher-kva.example."),
        # Judged by the rules, which know these forms and say what is wrong with them.
        ("192.0.2.1", "CNAME", "192.0.2.1.example.com."),
        ("https://example.net/", "CNAME", "https://example.net/.example.com."),
        ("two words", "CNAME", "two\\032words.example.com."),
        ("10 mail", "MX", "10 mail.example.com."),
        ("0 .", "MX", "0 ."),
        ("0 5 5060 sip", "SRV", "0 5 5060 sip.example.com."),
        ("1 . alpn=h2", "HTTPS", "1 . alpn=h2"),
        ("0 web", "SVCB", "0 web.example.com."),
        ('100 50 "s" "SIP+D2U" "" _sip._udp', "NAPTR", '100 50 "s" "SIP+D2U" "" _sip._udp.example.com.'),
        ("ns1 hostmaster 1 2 3 4 5", "SOA", "ns1.example.com. hostmaster.example.com. 1 2 3 4 5"),
        ("\\# 4 c0000201", "A", "\\# 4 c0000201"),
        ("v=spf1 -all", "TXT", '"v=spf1 -all"'),
        ("v=DKIM1; p=AB", "TXT", '"v=DKIM1; p=AB"'),
        ('"is quoted" "already"', "TXT", '"is quoted" "already"'),
        ('say "x" \\', "TXT", '"say \\"x\\" \\\\"'),
        ("ü", "TXT", '"\\195\\188"'),
        ("", "TXT", '""'),
        ('0 issue "ca.example.net"', "CAA", '0 issue "ca.example.net"'),
    ],
)
def test_data(text, rtype, data):
    assert typed.data(text, rtype, ZONE) == data


def test_a_long_text_becomes_several_strings():
    assert typed.data("x" * 300, "TXT", ZONE) == f'"{"x" * 255}" "{"x" * 45}"'


@pytest.mark.parametrize("text", ["", "1A", "A B", "Ä", "A\n"])
def test_what_is_no_type(text):
    with pytest.raises(ParseError):
        typed.record_type(text)


def test_a_type_in_any_case():
    assert typed.record_type("cname") == "CNAME" and typed.record_type("nsap-ptr") == "NSAP-PTR"
