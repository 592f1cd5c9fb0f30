"""The key of an owner: its labels below the zone, from the right, so that keys sort as RFC 4034 6.1 sorts names.

    mail.eu.example.com.  in  example.com.   ->  "eu mail"
    example.com.                             ->  ""

A space ends a label because no octet of a label is written below it: octets up to "!" become two characters, "!" and
a letter, all others are one. Databases compare such text by code points (collation C) and so find RRsets in canonical
order without sorting, at no cost when they are stored or read. The owner is not stored beside its key, so the two
cannot contradict each other.
"""

import re

# What most names are made of; these characters stand for themselves in both forms.
PLAIN_NAME = re.compile(r"[a-z0-9_*.-]*").fullmatch
PLAIN_PLACE = re.compile(r"[a-z0-9_* -]*").fullmatch
ESCAPED = frozenset('.\\"();@$')  # with a backslash in presentation form, as the core writes it
_PART = re.compile(r"\\([0-9]{3})|\\(.)|([^\\])", re.DOTALL)


def place_of(owner: str, zone: str) -> str:
    """The key of *owner* in *zone*. Raises: ValueError when it is not at or below the zone"""
    if owner == zone:
        return ""
    ending = "." + zone if zone != "." else "."
    if not owner.endswith(ending):
        raise ValueError(f"{owner} is not in {zone}")
    relative = owner[: -len(ending)]
    if PLAIN_NAME(relative):
        return relative if "." not in relative else " ".join(relative.split(".")[::-1])
    labels = _labels(relative)
    if labels is None:
        raise ValueError(f"{owner} is not in {zone}")  # the dot in front of the zone's name was an escaped one
    return " ".join(labels[::-1])


def owner_at(place: str, zone: str) -> str:
    """The owner whose key *place* is."""
    if not place:
        return zone
    ending = "." + zone if zone != "." else "."
    labels = place.split(" ")[::-1]
    if PLAIN_PLACE(place):
        return ".".join(labels) + ending
    return ".".join(_presented(label) for label in labels) + ending


def order_of(name: str) -> str:
    """What sorts absolute names canonically."""
    return place_of(name, ".")


def _labels(relative: str) -> list[str] | None:
    labels = [""]
    end = 0
    for part in _PART.finditer(relative):
        end = part.end()
        if part[3] == ".":
            labels.append("")
        else:
            labels[-1] += _placed(int(part[1]) if part[1] else ord(part[2] or part[3]))
    return labels if end == len(relative) else None


def _placed(octet: int) -> str:
    return chr(octet) if octet > 0x21 else "!" + chr(0x40 + octet)


def _presented(label: str) -> str:
    characters = iter(label)
    octets = (ord(one) if one != "!" else ord(next(characters)) - 0x40 for one in characters)
    return "".join(_shown(octet) for octet in octets)


def _shown(octet: int) -> str:
    if not 0x21 <= octet <= 0x7E:
        return f"\\{octet:03}"
    return "\\" + chr(octet) if chr(octet) in ESCAPED else chr(octet)
