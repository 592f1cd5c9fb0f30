"""RFC 8482 4.1: ANY is answered with one RRset of those at the name."""

import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_COM

differs = pytest.mark.differs
ANY = "ANY"


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("name", ["example.com", "host.example.com", "mx-own.example.com"])
def test_one_rrset_is_given(subject: Subject, name: str, tcp: bool) -> None:
    reply = subject.ask(name, "ANY", tcp=tcp)
    expect(reply, "NOERROR")
    kinds = {(str(rr.name), rr.rdtype) for rr in reply.answer}
    assert len(kinds) == 1, f"answer: {len(kinds)} RRsets"


def test_the_rrset_is_whole(subject: Subject) -> None:
    reply = subject.ask("thirty.big.example.net", "ANY", tcp=True)
    assert len(reply.answer) == 30, f"answer: {len(reply.answer)} of 30 records"


def test_an_alias_is_given_itself(subject: Subject) -> None:
    answer = "www.example.com. 32600 CNAME example.com."
    expect(subject.ask("www.example.com", "ANY"), "NOERROR", answer=answer)


def test_a_wildcard_alias_is_given_under_the_name_asked_for(subject: Subject) -> None:
    answer = "any.walias.example.com. 600 CNAME www.example.com."
    expect(subject.ask("any.walias.example.com", "ANY"), "NOERROR", answer=answer)


@differs("nsd", ANY, "answer:")
def test_a_synthesised_alias_keeps_its_dname(subject: Subject) -> None:
    answer = """moved.example.com. 1800 DNAME example.org.
                host.moved.example.com. 1800 CNAME host.example.org."""
    expect(subject.ask("host.moved.example.com", "ANY"), "NOERROR", answer=answer)


def test_no_data_stays_no_data(subject: Subject) -> None:
    expect(subject.ask("ent.example.com", "ANY"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_an_absent_name_stays_absent(subject: Subject) -> None:
    expect(subject.ask("absent.example.com", "ANY"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


def test_below_a_cut_any_is_referred(subject: Subject) -> None:
    reply = subject.ask("cut.example.com", "ANY")
    expect(reply, "NOERROR", aa=False, answer="")
    assert reply.authority[0].name.to_text() == "cut.example.com.", "authority: not the referral"
