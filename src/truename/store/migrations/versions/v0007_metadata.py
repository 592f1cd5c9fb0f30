"""Zones have metadata of other programs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Zones from before have none."""
    op.add_column("zones", sa.Column("metadata", sa.Text, nullable=False, server_default=""))
