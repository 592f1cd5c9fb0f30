"""RFC 1035 5.1, master files: what their escapes, quotes and relative names become on the wire."""

import dns.name

from ..client import Subject, expect


def test_an_escaped_dot_is_part_of_its_label(subject: Subject) -> None:
    name = dns.name.Name([b"a.b", b"example", b"com", b""])
    expect(subject.ask(name, "A"), "NOERROR", answer=r"a\.b.example.com. 3600 A 192.0.2.80")


def test_a_dot_divides_labels(subject: Subject) -> None:
    expect(subject.ask("a.b.example.com", "A"), "NOERROR", answer="a.b.example.com. 3600 A 192.0.2.81")


def test_an_alias_of_an_escaped_name(subject: Subject) -> None:
    answer = r"""to-dot.example.com. 3600 CNAME a\.b.example.com.
                 a\.b.example.com. 3600 A 192.0.2.80"""
    expect(subject.ask("to-dot.example.com", "A"), "NOERROR", answer=answer)


def test_octets_in_decimal(subject: Subject) -> None:
    name = dns.name.Name([b"\x00\xff", b"example", b"com", b""])
    expect(subject.ask(name, "A"), "NOERROR", answer=r"\000\255.example.com. 3600 A 192.0.2.82")


def test_character_strings_keep_order_spaces_and_emptiness(subject: Subject) -> None:
    answer = 'host.example.com. 3600 TXT "one" "two words" ""'
    expect(subject.ask("host.example.com", "TXT"), "NOERROR", answer=answer)


def test_a_ttl_of_its_own(subject: Subject) -> None:
    expect(subject.ask("short.example.com", "A"), "NOERROR", answer="short.example.com. 60 A 192.0.2.12")
