"""RRsets that name a name without being links of the graph: SOAs, and what is disabled.

The database is asked for those that have the name somewhere in their text; whether it stands there as a name is for
whoever asks to see. Neither query looks at a whole zone: an SOA is found by its key, the others by `rrsets_disabled`.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from truename.name import lower
from truename.store import schema
from truename.store.rows import rrset_of
from truename.zone import RRset

_COLUMNS = "SELECT zones.name, place, type, ttl, served, disabled, comments"
# CROSS: SQLite takes the tables in this order then, one SOA for each zone; by itself it reads all RRsets.
_SOAS = text(
    f"{_COLUMNS} FROM zones CROSS JOIN rrsets WHERE rrsets.zone = zones.id AND place = '' AND type = 'SOA'"
    " AND NOT is_hidden AND lower(served) LIKE :part ESCAPE '/'"
)
_DISABLED = text(
    f"{_COLUMNS} FROM rrsets JOIN zones ON rrsets.zone = zones.id WHERE NOT is_hidden AND {schema.HAS_DISABLED}"
    " AND lower(disabled) LIKE :part ESCAPE '/'"
)


def unlinked(connection: Connection, name: str) -> Iterator[tuple[str, RRset]]:
    """(zone, RRset) of all that may name *name* and that the graph does not know to."""
    part = lower(name).replace("/", "//").replace("%", "/%").replace("_", "/_")
    for asked in (_SOAS, _DISABLED):
        found: Any = connection.execute(asked, {"part": f"%{part}%"})
        for zone, *row in found:
            yield zone, rrset_of(row, zone)
