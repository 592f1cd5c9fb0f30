"""RFC 1034 4.3.1: recursion is not offered, and nobody is told that it is."""

import dns.flags

from ..client import Subject, expect


def test_recursion_is_not_available(subject: Subject) -> None:
    assert not subject.ask("host.example.com", "A", flags=dns.flags.RD).flags & dns.flags.RA, "ra True"


def test_recursion_desired_does_not_change_the_answer(subject: Subject) -> None:
    with_rd = subject.ask("to-outside.example.com", "A", flags=dns.flags.RD)
    expect(with_rd, "NOERROR", answer="to-outside.example.com. 3600 CNAME www.example.net.")


def test_a_name_of_no_zone_here_is_refused_whether_or_not_recursion_is_desired(subject: Subject) -> None:
    for flags in (0, dns.flags.RD):
        expect(subject.ask("www.example.net", "A", flags=flags), "REFUSED", aa=False, answer="", authority="")
