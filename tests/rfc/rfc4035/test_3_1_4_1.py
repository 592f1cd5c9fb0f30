"""RFC 4035 3.1.4.1: DS belongs to the parent's side of a cut."""

from ..client import Subject, expect
from ..negative import DNAME_NET, EXAMPLE_COM

DS = "cut.example.com. 3600 DS 12345 13 2 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_ds_at_a_cut_is_the_parents_answer(subject: Subject) -> None:
    expect(subject.ask("cut.example.com", "DS"), "NOERROR", answer=DS)


def test_a_cut_without_ds_has_no_data(subject: Subject) -> None:
    expect(subject.ask("bare.example.com", "DS"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_ds_below_a_cut_is_referred(subject: Subject) -> None:
    reply = subject.ask("host.cut.example.com", "DS")
    expect(reply, "NOERROR", aa=False, answer="")
    assert reply.authority[0].name.to_text() == "cut.example.com."


def test_the_parent_answers_when_the_child_is_served_too(subject: Subject) -> None:
    expect(subject.ask("child.example.com", "DS"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_without_the_parent_the_child_has_no_data(subject: Subject) -> None:
    expect(subject.ask("dname.example.net", "DS"), "NOERROR", answer="", authority=DNAME_NET)


def test_ds_at_an_ordinary_name_is_a_type_like_others(subject: Subject) -> None:
    expect(subject.ask("host.example.com", "DS"), "NOERROR", answer="", authority=EXAMPLE_COM)
