"""Zones as values: what the store keeps, an edit changes and the API shows.

    ZoneInfo                        what is said about a zone as a whole
    RRset ── Record, Comment        what an owner holds of one type
    Entry ── Recommented, Redefined one change in a zone's history

Names are absolute, in lower case, with the final dot; types are mnemonics ("A", "ALIAS", "TYPE65300"); the content of
a record is its data in presentation form, with absolute names, in the spelling of whoever wrote it (`_core.normalize`):
names in data keep their case, strings their escapes. Two spellings of one record are one record (`_core.canonical`).
Nothing here checks that.

A text of more than 255 octets does not fit into one string (RFC 1035 3.3). Those who send it as one, as PowerDNS'
clients do, read it as one: its parts stand side by side without a blank, `"aaa..""bbb"` (`whole`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from truename._core import canonical, name_spans


@dataclass(frozen=True, slots=True)
class Record:
    """The data of one record. A disabled one is kept and shown, but neither served nor judged."""

    content: str
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote beside an RRset. Units: *modified_at* in Unix seconds."""

    content: str
    account: str = ""
    modified_at: int = 0


@dataclass(frozen=True, slots=True)
class RRset:
    """All records of one owner and type.

    Shape:  records may be empty while there are comments; no content twice
    Units:  ttl in seconds, 0 <= ttl < 2**31
    Source: RFC 2181 5
    """

    owner: str
    type: str
    ttl: int
    records: tuple[Record, ...]
    comments: tuple[Comment, ...] = ()

    @property
    def served(self) -> tuple[str, ...]:
        """The contents that are not disabled."""
        return tuple(record.content for record in self.records if not record.is_disabled)

    def lines(self) -> Iterator[str]:
        """The records as the journal writes them: "owner ttl IN type data", behind "; disabled " those that are."""
        for record in self.records:
            mark = DISABLED if record.is_disabled else ""
            yield f"{mark}{self.owner} {self.ttl} IN {self.type} {record.content}"


DISABLED = "; disabled "
TEXTS = ("TXT", "SPF")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def whole(rtype: str, content: str) -> str:
    """*content* as it was sent: strings that touch are one."""
    if rtype not in TEXTS or '""' not in content:
        return content
    parts: list[str] = []
    end = -1
    for string in _STRING.finditer(content):
        if string.start() == end:
            parts[-1] += string[1]
        else:
            parts.append(string[1])
        end = string.end()
    return " ".join(f'"{part}"' for part in parts)


def apart(text: bytes) -> bytes:
    """Lines of a master file with a blank between all strings: not every reader takes those that touch."""
    if b'""' not in text:
        return text
    return b"".join(_apart(line) if b'""' in line else line for line in text.splitlines(keepends=True))


def is_same_in_file(one: RRset, other: RRset) -> bool:
    """Whether both are the same in a master file. Texts have one spelling there, and nothing tells what was one string
    from what was two; names have the one in which they are written."""
    return not _has_names(other) and _in_file(one) == _in_file(other)


def _has_names(rrset: RRset) -> bool:
    return any(name_spans(rrset.type, record.content) for record in rrset.records)


def _in_file(rrset: RRset) -> tuple[object, ...]:
    contents = sorted(canonical(rrset.type, record.content) for record in rrset.records)
    return rrset.owner, rrset.type, rrset.ttl, contents, rrset.comments, len(rrset.served)


def _apart(line: bytes) -> bytes:
    head = line.find(b'"')

    def with_blank(string: re.Match[bytes]) -> bytes:
        is_touched = line[head + string.end() :].startswith(b'"')
        return string[0] + b" " * is_touched

    return line[:head] + re.sub(rb'"(?:[^"\\]|\\.)*"', with_blank, line[head:])


@dataclass(frozen=True, slots=True)
class ZoneInfo:
    """What is said about a zone as a whole, in PowerDNS' words.

    Shape:  kind is "Native" or "Master"; 0 <= serial < 2**32, that of the SOA that is served; metadata are values by
            kind, of kinds that nothing here looks at: kept for the programs whose they are
    """

    name: str
    kind: str = "Native"
    account: str = ""
    masters: tuple[str, ...] = ()
    soa_edit: str = ""
    soa_edit_api: str = "DEFAULT"
    api_rectify: bool = False
    catalog: str = ""
    serial: int = 0
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# What somebody sets, as opposed to what follows from changes.
PROPERTIES = tuple(one.name for one in fields(ZoneInfo) if one.name not in ("name", "serial"))


@dataclass(frozen=True, slots=True)
class Recommented:
    """The comments of one RRset before and after a change, which are not the same.

    Units:  ttl in seconds: the RRset's before, since no record tells it where there are comments only
    """

    owner: str
    type: str
    before: tuple[Comment, ...]
    after: tuple[Comment, ...]
    ttl: int = 0


@dataclass(frozen=True, slots=True)
class Redefined:
    """A zone's properties before and after a change, which are not the same; None where there is no zone."""

    before: ZoneInfo | None
    after: ZoneInfo | None

    def differences(self) -> list[tuple[str, object, object]]:
        """(property, before, after) of those that differ; None for all of a zone that is not there."""
        values = [(name, getattr(self.before, name, None), getattr(self.after, name, None)) for name in PROPERTIES]
        return [one for one in values if one[1] != one[2]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a zone: who made it, when, through which door, and what it did.

    Shape:  added and removed are lines of `RRset.lines`, so that undo restores disabled records as such (who writes an
            entry may give several lines as one text; whoever reads it gets them apart);
            accepted are the ids of rules whose findings were let through; number is the store's, larger in later
            entries; change is the number of the first entry that was written with this one, and so the same in the
            entries of all zones of one change. Both are given by the store: what a writer puts there is not looked at;
            properties is None when they stayed
    Units:  at in Unix seconds
    """

    zone: str
    serial: int
    previous: int
    at: float
    by: str
    door: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    number: int = 0
    comments: tuple[Recommented, ...] = ()
    properties: Redefined | None = None
    change: int = 0
