"""RFC 5001 2: the server's identifier is told on request only."""

import dns.edns

from ..client import Subject, expect

NSID = 3


def test_2_2_it_is_not_told_unasked(subject: Subject) -> None:
    reply = subject.ask("host.example.com", "A", edns=0)
    assert NSID not in [int(option.otype) for option in reply.options]


def test_2_1_asking_for_it_does_not_disturb(subject: Subject) -> None:
    reply = subject.ask("host.example.com", "A", edns=0, options=[dns.edns.GenericOption(NSID, b"")])
    expect(reply, "NOERROR")
    assert len(reply.answer) == 2
