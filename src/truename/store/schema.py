"""The tables, for SQLite and PostgreSQL alike.

    zones ─< rrsets          journal (keeps its entries when the zone goes)          keys, users

**What DNS forbids cannot be stored**, whoever writes. An RRset makes its owner an "alias" or "data": its *kind* follows
from its type (a check), and triggers refuse a second kind at one owner (`rrsets_alias_alone`; in SQLite row by row, in
PostgreSQL once for all rows of a statement). A CNAME has one record, because its column holds one line. RRsets that
stand beside an alias by right, or are not served, have no kind: RRSIG, NSEC and KEY (RFC 4035 2.5), and sets of
disabled records or comments only.

A table of owners, with their kind in its key and a foreign key to it, would say the same without a trigger. It is two
more B-trees: half the room of the database and of the time of an import (ARCHITECTURE.md has the figures). The triggers
are written down in the step that makes them, migrations/versions/v0003_alone.py.

An RRset is one row; *served* and *disabled* hold the contents of its records, one a line, and *comments* is JSON. A
row a record would take three times the room and time, and nothing asks for single records. The key is `place`.

A change is known by the number of its first journal entry, and *change* of the others holds it. Nearly all changes are
of one zone: those cost nothing, neither another statement nor a row in the index (`journal_change`).

Few RRsets have disabled records, and the graph knows nothing of them: an index of those alone finds the ones that name
a name (`rrsets_disabled`), and costs all others nothing.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    text,
)

VERSION = "0008"  # of the newest file in migrations/versions

metadata = MetaData()

# Compared octet by octet on both, which is what `place` is made for.
OCTETS = Text().with_variant(Text(collation="C"), "postgresql")
HAS_DISABLED = "disabled <> ''"  # word for word in queries too, or SQLite does not take the index
IS_FURTHER = "change IS NOT NULL"
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER

zones = Table(
    "zones",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("masters", Text, nullable=False),
    Column("soa_edit", Text, nullable=False),
    Column("soa_edit_api", Text, nullable=False),
    Column("api_rectify", Boolean, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("serial", BigInteger, nullable=False),
    Column("metadata", Text, nullable=False, server_default=""),
    Column("is_hidden", Boolean, nullable=False, server_default=false()),  # see `hidden`
    CheckConstraint("serial BETWEEN 0 AND 4294967295", name="zones_serial"),
)

rrsets = Table(
    "rrsets",
    metadata,
    Column("zone", Integer, ForeignKey("zones.id", name="rrsets_zone"), nullable=False),
    Column("place", OCTETS, nullable=False),
    Column("type", OCTETS, nullable=False),
    Column("ttl", BigInteger, nullable=False),
    Column("kind", Text),
    Column("served", Text, nullable=False),
    Column("disabled", Text, nullable=False),
    Column("comments", Text, nullable=False),
    PrimaryKeyConstraint("zone", "place", "type", name="rrsets_key"),
    CheckConstraint("(kind IS NULL) = (served = '' OR type IN ('RRSIG', 'NSEC', 'KEY'))", name="rrsets_counts"),
    CheckConstraint("kind IS NULL OR kind = CASE type WHEN 'CNAME' THEN 'alias' ELSE 'data' END", name="rrsets_kind"),
    CheckConstraint("type <> 'CNAME' OR served NOT LIKE '%\n%'", name="rrsets_one_cname"),
    CheckConstraint("ttl BETWEEN 0 AND 2147483647", name="rrsets_ttl"),
    sqlite_with_rowid=False,
)
Index(
    "rrsets_disabled",
    rrsets.c.zone,
    rrsets.c.place,
    sqlite_where=text(HAS_DISABLED),
    postgresql_where=text(HAS_DISABLED),
)

journal = Table(
    "journal",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("zone", Text, nullable=False),
    Column("serial", BigInteger, nullable=False),
    Column("previous", BigInteger, nullable=False),
    Column("made_at", Float(53), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("added", Text, nullable=False),
    Column("removed", Text, nullable=False),
    Column("accepted", Text, nullable=False),
    Column("comments", Text, nullable=False, server_default=""),
    Column("properties", Text, nullable=False, server_default=""),
    Column("change", NUMBER),
    Index("journal_zone", "zone", "number"),
    Index("journal_serial", "zone", "serial"),
)
Index(
    "journal_change",
    journal.c.change,
    sqlite_where=text(IS_FURTHER),
    postgresql_where=text(IS_FURTHER),
)

keys = Table(
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("zones", Text),
    Column("created_at", Float(53), nullable=False),
    CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="keys_role"),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Float(53), nullable=False),
    CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="users_role"),
)
