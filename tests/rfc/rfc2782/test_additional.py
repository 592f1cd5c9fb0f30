"""RFC 2782: SRV brings the addresses of its targets."""

import pytest

from ..client import Subject, expect

differs = pytest.mark.differs


def test_addresses_of_the_target_come_along(subject: Subject) -> None:
    reply = subject.ask("_sip._tcp.example.com", "SRV")
    expect(reply, "NOERROR", answer="_sip._tcp.example.com. 3600 SRV 0 5 5060 mail.example.com.")
    assert [str(rr.name) for rr in reply.additional].count("mail.example.com.") == 2, "additional: lacks addresses"


@differs("nsd", "Authority beside a positive answer", "additional:")
def test_a_target_of_the_root_is_no_service(subject: Subject) -> None:
    answer = "_no._tcp.example.com. 3600 SRV 0 0 0 ."
    expect(subject.ask("_no._tcp.example.com", "SRV"), "NOERROR", answer=answer, additional="")


def test_underscored_names_between_are_empty_non_terminals(subject: Subject) -> None:
    expect(subject.ask("_tcp.example.com", "SRV"), "NOERROR", answer="")
