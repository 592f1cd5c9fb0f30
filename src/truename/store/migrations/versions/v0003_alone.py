"""What stands beside an alias is refused by triggers, not by a foreign key into a table of owners, which is gone.

SQLite cannot drop a foreign key: the table of RRsets is made anew, with the indexes that it had.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

OCTETS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
COLUMNS = "zone, place, type, ttl, kind, served, disabled, comments"

# AFTER: a trigger BEFORE makes SQLite put all rows of a statement into a table in between.
SQLITE = """
CREATE TRIGGER rrsets_alias_alone_{event} AFTER {when} ON rrsets WHEN NEW.kind IS NOT NULL BEGIN
SELECT RAISE(ABORT, 'rrsets_alias_alone') FROM rrsets
WHERE zone = NEW.zone AND place = NEW.place AND kind <> NEW.kind;
END
"""

# The row of the zone is written so that of two transactions that add to one zone the second waits for the first, and
# sees what it added or, at a higher isolation, fails.
POSTGRES = """
CREATE FUNCTION rrsets_alias_alone() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE zones SET serial = serial WHERE id IN (SELECT DISTINCT zone FROM incoming WHERE kind IS NOT NULL);
    IF EXISTS (
        SELECT FROM incoming JOIN rrsets ON rrsets.zone = incoming.zone AND rrsets.place = incoming.place
        WHERE rrsets.kind <> incoming.kind
    ) THEN
        RAISE EXCEPTION 'rrsets_alias_alone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""
POSTGRES_TRIGGER = """
CREATE TRIGGER rrsets_alias_alone_{event} AFTER {event} ON rrsets
REFERENCING NEW TABLE AS incoming FOR EACH STATEMENT EXECUTE FUNCTION rrsets_alias_alone()
"""


def upgrade() -> None:
    """Keep all RRsets."""
    if op.get_bind().dialect.name == "sqlite":
        sqlite()
    else:
        postgresql()


def sqlite() -> None:
    indexes = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'rrsets' AND sql IS NOT NULL")
    kept = op.get_bind().execute(indexes).scalars().all()
    op.rename_table("rrsets", "rrsets_before")
    rrsets()
    op.execute(f"INSERT INTO rrsets ({COLUMNS}) SELECT {COLUMNS} FROM rrsets_before")  # noqa: S608 - no values in it
    op.drop_table("rrsets_before")
    op.drop_table("owners")
    for statement in kept:
        op.get_bind().exec_driver_sql(statement)
    for event, when in (("insert", "INSERT"), ("update", "UPDATE OF zone, place, kind")):
        op.get_bind().exec_driver_sql(SQLITE.format(event=event, when=when))


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
        sa.CheckConstraint("(kind IS NULL) = (served = '' OR type IN ('RRSIG', 'NSEC'))", name="rrsets_counts"),
        sa.CheckConstraint(
            "kind IS NULL OR kind = CASE type WHEN 'CNAME' THEN 'alias' ELSE 'data' END", name="rrsets_kind"
        ),
        sa.CheckConstraint("type <> 'CNAME' OR served NOT LIKE '%\n%'", name="rrsets_one_cname"),
        sa.CheckConstraint("ttl BETWEEN 0 AND 2147483647", name="rrsets_ttl"),
        sqlite_with_rowid=False,
    )


def postgresql() -> None:
    op.drop_constraint("rrsets_beside_alias", "rrsets", type_="foreignkey")
    op.drop_table("owners")
    op.drop_constraint("rrsets_kind", "rrsets", type_="check")
    op.create_check_constraint(
        "rrsets_kind", "rrsets", "kind IS NULL OR kind = CASE type WHEN 'CNAME' THEN 'alias' ELSE 'data' END"
    )
    op.execute(POSTGRES)
    for event in ("insert", "update"):
        op.execute(POSTGRES_TRIGGER.format(event=event))
