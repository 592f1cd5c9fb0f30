"""The journal holds comments and properties; RRsets with disabled records are found without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

HAS_DISABLED = sa.text("disabled <> ''")


def upgrade() -> None:
    """Entries from before have neither comments nor properties: nobody knows any more what they were."""
    for name in ("comments", "properties"):
        op.add_column("journal", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.create_index(
        "rrsets_disabled", "rrsets", ["zone", "place"], sqlite_where=HAS_DISABLED, postgresql_where=HAS_DISABLED
    )
