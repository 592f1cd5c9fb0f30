"""The zones that are here, whatever keeps them: the database, which changes them, or a file, which is read.

The records of a file's zone come from the graph: what is shown is what is served.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from itertools import groupby, islice
from typing import Any

from truename._core import Zone as Published
from truename._core import zone_text
from truename.edit.caller import Caller
from truename.edit.sight import not_open, shown
from truename.store.search import search_in
from truename.store.values import Found
from truename.web.answers import ApiError
from truename.web.api.broken import words
from truename.web.api.paths import zone_id
from truename.web.context import Context
from truename.zone import Record, RRset, ZoneInfo, apart

BASE = "/api/v1/servers/localhost"
MOST = 10_000  # hits of a search, in the database and in each zone of a file
PIECE = 1 << 18  # octets of a text that are handed on together


@dataclass(frozen=True, slots=True)
class Kept:
    """One zone. *file* is empty when it is in the database."""

    info: ZoneInfo
    file: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A zone with its records, all of one version.

    Shape:  *rrsets* gives all of them, or those of one owner, of one type, or both; *texts* what is served as a master
            file, in pieces of whole lines. Both are streams, and of use as long as `opened` lasts
    """

    kept: Kept
    rrsets: Callable[[str | None, str | None], Iterator[RRset]]
    texts: Callable[[], Iterator[bytes]]


@contextmanager
def opened(here: Context, caller: Caller, zone: str) -> Iterator[Whole]:
    """The zone of that name, to be read and left: it may hold a transaction. Raises: as `find`"""
    must_read(caller, zone)
    with here.served.store.version(zone) if here.served.store is not None else nullcontext() as version:
        if version is not None:
            yield Whole(Kept(version.info), version.rrsets, lambda: map(apart, version.texts()))
            return
    found = find(here, caller, zone)
    text = zone_text(here.served.graph, zone)
    if not text:  # it was published when it was found
        raise ApiError(503, f"the file of {zone} is being read", headers={"Retry-After": "1"})
    serial = int(text.split(b"\n", 1)[0].split()[6])  # of this text: the zone may have moved on since it was found
    kept = replace(found, info=replace(found.info, serial=serial))
    yield Whole(kept, partial(_of_text, text), lambda: _pieces(text))


def find(here: Context, caller: Caller, zone: str) -> Kept:
    """The zone of that name. Raises: ApiError 404, and 403 for a bound caller, when it is not there for the caller"""
    must_read(caller, zone)
    store = here.served.store
    info = store.zone(zone) if store is not None else None
    if info is not None:
        return Kept(info)
    file = here.file_of(zone)
    if file is not None:
        for published in here.served.graph.zones():
            if published.origin == zone:
                return _of_file(here, caller, published, file)
    broken = words(here, caller, zone)
    if caller.is_bound:
        raise ApiError(403, not_open(zone))
    if broken:
        raise ApiError(404, f"no zone {zone} is served here: what there is of it cannot be", hint=broken[0])
    raise ApiError(404, f"no zone {zone} is kept here")


def must_be_here(here: Context, caller: Caller, zone: str) -> None:
    """`find` for who wants to know no more; what is in the database is known without asking it."""
    if not (caller.may_read(zone) and here.served.door is not None and here.served.door.has(zone)):
        find(here, caller, zone)


def every(here: Context, caller: Caller) -> list[Kept]:
    """All zones that the caller may know of, by name."""
    store = here.served.store
    found = {info.name: Kept(info) for info in store.zones()} if store is not None else {}
    for published in here.served.graph.zones():
        file = here.file_of(published.origin) if published.origin not in found else None
        if file is not None:
            found[published.origin] = _of_file(here, caller, published, file)
    return [found[name] for name in sorted(found) if caller.may_read(name)]


def search(here: Context, pattern: str, kind: str, zones: frozenset[str] | None = None) -> Iterator[Found]:
    """What fits *pattern* (`store.search`), in the database first, then in zones of files."""
    store = here.served.store
    if store is not None:
        yield from store.search(pattern, most=MOST, kind=kind, zones=zones)
    for published in here.served.graph.zones():
        zone = published.origin
        if (zones is None or zone in zones) and here.file_of(zone) is not None:
            sets = _of_text(zone_text(here.served.graph, zone), None, None)
            yield from islice(search_in(zone, sets, pattern, kind), MOST)


def must_read(caller: Caller, zone: str) -> None:
    """Raises: ApiError 403, alike for zones that are there and zones that are not"""
    if not caller.may_read(zone):
        raise ApiError(403, not_open(zone))


def must_edit(caller: Caller, zone: str) -> None:
    """Raises: ApiError 403"""
    must_read(caller, zone)
    if not caller.may_edit(zone):
        raise ApiError(403, f"the role {caller.role} changes nothing")


def zone_json(here: Context, caller: Caller, kept: Kept, *, with_dnssec: bool = True) -> dict[str, Any]:
    """A zone in PowerDNS' form, without its RRsets."""
    info = kept.info
    where = zone_id(info.name)
    # Nothing here makes signatures yet; a zone whose file has them is served with them.
    is_signed = with_dnssec and bool(here.served.graph.explain(info.name, "DNSKEY").records)
    content = {
        "account": info.account,
        "api_rectify": info.api_rectify,
        "catalog": info.catalog,
        "dnssec": is_signed,
        "edited_serial": info.serial,
        "id": where,
        "kind": info.kind,
        "last_check": 0,
        "masters": list(info.masters),
        "name": info.name,
        "notified_serial": 0,
        "nsec3narrow": False,
        "nsec3param": "",
        "presigned": is_signed,
        "serial": info.serial,
        "soa_edit": info.soa_edit,
        "soa_edit_api": info.soa_edit_api,
        "type": "Zone",
        "url": f"{BASE}/zones/{where}",
    }
    broken = words(here, caller, info.name)
    return {**content, **({"file": kept.file} if kept.file else {}), **({"problems": broken} if broken else {})}


def _of_file(here: Context, caller: Caller, published: Published, file: str) -> Kept:
    return Kept(ZoneInfo(published.origin, serial=published.serial), shown(caller, file))


def _of_text(text: bytes, owner: str | None, rtype: str | None) -> Iterator[RRset]:
    """RRsets of lines "owner ttl IN type data"."""
    rows = (line.decode().rstrip("\n").split(" ", 4) for line in BytesIO(text))
    for (name, ttl, _, kind), group in groupby(rows, key=lambda row: row[:4]):
        if owner in (None, name) and rtype in (None, kind):
            yield RRset(name, kind, int(ttl), tuple(Record(row[4]) for row in group))


def _pieces(text: bytes) -> Iterator[bytes]:
    lines = BytesIO(text)
    while some := lines.readlines(PIECE):
        yield b"".join(some)
