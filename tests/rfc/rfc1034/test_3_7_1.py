"""RFC 1034 3.7.1, QTYPEs: those that only ask, and those that no name has."""

import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_COM

differs = pytest.mark.differs
TYPE_0 = "Types that only questions have"
# MAILB, MAILA, OPT, TSIG: RFC 1035 3.2.3, RFC 6891 6.1.1, RFC 8945 4.2
QUESTION_TYPES = ["TYPE253", "TYPE254", "TYPE41", "TYPE250"]


@pytest.mark.parametrize("rtype", QUESTION_TYPES)
def test_no_name_has_such_a_type(subject: Subject, rtype: str) -> None:
    expect(subject.ask("host.example.com", rtype), "NOERROR", answer="", authority=EXAMPLE_COM)


@pytest.mark.parametrize("rtype", QUESTION_TYPES)
def test_an_absent_name_is_absent_for_them_too(subject: Subject, rtype: str) -> None:
    expect(subject.ask("absent.example.com", rtype), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


@pytest.mark.parametrize("rtype", QUESTION_TYPES)
def test_an_alias_is_followed_for_them(subject: Subject, rtype: str) -> None:
    answer = "www.example.com. 32600 CNAME example.com."
    expect(subject.ask("www.example.com", rtype), "NOERROR", answer=answer, authority=EXAMPLE_COM)


@differs("knot", TYPE_0, "rcode NOTIMP")
def test_type_zero_is_a_type_no_name_has(subject: Subject) -> None:
    expect(subject.ask("host.example.com", "TYPE0"), "NOERROR", answer="", authority=EXAMPLE_COM)


@differs("knot", TYPE_0, "rcode NOTIMP")
def test_type_zero_follows_an_alias(subject: Subject) -> None:
    answer = "www.example.com. 32600 CNAME example.com."
    expect(subject.ask("www.example.com", "TYPE0"), "NOERROR", answer=answer, authority=EXAMPLE_COM)


@differs("knot", "RRSIG, NSEC and KEY at an alias", "answer:")
def test_rrsig_follows_an_alias_of_an_unsigned_zone(subject: Subject) -> None:
    answer = "www.example.com. 32600 CNAME example.com."
    expect(subject.ask("www.example.com", "RRSIG"), "NOERROR", answer=answer, authority=EXAMPLE_COM)
