"""Entries of the journal as rows of its table, and back.

Records are lines, as `RRset.lines` writes them. Comments and properties are JSON, in ASCII for the reason that
`rows` has; both are empty where nothing of the kind changed, which is nearly always.
"""

import json
from typing import Any

from truename.store.rows import metadata_of
from truename.zone import PROPERTIES, Comment, Entry, Recommented, Redefined, ZoneInfo

Json = list[Any]


def entry_row(entry: Entry, change: int | None) -> dict[str, object]:
    """The columns of a journal entry. *change*: the number of the first entry of its change; None for that one"""
    return {
        "change": change,
        "zone": entry.zone,
        "serial": entry.serial,
        "previous": entry.previous,
        "made_at": entry.at,
        "made_by": entry.by,
        "door": entry.door,
        "added": "\n".join(entry.added),
        "removed": "\n".join(entry.removed),
        "accepted": "\n".join(entry.accepted),
        "comments": _comments_text(entry.comments) if entry.comments else "",
        "properties": _properties_text(entry.properties) if entry.properties else "",
    }


def entry_of(row: Any) -> Entry:
    """The entry of a row."""
    return Entry(
        zone=row.zone,
        serial=row.serial,
        previous=row.previous,
        at=row.made_at,
        by=row.made_by,
        door=row.door,
        added=_split(row.added),
        removed=_split(row.removed),
        accepted=_split(row.accepted),
        number=row.number,
        comments=_comments(row.comments) if row.comments else (),
        properties=_properties(row.properties, row.zone) if row.properties else None,
        change=row.change or row.number,
    )


def size_of(row: Any) -> int:
    """About how many octets an entry has."""
    return len(row.added) + len(row.removed) + len(row.comments)


def _split(lines: str) -> tuple[str, ...]:
    return tuple(lines.split("\n")) if lines else ()


def _comments_text(changes: tuple[Recommented, ...]) -> str:
    return json.dumps([[one.owner, one.type, _listed(one.before), _listed(one.after), one.ttl] for one in changes])


def _listed(comments: tuple[Comment, ...]) -> Json:
    return [[one.content, one.account, one.modified_at] for one in comments]


def _comments(text: str) -> tuple[Recommented, ...]:
    return tuple(
        Recommented(owner, rtype, _made(before), _made(after), ttl)
        for owner, rtype, before, after, ttl in json.loads(text)
    )


def _made(comments: Json) -> tuple[Comment, ...]:
    return tuple(Comment(*one) for one in comments)


def _properties_text(change: Redefined) -> str:
    return json.dumps([_named(change.before), _named(change.after)])


def _named(info: ZoneInfo | None) -> dict[str, Any] | None:
    return None if info is None else {name: getattr(info, name) for name in PROPERTIES}


def _properties(text: str, zone: str) -> Redefined:
    return Redefined(*(_info(one, zone) for one in json.loads(text)))


def _info(named: dict[str, Any] | None, zone: str) -> ZoneInfo | None:
    if named is None:
        return None
    metadata = metadata_of(named.get("metadata", {}))  # entries from before have none
    return ZoneInfo(zone, **{**named, "masters": tuple(named["masters"]), "metadata": metadata})
