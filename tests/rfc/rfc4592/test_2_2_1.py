"""RFC 4592 2.2.1: the example zone and every statement made about it."""

import dns.name
import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE

WILDCARD_TEXT = '"this is a wildcard"'


def test_a_name_made_by_the_wildcard(subject: Subject) -> None:
    expect(subject.ask("host3.example", "MX"), "NOERROR", answer="host3.example. 3600 MX 10 host1.example.")


def test_a_name_made_by_the_wildcard_has_only_its_types(subject: Subject) -> None:
    expect(subject.ask("host3.example", "A"), "NOERROR", answer="", authority=EXAMPLE)


def test_a_name_two_labels_below_is_made_too_when_nothing_exists_between(subject: Subject) -> None:
    expect(subject.ask("foo.bar.example", "TXT"), "NOERROR", answer=f"foo.bar.example. 3600 TXT {WILDCARD_TEXT}")


def test_a_name_that_exists_is_not_made(subject: Subject) -> None:
    expect(subject.ask("host1.example", "MX"), "NOERROR", answer="", authority=EXAMPLE)


def test_a_name_below_the_wildcard_that_exists_is_not_made(subject: Subject) -> None:
    expect(subject.ask("sub.*.example", "MX"), "NOERROR", answer="", authority=EXAMPLE)


def test_an_existing_name_blocks_the_wildcard_for_names_below_it(subject: Subject) -> None:
    expect(subject.ask("_telnet._tcp.host1.example", "SRV"), "NXDOMAIN", answer="", authority=EXAMPLE)


def test_a_delegation_blocks_the_wildcard(subject: Subject) -> None:
    authority = """subdel.example. 3600 NS ns.example.com.
                   subdel.example. 3600 NS ns.example.net."""
    expect(subject.ask("host.subdel.example", "A"), "NOERROR", aa=False, answer="", authority=authority)


def test_the_asterisk_label_exists_itself(subject: Subject) -> None:
    expect(subject.ask("ghost.*.example", "MX"), "NXDOMAIN", answer="", authority=EXAMPLE)


def test_4_8_an_empty_non_terminal_blocks_the_wildcard(subject: Subject) -> None:
    expect(subject.ask("host2.example", "TXT"), "NOERROR", answer="", authority=EXAMPLE)


def test_4_8_a_name_below_an_empty_non_terminal(subject: Subject) -> None:
    expect(subject.ask("other.host2.example", "TXT"), "NXDOMAIN", answer="", authority=EXAMPLE)


def test_2_1_the_wildcard_itself_may_be_asked_for(subject: Subject) -> None:
    expect(subject.ask("*.example", "TXT"), "NOERROR", answer=f"*.example. 3600 TXT {WILDCARD_TEXT}")


def test_2_1_a_data_name_below_the_wildcard(subject: Subject) -> None:
    expect(subject.ask("sub.*.example", "TXT"), "NOERROR", answer='sub.*.example. 3600 TXT "this is not a wildcard"')


def test_3_3_1_the_closest_encloser_decides(subject: Subject) -> None:
    expect(subject.ask("_telnet._tcp.host2.example", "TXT"), "NXDOMAIN", answer="", authority=EXAMPLE)


@pytest.mark.parametrize("label", [b"*", b"**", b"a*", b"*a"])
def test_2_1_1_only_a_whole_label_is_an_asterisk_label(subject: Subject, label: bytes) -> None:
    name = dns.name.Name([label, b"example", b""])
    expect(subject.ask(name, "TXT"), "NOERROR", answer=f"{name} 3600 TXT {WILDCARD_TEXT}")


def test_an_asterisk_of_a_made_name_is_a_label_like_others(subject: Subject) -> None:
    expect(subject.ask("*.bar.example", "TXT"), "NOERROR", answer=f"*.bar.example. 3600 TXT {WILDCARD_TEXT}")


def test_the_case_of_the_question_is_the_case_of_the_made_name(subject: Subject) -> None:
    assert subject.ask("HoSt3.ExAmPle", "TXT").answer[0].name.to_text() == "HoSt3.ExAmPle."
