"""RRsets that name a name without being links of the graph: SOAs, and what is disabled.

The database is asked for those that have the name somewhere in their text; whether it stands there as a name is for
whoever asks to see. Neither query looks at a whole zone: an SOA is found by its key, the others by `rrsets_disabled`.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select, text

from truename.store import schema
from truename.store.rows import rrset_of
from truename.zone import RRset

_SETS = schema.rrsets.c
_ASKED = select(
    schema.zones.c.name, _SETS.place, _SETS.type, _SETS.ttl, _SETS.served, _SETS.disabled, _SETS.comments
).join_from(schema.zones, schema.rrsets)
_DISABLED = _ASKED.where(text(schema.HAS_DISABLED))
_SOAS = _ASKED.where(_SETS.place == "", _SETS.type == "SOA")


def unlinked(connection: Connection, name: str) -> Iterator[tuple[str, RRset]]:
    """(zone, RRset) of all that may name *name* and that the graph does not know to."""
    for asked, column in ((_SOAS, _SETS.served), (_DISABLED, _SETS.disabled)):
        found: Any = connection.execute(asked.where(column.icontains(name, autoescape=True)))
        for zone, *row in found:
            yield zone, rrset_of(row, zone)
