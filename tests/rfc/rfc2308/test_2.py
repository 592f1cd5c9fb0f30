"""RFC 2308 2, 3 and 5: negative answers, their SOA and their TTL."""

import pytest

from ..client import Subject, expect
from ..negative import CHILD, EXAMPLE_COM, EXAMPLE_ORG

differs = pytest.mark.differs


def test_2_1_name_error(subject: Subject) -> None:
    expect(subject.ask("absent.example.org", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_ORG, additional="")


def test_2_2_no_data(subject: Subject) -> None:
    expect(subject.ask("www.example.org", "AAAA"), "NOERROR", answer="", authority=EXAMPLE_ORG, additional="")


def test_2_1_name_error_behind_an_alias(subject: Subject) -> None:
    answer = "alias.example.org. 3600 CNAME absent.example.org."
    expect(subject.ask("alias.example.org", "A"), "NXDOMAIN", answer=answer, authority=EXAMPLE_ORG)


def test_3_the_ttl_is_minimum_where_that_is_smaller(subject: Subject) -> None:
    reply = subject.ask("absent.example.com", "A")
    assert (reply.authority[0].ttl, reply.authority[0][0].minimum) == (300, 300)


def test_3_the_ttl_is_the_soas_where_that_is_smaller(subject: Subject) -> None:
    reply = subject.ask("absent.example.org", "A")
    assert (reply.authority[0].ttl, reply.authority[0][0].minimum) == (120, 7200)


def test_3_the_soa_itself_keeps_its_ttl(subject: Subject) -> None:
    assert subject.ask("example.com", "SOA").answer[0].ttl == 3600


def test_3_the_nearest_zone_denies(subject: Subject) -> None:
    expect(subject.ask("absent.ns.child.example.com", "A"), "NXDOMAIN", answer="", authority=CHILD)


def test_2_2_no_data_at_the_apex(subject: Subject) -> None:
    expect(subject.ask("example.com", "TXT"), "NOERROR", answer="", authority=EXAMPLE_COM)


@differs("knot", "Aliases into other zones", "authority:")
def test_2_2_no_data_behind_an_alias_has_the_soa_of_the_last_zone(subject: Subject) -> None:
    answer = "to-org.example.com. 3600 CNAME www.example.org."
    expect(subject.ask("to-org.example.com", "AAAA"), "NOERROR", answer=answer, authority=EXAMPLE_ORG)


def test_a_referral_has_no_soa(subject: Subject) -> None:
    reply = subject.ask("x.cut.example.com", "A")
    assert {int(rr.rdtype) for rr in reply.authority} == {2}, "authority: not only NS"
