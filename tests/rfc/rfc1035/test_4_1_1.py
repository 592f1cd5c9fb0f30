"""RFC 1035 4.1.1, the header: what a reply copies from the query and what it sets itself."""

import pytest

from ..client import Subject, entry, expect_rcode, header, message, opt, wire_name

differs = pytest.mark.differs
QR, AA, TC, RD, RA, Z, AD, CD = (1 << bit for bit in (15, 10, 9, 8, 7, 6, 5, 4))
MALFORMED = "Malformed queries"


def flags_of_reply(subject: Subject, flags: int, name: str = "host.example.com") -> int:
    return header(subject.over_udp(message(entry(name), flags=flags)))[1]


@pytest.mark.parametrize("ident", [0, 1, 0x8000, 0xFFFF])
def test_the_id_is_copied(subject: Subject, ident: int) -> None:
    assert header(subject.over_udp(message(entry(), ident=ident)))[0] == ident


def test_a_reply_is_a_response(subject: Subject) -> None:
    assert flags_of_reply(subject, 0) & QR


@pytest.mark.parametrize("flags", [0, RD])
def test_recursion_desired_is_copied(subject: Subject, flags: int) -> None:
    assert flags_of_reply(subject, flags) & RD == flags


def test_aa_tc_and_ra_of_a_query_mean_nothing(subject: Subject) -> None:
    assert flags_of_reply(subject, AA | TC | RA, "host.cut.example.com") & (AA | TC | RA) == 0


def test_z_is_zero_in_replies(subject: Subject) -> None:
    assert flags_of_reply(subject, Z) & Z == 0


def test_ad_is_clear_for_data_that_nobody_signed(subject: Subject) -> None:
    assert flags_of_reply(subject, AD) & AD == 0


@pytest.mark.parametrize("flags", [CD, CD | RD])
def test_cd_is_clear_because_nothing_is_validated_here(subject: Subject, flags: int) -> None:
    assert flags_of_reply(subject, flags) & CD == 0


def test_counts_say_what_follows(subject: Subject) -> None:
    counts = header(subject.over_udp(message(entry("www.example.com"))))[2:]
    assert counts[:2] == (1, 2)


@pytest.mark.parametrize("opcode", [1, 2, 3, 6, 7, 15])
def test_other_opcodes_are_not_implemented(subject: Subject, opcode: int) -> None:
    reply = subject.over_udp(message(entry(), flags=opcode << 11))
    expect_rcode(reply, "NOTIMP")
    assert header(reply)[1] >> 11 & 15 == opcode


def test_a_response_gets_no_reply(subject: Subject) -> None:
    assert subject.is_silent_to(message(entry(), flags=QR))


def test_a_response_with_an_error_gets_no_reply(subject: Subject) -> None:
    assert subject.is_silent_to(message(b"", flags=QR | 1, counts=(0, 0, 0, 0)))


def test_a_malformed_response_gets_no_reply(subject: Subject) -> None:
    assert subject.is_silent_to(message(b"\x3f", flags=QR))


@pytest.mark.parametrize("length", [0, 1, 2, 11])
def test_less_than_a_header_gets_no_reply(subject: Subject, length: int) -> None:
    assert subject.is_silent_to(message(entry())[:length])


@differs("knot", MALFORMED, "no reply")
def test_errors_carry_the_id_and_are_responses(subject: Subject) -> None:
    ident, flags, *_ = header(subject.over_udp(message(b"", ident=0x4321)))
    assert (ident, flags & QR) == (0x4321, QR)


@differs("knot", MALFORMED, "no reply")
def test_a_reply_to_an_error_is_not_authoritative(subject: Subject) -> None:
    assert header(subject.over_udp(message(wire_name("example.com") + opt()[:3])))[1] & AA == 0
