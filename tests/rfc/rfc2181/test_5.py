"""RFC 2181 5, RRsets: whole or not at all, no record twice, one TTL."""

import pytest

from ..client import Subject, expect

differs = pytest.mark.differs
UNEVEN = "TTLs that differ within an RRset"


def test_the_same_record_twice_is_one_record(subject: Subject) -> None:
    expect(subject.ask("dup.example.com", "A"), "NOERROR", answer="dup.example.com. 3600 A 192.0.2.26")


def test_a_record_in_generic_notation_belongs_to_the_rrset(subject: Subject) -> None:
    answer = """generic.example.com. 3600 A 192.0.2.23
                generic.example.com. 3600 A 192.0.2.24"""
    expect(subject.ask("generic.example.com", "A"), "NOERROR", answer=answer)


def test_the_whole_rrset_is_sent(subject: Subject) -> None:
    reply = subject.ask("thirty.big.example.net", "A", edns=0)
    expect(reply, "NOERROR", tc=False)
    assert {rr[0].to_text() for rr in reply.answer} == {f"198.51.100.{n}" for n in range(1, 31)}


@differs("nsd", UNEVEN, "answer:")
@differs("knot", UNEVEN, "answer:")
def test_5_2_an_rrset_has_one_ttl(subject: Subject) -> None:
    answer = """uneven.example.com. 60 A 192.0.2.27
                uneven.example.com. 60 A 192.0.2.28"""
    expect(subject.ask("uneven.example.com", "A"), "NOERROR", answer=answer)
