"""RFC 8914 4: a refusal says why, to those who speak EDNS."""

import pytest

from ..client import Subject, extended_errors

differs = pytest.mark.differs
NOT_AUTHORITATIVE = 20


def test_4_21_a_name_of_no_zone_here(subject: Subject) -> None:
    assert extended_errors(subject.ask("example.net", "A", edns=0)) == [NOT_AUTHORITATIVE]


def test_2_without_edns_there_is_no_room_for_it(subject: Subject) -> None:
    assert subject.ask("example.net", "A").options == ()


def test_an_ordinary_answer_has_nothing_to_explain(subject: Subject) -> None:
    for name in ("host.example.com", "absent.example.com", "host.cut.example.com", "to-outside.example.com"):
        assert extended_errors(subject.ask(name, "A", edns=0)) == [], name
