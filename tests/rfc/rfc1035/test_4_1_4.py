"""RFC 1035 4.1.4, compression: replies point backwards only, queries may hold anything."""

import struct

import dns.name
import pytest

from ..client import Subject, entry, expect_rcode, message

differs = pytest.mark.differs
MALFORMED = "Malformed queries"
TYPE_IN = struct.pack("!HH", 1, 1)


def pointers(packet: bytes) -> list[tuple[int, int]]:
    """(position, target) of each compressed owner name and each name of NS, CNAME, SOA, MX data in *packet*."""
    found: list[tuple[int, int]] = []
    at = skip_name(packet, 12, found) + 4
    for _ in range(sum(struct.unpack_from("!3H", packet, 6))):
        at = skip_name(packet, at, found)
        rtype, _, _, length = struct.unpack_from("!HHIH", packet, at)
        at += 10
        if rtype in (2, 5, 15):
            skip_name(packet, at + (2 if rtype == 15 else 0), found)
        at += length
    assert at == len(packet), "the reply holds more than it counts"
    return found


def skip_name(packet: bytes, at: int, found: list[tuple[int, int]]) -> int:
    while packet[at]:
        if packet[at] >= 0xC0:
            found.append((at, struct.unpack_from("!H", packet, at)[0] & 0x3FFF))
            return at + 2
        at += 1 + packet[at]
    return at + 1


@pytest.mark.parametrize(
    "name", ["three.example.com", "host.cut.example.com", "mx-here.example.com", "absent.example.com"]
)
def test_replies_are_compressed_and_point_backwards(subject: Subject, name: str) -> None:
    found = pointers(subject.over_udp(message(entry(name, 15))))
    assert found
    assert all(12 <= target < position for position, target in found)


def test_a_large_reply_is_compressed_and_parses(subject: Subject) -> None:
    reply = subject.over_tcp(message(entry("mail.big.example.net", 15)))
    found = pointers(reply)
    assert len(reply) > 0x4000
    assert all(12 <= target < position for position, target in found)


@differs("knot", MALFORMED, "no reply")
def test_a_pointer_to_itself_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\xc0\x0c" + TYPE_IN)), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_pointer_forward_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\xc0\x12" + TYPE_IN + b"\x07example\x03com\x00")), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_pointer_out_of_the_message_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\xff\xff" + TYPE_IN)), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_pointer_into_the_header_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\x01a\xc0\x04" + TYPE_IN)), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_half_a_pointer_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\xc0")), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_two_labels_that_point_at_each_other_are_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\x01a\xc0\x0c" + TYPE_IN)), "FORMERR")


@differs("knot", MALFORMED, "no reply")
@pytest.mark.parametrize("length_octet", [0x40, 0x41, 0x80, 0xBF])
def test_reserved_label_types_are_malformed(subject: Subject, length_octet: int) -> None:
    expect_rcode(subject.over_udp(message(bytes([length_octet]) + b"a" * 63 + b"\x00" + TYPE_IN)), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_label_longer_than_the_message_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\x3fabc")), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_name_that_does_not_end_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"\x07example\x03com")), "FORMERR")


def test_a_name_of_255_octets_is_a_name(subject: Subject) -> None:
    labels = [b"a" * 63] * 3 + [b"a" * 49]
    name = dns.name.Name([*labels, b"example", b"com", b""])
    assert len(name.to_wire()) == 255
    expect_rcode(subject.over_udp(message(name.to_wire() + TYPE_IN)), "NXDOMAIN")


@differs("knot", MALFORMED, "no reply")
def test_a_name_of_256_octets_is_malformed(subject: Subject) -> None:
    name = (b"\x3f" + b"a" * 63) * 3 + b"\x32" + b"a" * 50 + b"\x07example\x03com\x00"
    assert len(name) == 256
    expect_rcode(subject.over_udp(message(name + TYPE_IN)), "FORMERR")


def test_a_label_of_63_octets_is_a_label(subject: Subject) -> None:
    label = "63-octets-63-octets-63-octets-63-octets-63-octets-63-octets-63-"
    expect_rcode(subject.over_udp(message(entry(f"{label}.example.com"))), "NOERROR")
