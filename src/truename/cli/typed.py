"""What people type, as DNS holds it: names that are relative to a zone, and the data of records.

    record set example.com www A 192.0.2.1         www.example.com.  192.0.2.1
    record set example.com blog CNAME www          blog.example.com. www.example.com.
    record set example.com @ TXT v=spf1 -all       example.com.      "v=spf1 -all"

The rules are those of a master file (RFC 1035 5.1): a name without a final dot belongs to the zone, `@` is the zone. So
what stands in a zone file can be typed, and what is typed means the same there. Beyond it, U-labels are understood and
text of a TXT record need not be quoted. What the data mean is judged by the server alone.
"""

import re
from collections.abc import Iterator

from truename.errors import ParseError
from truename.idn import to_ascii

# Which fields of the data are names, for types that people type (RFC 1035, 2782, 3403, 6672, 9460).
NAMES = {
    **dict.fromkeys(("CNAME", "DNAME", "ALIAS", "NS", "PTR"), (0,)),
    **dict.fromkeys(("MX", "AFSDB", "KX", "RT", "LP"), (1,)),
    **dict.fromkeys(("SVCB", "HTTPS"), (1,)),
    **dict.fromkeys(("SOA", "RP", "MINFO"), (0, 1)),
    "SRV": (3,),
    "NAPTR": (5,),
    "PX": (1, 2),
}
TEXTS = ("TXT", "SPF")
CHUNK = 255  # octets of one character-string (RFC 1035 3.3)

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"?|(?:[^\s"\\]|\\.)+', re.DOTALL)
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def zone_name(text: str) -> str:
    """The zone that *text* names: absolute, lower case. Raises: ParseError"""
    return absolute(text, "zone")


def absolute(text: str, what: str = "name") -> str:
    """*text* as an absolute name, whether its final dot was typed or not. Raises: ParseError"""
    name = to_ascii(text.strip())
    if not name:
        raise ParseError(f"an empty {what}", hint="a name such as www.example.com")
    if name == "@":
        raise ParseError(f'"@" stands for a zone, and there is none that this {what} belongs to', hint="write the name")
    _refuse_open_escape(name)
    return _lower(name if _is_absolute(name) else name + ".")


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
    """The owner that *text* means in *zone*. Raises: ParseError, also for what was hardly meant"""
    name = in_zone(text, zone)
    if not _is_absolute(to_ascii(text)) and name.endswith(f".{zone}{zone}"):
        short = name.removesuffix(zone).removesuffix("." + zone)
        raise ParseError(f'"{text}" is relative to the zone and would become {name}', hint=f"{short}, or {text}.")
    if not _is_absolute(to_ascii(text)) and _lower(to_ascii(text) + ".") == zone and zone.count(".") > 1:
        raise ParseError(f'"{text}" is relative to the zone and would become {name}', hint=f"@, or {zone}")
    return name


def in_zone(text: str, zone: str) -> str:
    """*text* as an absolute name, relative to *zone* without a final dot. Raises: ParseError"""
    name = to_ascii(text.strip())
    if not name:
        raise ParseError("an empty name", hint="@ is the zone itself")
    if name == "@":
        return zone
    _refuse_open_escape(name)
    return _lower(name if _is_absolute(name) else f"{name}." if zone == "." else f"{name}.{zone}")


def record_type(text: str) -> str:
    """A type as DNS writes it. Raises: ParseError for what cannot be one"""
    if not _TYPE.fullmatch(text):
        raise ParseError(f'"{text}" is no record type', hint="A, AAAA, CNAME, MX, TXT ...")
    return text.upper()


def data(text: str, rtype: str, zone: str) -> str:
    """The data of one record, with absolute names. Raises: ParseError"""
    if rtype in TEXTS:
        return text if text.lstrip().startswith('"') else " ".join(quoted(text))
    if rtype not in NAMES or "\\#" in text:
        return text
    if NAMES[rtype] == (0,):
        # Data that are one name are one name with whatever was typed: a space in it is a finding, not a second field.
        return in_zone(re.sub(r"\s", lambda one: f"\\{ord(one[0]):03}", text.strip()), zone)
    words = _WORD.findall(text)
    return " ".join(in_zone(word, zone) if at in NAMES[rtype] else word for at, word in enumerate(words))


def quoted(text: str) -> Iterator[str]:
    """*text* as it is meant, in character-strings of CHUNK octets."""
    octets = text.encode("utf-8", "surrogateescape")
    for start in range(0, len(octets) or 1, CHUNK):
        yield '"' + "".join(_quoted(octet) for octet in octets[start : start + CHUNK]) + '"'


def _quoted(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03}"


def _refuse_open_escape(name: str) -> None:
    if (len(name) - len(name.rstrip("\\"))) % 2:
        raise ParseError(
            f'"{name}" ends in a backslash, which stands before another character', hint="\\\\ is a backslash"
        )


def _is_absolute(name: str) -> bool:
    dots = name.removesuffix(".")
    return name != dots and (len(dots) - len(dots.rstrip("\\"))) % 2 == 0


def _lower(name: str) -> str:
    return "".join(chr(ord(one) | 0x20) if "A" <= one <= "Z" else one for one in name)
