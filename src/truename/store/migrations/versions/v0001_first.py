"""Zones, owners, RRsets, the journal, keys and users."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

OCTETS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make all tables."""
    zones()
    owners()
    rrsets()
    journal()
    access()


def zones() -> None:
    op.create_table(
        "zones",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("masters", sa.Text, nullable=False),
        sa.Column("soa_edit", sa.Text, nullable=False),
        sa.Column("soa_edit_api", sa.Text, nullable=False),
        sa.Column("api_rectify", sa.Boolean, nullable=False),
        sa.Column("catalog", sa.Text, nullable=False),
        sa.Column("serial", sa.BigInteger, nullable=False),
        sa.CheckConstraint("serial BETWEEN 0 AND 4294967295", name="zones_serial"),
    )


def owners() -> None:
    op.create_table(
        "owners",
        sa.Column("zone", sa.Integer, sa.ForeignKey("zones.id", name="owners_zone"), nullable=False),
        sa.Column("place", OCTETS, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("zone", "place", name="owners_one_kind"),
        sa.UniqueConstraint("zone", "place", "kind", name="owners_kind"),
        sa.CheckConstraint("kind IN ('alias', 'data')", name="owners_known_kind"),
        sqlite_with_rowid=False,
    )


def rrsets() -> None:
    op.create_table(
        "rrsets",
        sa.Column("zone", sa.Integer, sa.ForeignKey("zones.id", name="rrsets_zone"), nullable=False),
        sa.Column("place", OCTETS, nullable=False),
        sa.Column("type", OCTETS, nullable=False),
        sa.Column("ttl", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("served", sa.Text, nullable=False),
        sa.Column("disabled", sa.Text, nullable=False),
        sa.Column("comments", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("zone", "place", "type", name="rrsets_key"),
        sa.ForeignKeyConstraint(
            ["zone", "place", "kind"], ["owners.zone", "owners.place", "owners.kind"], name="rrsets_beside_alias"
        ),
        sa.CheckConstraint("(kind IS NULL) = (served = '' OR type IN ('RRSIG', 'NSEC'))", name="rrsets_counts"),
        sa.CheckConstraint("kind IS NULL OR (kind = 'alias') = (type = 'CNAME')", name="rrsets_kind"),
        sa.CheckConstraint("type <> 'CNAME' OR served NOT LIKE '%\n%'", name="rrsets_one_cname"),
        sa.CheckConstraint("ttl BETWEEN 0 AND 2147483647", name="rrsets_ttl"),
        sqlite_with_rowid=False,
    )


def journal() -> None:
    op.create_table(
        "journal",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("serial", sa.BigInteger, nullable=False),
        sa.Column("previous", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.Float(53), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("removed", sa.Text, nullable=False),
        sa.Column("accepted", sa.Text, nullable=False),
    )
    op.create_index("journal_zone", "journal", ["zone", "number"])
    op.create_index("journal_serial", "journal", ["zone", "serial"])


def access() -> None:
    op.create_table(
        "keys",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("zones", sa.Text),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="keys_role"),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="users_role"),
    )
