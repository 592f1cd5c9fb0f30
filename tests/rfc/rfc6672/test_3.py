"""RFC 6672 3: processing by the server: the DNAME, then the CNAME it makes, then the restart."""

import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_ORG

differs = pytest.mark.differs
OTHER_ZONES = "Aliases into other zones"
DNAME_LOOPS = "Loops"
MOVED = "moved.example.com. 1800 DNAME example.org."


def test_3_1_the_cname_has_the_ttl_of_the_dname(subject: Subject) -> None:
    reply = subject.ask("host.moved.example.com", "A")
    assert [rr.ttl for rr in reply.answer[:2]] == [1800, 1800], "answer: other TTLs"


def test_3_1_the_cname_may_be_asked_for(subject: Subject) -> None:
    answer = f"{MOVED}\nhost.moved.example.com. 1800 CNAME host.example.org."
    expect(subject.ask("host.moved.example.com", "CNAME"), "NOERROR", answer=answer, authority="")


@differs("knot", OTHER_ZONES, "authority:")
def test_3_2_a_dname_asked_for_below_the_dname_restarts(subject: Subject) -> None:
    answer = f"{MOVED}\nhost.moved.example.com. 1800 CNAME host.example.org."
    expect(subject.ask("host.moved.example.com", "DNAME"), "NOERROR", answer=answer, authority=EXAMPLE_ORG)


@differs("knot", OTHER_ZONES, "answer:")
def test_3_2_an_alias_of_a_redirected_name(subject: Subject) -> None:
    answer = f"""to-dname.example.com. 3600 CNAME host.moved.example.com.
                 {MOVED}
                 host.moved.example.com. 1800 CNAME host.example.org.
                 host.example.org. 1200 A 192.0.2.104"""
    expect(subject.ask("to-dname.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "answer:")
def test_3_2_dname_after_dname(subject: Subject) -> None:
    answer = f"""chained.example.com. 3600 DNAME moved.example.com.
                 host.chained.example.com. 3600 CNAME host.moved.example.com.
                 {MOVED}
                 host.moved.example.com. 1800 CNAME host.example.org.
                 host.example.org. 1200 A 192.0.2.104"""
    expect(subject.ask("host.chained.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "answer:")
def test_3_2_there_and_back(subject: Subject) -> None:
    answer = f"""{MOVED}
                 host.sub.moved.example.com. 1800 CNAME host.sub.example.org.
                 sub.example.org. 3600 DNAME example.com.
                 host.sub.example.org. 3600 CNAME host.example.com.
                 host.example.com. 3600 A 192.0.2.10
                 host.example.com. 3600 A 192.0.2.11"""
    expect(subject.ask("host.sub.moved.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", DNAME_LOOPS, "answer:")
def test_a_ring_of_dnames_is_walked_once(subject: Subject) -> None:
    answer = """ring1.example.com. 3600 DNAME ring2.example.com.
                a.b.ring1.example.com. 3600 CNAME a.b.ring2.example.com.
                ring2.example.com. 3600 DNAME ring1.example.com.
                a.b.ring2.example.com. 3600 CNAME a.b.ring1.example.com."""
    expect(subject.ask("a.b.ring1.example.com", "A"), "NOERROR", answer=answer, authority="")


@differs("nsd", DNAME_LOOPS, "rcode NOERROR")
@differs("knot", "Long chains", "rcode NOERROR")
def test_a_dname_that_grows_stands_once_before_its_cnames(subject: Subject) -> None:
    grown = "a-label-of-42-octets-that-makes-names-grow."
    links = [f"x.{grown * n}grow.example.com. 3600 CNAME x.{grown * (n + 1)}grow.example.com." for n in range(5)]
    answer = "\n".join([f"grow.example.com. 3600 DNAME {grown}grow.example.com.", *links])
    expect(subject.ask("x.grow.example.com", "A", tcp=True), "YXDOMAIN", answer=answer)


@differs("knot", OTHER_ZONES, "rcode NOERROR")
def test_3_2_an_absent_target(subject: Subject) -> None:
    answer = f"{MOVED}\nabsent.moved.example.com. 1800 CNAME absent.example.org."
    expect(subject.ask("absent.moved.example.com", "A"), "NXDOMAIN", answer=answer, authority=EXAMPLE_ORG)


def test_the_case_of_the_question_stays_in_the_prefix(subject: Subject) -> None:
    reply = subject.ask("HoSt.moved.example.com", "CNAME")
    assert reply.answer[1].name.to_text() == "HoSt.moved.example.com."
