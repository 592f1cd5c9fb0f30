"""RFC 3225 3: the DO bit comes back as it was sent."""

import dns.flags
import pytest

from ..client import Subject, expect


@pytest.mark.parametrize("name", ["host.example.com", "absent.example.com", "host.cut.example.com", "example.net"])
@pytest.mark.parametrize("do", [False, True])
def test_do_is_copied(subject: Subject, name: str, do: bool) -> None:
    reply = subject.ask(name, "A", edns=0, do=do)
    assert bool(reply.ednsflags & dns.flags.DO) == do, f"do {not do}, expected {do}"


def test_do_brings_nothing_from_an_unsigned_zone(subject: Subject) -> None:
    answer = """host.example.com. 3600 A 192.0.2.10
                host.example.com. 3600 A 192.0.2.11"""
    expect(subject.ask("host.example.com", "A", edns=0, do=True), "NOERROR", answer=answer)
