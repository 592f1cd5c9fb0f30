"""The key of an owner: its labels below the zone, from the right, so that keys sort as RFC 4034 6.1 sorts names.

    mail.eu.example.com.  in  example.com.   ->  "eu mail"
    example.com.                             ->  ""

A space ends a label because no octet of a label is written below it: octets up to "!" become two characters, "!" and
a letter, all others are one. Databases compare such text by code points (collation C) and so find RRsets in canonical
order without sorting, at no cost when they are stored or read. The owner is not stored beside its key, so the two
cannot contradict each other. The core reads and writes keys (`zonefile::place`), here as for whole zones.
"""

from truename._core import owner_at, place_of
from truename.name import ROOT

__all__ = ["order_of", "owner_at", "place_of"]


def order_of(name: str) -> str:
    """What sorts absolute names canonically."""
    return place_of(name, ROOT)
