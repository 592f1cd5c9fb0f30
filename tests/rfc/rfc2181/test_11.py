"""RFC 2181 11: any binary string may be a label; host name rules are not the DNS's."""

import dns.name
import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_COM


def test_an_underscore(subject: Subject) -> None:
    expect(subject.ask("under_score.example.com", "A"), "NOERROR", answer="under_score.example.com. 3600 A 192.0.2.83")


@pytest.mark.parametrize("label", [b"\x00", b"\xff" * 63, b" ", b"www.example", b"\xc3\xa4", b"-"])
def test_any_octets_may_be_asked_for(subject: Subject, label: bytes) -> None:
    name = dns.name.Name([label, b"example", b"com", b""])
    expect(subject.ask(name, "A"), "NXDOMAIN", answer="", authority=EXAMPLE_COM)


def test_a_label_with_a_dot_is_not_two_labels(subject: Subject) -> None:
    name = dns.name.Name([b"host.example", b"com", b""])
    expect(subject.ask(name, "A"), "REFUSED", aa=False, answer="")
