"""A KEY may stand beside an alias (RFC 4035 2.5), so it makes its owner neither an alias nor data.

SQLite cannot change a check: the table of RRsets is made anew, with the indexes and triggers that it had.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

OCTETS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COLUMNS = "zone, place, type, ttl, kind, served, disabled, comments"
KEPT = COLUMNS.replace("kind", "CASE type WHEN 'KEY' THEN NULL ELSE kind END")
COUNTS = "(kind IS NULL) = (served = '' OR type IN ('RRSIG', 'NSEC', 'KEY'))"


def upgrade() -> None:
    """Keep all RRsets."""
    if op.get_bind().dialect.name == "sqlite":
        sqlite()
    else:
        postgresql()


def sqlite() -> None:
    beside = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = 'rrsets' AND type <> 'table' AND sql IS NOT NULL")
    kept = op.get_bind().execute(beside).scalars().all()
    op.rename_table("rrsets", "rrsets_before")
    rrsets()
    op.execute(f"INSERT INTO rrsets ({COLUMNS}) SELECT {KEPT} FROM rrsets_before")  # noqa: S608 - no values in it
    op.drop_table("rrsets_before")
    for statement in kept:
        op.get_bind().exec_driver_sql(statement)


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
        sa.CheckConstraint(COUNTS, name="rrsets_counts"),
        sa.CheckConstraint(
            "kind IS NULL OR kind = CASE type WHEN 'CNAME' THEN 'alias' ELSE 'data' END", name="rrsets_kind"
        ),
        sa.CheckConstraint("type <> 'CNAME' OR served NOT LIKE '%\n%'", name="rrsets_one_cname"),
        sa.CheckConstraint("ttl BETWEEN 0 AND 2147483647", name="rrsets_ttl"),
        sqlite_with_rowid=False,
    )


def postgresql() -> None:
    op.drop_constraint("rrsets_counts", "rrsets", type_="check")
    op.execute("UPDATE rrsets SET kind = NULL WHERE type = 'KEY'")
    op.create_check_constraint("rrsets_counts", "rrsets", COUNTS)
