"""RFC 8020 2: NXDOMAIN says that nothing exists at the name or below it."""

import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_COM


@pytest.mark.parametrize("name", ["ent.example.com", "b.ent.example.com", "_tcp.example.com", "went.example.com"])
def test_an_empty_non_terminal_exists(subject: Subject, name: str) -> None:
    expect(subject.ask(name, "A"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_an_empty_non_terminal_exists_for_any(subject: Subject) -> None:
    expect(subject.ask("ent.example.com", "ANY"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_a_name_beside_the_data_below_an_empty_non_terminal(subject: Subject) -> None:
    expect(subject.ask("c.ent.example.com", "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


@pytest.mark.parametrize("name", ["absent.example.com", "below.absent.example.com", "a.b.c.d.absent.example.com"])
def test_below_an_absent_name_everything_is_absent(subject: Subject, name: str) -> None:
    expect(subject.ask(name, "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)
