"""RRsets as rows of the table, and back."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, runtime_checkable

from truename.store.place import owner_at, place_of
from truename.zone import Comment, Record, RRset, ZoneInfo

# What may stand beside an alias (RFC 4035 2.5).
BESIDE_ALIAS = frozenset(("RRSIG", "NSEC", "KEY"))
Row = tuple[int, str, str, int, str | None, str, str, str]  # zone place type ttl kind served disabled comments


@runtime_checkable
class Packed(Protocol):
    """RRsets that give their rows by themselves, many at once, in the order of the key: a text that the core has read.

    Both raise ValueError for an owner outside the zone.
    """

    def statements(self, zone: int, each: int) -> Iterator[list[tuple[Any, ...]]]:
        """Parameters of statements that insert *each* rows, of PACKED_ROWS rows at once, the last of those fewer: the
        zone, then `PACKED` of each row."""

    def copied(self, zone: int) -> Iterator[bytes]:
        """All columns of PACKED_ROWS rows as PostgreSQL's COPY reads them."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a zone, which are written together.

    Shape:  *rows* as the database takes them; *is_packed*: as `Packed` gives them
    """

    zone: int
    rows: list[Any]
    is_packed: bool


def in_parts(zone: int, rows: Iterable[Any], most: int, *, is_packed: bool) -> Iterator[Part]:
    """*rows* by *most* at once."""
    rest = iter(rows)
    while some := list(islice(rest, most)):
        yield Part(zone, some, is_packed)


PACKED_ROWS = 1000  # at once: few enough for the processor's cache
PACKED = ("place", "type", "ttl", "kind", "served")


def rows_of(sets: Iterable[RRset], zone: int, apex: str) -> Iterator[Row]:
    """The rows of *sets*; an RRset without records and comments has none. Raises: ValueError"""
    return (row_of(one, zone, apex) for one in sets if one.records or one.comments)


def row_of(one: RRset, zone: int, apex: str) -> Row:
    """The row of an RRset. Raises: ValueError for an owner outside the zone, or content of several lines"""
    served, disabled = _contents(one)
    kind = None if not served or one.type in BESIDE_ALIAS else "alias" if one.type == "CNAME" else "data"
    comments = _comments_text(one.comments) if one.comments else ""
    return (zone, place_of(one.owner, apex), one.type, one.ttl, kind, served, disabled, comments)


def _contents(one: RRset) -> tuple[str, str]:
    """The contents that are served, and those that are disabled, one a line."""
    records = one.records
    if len(records) == 1 and not records[0].is_disabled:  # nearly all are: a third off the time of an import's rows
        contents = [records[0].content]
        served, disabled = contents[0], ""
    else:
        contents = [record.content for record in records]
        served = "\n".join([record.content for record in records if not record.is_disabled])
        disabled = "\n".join([record.content for record in records if record.is_disabled])
    if "" in contents or any("\n" in content for content in contents):
        raise ValueError(f"{one.owner} {one.type}: a record is empty, or more than one line")
    return served, disabled


def rrset_of(row: Any, apex: str) -> RRset:
    """The RRset of (place, type, ttl, served, disabled, comments)."""
    place, rtype, ttl, served, disabled, comments = row
    records = tuple([Record(content) for content in served.split("\n")]) if served else ()
    if disabled:
        records += tuple([Record(content, True) for content in disabled.split("\n")])
    return RRset(owner_at(place, apex), rtype, ttl, records, _comments(comments) if comments else ())


def zone_row(info: ZoneInfo) -> dict[str, object]:
    """The columns of a zone."""
    return {
        "name": info.name,
        "kind": info.kind,
        "account": info.account,
        "masters": json.dumps(info.masters),
        "soa_edit": info.soa_edit,
        "soa_edit_api": info.soa_edit_api,
        "api_rectify": info.api_rectify,
        "catalog": info.catalog,
        "serial": info.serial,
        "metadata": json.dumps(dict(info.metadata)) if info.metadata else "",
        "is_hidden": False,
    }


def zone_of(row: Any) -> ZoneInfo:
    """The zone of a row of its table, read as a mapping."""
    columns = {name: row[name] for name in ZoneInfo.__dataclass_fields__}
    metadata = metadata_of(json.loads(row["metadata"])) if row["metadata"] else {}
    return ZoneInfo(**{**columns, "masters": tuple(json.loads(row["masters"])), "metadata": metadata})


def metadata_of(found: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Metadata as JSON holds it."""
    return {kind: tuple(values) for kind, values in found.items()}


def _comments_text(comments: tuple[Comment, ...]) -> str:
    # In ASCII: what JSON can hold and a database cannot, such as NUL, is escaped.
    return json.dumps([(one.content, one.account, one.modified_at) for one in comments])


def _comments(text: str) -> tuple[Comment, ...]:
    return tuple(Comment(*one) for one in json.loads(text))
