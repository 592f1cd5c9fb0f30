"""RFC 1035 4.2.1: 512 octets over UDP without EDNS, and TC when that is not enough."""

import dns.flags
import pytest

from ..client import Subject, entry, expect, header, message, parse
from ..negative import EXAMPLE_COM

TC = 1 << 9


def test_a_reply_is_no_longer_than_512_octets(subject: Subject) -> None:
    assert len(subject.over_udp(message(entry("hundred.big.example.net")))) <= 512


def test_an_answer_that_does_not_fit_is_truncated(subject: Subject) -> None:
    reply = parse(subject.over_udp(message(entry("hundred.big.example.net"))))
    assert reply.flags & dns.flags.TC, "tc False, expected True"
    assert reply.flags & dns.flags.AA, "aa False, expected True"


def test_a_truncated_reply_holds_no_half_rrset(subject: Subject) -> None:
    reply = parse(subject.over_udp(message(entry("hundred.big.example.net"))))
    assert len(reply.answer) in (0, 100), f"answer: {len(reply.answer)} of 100 records"


def test_a_truncated_reply_is_counted_right(subject: Subject) -> None:
    packet = subject.over_udp(message(entry("texts.big.example.net", 16)))
    reply = parse(packet)
    assert header(packet)[3] == len(reply.answer)


def test_additional_records_are_left_out_without_tc(subject: Subject) -> None:
    packet = subject.over_udp(message(entry("mx.big.example.net", 15)))
    reply = parse(packet)
    assert header(packet)[1] & TC == 0, "tc True, expected False"
    assert len(reply.answer) == 11
    assert len(reply.additional) < 22


def test_a_truncated_chain_keeps_its_order(subject: Subject) -> None:
    reply = parse(subject.over_udp(message(entry("h2.example.com"))))
    owners = [str(rr.name).split(".")[0] for rr in reply.answer]
    assert owners == [f"h{n}" for n in range(2, 2 + len(owners))]


def test_a_reply_that_fits_is_not_truncated(subject: Subject) -> None:
    expect(subject.ask("absent.example.com", "A"), "NXDOMAIN", tc=False, authority=EXAMPLE_COM)


@pytest.mark.parametrize("name", ["thirty.big.example.net", "hundred.big.example.net"])
def test_everything_comes_over_tcp(subject: Subject, name: str) -> None:
    reply = subject.ask(name, "A", tcp=True)
    expect(reply, "NOERROR", tc=False)
    assert len(reply.answer) == (30 if name.startswith("thirty") else 100)
