"""What is kept: zones, RRsets, the journal, keys and users, in SQLite or PostgreSQL.

    Store ─┬─ database   the engine, the one writer, the lock against a second process
           ├─ writing    a commit: records, journal and serials of all zones in one transaction
           ├─ reading    zones, RRsets, whole zones as text, the journal, search
           └─ access     keys and users, hashed
    schema, migrations   the tables; what DNS forbids beside an alias is a constraint of the database
    faults               what the drivers raise becomes a StoreError: what, where, what to do

`Store` is imported when it is first asked for: SQLAlchemy takes longer to import than a verb may take to start.
"""

from typing import TYPE_CHECKING

from truename.store.access import Key, Principal, User
from truename.store.values import Found, ZoneWrite

if TYPE_CHECKING:
    from truename.store.store import Store

__all__ = ["Found", "Key", "Principal", "Store", "User", "ZoneWrite"]


def __getattr__(name: str) -> object:
    if name == "Store":
        from truename.store.store import Store

        return Store
    raise AttributeError(name)
