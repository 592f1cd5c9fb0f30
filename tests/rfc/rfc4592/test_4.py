"""RFC 4592 3.3.3 and 4: aliases, empty non-terminals and other special types at wildcards."""

from ..client import Subject, expect
from ..negative import CHILD, EXAMPLE_COM

APEX = """www.example.com. 32600 CNAME example.com.
          example.com. 3600 A 192.0.2.1"""


def test_3_3_3_a_wildcard_alias_is_followed(subject: Subject) -> None:
    answer = f"any.walias.example.com. 600 CNAME www.example.com.\n{APEX}"
    expect(subject.ask("any.walias.example.com", "A"), "NOERROR", answer=answer)


def test_3_3_3_a_wildcard_alias_may_be_asked_for(subject: Subject) -> None:
    answer = "any.walias.example.com. 600 CNAME www.example.com."
    expect(subject.ask("any.walias.example.com", "CNAME"), "NOERROR", answer=answer)


def test_3_3_3_the_wildcard_alias_under_its_own_name(subject: Subject) -> None:
    answer = f"*.walias.example.com. 600 CNAME www.example.com.\n{APEX}"
    expect(subject.ask("*.walias.example.com", "A"), "NOERROR", answer=answer)


def test_a_name_with_data_of_its_own_is_no_alias(subject: Subject) -> None:
    answer = "host.walias.example.com. 3600 A 192.0.2.16"
    expect(subject.ask("host.walias.example.com", "A"), "NOERROR", answer=answer)


def test_a_wildcard_alias_that_reaches_itself(subject: Subject) -> None:
    answer = """y.wloop.example.com. 3600 CNAME x.wloop.example.com.
                x.wloop.example.com. 3600 CNAME x.wloop.example.com."""
    expect(subject.ask("y.wloop.example.com", "A"), "NOERROR", answer=answer, authority="")


def test_4_9_an_empty_non_terminal_at_the_asterisk_makes_names_without_data(subject: Subject) -> None:
    expect(subject.ask("any.went.example.com", "A"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_below_an_asterisk_nothing_is_made(subject: Subject) -> None:
    expect(subject.ask("b.*.went.example.com", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


def test_a_made_name_without_the_type_has_no_data(subject: Subject) -> None:
    expect(subject.ask("any.wempty.example.com", "A"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_the_encloser_of_a_wildcard_is_not_made(subject: Subject) -> None:
    expect(subject.ask("wild.example.com", "A"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_a_wildcard_of_the_child_zone(subject: Subject) -> None:
    answer = 'any.child.example.com. 3600 TXT "a wildcard of the child"'
    expect(subject.ask("any.child.example.com", "TXT"), "NOERROR", answer=answer)
    expect(subject.ask("any.child.example.com", "A"), "NOERROR", answer="", authority=CHILD)


def test_no_wildcard_above_a_zone_cut(subject: Subject) -> None:
    reply = subject.ask("any.grand.child.example.com", "TXT")
    assert reply.authority[0].name.to_text() == "grand.child.example.com.", "authority: not the referral"
