"""What the tests of the store write into it."""

import time

from truename.store import Store, ZoneWrite
from truename.zone import Entry, Record, RRset, ZoneInfo

ZONE = "example.com."
SOA = RRset(ZONE, "SOA", 3600, (Record("ns.example.com. hostmaster.example.com. 1 7200 3600 1209600 300"),))
NS = RRset(ZONE, "NS", 3600, (Record("ns.example.com."), Record("ns.example.net.")))


def rrset(owner: str, rtype: str, *contents: str, ttl: int = 300) -> RRset:
    """An RRset; `owner` is below ZONE unless it ends with a dot."""
    name = owner if owner.endswith(".") else f"{owner}.{ZONE}"
    return RRset(name, rtype, ttl, tuple(Record(content) for content in contents))


def changed(
    *sets: RRset | tuple[str, str], serial: int = 2, previous: int | None = None, zone: str = ZONE
) -> ZoneWrite:
    """A write that sets each RRset, or deletes (owner, type)."""
    entry = Entry(zone, serial, serial - 1 if previous is None else previous, time.time(), "key ci", "api")
    parts = tuple((one.owner, one.type, one) if isinstance(one, RRset) else (*one, None) for one in sets)
    return ZoneWrite(ZoneInfo(zone, serial=serial), sets=parts, entry=entry)


def made(*sets: RRset, serial: int = 1, zone: str = ZONE) -> ZoneWrite:
    """A write that makes the zone with these RRsets."""
    return ZoneWrite(
        ZoneInfo(zone, serial=serial), whole=sets, is_new=True, entry=Entry(zone, serial, 0, 1.5, "user ada", "cli")
    )


def make_zone(store: Store, *sets: RRset) -> None:
    store.commit([made(SOA, NS, *sets)])
