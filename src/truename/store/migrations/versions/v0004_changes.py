"""The journal knows which entries are one change: *change* holds the number of the first of them.

Entries from before say it only by how they lie: they were written one after the other in one transaction, by the same
hand through the same door with the same findings let through, each of another zone, and each was stamped when it was
put together. Stamps of one change are tens of microseconds apart; between those of two lies a commit (SQLite's takes
300 us on a fast disk). What does not lie like that stays a change of its own.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
IS_FURTHER = sa.text("change IS NOT NULL")
APART = 0.0002  # seconds between two stamps of one change, at most
HEADS = sa.text("SELECT number, zone, made_at, made_by, door, accepted FROM journal ORDER BY number")
JOIN = sa.text("UPDATE journal SET change = :change WHERE number = :number")


def upgrade() -> None:
    """Find the changes that were made in several zones at once."""
    op.add_column("journal", sa.Column("change", NUMBER))
    connection = op.get_bind()
    further = list(_further(connection.execute(HEADS)))
    if further:
        connection.execute(JOIN, further)
    op.create_index("journal_change", "journal", ["change"], sqlite_where=IS_FURTHER, postgresql_where=IS_FURTHER)


def _further(heads: Any) -> Iterator[dict[str, int]]:
    """Each entry that goes on with the change of the one before, and the number of the first entry of that."""
    first, before = 0, None
    zones: set[str] = set()
    for head in heads:
        if before is not None and _is_one(before, head) and head.zone not in zones:
            yield {"number": head.number, "change": first}
        else:
            first, zones = head.number, set()
        zones.add(head.zone)
        before = head


def _is_one(before: Any, head: Any) -> bool:
    return (
        head.number == before.number + 1
        and 0 <= head.made_at - before.made_at <= APART
        and (head.made_by, head.door, head.accepted) == (before.made_by, before.door, before.accepted)
    )
