"""Which name is meant by what somebody typed in the data of a record."""

import pytest

from truename.cli.reading import Reading
from truename.errors import ParseError

ZONE = "example.com."
KEPT = {ZONE, "lab.", "corp.internal.", "xn--bcher-kva.example."}


class Asked:
    """The zones that are kept, and which of them were asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str) -> bool:
        self.names.append(name)
        return name in KEPT


READING = Reading("www.example.com.", KEPT.__contains__)


def read(text: str, rtype: str) -> str:
    return Reading(ZONE, Asked()).data(text, rtype)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("www", "www.example.com."),
        ("WWW", "WWW.example.com."),
        ("@", "example.com."),
        ("example.net.", "example.net."),
        ("mail.internal.", "mail.internal."),
        (".", "."),
        # In this zone, in one that is kept here, below a suffix of the public suffix list.
        ("mail.example.com", "mail.example.com."),
        ("Mail.Example.com", "Mail.Example.com."),
        ("host.lab", "host.lab."),
        ("a.corp.internal", "a.corp.internal."),
        ("www.google.com", "www.google.com."),
        ("example.co.uk", "example.co.uk."),
        ("co.uk", "co.uk."),
        ("x.myexample.co", "x.myexample.co."),
        ("web.github.io", "web.github.io."),
        ("site.xn--p1ai", "site.xn--p1ai."),
        ("сайт.рф", "xn--80aswg.xn--p1ai."),
        ("4.2.0.192.in-addr.arpa", "4.2.0.192.in-addr.arpa."),
        ("4.0/25.2.0.192.in-addr.arpa", "4.0/25.2.0.192.in-addr.arpa."),
        ("bücher.example.", "xn--bcher-kva.example."),
        ("www.bücher.example", "www.xn--bcher-kva.example."),
        # Dots that part no labels.
        ("a\\.b", "a\\.b.example.com."),
        ("a\\.com", "a\\.com.example.com."),
        ("a\\.b.example.com", "a\\.b.example.com."),
        ("a.", "a."),
        ("a\\.", "a\\..example.com."),
        ("a\\\\.", "a\\\\."),
        # Judged by the rules, which know these forms and say what is wrong with them.
        ("192.0.2.1", "192.0.2.1.example.com."),
        ("2001:db8::1", "2001:db8::1.example.com."),
        ("https://example.net/", "https://example.net/.example.com."),
        ("example.net:8080", "example.net:8080.example.com."),
        ("two words", "two\\032words.example.com."),
        ("two words.example.com", "two\\032words.example.com."),
        ("ops@mail.example.com", "ops@mail.example.com."),
    ],
)
def test_a_name(text, name):
    assert read(text, "CNAME") == name


@pytest.mark.parametrize("text", ["mail.internal", "a.b", "www.local", "web.new-thing", "a.b\\.com", "_sip._udp"])
def test_a_name_that_may_be_either_is_refused_with_both_spellings(text):
    for rtype, data in (("CNAME", text), ("MX", f"10 {text}"), ("SRV", f"0 5 5060 {text}"), ("NS", text)):
        with pytest.raises(ParseError) as wrong:
            read(data, rtype)
        assert f"{text}. or {text}.example.com." in wrong.value.hint
        assert f"{text}. or {text}.example.com." in wrong.value.message


def test_nobody_is_asked_where_the_name_says_it():
    asked = Asked()
    reading = Reading(ZONE, asked)
    for text in ("a.b.", "www.example.com", "www.example.net"):
        reading.name(text)
    assert asked.names == []
    assert reading.name("a.corp.internal") == "a.corp.internal."
    assert asked.names == ["a.corp.internal.", "corp.internal."]


def test_what_is_relative_is_so_to_the_zone_of_the_name():
    assert READING.name("web") == "web.example.com." and READING.name("@") == "example.com."
    nowhere = Reading("www.example.net.", KEPT.__contains__)
    assert nowhere.name("web") == "web." and nowhere.name("@") == "."


@pytest.mark.parametrize(
    ("text", "rtype", "data"),
    [
        ("192.0.2.1", "A", "192.0.2.1"),
        ("10 mail.example.net", "MX", "10 mail.example.net."),
        ("10 mail", "MX", "10 mail.example.com."),
        ("10  mail", "MX", "10  mail.example.com."),
        ("0 .", "MX", "0 ."),
        ("10", "MX", "10"),
        ("0 5 5060 sip", "SRV", "0 5 5060 sip.example.com."),
        ("1 . alpn=h2", "HTTPS", "1 . alpn=h2"),
        ("0 web", "SVCB", "0 web.example.com."),
        ('100 50 "s" "SIP+D2U" "" sip', "NAPTR", '100 50 "s" "SIP+D2U" "" sip.example.com.'),
        ('100 50 "u" "E2U+sip" "!^.*$!sip:x@example.com!" .', "NAPTR", None),
        ("ns1 hostmaster 1 2 3 4 5", "SOA", "ns1.example.com. hostmaster.example.com. 1 2 3 4 5"),
        ("10 host", "KX", "10 host.example.com."),
        ("1 host", "AFSDB", "1 host.example.com."),
        ("10 l64", "LP", "10 l64.example.com."),
        ("admin txt", "RP", "admin.example.com. txt.example.com."),
        ("10 a b", "PX", "10 a.example.com. b.example.com."),
        ("10 3 2 gw AQID", "IPSECKEY", "10 3 2 gw.example.com. AQID"),
        ("10 1 2 192.0.2.38 AQID", "IPSECKEY", None),
        ("10 0 3 relay", "AMTRELAY", "10 0 3 relay.example.com."),
        ("\\# 4 c0000201", "A", "\\# 4 c0000201"),
        ("\\# 3 016100", "CNAME", "\\# 3 016100"),
        ("v=spf1 -all", "TXT", '"v=spf1 -all"'),
        ("v=DKIM1; p=AB", "TXT", '"v=DKIM1; p=AB"'),
        ("www.internal", "TXT", '"www.internal"'),
        ('"is quoted" "already"', "TXT", '"is quoted" "already"'),
        ('say "x" \\', "TXT", '"say \\"x\\" \\\\"'),
        ("ü", "TXT", '"\\195\\188"'),
        ("", "TXT", '""'),
        ('0 issue "ca.example.net"', "CAA", '0 issue "ca.example.net"'),
    ],
)
def test_data(text, rtype, data):
    assert read(text, rtype) == (text if data is None else data)


def test_a_long_text_becomes_several_strings():
    assert read("x" * 300, "TXT") == f'"{"x" * 255}" "{"x" * 45}"'


def test_a_mailbox_with_an_at():
    with pytest.raises(ParseError) as wrong:
        read("ns1 hostmaster@example.com 1 2 3 4 5", "SOA")
    assert wrong.value.hint == "write hostmaster.example.com."
