"""What people type, as DNS holds it: zones, owners, types, texts. Names in the data of records: `reading`.

    record set example.com www A 192.0.2.1                 www.example.com.  192.0.2.1
    record set example.com www.example.com A 192.0.2.1     the same
    record set example.com @ TXT v=spf1 -all               example.com.      "v=spf1 -all"

An owner is relative to its zone, unless it ends in a dot or in the zone's name; `@` is the zone. U-labels are
understood, and text of a TXT record need not be quoted. What the data mean is judged by the server alone.
"""

import re
from collections.abc import Iterator

from truename import name as names
from truename.errors import ParseError
from truename.name import ROOT

TEXTS = ("TXT", "SPF")
CHUNK = 255  # octets of one character-string (RFC 1035 3.3)

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def zone_name(text: str) -> str:
    """The zone that *text* names: absolute, lower case. Raises: ParseError"""
    return absolute(text, "zone")


def absolute(text: str, what: str = "name") -> str:
    """*text* as an absolute name, whether its final dot was typed or not. Raises: ParseError"""
    name = spelled(text, what, "a name such as www.example.com")
    if name == "@":
        raise ParseError(f'"@" stands for a zone, and there is none that this {what} belongs to', hint="write the name")
    return _kept(name)


def address(text: str) -> str:
    """*text* as an IPv4 or IPv6 address in its usual spelling; empty when it is none."""
    from ipaddress import ip_address

    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""


def new_zone(text: str) -> str:
    """The name of a zone to be made. Raises: ParseError, also for what a name can be and was hardly meant as one"""
    name = zone_name(text)
    if "://" in text:
        raise ParseError(f'"{text}" is a URL', hint="a zone has a name such as example.com")
    if any(one.isspace() or not one.isprintable() for one in text.strip()):
        raise ParseError(f'"{text}" has a space in it', hint="a zone has a name such as example.com")
    if re.fullmatch(r"[0-9]+(\.[0-9]+){3}\.?", text):
        raise ParseError(f'"{text}" is an address', hint="the zone of addresses is named 2.0.192.in-addr.arpa")
    return name


def owner(text: str, zone: str) -> str:
    """The owner that *text* means in *zone*: relative, unless it ends in a dot or in the zone's name.

    Raises: ParseError
    """
    name = spelled(text)
    if name == "@":
        return zone
    whole = _kept(name)
    return whole if names.is_absolute(name) or names.is_at_or_below(whole, zone) else _kept(name, zone)


def spelled(text: str, of: str = "name", hint: str = "@ is the zone itself") -> str:
    """*text* in A-labels, as it was typed in everything else. Raises: ParseError for what no name can be"""
    name = names.to_ascii(text.strip())
    if not name:
        raise ParseError(f"an empty {of}", hint=hint)
    if names.is_unfinished(name):
        raise ParseError(f'"{name}" ends in a backslash, which escapes another character', hint="\\\\ is a backslash")
    return name


def _kept(name: str, zone: str = ROOT) -> str:
    """*name* below *zone* as it is kept. What is no name stays: the server says why, as to every client."""
    return names.alike(names.absolute(name, zone))


def record_type(text: str) -> str:
    """A type as DNS writes it. Raises: ParseError for what cannot be one"""
    if not _TYPE.fullmatch(text):
        raise ParseError(f'"{text}" is no record type', hint="A, AAAA, CNAME, MX, TXT ...")
    return text.upper()


def quoted(text: str) -> Iterator[str]:
    """*text* as it is meant, in character-strings of CHUNK octets."""
    octets = text.encode("utf-8", "surrogateescape")
    for start in range(0, len(octets) or 1, CHUNK):
        yield '"' + "".join(_quoted(octet) for octet in octets[start : start + CHUNK]) + '"'


def _quoted(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03}"
