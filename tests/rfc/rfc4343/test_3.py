"""RFC 4343: names compare without regard to case, and the case of the question comes back."""

import dns.name
import pytest

from ..client import Subject, expect


@pytest.mark.parametrize("name", ["HOST.EXAMPLE.COM", "hOsT.eXaMpLe.CoM"])
def test_case_does_not_matter(subject: Subject, name: str) -> None:
    reply = subject.ask(name, "A")
    assert len(reply.answer) == 2, "answer: not both records"


def test_case_of_the_zone_file_does_not_matter(subject: Subject) -> None:
    assert len(subject.ask("mixed.example.com", "A").answer) == 1, "answer: nothing"


def test_case_of_a_target_does_not_matter(subject: Subject) -> None:
    reply = subject.ask("to-mixed.example.com", "A")
    assert [rr.rdtype.name for rr in reply.answer] == ["CNAME", "A"], "answer: not followed"


def test_the_case_of_the_question_is_preserved(subject: Subject) -> None:
    reply = subject.ask("wWw.ExAmple.cOm", "A")
    assert reply.question[0].name.to_text() == "wWw.ExAmple.cOm."
    assert reply.answer[0].name.to_text() == "wWw.ExAmple.cOm."


def test_only_ascii_letters_have_case(subject: Subject) -> None:
    for label in (b"h\xcfst", b"host\x00", b"[ost"):
        name = dns.name.Name([label, b"example", b"com", b""])
        expect(subject.ask(name, "A"), "NXDOMAIN", answer="")
