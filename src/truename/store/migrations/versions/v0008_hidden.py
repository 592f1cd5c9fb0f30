"""Zones may be there and not be seen: while they come, and while their rows go."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Zones from before are seen."""
    op.add_column("zones", sa.Column("is_hidden", sa.Boolean, nullable=False, server_default=sa.false()))
