"""RFC 3597: unknown types are opaque octets; only the names of RFC 1035's types are compressed."""

import struct

import dns.name

from ..client import Subject, entry, expect, message
from ..negative import EXAMPLE_COM


def test_3_unknown_data_is_sent_as_written(subject: Subject) -> None:
    answer = r"unknown.example.com. 3600 TYPE65280 \# 10 c00c0102030405060708"
    expect(subject.ask("unknown.example.com", "TYPE65280"), "NOERROR", answer=answer)


def test_3_unknown_data_may_be_empty(subject: Subject) -> None:
    expect(
        subject.ask("unknown.example.com", "TYPE65281"), "NOERROR", answer=r"unknown.example.com. 3600 TYPE65281 \# 0"
    )


def test_3_an_unknown_type_that_is_not_there(subject: Subject) -> None:
    expect(subject.ask("unknown.example.com", "TYPE65282"), "NOERROR", answer="", authority=EXAMPLE_COM)


def test_3_an_unknown_type_follows_an_alias(subject: Subject) -> None:
    answer = "www.example.com. 32600 CNAME example.com."
    expect(subject.ask("www.example.com", "TYPE65280"), "NOERROR", answer=answer, authority=EXAMPLE_COM)


def uncompressed(name: str) -> bytes:
    return dns.name.from_text(name).to_wire()


def test_4_the_target_of_srv_is_not_compressed(subject: Subject) -> None:
    packet = subject.over_udp(message(entry("sub.unpacked.example.com", 33)))
    assert uncompressed("target.sub.unpacked.example.com") in packet[30:]


def test_4_the_target_of_dname_is_not_compressed(subject: Subject) -> None:
    packet = subject.over_udp(message(entry("sub.unpacked.example.com", 39)))
    assert uncompressed("target.sub.moved.example.com") in packet[30:]


def test_4_the_target_of_https_is_not_compressed(subject: Subject) -> None:
    packet = subject.over_udp(message(entry("svc.example.com", 65)))
    assert struct.pack("!H", 1) + uncompressed("mail.example.com") in packet


def test_4_the_target_of_cname_is_compressed(subject: Subject) -> None:
    packet = subject.over_udp(message(entry("three.example.com", 5)))
    assert packet.count(b"\x07example\x03com\x00") == 1
