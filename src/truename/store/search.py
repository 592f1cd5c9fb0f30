"""Search, by patterns with * and ?.

The database is asked for what has all plain words of the pattern somewhere, which it is quick at whatever the pattern
is; what it finds is held against the pattern here. A pattern with many stars would make LIKE try them all against
each other.
"""

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing
from fnmatch import translate
from itertools import islice
from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, and_, or_, select, true

from truename.name import to_unicode
from truename.store import schema
from truename.store.reading import IS_SEEN
from truename.store.rows import rrset_of
from truename.store.values import Found
from truename.zone import RRset

KINDS = ("all", "zone", "record", "comment")
LONGEST = 1024  # characters of a pattern; a name has at most 1,016 in presentation form
WORDS = 4  # of a pattern that the database is asked for, the longest ones


def search(
    connection: Connection, pattern: str, most: int, kind: str, zones: Collection[str] | None = None
) -> list[Found]:
    """Zones first, then records and comments by zone and owner; *most* at most. *zones*: look in these only.

    Raises: ValueError
    """
    pattern = _checked(pattern, kind)
    found: list[Found] = []
    if most > 0 and pattern:
        with closing(_all(connection, pattern, kind, zones)) as hits:
            found.extend(islice(hits, most))
    return found


def search_in(zone: str, sets: Iterable[RRset], pattern: str, kind: str) -> Iterator[Found]:
    """The same in a zone that is kept elsewhere: its *sets*. Raises: ValueError"""
    fits = _fitting(_checked(pattern, kind))
    if kind in ("all", "zone") and (fits(zone) or fits(zone[:-1])):
        yield Found("zone", zone, zone)
    for one in sets if kind != "zone" else ():
        yield from _in_set(one, zone, fits, kind)


def _checked(pattern: str, kind: str) -> str:
    """*pattern* with letters composed, as names and comments mostly have them (NFC)."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern has at most {LONGEST} characters")
    return normalize("NFC", pattern)


def _fitting(pattern: str) -> Callable[[str], Any]:
    """Whether a text fits; with letters in the pattern that no name in DNS has, names are read as U-labels."""
    fits = re.compile(translate(re.sub(r"\*+", "*", pattern).replace("[", "[[]")), re.IGNORECASE).match
    return fits if pattern.isascii() else lambda text: fits(to_unicode(text))


def _all(
    connection: Connection, pattern: str, kind: str, among: Collection[str] | None
) -> Generator[Found, None, None]:
    fits = _fitting(pattern)
    name = schema.zones.c.name
    is_meant = and_(IS_SEEN, true() if among is None else name.in_(among))
    if kind in ("all", "zone"):
        for zone in connection.execute(select(name).where(is_meant).order_by(name)).scalars():
            if fits(zone) or fits(zone[:-1]):
                yield Found("zone", zone, zone)
    if kind != "zone":
        asked = _candidates(_words(pattern), kind).where(is_meant)
        with connection.execute(asked.execution_options(yield_per=1000)) as rows:
            for zone, *row in rows:
                yield from _in_set(rrset_of(row, zone), zone, fits, kind)


def _words(pattern: str) -> list[str]:
    """What must stand in whatever fits: runs of letters and digits outside escapes, the longest first."""
    found = re.findall(r"[A-Za-z0-9-]+", re.sub(r"\\([0-9]{3}|.)", " ", pattern))
    return sorted(found, key=len, reverse=True)[:WORDS]


def _candidates(words: list[str], kind: str) -> Any:
    sets, zones = schema.rrsets.c, schema.zones.c
    likes = [f"%{word}%" for word in words]
    # The labels of an owner are in its place and in the zone's name.
    in_owner = (or_(sets.place.ilike(like), zones.name.ilike(like)) for like in likes)
    in_content = [and_(true(), *(column.ilike(like) for like in likes)) for column in (sets.served, sets.disabled)]
    in_record = or_(and_(true(), *in_owner), *in_content)
    has_comments = sets.comments != ""  # which are JSON, and few
    wanted = {"record": in_record, "comment": has_comments, "all": or_(in_record, has_comments)}[kind]
    asked = select(zones.name, sets.place, sets.type, sets.ttl, sets.served, sets.disabled, sets.comments)
    return asked.join_from(schema.rrsets, schema.zones).where(wanted).order_by(sets.zone, sets.place, sets.type)


def _in_set(one: RRset, zone: str, fits: Any, kind: str) -> Iterator[Found]:
    if kind != "comment":
        is_owner = fits(one.owner) or fits(one.owner[:-1])
        for record in one.records:
            if is_owner or fits(record.content):
                yield Found("record", zone, one.owner, one.type, one.ttl, record.content, record.is_disabled)
    if kind != "record":
        for comment in one.comments:
            if fits(comment.content):
                yield Found("comment", zone, one.owner, one.type, content=comment.content)
