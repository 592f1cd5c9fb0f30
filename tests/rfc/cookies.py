"""COOKIE options (RFC 7873 4), put together and taken apart by hand: a library would refuse half of them."""

import struct

import dns.edns
from dns.message import Message

from .client import Subject, message, opt, parse

COOKIE = 10
CLIENT = bytes.fromhex("2464c4abcf10c957")


def option(data: bytes) -> dns.edns.Option:
    return dns.edns.GenericOption(COOKIE, data)


def ask(subject: Subject, cookie: bytes | None, name: str = "host.example.com", *, tcp: bool = False) -> Message:
    """A question with a cookie, of any length."""
    return subject.ask(name, "A", edns=0, options=[] if cookie is None else [option(cookie)], tcp=tcp)


def ask_without_question(subject: Subject, cookie: bytes) -> Message:
    """RFC 7873 5.4: QDCOUNT 0 and an OPT record with the cookie."""
    data = struct.pack("!HH", COOKIE, len(cookie)) + cookie
    return parse(subject.over_udp(message(opt(data=data), counts=(0, 0, 0, 1))))


def cookies_of(reply: Message) -> list[bytes]:
    """The data of every COOKIE option in a reply."""
    return [one.to_wire() or b"" for one in reply.options if int(one.otype) == COOKIE]


def cookie_of(reply: Message) -> bytes:
    """The one COOKIE option of a reply."""
    found = cookies_of(reply)
    assert len(found) == 1, f"cookies {len(found)}, expected 1"
    return found[0]


def learned(subject: Subject, client: bytes = CLIENT) -> bytes:
    """The whole cookie that the server gives a client."""
    return cookie_of(ask(subject, client))
