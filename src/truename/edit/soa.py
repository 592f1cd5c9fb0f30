"""The SOA of a zone that is edited: its serial never goes back (RFC 1982), and every change has one of its own."""

import time
from dataclasses import replace
from datetime import UTC, datetime

from truename.name import absolute
from truename.serial import WRAP, is_newer, raised
from truename.zone import Record, RRset, ZoneInfo

FIELDS = 7  # MNAME RNAME SERIAL REFRESH RETRY EXPIRE MINIMUM (RFC 1035 3.3.13)
SERIAL, MINIMUM = 2, 6
TIMES = "10800 3600 604800 3600"  # what PowerDNS gives a new zone
TTL = 3600


def serial_of(soa: RRset | None) -> int:
    """The serial of the served SOA; 0 without one."""
    return _number(soa, SERIAL)


def negative_ttl(soa: RRset | None) -> int:
    """Seconds that a resolver remembers that there is nothing (RFC 2308 5); 0 without an SOA."""
    return min(soa.ttl, _number(soa, MINIMUM)) if soa and soa.served else 0


def _number(soa: RRset | None, field: int) -> int:
    words = soa.served[0].split(" ") if soa and soa.served else []
    return int(words[field]) if len(words) == FIELDS else 0


def with_serial(soa: RRset, serial: int) -> RRset:
    """*soa* with another serial in its served record."""
    return replace(soa, records=tuple(_set_serial(record, serial) for record in soa.records))


def _set_serial(record: Record, serial: int) -> Record:
    words = record.content.split(" ")
    if record.is_disabled or len(words) != FIELDS:
        return record
    return replace(record, content=" ".join([*words[:SERIAL], str(serial), *words[SERIAL + 1 :]]))


def is_same_but_serial(one: RRset | None, other: RRset | None) -> bool:
    """Whether nothing but the serial differs."""
    if one is None or other is None:
        return one is other
    return with_serial(one, 0) == with_serial(other, 0)


def next_serial(serial: int, info: ZoneInfo) -> int:
    """What comes after *serial* in the style of the zone (PowerDNS' SOA-EDIT-API); always newer.

    DEFAULT and SOA-EDIT go on in the habit that the number shows: a date, or a count. INCREASE counts; EPOCH is the
    time, unless that would be older. A style that is none of these counts as DEFAULT: a change without a new serial
    would never reach a secondary, so there is no style for that.
    """
    style = info.soa_edit_api.upper()
    style = info.soa_edit.upper() if style.startswith("SOA-EDIT") and info.soa_edit else style
    if style.endswith("EPOCH"):
        now = int(time.time())
        return now if serial == 0 or is_newer(now, serial) else (serial + 1) % WRAP or 1
    if style.endswith("INCREASE"):
        return (serial + 1) % WRAP or 1
    return raised(serial)


def first_serial(info: ZoneInfo) -> int:
    """The serial of a new zone: the first of today, or 1, or the time, as the zone's style is."""
    style = info.soa_edit_api.upper()
    if style.endswith(("EPOCH", "INCREASE")):
        return next_serial(0, info)
    return int(datetime.now(UTC).strftime("%Y%m%d")) * 100 + 1


def made_for(zone: str, name_server: str | None) -> RRset:
    """An SOA for a zone that was given none. Its serial is 0: it gets one like any other."""
    contact = absolute("hostmaster", zone)
    return RRset(zone, "SOA", TTL, (Record(f"{name_server or zone} {contact} 0 {TIMES}"),))
