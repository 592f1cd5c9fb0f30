"""Hexadecimal digits are stored in lower case, and certificate types as numbers: as clients of PowerDNS have them.

The journal keeps what was written; undo compares records whatever their spelling.
"""

import sqlalchemy as sa
from alembic import op

from truename._core import normalize

revision = "0006"
down_revision = "0005"

TYPES = (
    *("A6", "APL", "ATMA", "CDS", "CERT", "DLV", "DOA", "DS", "EID", "GID", "HIP", "LOC", "NIMLOC", "NSAP", "NSEC3"),
    *("NSEC3PARAM", "NULL", "SMIMEA", "SSHFP", "TA", "TLSA", "UID", "UINFO", "UNSPEC", "ZONEMD"),
)
CHUNK = 10_000

rrsets = sa.table("rrsets", *(sa.column(name) for name in ("zone", "place", "type", "served", "disabled")))
AFFECTED = sa.or_(rrsets.c.type.in_(TYPES), rrsets.c.type.like("TYPE%"))
SET = (
    sa.update(rrsets)
    .where(*(rrsets.c[name] == sa.bindparam(f"of_{name}") for name in ("zone", "place", "type")))
    .values(served=sa.bindparam("to_served"), disabled=sa.bindparam("to_disabled"))
)


def upgrade() -> None:
    """Spell what is there as it would be spelled now."""
    connection = op.get_bind()
    differing = []
    for zone, place, rtype, served, disabled in connection.execute(sa.select(rrsets).where(AFFECTED)):
        after = (respelled(rtype, served), respelled(rtype, disabled))
        if after != (served, disabled):
            keys = {"of_zone": zone, "of_place": place, "of_type": rtype}
            differing.append({**keys, "to_served": after[0], "to_disabled": after[1]})
    for start in range(0, len(differing), CHUNK):
        connection.execute(SET, differing[start : start + CHUNK])


def respelled(rtype: str, contents: str) -> str:
    """*contents*, one a line."""
    return "\n".join(one(rtype, content) for content in contents.split("\n")) if contents else ""


def one(rtype: str, content: str) -> str:
    """*content*, or what it was where it cannot be read: the zone says so when it is served."""
    try:
        return normalize(rtype, content)
    except ValueError:
        return content
