"""RFC 5936 2.2, RFC 1995, RFC 1996 and RFC 2136: transfers, NOTIFY and UPDATE are refused."""

import struct

import pytest

from ..client import Subject, entry, expect_rcode, header, message, wire_name

differs = pytest.mark.differs
REFUSALS = "Transfers, NOTIFY and UPDATE"
AXFR, IXFR = 252, 251
SOA = wire_name("example.com") + struct.pack("!HHIH", 6, 1, 0, 22) + b"\x00\x00" + struct.pack("!5I", 1, 2, 3, 4, 5)


@differs("nsd", REFUSALS, "rcode NOTIMP")
@differs("knot", REFUSALS, "rcode NOTIMP")
def test_axfr_over_udp(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(entry("example.com", AXFR))), "REFUSED")


@differs("knot", REFUSALS, "rcode NOTAUTH")
def test_axfr_over_tcp(subject: Subject) -> None:
    expect_rcode(subject.over_tcp(message(entry("example.com", AXFR))), "REFUSED")


@differs("knot", REFUSALS, "rcode NOTAUTH")
def test_ixfr(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(entry("example.com", IXFR) + SOA, counts=(1, 0, 1, 0))), "REFUSED")


@differs("knot", REFUSALS, "rcode")
def test_notify(subject: Subject) -> None:
    reply = subject.over_udp(message(entry("example.com", 6), flags=4 << 11 | 0x0400))
    expect_rcode(reply, "REFUSED")
    assert header(reply)[1] >> 11 & 15 == 4


@differs("nsd", REFUSALS, "rcode NOTIMP")
@differs("knot", REFUSALS, "rcode")
def test_update(subject: Subject) -> None:
    reply = subject.over_udp(message(entry("example.com", 6), flags=5 << 11))
    expect_rcode(reply, "REFUSED")
    assert header(reply)[1] >> 11 & 15 == 5


def test_a_refused_transfer_tells_nothing(subject: Subject) -> None:
    assert header(subject.over_tcp(message(entry("example.com", AXFR))))[3:] == (0, 0, 0)
