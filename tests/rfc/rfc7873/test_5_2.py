"""RFC 7873 5.2: what a server answers to a query with a COOKIE option."""

import dns.rcode
import pytest

from ..client import Subject, expect, make_query
from ..cookies import CLIENT, ask, cookie_of, cookies_of, learned, option

differs = pytest.mark.differs
UNPROVEN = "Clients without a server cookie"
SEVERAL = "Several cookies in a query"


def test_5_2_1_without_a_cookie_none_comes_back(subject: Subject) -> None:
    assert cookies_of(ask(subject, None)) == []


def test_without_edns_there_is_no_cookie(subject: Subject) -> None:
    assert subject.ask("host.example.com", "A").edns == -1


@pytest.mark.parametrize("length", [0, 1, 7, 9, 15, 41, 64])
def test_5_2_2_a_cookie_of_another_length_is_malformed(subject: Subject, length: int) -> None:
    expect(ask(subject, bytes(length)), "FORMERR", aa=False, answer="")


def test_5_2_2_over_tcp_too(subject: Subject) -> None:
    expect(ask(subject, bytes(9), tcp=True), "FORMERR", aa=False, answer="")


@differs("knot", UNPROVEN, "rcode BADCOOKIE")
def test_5_2_3_a_client_cookie_alone_is_answered(subject: Subject) -> None:
    reply = ask(subject, CLIENT)
    expect(reply, "NOERROR")
    assert len(reply.answer) == 2


@pytest.mark.parametrize("name", ["host.example.com", "absent.example.com", "www.unserved.test"])
def test_5_2_3_and_gets_a_server_cookie(subject: Subject, name: str) -> None:
    cookie = cookie_of(ask(subject, CLIENT, name))
    assert cookie[:8] == CLIENT and 16 <= len(cookie) <= 40


@differs("knot", UNPROVEN, "rcode BADCOOKIE")
@pytest.mark.parametrize("length", [8, 15, 16, 17, 32])
def test_5_2_4_a_server_cookie_that_is_none_is_answered(subject: Subject, length: int) -> None:
    given = CLIENT + bytes(length)
    reply = ask(subject, given)
    expect(reply, "NOERROR")
    assert cookie_of(reply)[:8] == CLIENT and cookie_of(reply) != given


def test_5_2_5_a_server_cookie_is_answered_with_a_cookie(subject: Subject) -> None:
    cookie = learned(subject)
    reply = ask(subject, cookie)
    expect(reply, "NOERROR")
    assert cookie_of(reply)[:8] == CLIENT and len(reply.answer) == 2


def test_over_tcp_cookies_work_alike(subject: Subject) -> None:
    reply = ask(subject, learned(subject), tcp=True)
    expect(reply, "NOERROR")
    assert len(cookie_of(reply)) >= 16


@differs("nsd", SEVERAL, "first cookie")
@differs("knot", SEVERAL, "first cookie")
def test_5_2_of_several_the_first_counts(subject: Subject) -> None:
    query = make_query("host.example.com", "A")
    query.use_edns(0, options=[option(CLIENT), option(bytes(8))])
    packet = subject.over_udp(query.to_wire())  # what NSD answers cannot be read
    assert packet.endswith(b"\x00\x0a\x00\x18" + CLIENT + packet[-16:]), f"first cookie not in {packet[-28:].hex()}"


@pytest.mark.parametrize("length", [8, 9])
def test_the_options_of_a_version_from_the_future_are_not_read(subject: Subject, length: int) -> None:
    reply = subject.ask("host.example.com", "A", edns=1, options=[option(bytes(length))])
    assert reply.rcode() == dns.rcode.BADVERS
    assert cookies_of(reply) == [], f"cookies {len(cookies_of(reply))}, expected 0"


def test_a_truncated_reply_has_its_cookie(subject: Subject) -> None:
    reply = subject.ask("hundred.big.example.net", "A", edns=0, payload=600, options=[option(learned(subject))])
    expect(reply, "NOERROR", tc=True)
    assert cookie_of(reply)[:8] == CLIENT
    assert len(reply.to_wire()) <= 600
