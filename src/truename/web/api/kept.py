"""The zones that are here, whatever keeps them: the database, which changes them, or a file, which is read.

The records of a file's zone come from the graph: what is shown is what is served.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from truename._core import Graph, zone_text
from truename._core import Zone as Published
from truename.edit.caller import Caller
from truename.store import Store
from truename.store.search import search_in
from truename.store.values import Found
from truename.web.answers import ApiError
from truename.web.api.broken import words
from truename.web.api.paths import zone_id
from truename.web.context import Context
from truename.zone import Record, RRset, ZoneInfo, apart

BASE = "/api/v1/servers/localhost"
MOST = 10_000  # hits of a search, in the database and in each zone of a file


@dataclass(frozen=True, slots=True)
class Kept:
    """One zone. *file* is empty when it is in the database."""

    info: ZoneInfo
    source: "Store | Graph"
    file: str = ""

    def rrsets(self, owner: str | None = None, rtype: str | None = None) -> Iterator[RRset]:
        """Its RRsets, all or those of one owner, of one type, or both; a stream."""
        if isinstance(self.source, Graph):
            return _of_text(zone_text(self.source, self.info.name), owner, rtype)
        return self.source.rrsets(self.info.name, owner=owner, type=rtype)

    def text(self) -> bytes:
        """Its served records as a master file."""
        if isinstance(self.source, Graph):
            return zone_text(self.source, self.info.name)
        return apart(self.source.zone_text(self.info.name))


def find(here: Context, caller: Caller, zone: str) -> Kept:
    """The zone of that name. Raises: ApiError 403 when the caller may not know of it, 404 when there is none"""
    must_read(caller, zone)
    store = here.served.store
    info = store.zone(zone) if store is not None else None
    if info is not None and store is not None:
        return Kept(info, store)
    file = here.file_of(zone)
    if file is not None:
        for published in here.served.graph.zones():
            if published.origin == zone:
                return _of_file(here, published, file)
    broken = words(here, zone)
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
    found = {info.name: Kept(info, store) for info in store.zones()} if store is not None else {}
    for published in here.served.graph.zones():
        file = here.file_of(published.origin) if published.origin not in found else None
        if file is not None:
            found[published.origin] = _of_file(here, published, file)
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
        raise ApiError(403, f"this key is not for the zone {zone}")


def must_edit(caller: Caller, zone: str) -> None:
    """Raises: ApiError 403"""
    must_read(caller, zone)
    if not caller.may_edit(zone):
        raise ApiError(403, f"the role {caller.role} changes nothing")


def zone_json(here: Context, kept: Kept, *, with_dnssec: bool = True) -> dict[str, Any]:
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
    broken = words(here, info.name)
    return {**content, **({"file": kept.file} if kept.file else {}), **({"problems": broken} if broken else {})}


def _of_file(here: Context, published: Published, file: str) -> Kept:
    return Kept(ZoneInfo(published.origin, serial=published.serial), here.served.graph, file)


def _of_text(text: bytes, owner: str | None, rtype: str | None) -> Iterator[RRset]:
    """RRsets of lines "owner ttl IN type data"."""
    rows = (line.split(" ", 4) for line in text.decode().splitlines())
    for (name, ttl, _, kind), group in groupby(rows, key=lambda row: row[:4]):
        if owner in (None, name) and rtype in (None, kind):
            yield RRset(name, kind, int(ttl), tuple(Record(row[4]) for row in group))
