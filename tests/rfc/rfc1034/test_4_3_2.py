"""RFC 1034 4.3.2, the algorithm, step by step. Aliases are in test_3_6_2, wildcards in rfc4592, DNAMEs in rfc6672."""

import pytest

from ..client import Subject, expect
from ..negative import CHILD, EXAMPLE_COM

differs = pytest.mark.differs

CUT = """cut.example.com. 3600 NS ns.cut.example.com.
         cut.example.com. 3600 NS ns.outside.example.net."""
CUT_GLUE = """ns.cut.example.com. 3600 A 192.0.2.60
              ns.cut.example.com. 3600 AAAA 2001:db8::60"""


def test_step_2_the_nearest_zone_answers(subject: Subject) -> None:
    answer = "www.child.example.com. 3600 A 192.0.2.64"
    expect(subject.ask("www.child.example.com", "A"), "NOERROR", answer=answer)


def test_step_2_the_apex_belongs_to_the_child(subject: Subject) -> None:
    reply = subject.ask("child.example.com", "NS")
    expect(reply, "NOERROR", answer="child.example.com. 3600 NS ns.child.example.com.")


def test_step_2_the_child_denies_in_its_own_name(subject: Subject) -> None:
    expect(subject.ask("ns.child.example.com", "TXT"), "NOERROR", answer="", authority=CHILD)


def test_step_2_a_name_of_no_zone_is_refused(subject: Subject) -> None:
    expect(subject.ask("example.net", "A"), "REFUSED", aa=False, answer="", authority="", additional="")


def test_step_2_the_parent_of_a_zone_is_refused(subject: Subject) -> None:
    expect(subject.ask("com", "NS"), "REFUSED", aa=False, answer="", authority="")


def test_step_2_the_root_is_refused(subject: Subject) -> None:
    expect(subject.ask(".", "NS"), "REFUSED", aa=False, answer="", authority="")


def test_step_2_a_name_that_only_ends_in_the_same_letters_is_refused(subject: Subject) -> None:
    expect(subject.ask("anexample.com", "A"), "REFUSED", aa=False, answer="", authority="")


def test_step_3a_every_record_of_the_type(subject: Subject) -> None:
    answer = """host.example.com. 3600 A 192.0.2.10
                host.example.com. 3600 A 192.0.2.11"""
    expect(subject.ask("host.example.com", "A"), "NOERROR", answer=answer)


def test_step_3a_the_apex_has_data_like_any_name(subject: Subject) -> None:
    expect(subject.ask("example.com", "AAAA"), "NOERROR", answer="example.com. 3600 AAAA 2001:db8::1")


def test_step_3a_the_soa_has_its_own_ttl_as_an_answer(subject: Subject) -> None:
    soa = EXAMPLE_COM.replace(" 300 SOA", " 3600 SOA")
    expect(subject.ask("example.com", "SOA"), "NOERROR", answer=soa)


def test_step_3a_the_zones_own_ns_are_an_authoritative_answer(subject: Subject) -> None:
    answer = """example.com. 3600 NS ns1.example.com.
                example.com. 3600 NS ns2.example.com."""
    expect(subject.ask("example.com", "NS"), "NOERROR", answer=answer)


def test_step_3a_a_type_that_is_not_there(subject: Subject) -> None:
    expect(subject.ask("host.example.com", "MX"), "NOERROR", answer="", authority=EXAMPLE_COM, additional="")


def test_step_3a_ttl_zero_is_a_ttl(subject: Subject) -> None:
    expect(subject.ask("zero.example.com", "A"), "NOERROR", answer="zero.example.com. 0 A 192.0.2.13")


@differs("nsd", "Authority beside a positive answer", "authority:")
def test_step_3a_a_positive_answer_has_no_authority(subject: Subject) -> None:
    expect(subject.ask("host.example.com", "A"), "NOERROR", authority="", additional="")


def test_step_3b_a_name_below_a_cut_is_referred(subject: Subject) -> None:
    reply = subject.ask("host.cut.example.com", "A")
    expect(reply, "NOERROR", aa=False, answer="", authority=CUT, additional=CUT_GLUE)


def test_step_3b_an_absent_name_below_a_cut_is_referred_too(subject: Subject) -> None:
    expect(subject.ask("a.b.c.cut.example.com", "A"), "NOERROR", aa=False, answer="", authority=CUT)


def test_step_3b_the_cut_itself_is_referred(subject: Subject) -> None:
    expect(subject.ask("cut.example.com", "A"), "NOERROR", aa=False, answer="", authority=CUT)


def test_step_3b_ns_at_the_cut_are_a_referral_not_an_answer(subject: Subject) -> None:
    expect(subject.ask("cut.example.com", "NS"), "NOERROR", aa=False, answer="", authority=CUT)


def test_step_3b_soa_at_the_cut_is_a_referral(subject: Subject) -> None:
    expect(subject.ask("cut.example.com", "SOA"), "NOERROR", aa=False, answer="", authority=CUT)


def test_step_3b_glue_is_not_an_answer(subject: Subject) -> None:
    expect(subject.ask("ns.cut.example.com", "A"), "NOERROR", aa=False, answer="", authority=CUT)


def test_step_3b_an_address_at_the_cut_is_glue(subject: Subject) -> None:
    authority = "atcut.example.com. 3600 NS atcut.example.com."
    additional = "atcut.example.com. 3600 A 192.0.2.62"
    reply = subject.ask("atcut.example.com", "A")
    expect(reply, "NOERROR", aa=False, answer="", authority=authority, additional=additional)


def test_step_3b_a_delegation_without_glue(subject: Subject) -> None:
    reply = subject.ask("x.bare.example.com", "A")
    authority = "bare.example.com. 3600 NS ns.bare.example.com."
    expect(reply, "NOERROR", aa=False, answer="", authority=authority, additional="")


def test_step_3b_a_cut_of_the_child_zone(subject: Subject) -> None:
    reply = subject.ask("x.grand.child.example.com", "A")
    expect(
        reply,
        "NOERROR",
        aa=False,
        answer="",
        authority="grand.child.example.com. 3600 NS ns.grand.child.example.com.",
        additional="ns.grand.child.example.com. 3600 A 192.0.2.65",
    )


def test_step_3c_an_absent_name(subject: Subject) -> None:
    expect(subject.ask("absent.example.com", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM, additional="")


def test_step_3c_a_name_below_a_host(subject: Subject) -> None:
    expect(subject.ask("x.host.example.com", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


def test_step_3c_a_name_below_an_alias_is_not_redirected(subject: Subject) -> None:
    expect(subject.ask("x.www.example.com", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


def test_step_6_addresses_of_name_servers_come_along(subject: Subject) -> None:
    reply = subject.ask("child.example.com", "NS")
    expect(reply, "NOERROR", additional="ns.child.example.com. 3600 A 192.0.2.63")


def test_step_6_addresses_of_mail_hosts_come_along(subject: Subject) -> None:
    reply = subject.ask("mx-here.example.com", "MX")
    names = [str(rr.name) for rr in reply.additional]
    assert names.count("mail.example.com.") == 2, f"additional: {names}"


def test_step_6_a_host_may_be_its_own_mail_host(subject: Subject) -> None:
    reply = subject.ask("mx-own.example.com", "MX")
    assert "mx-own.example.com." in [str(rr.name) for rr in reply.additional], "additional: lacks mx-own.example.com."


@differs("nsd", "Authority beside a positive answer", "additional:")
def test_step_6_an_alias_is_no_address(subject: Subject) -> None:
    expect(subject.ask("mx-alias.example.com", "MX"), "NOERROR", additional="")


@differs("nsd", "Authority beside a positive answer", "additional:")
def test_step_6_the_null_mx_has_no_address(subject: Subject) -> None:
    answer = "mx-null.example.com. 3600 MX 0 ."
    expect(subject.ask("mx-null.example.com", "MX"), "NOERROR", answer=answer, additional="")
