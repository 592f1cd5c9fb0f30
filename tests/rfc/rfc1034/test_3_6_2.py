"""RFC 1034 3.6.2, aliases and canonical names: a query for another type restarts at the target."""

import pytest

from ..client import Subject, expect, extended_errors
from ..negative import EXAMPLE_COM, EXAMPLE_ORG

differs = pytest.mark.differs
OTHER_ZONES = "Aliases into other zones"
LIMIT = "Long chains"


def test_the_answer_holds_the_alias_and_the_data_of_its_target(subject: Subject) -> None:
    answer = """www.example.com. 32600 CNAME example.com.
                example.com. 3600 A 192.0.2.1"""
    expect(subject.ask("www.example.com", "A"), "NOERROR", answer=answer)


def test_each_link_keeps_its_own_ttl_and_stands_in_chain_order(subject: Subject) -> None:
    answer = """three.example.com. 300 CNAME two.example.com.
                two.example.com. 600 CNAME www.example.com.
                www.example.com. 32600 CNAME example.com.
                example.com. 3600 AAAA 2001:db8::1"""
    expect(subject.ask("three.example.com", "AAAA"), "NOERROR", answer=answer)


def test_a_query_for_cname_gets_the_alias_itself(subject: Subject) -> None:
    expect(subject.ask("three.example.com", "CNAME"), "NOERROR", answer="three.example.com. 300 CNAME two.example.com.")


def test_a_query_for_cname_where_none_is_has_no_data(subject: Subject) -> None:
    expect(subject.ask("host.example.com", "CNAME"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_an_alias_of_a_name_without_that_type_has_no_data(subject: Subject) -> None:
    answer = "www.example.com. 32600 CNAME example.com."
    expect(subject.ask("www.example.com", "TXT"), "NOERROR", answer=answer, authority=EXAMPLE_COM)


def test_an_alias_of_an_absent_name(subject: Subject) -> None:
    answer = "to-absent.example.com. 3600 CNAME absent.example.com."
    expect(subject.ask("to-absent.example.com", "A"), "NXDOMAIN", answer=answer, authority=EXAMPLE_COM)


def test_an_alias_of_an_empty_non_terminal(subject: Subject) -> None:
    answer = "to-empty.example.com. 3600 CNAME ent.example.com."
    expect(subject.ask("to-empty.example.com", "A"), "NOERROR", answer=answer, authority=EXAMPLE_COM)


def test_an_alias_of_a_wildcard_made_name(subject: Subject) -> None:
    answer = """to-wild.example.com. 3600 CNAME any.wild.example.com.
                any.wild.example.com. 3600 A 192.0.2.15"""
    expect(subject.ask("to-wild.example.com", "A"), "NOERROR", answer=answer)


def test_an_alias_brings_the_addresses_of_the_mail_host(subject: Subject) -> None:
    answer = """ns-of.example.com. 3600 CNAME mx-here.example.com.
                mx-here.example.com. 3600 MX 10 mail.example.com."""
    reply = subject.ask("ns-of.example.com", "MX")
    expect(reply, "NOERROR", answer=answer)
    assert {str(rr.name) for rr in reply.additional} >= {"mail.example.com."}, "additional: lacks mail.example.com."


@differs("knot", OTHER_ZONES, "answer:")
def test_a_chain_goes_on_in_another_zone_served_here(subject: Subject) -> None:
    answer = """to-org.example.com. 3600 CNAME www.example.org.
                www.example.org. 900 A 192.0.2.102"""
    expect(subject.ask("to-org.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "answer:")
def test_a_chain_goes_there_and_back(subject: Subject) -> None:
    answer = """org-and-back.example.com. 3600 CNAME back.example.org.
                back.example.org. 3600 CNAME host.example.com.
                host.example.com. 3600 A 192.0.2.10
                host.example.com. 3600 A 192.0.2.11"""
    expect(subject.ask("org-and-back.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "answer:")
def test_a_chain_goes_on_in_a_child_zone_served_here(subject: Subject) -> None:
    answer = """to-child.example.com. 3600 CNAME www.child.example.com.
                www.child.example.com. 3600 A 192.0.2.64"""
    expect(subject.ask("to-child.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "answer:")
def test_a_chain_goes_on_in_the_parent_zone(subject: Subject) -> None:
    answer = """up.child.example.com. 3600 CNAME host.example.com.
                host.example.com. 3600 A 192.0.2.10
                host.example.com. 3600 A 192.0.2.11"""
    expect(subject.ask("up.child.example.com", "A"), "NOERROR", answer=answer)


@differs("knot", OTHER_ZONES, "rcode NOERROR")
def test_a_chain_that_ends_at_an_absent_name_of_another_zone(subject: Subject) -> None:
    answer = "to-org-absent.example.com. 3600 CNAME absent.example.org."
    expect(subject.ask("to-org-absent.example.com", "A"), "NXDOMAIN", answer=answer, authority=EXAMPLE_ORG)


def test_a_chain_that_leaves_the_zones_served_here_ends_there(subject: Subject) -> None:
    answer = "to-outside.example.com. 3600 CNAME www.example.net."
    expect(subject.ask("to-outside.example.com", "A"), "NOERROR", answer=answer, authority="", additional="")


def test_an_alias_of_the_root(subject: Subject) -> None:
    answer = "to-the-root.example.com. 3600 CNAME ."
    expect(subject.ask("to-the-root.example.com", "A"), "NOERROR", answer=answer, authority="", additional="")


def test_an_alias_into_a_delegated_zone_brings_the_referral(subject: Subject) -> None:
    reply = subject.ask("to-cut.example.com", "A")
    expect(
        reply,
        "NOERROR",
        answer="to-cut.example.com. 3600 CNAME host.cut.example.com.",
        authority="""cut.example.com. 3600 NS ns.cut.example.com.
                     cut.example.com. 3600 NS ns.outside.example.net.""",
        additional="""ns.cut.example.com. 3600 A 192.0.2.60
                      ns.cut.example.com. 3600 AAAA 2001:db8::60""",
    )


def test_an_alias_of_itself_is_given_once(subject: Subject) -> None:
    answer = "self.example.com. 3600 CNAME self.example.com."
    expect(subject.ask("self.example.com", "A"), "NOERROR", answer=answer, authority="")


def test_a_loop_is_given_with_each_alias_once(subject: Subject) -> None:
    answer = """loop1.example.com. 3600 CNAME loop2.example.com.
                loop2.example.com. 3600 CNAME loop3.example.com.
                loop3.example.com. 3600 CNAME loop1.example.com."""
    expect(subject.ask("loop1.example.com", "A"), "NOERROR", answer=answer, authority="")


def test_an_alias_into_a_loop(subject: Subject) -> None:
    answer = """into-loop.example.com. 3600 CNAME loop1.example.com.
                loop1.example.com. 3600 CNAME loop2.example.com.
                loop2.example.com. 3600 CNAME loop3.example.com.
                loop3.example.com. 3600 CNAME loop1.example.com."""
    expect(subject.ask("into-loop.example.com", "A"), "NOERROR", answer=answer, authority="")


@differs("knot", OTHER_ZONES, "answer:")
def test_a_loop_across_two_zones(subject: Subject) -> None:
    answer = """loop-org.example.com. 3600 CNAME loop.example.org.
                loop.example.org. 3600 CNAME loop-org.example.com."""
    expect(subject.ask("loop-org.example.com", "A"), "NOERROR", answer=answer, authority="")


@differs("knot", LIMIT, "answer:")
def test_sixteen_links_are_followed_to_the_data(subject: Subject) -> None:
    links = [f"h{n}.example.com. 3600 CNAME h{n + 1}.example.com." for n in range(2, 18)]
    answer = "\n".join([*links, "h18.example.com. 3600 A 192.0.2.18"])
    expect(subject.ask("h2.example.com", "A", tcp=True), "NOERROR", answer=answer)


@differs("knot", LIMIT, "answer:")
@differs("nsd", LIMIT, "answer:")
def test_of_seventeen_links_sixteen_are_given(subject: Subject) -> None:
    links = [f"h{n}.example.com. 3600 CNAME h{n + 1}.example.com." for n in range(1, 17)]
    expect(subject.ask("h1.example.com", "A", tcp=True), "NOERROR", answer="\n".join(links), authority="")


@differs("knot", LIMIT, "no extended error")
@differs("nsd", LIMIT, "no extended error")
def test_a_chain_cut_short_says_so(subject: Subject) -> None:
    reply = subject.ask("h1.example.com", "A", edns=0)
    assert extended_errors(reply), "no extended error"
