"""Zones of other worlds as text that the API takes: what stood elsewhere, in the form of a master file.

    zone files and folders   files ── includes          as they are, $INCLUDEs put in
    octoDNS                  octodns ── octodns_data    YAML, a table of its record forms
    a running server         axfr                       a transfer, as large as it may be and no larger

Readers tell everything that they cannot read, with its place, and leave the judgement of what they can to the rules.
"""

from dataclasses import dataclass, field

TEXT_LIMIT = 256 << 20  # octets of one zone, as much as the API takes


@dataclass(frozen=True)
class Problem:
    """Something that cannot be taken over as it stands. Units: line and column from 1; 0 is the whole"""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Place:
    """Where a record was written: its RRset, and its value. Units: (line, column) from 1"""

    file: str
    rrset: tuple[int, int]
    value: tuple[int, int]


@dataclass(frozen=True)
class Taken:
    """One zone as it was read.

    Shape:  *zone* absolute, lower case; *text* a master file in UTF-8, which names *zone* itself where that matters;
            *has_soa* False: the source keeps none, and the zone has the one it had, or a usual one;
            *notes* say what the source has and DNS records have not;
            *places* say of each line of *text* where it comes from, when *text* is not what somebody wrote;
            *is_rest_whole*: *text* is all but what *problems* are about, and means the same without it
    """

    zone: str
    text: bytes = field(repr=False)
    source: str
    problems: tuple[Problem, ...] = ()
    has_soa: bool = True
    notes: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    is_rest_whole: bool = True
