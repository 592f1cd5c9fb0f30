"""RFC 6672 2: the DNAME record, where it applies and where not."""

import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_COM

differs = pytest.mark.differs
OTHER_ZONES = "Aliases into other zones"
MOVED = "moved.example.com. 1800 DNAME example.org."
LONG = ".".join(letter * 63 for letter in "abc") + ".example.org."
OVERFLOW = f"overflow.example.com. 3600 DNAME {LONG}"


@differs("knot", OTHER_ZONES, "answer:")
def test_a_name_below_is_redirected(subject: Subject) -> None:
    answer = f"""{MOVED}
                 host.moved.example.com. 1800 CNAME host.example.org.
                 host.example.org. 1200 A 192.0.2.104"""
    expect(subject.ask("host.moved.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "rcode NOERROR")
def test_any_depth_below_is_redirected(subject: Subject) -> None:
    answer = f"""{MOVED}
                 a.b.c.moved.example.com. 1800 CNAME a.b.c.example.org."""
    expect(subject.ask("a.b.c.moved.example.com", "A"), "NXDOMAIN", answer=answer)


def test_2_3_the_owner_itself_is_not_redirected(subject: Subject) -> None:
    expect(subject.ask("moved.example.com", "A"), "NOERROR", answer="moved.example.com. 3600 A 192.0.2.19")


def test_2_3_the_owner_has_no_other_data_from_the_target(subject: Subject) -> None:
    expect(subject.ask("moved.example.com", "MX"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_the_dname_itself_may_be_asked_for(subject: Subject) -> None:
    expect(subject.ask("moved.example.com", "DNAME"), "NOERROR", answer=MOVED)


def test_a_name_that_only_ends_in_the_same_letters_is_not_redirected(subject: Subject) -> None:
    expect(subject.ask("unmoved.example.com", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


@differs("knot", OTHER_ZONES, "answer:")
def test_2_3_a_dname_at_the_apex(subject: Subject) -> None:
    answer = """dname.example.net. 3600 DNAME example.org.
                www.dname.example.net. 3600 CNAME www.example.org.
                www.example.org. 900 A 192.0.2.102"""
    expect(subject.ask("www.dname.example.net", "A"), "NOERROR", answer=answer)


def test_2_3_the_apex_keeps_its_own_data(subject: Subject) -> None:
    expect(subject.ask("dname.example.net", "A"), "NOERROR", answer="dname.example.net. 3600 A 192.0.2.110")


def test_2_2_a_target_of_255_octets(subject: Subject) -> None:
    reply = subject.ask(f"{'x' * 49}.overflow.example.com", "TXT", tcp=True)
    assert [str(rr.name).split(".")[0] for rr in reply.answer] == ["overflow", "x" * 49], "answer: no CNAME"


def test_2_2_a_target_of_256_octets_is_yxdomain(subject: Subject) -> None:
    expect(subject.ask(f"{'x' * 50}.overflow.example.com", "A"), "YXDOMAIN", answer=OVERFLOW)


def test_2_2_yxdomain_at_the_end_of_a_chain(subject: Subject) -> None:
    name = "this-label-of-sixty-octets-is-too-much-in-front-of-the-target"
    answer = f"""to-overflow.example.com. 3600 CNAME {name}.overflow.example.com.
                 {OVERFLOW}"""
    expect(subject.ask("to-overflow.example.com", "A"), "YXDOMAIN", answer=answer)


def test_a_dname_to_the_root(subject: Subject) -> None:
    answer = """to-root.example.com. 3600 DNAME .
                host.to-root.example.com. 3600 CNAME host."""
    expect(subject.ask("host.to-root.example.com", "A"), "NOERROR", answer=answer, authority="")


def test_3_3_a_wildcard_made_name_is_not_redirected(subject: Subject) -> None:
    expect(subject.ask("any.wdname.example.com", "A"), "NOERROR", answer="", authority=EXAMPLE_COM)


@differs("knot", "DNAME at a wildcard", "answer:")
def test_3_3_a_name_below_the_asterisk_is_redirected(subject: Subject) -> None:
    reply = subject.ask("host.*.wdname.example.com", "CNAME")
    answer = """*.wdname.example.com. 3600 DNAME example.org.
                host.*.wdname.example.com. 3600 CNAME host.example.org."""
    expect(reply, "NOERROR", answer=answer)
