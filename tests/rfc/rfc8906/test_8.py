"""RFC 8906 8: the tests that every server should pass, in the order of that document.

Each asks for the SOA of a zone. "dig" lines quote the command of the document.
"""

import struct

import dns.flags
import pytest

from ..client import Subject, entry, expect_rcode, header, message, opt, parse

SOA = entry("example.com", 6)
QR, AA, TC, RD, RA, Z, AD, CD = (1 << bit for bit in (15, 10, 9, 8, 7, 6, 5, 4))
UNKNOWN_OPTION = struct.pack("!HH", 100, 0)


def ask(subject: Subject, *, flags: int = 0, question: bytes = SOA, record: bytes = b"", tcp: bool = False) -> bytes:
    packet = message(question + record, flags=flags, counts=(1, 0, 0, 1 if record else 0))
    return subject.over_tcp(packet) if tcp else subject.over_udp(packet)


def expect_soa(packet: bytes, *, is_edns: bool = False) -> None:
    reply = parse(packet)
    assert reply.rcode() == 0, f"rcode {reply.rcode()}"
    assert [int(rr.rdtype) for rr in reply.answer] == [6], "answer: not the SOA"
    assert reply.flags & AA, "aa False"
    assert (reply.edns == 0) == is_edns, "edns differs"


def test_8_1_1_is_the_server_configured_for_the_zone(subject: Subject) -> None:
    """dig +noedns +noad +norec soa $zone @$server"""
    expect_soa(ask(subject))


def test_8_1_2_unknown_types(subject: Subject) -> None:
    """dig +noedns +noad +norec type1000 $zone @$server"""
    reply = parse(ask(subject, question=entry("example.com", 1000)))
    assert (reply.rcode(), len(reply.answer)) == (0, 0)
    assert reply.flags & AA


@pytest.mark.parametrize(
    ("flag", "may_come_back"), [(CD, False), (AD, False), (Z, False), (RD, True), (RA, False), (TC, False), (AA, True)]
)
def test_8_1_3_header_bits(subject: Subject, flag: int, may_come_back: bool) -> None:
    """dig +noedns +noad +norec +cdflag (and so on) soa $zone @$server"""
    reply = ask(subject, flags=flag)
    expect_soa(reply)
    assert may_come_back or not header(reply)[1] & flag


def test_8_1_4_unknown_opcodes(subject: Subject) -> None:
    """dig +noedns +noad +opcode=15 +norec +header-only @$server"""
    expect_rcode(subject.over_udp(message(b"", flags=15 << 11, counts=(0, 0, 0, 0))), "NOTIMP")


def test_8_1_5_tcp(subject: Subject) -> None:
    """dig +noedns +noad +norec +tcp soa $zone @$server"""
    expect_soa(ask(subject, tcp=True))


def test_8_2_1_minimal_edns(subject: Subject) -> None:
    """dig +nocookie +edns=0 +noad +norec soa $zone @$server"""
    expect_soa(ask(subject, record=opt()), is_edns=True)


def test_8_2_2_unknown_versions(subject: Subject) -> None:
    """dig +nocookie +edns=1 +noednsneg +noad +norec soa $zone @$server"""
    reply = parse(ask(subject, record=opt(version=1)))
    assert (int(reply.rcode()), reply.edns, len(reply.answer)) == (16, 0, 0)


def test_8_2_3_unknown_options(subject: Subject) -> None:
    """dig +nocookie +edns=0 +noad +norec +ednsopt=100 soa $zone @$server"""
    packet = ask(subject, record=opt(data=UNKNOWN_OPTION))
    expect_soa(packet, is_edns=True)
    assert 100 not in [int(option.otype) for option in parse(packet).options]


def test_8_2_4_unknown_flags(subject: Subject) -> None:
    """dig +nocookie +edns=0 +noad +norec +ednsflags=0x40 soa $zone @$server"""
    packet = ask(subject, record=opt(flags=0x40))
    expect_soa(packet, is_edns=True)
    assert not parse(packet).ednsflags & 0x40


def test_8_2_5_unknown_version_with_unknown_flags(subject: Subject) -> None:
    """dig +nocookie +edns=1 +noednsneg +noad +norec +ednsflags=0x40 soa $zone @$server"""
    reply = parse(ask(subject, record=opt(version=1, flags=0x40)))
    assert (int(reply.rcode()), reply.edns, reply.ednsflags & 0x40) == (16, 0, 0)


def test_8_2_6_unknown_version_with_unknown_option(subject: Subject) -> None:
    """dig +nocookie +edns=1 +noednsneg +noad +norec +ednsopt=100 soa $zone @$server"""
    reply = parse(ask(subject, record=opt(version=1, data=UNKNOWN_OPTION)))
    assert (int(reply.rcode()), reply.edns) == (16, 0)
    assert 100 not in [int(option.otype) for option in reply.options]


def test_8_2_7_truncated_responses(subject: Subject) -> None:
    """dig +norec +dnssec +bufsize=512 +ignore dnskey $zone @$server, with an answer that cannot fit"""
    reply = parse(ask(subject, question=entry("hundred.big.example.net"), record=opt(payload=512, flags=0x8000)))
    assert reply.flags & dns.flags.TC
    assert (reply.edns, bool(reply.ednsflags & dns.flags.DO)) == (0, True)


def test_8_2_8_do(subject: Subject) -> None:
    """dig +nocookie +edns=0 +noad +norec +dnssec soa $zone @$server"""
    packet = ask(subject, record=opt(flags=0x8000))
    expect_soa(packet, is_edns=True)
    assert parse(packet).ednsflags & dns.flags.DO


def test_8_2_9_other_defined_options(subject: Subject) -> None:
    """dig +nocookie +edns=0 +noad +norec +nsid +expire +subnet=0.0.0.0/0 soa $zone @$server"""
    nsid, expire = struct.pack("!HH", 3, 0), struct.pack("!HH", 9, 0)
    subnet = struct.pack("!HHHBB", 8, 4, 1, 0, 0)
    expect_soa(ask(subject, record=opt(data=nsid + expire + subnet)), is_edns=True)


@pytest.mark.differs("knot", "Clients without a server cookie", "rcode 23")
def test_8_2_9_a_client_cookie(subject: Subject) -> None:
    """dig +cookie +edns=0 +noad +norec soa $zone @$server"""
    expect_soa(ask(subject, record=opt(data=struct.pack("!HH", 10, 8) + b"12345678")), is_edns=True)
