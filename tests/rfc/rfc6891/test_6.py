"""RFC 6891 6: the OPT record: where it may stand, what it asks for, what comes back."""

import struct

import dns.edns
import dns.flags
import pytest

from ..client import Subject, entry, expect, expect_rcode, header, message, opt, parse, wire_name

differs = pytest.mark.differs
MALFORMED = "Malformed queries"
SIZE = "EDNS sizes"
HOST = message(entry("host.example.com"))[12:]
UNKNOWN_OPTION = struct.pack("!HH", 65001, 4) + b"\x01\x02\x03\x04"


def ask_with(subject: Subject, record: bytes, question: bytes = HOST, count: int = 1) -> bytes:
    """The reply to *question* with *record* in the additional section."""
    return subject.over_udp(message(question + record, counts=(1, 0, 0, count)))


def test_6_1_1_opt_comes_back_when_it_was_sent(subject: Subject) -> None:
    assert subject.ask("host.example.com", "A", edns=0).edns == 0


def test_6_1_1_opt_does_not_come_back_when_it_was_not_sent(subject: Subject) -> None:
    reply = subject.ask("host.example.com", "A")
    assert reply.edns == -1


@pytest.mark.parametrize(("name", "rcode"), [("absent.example.com", "NXDOMAIN"), ("example.net", "REFUSED")])
def test_7_opt_comes_back_with_errors_too(subject: Subject, name: str, rcode: str) -> None:
    reply = subject.ask(name, "A", edns=0)
    expect(reply, rcode, aa=rcode == "NXDOMAIN")
    assert reply.edns == 0


def test_6_1_1_two_opt_records_are_malformed(subject: Subject) -> None:
    expect_rcode(ask_with(subject, opt() + opt(), count=2), "FORMERR")


@differs("knot", MALFORMED, "rcode NOERROR")
def test_6_1_2_opt_not_at_the_root_is_malformed(subject: Subject) -> None:
    expect_rcode(ask_with(subject, opt(owner=wire_name("example.com"))), "FORMERR")


@differs("nsd", MALFORMED, "rcode FORMERR")
def test_6_1_1_opt_may_stand_behind_another_record(subject: Subject) -> None:
    other = wire_name("example.com") + struct.pack("!HHIH", 1, 1, 0, 4) + b"\xc0\x00\x02\x01"
    reply = parse(ask_with(subject, other + opt(), count=2))
    expect(reply, "NOERROR")
    assert len(reply.answer) == 2


@pytest.mark.parametrize("cut", [1, 4, 10])
def test_half_an_opt_is_malformed(subject: Subject, cut: int) -> None:
    expect_rcode(ask_with(subject, opt()[:-cut]), "FORMERR")


def test_6_1_2_options_longer_than_the_record_are_malformed(subject: Subject) -> None:
    expect_rcode(ask_with(subject, opt(data=struct.pack("!HH", 65001, 9) + b"\x01")), "FORMERR")


def test_6_1_2_half_an_option_is_malformed(subject: Subject) -> None:
    expect_rcode(ask_with(subject, opt(data=b"\xfd\xe9\x00")), "FORMERR")


def test_6_1_2_unknown_options_are_ignored(subject: Subject) -> None:
    reply = parse(ask_with(subject, opt(data=UNKNOWN_OPTION)))
    expect(reply, "NOERROR")
    assert len(reply.answer) == 2


def test_6_1_2_unknown_options_do_not_come_back(subject: Subject) -> None:
    options = parse(ask_with(subject, opt(data=UNKNOWN_OPTION))).options
    assert 65001 not in [int(option.otype) for option in options]


def test_6_1_2_an_empty_option_is_an_option(subject: Subject) -> None:
    expect(parse(ask_with(subject, opt(data=struct.pack("!HH", 65001, 0)))), "NOERROR")


def test_6_1_3_a_version_from_the_future_is_badvers(subject: Subject) -> None:
    reply = parse(ask_with(subject, opt(version=1)))
    expect(reply, "BADVERS", aa=False, answer="", authority="")
    assert reply.edns == 0, f"edns version {reply.edns}, expected 0"


def test_6_1_3_badvers_comes_before_what_the_options_say(subject: Subject) -> None:
    expect(parse(ask_with(subject, opt(version=255, data=UNKNOWN_OPTION))), "BADVERS", aa=False, answer="")


def test_6_1_4_unknown_flags_come_back_as_zero(subject: Subject) -> None:
    reply = parse(ask_with(subject, opt(flags=0x7FFF)))
    expect(reply, "NOERROR")
    assert reply.ednsflags & 0x7FFF == 0


def test_6_1_3_the_upper_bits_of_the_rcode_are_zero_without_error(subject: Subject) -> None:
    assert parse(ask_with(subject, opt())).ednsflags >> 24 == 0


@pytest.mark.parametrize("payload", [0, pytest.param(1, marks=differs("knot", SIZE, "rcode FORMERR")), 511])
def test_6_2_3_less_than_512_is_512(subject: Subject, payload: int) -> None:
    reply = parse(ask_with(subject, opt(payload=payload)))
    expect(reply, "NOERROR", tc=False)
    assert len(reply.answer) == 2


@pytest.mark.parametrize("payload", [512, 600, 1000, 1232])
def test_6_2_5_a_reply_is_no_longer_than_asked_for(subject: Subject, payload: int) -> None:
    packet = ask_with(subject, opt(payload=payload), entry("hundred.big.example.net"))
    assert len(packet) <= payload
    assert header(packet)[1] & dns.flags.TC, "tc False, expected True"


def test_6_2_5_a_reply_that_fits_is_whole(subject: Subject) -> None:
    reply = parse(ask_with(subject, opt(payload=1232), entry("thirty.big.example.net")))
    expect(reply, "NOERROR", tc=False)
    assert len(reply.answer) == 30


@pytest.mark.parametrize("payload", [1400, 4096, 65535])
def test_6_2_5_no_reply_over_udp_is_longer_than_1232_octets(subject: Subject, payload: int) -> None:
    packet = ask_with(subject, opt(payload=payload), entry("hundred.big.example.net"))
    assert len(packet) <= 1232, f"{len(packet)} octets"


def test_6_2_4_the_servers_own_size_is_told(subject: Subject) -> None:
    reply = subject.ask("host.example.com", "A", edns=0)
    assert reply.payload == 1232, f"size {reply.payload}, expected 1232"


def test_a_truncated_reply_has_its_opt(subject: Subject) -> None:
    reply = parse(ask_with(subject, opt(payload=600), entry("hundred.big.example.net")))
    assert (reply.edns, bool(reply.flags & dns.flags.TC)) == (0, True)


def test_edns_over_tcp_is_not_bound_to_the_size(subject: Subject) -> None:
    reply = subject.ask("hundred.big.example.net", "A", edns=0, payload=512, tcp=True)
    expect(reply, "NOERROR", tc=False)
    assert len(reply.answer) == 100
