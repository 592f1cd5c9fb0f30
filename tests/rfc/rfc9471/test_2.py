"""RFC 9471 2: glue in referrals: all that lies below the cut, or TC."""

import dns.flags
import pytest

from ..client import Subject, expect

differs = pytest.mark.differs
GLUE = "Glue that does not fit"


def test_2_1_in_domain_glue_comes_with_the_referral(subject: Subject) -> None:
    additional = """ns.cut.example.com. 3600 A 192.0.2.60
                    ns.cut.example.com. 3600 AAAA 2001:db8::60"""
    expect(subject.ask("x.cut.example.com", "A"), "NOERROR", aa=False, additional=additional)


def test_2_1_all_of_it_comes_when_it_fits(subject: Subject) -> None:
    reply = subject.ask("x.many.big.example.net", "A", edns=0)
    expect(reply, "NOERROR", aa=False, tc=False)
    assert (len(reply.authority), len(reply.additional)) == (11, 22)


@differs("nsd", GLUE, "tc False")
def test_2_1_in_domain_glue_that_does_not_fit_sets_tc(subject: Subject) -> None:
    reply = subject.ask("x.many.big.example.net", "A")
    assert reply.flags & dns.flags.TC, "tc False, expected True"


def test_2_1_all_of_it_comes_over_tcp(subject: Subject) -> None:
    reply = subject.ask("x.many.big.example.net", "A", tcp=True)
    expect(reply, "NOERROR", aa=False, tc=False)
    assert (len(reply.authority), len(reply.additional)) == (11, 22)


def test_2_2_sibling_glue_comes_with_the_referral(subject: Subject) -> None:
    reply = subject.ask("x.sibling.example.com", "A")
    expect(
        reply,
        "NOERROR",
        aa=False,
        authority="sibling.example.com. 3600 NS ns.cut.example.com.",
        additional="""ns.cut.example.com. 3600 A 192.0.2.60
                      ns.cut.example.com. 3600 AAAA 2001:db8::60""",
    )


def test_2_2_glue_is_the_parents_whatever_the_child_says_of_its_name(subject: Subject) -> None:
    """The child is served here too, and its DNAME stands above the name (RFC 6672 2.4)."""
    reply = subject.ask("x.niece.example.com", "A")
    additional = "ns.renamed.example.com. 3600 A 192.0.2.66"
    expect(
        reply,
        "NOERROR",
        aa=False,
        authority="niece.example.com. 3600 NS ns.renamed.example.com.",
        additional=additional,
    )


def test_2_2_sibling_glue_that_does_not_fit_is_left_out(subject: Subject) -> None:
    reply = subject.ask("x.nephew.big.example.net", "A")
    expect(reply, "NOERROR", aa=False, tc=False)
    assert len(reply.authority) == 11


def test_a_server_at_the_cut_is_in_domain(subject: Subject) -> None:
    additional = "atcut.example.com. 3600 A 192.0.2.62"
    expect(subject.ask("x.atcut.example.com", "A"), "NOERROR", aa=False, additional=additional)


def test_addresses_outside_the_zone_are_not_glue(subject: Subject) -> None:
    reply = subject.ask("x.cut.example.com", "A")
    assert "ns.outside.example.net." not in [str(rr.name) for rr in reply.additional]
