"""RFC 6604: what AA and the rcode of a reply with a chain mean."""

import pytest

from ..client import Subject, expect

differs = pytest.mark.differs
OTHER_ZONES = "Aliases into other zones"


def test_2_aa_speaks_of_the_first_owner_before_a_referral(subject: Subject) -> None:
    expect(subject.ask("to-cut.example.com", "A"), "NOERROR", aa=True)


def test_2_aa_speaks_of_the_first_owner_when_the_chain_leaves(subject: Subject) -> None:
    expect(subject.ask("to-outside.example.com", "A"), "NOERROR", aa=True)


def test_3_the_rcode_is_that_of_the_last_name(subject: Subject) -> None:
    expect(subject.ask("to-absent.example.com", "A"), "NXDOMAIN")


@differs("knot", OTHER_ZONES, "rcode NOERROR")
def test_3_also_in_another_zone(subject: Subject) -> None:
    expect(subject.ask("to-org-absent.example.com", "A"), "NXDOMAIN")


def test_3_a_name_elsewhere_is_not_judged(subject: Subject) -> None:
    expect(subject.ask("to-outside.example.com", "MX"), "NOERROR")


def test_3_a_query_for_the_alias_itself_does_not_ask_about_its_target(subject: Subject) -> None:
    expect(subject.ask("to-absent.example.com", "CNAME"), "NOERROR")


def test_3_any_does_not_ask_about_the_target_either(subject: Subject) -> None:
    expect(subject.ask("to-absent.example.com", "ANY"), "NOERROR")
