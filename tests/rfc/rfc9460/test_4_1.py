"""RFC 9460 4.1: SVCB and HTTPS bring the addresses of the names they lead to."""

import pytest

from ..client import Subject, expect

differs = pytest.mark.differs
SVCB = "SVCB and HTTPS bring addresses"


def extras(subject: Subject, name: str, rtype: str = "HTTPS") -> list[str]:
    reply = subject.ask(name, rtype)
    expect(reply, "NOERROR")
    return [f"{rr.name} {rr.rdtype.name}" for rr in reply.additional]


@differs("nsd", SVCB, "additional:")
@pytest.mark.parametrize("name", ["svc.example.com", "svc-alias.example.com"])
def test_addresses_of_the_target_come_along(subject: Subject, name: str) -> None:
    found = extras(subject, name)
    assert {"mail.example.com. A", "mail.example.com. AAAA"} <= set(found), f"additional: {found}"


@differs("nsd", SVCB, "additional:")
def test_svcb_is_treated_like_https(subject: Subject) -> None:
    found = extras(subject, "_dns.svcb.example.com", "SVCB")
    assert {"mail.example.com. A", "mail.example.com. AAAA"} <= set(found), f"additional: {found}"


@differs("nsd", SVCB, "additional:")
@differs("knot", SVCB, "additional:")
def test_a_dot_in_service_mode_is_the_owner(subject: Subject) -> None:
    found = extras(subject, "svc-own.example.com")
    assert "svc-own.example.com. A" in found, f"additional: {found}"


@differs("nsd", "Authority beside a positive answer", "additional:")
def test_a_dot_in_alias_mode_is_nothing(subject: Subject) -> None:
    found = extras(subject, "svc-none.example.com")
    assert found == [], f"additional: {found}"


def test_the_answer_is_the_record_as_written(subject: Subject) -> None:
    answer = 'svc.example.com. 3600 HTTPS 1 mail.example.com. alpn="h2"'
    expect(subject.ask("svc.example.com", "HTTPS"), "NOERROR", answer=answer)
