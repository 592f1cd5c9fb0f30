"""The database behind a server: where it is, whether it has zones, and the door to them.

    --database URL, else DIR/truename.db ── has_zones? ── Store ── Door ── load ── served beside the zone files

SQLAlchemy takes longer to import than the example zones to load, so a server whose database has no zones yet answers
DNS first (`has_zones` looks with the standard library), and only then opens it for those who will edit.

A name can be a zone once. What the database holds is changed through its doors, and a file of the same origin would
undo that silently at the next start: so the database's zone is served, and the file is refused with a word why.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from truename.errors import ServeError

if TYPE_CHECKING:
    from truename.config import Settings
    from truename.edit.door import Door
    from truename.serve.zones import Zones
    from truename.store import Store

FILE = "truename.db"  # in the data directory
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")  # what SQLite and the store keep beside it
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Place:
    """Where the database is. Shape: *file* is None for one that is a server of its own"""

    url: str
    file: Path | None

    @classmethod
    def of(cls, settings: "Settings", directory: Path) -> "Place":
        """What the settings say; without a word of theirs a file in the data directory."""
        url = settings.serve.database
        if not url:
            return cls(SQLITE + str(directory / FILE), directory / FILE)
        return cls.at(url)

    @classmethod
    def at(cls, url: str) -> "Place":
        """The database of that URL."""
        return cls(url, Path(unquote(url.removeprefix(SQLITE))).absolute() if url.startswith(SQLITE) else None)

    def refuse_unwritable(self, user: str) -> None:
        """Raises: ServeError when we, who are *user* now, could not go on with a database that root has opened"""
        for path in (self.file, self.file.parent) if self.file else ():
            if path.exists() and not os.access(path, os.W_OK):
                raise ServeError(f"{path}: Permission denied for {user}", hint=f"chown {user} {path}")

    def has_zones(self) -> bool:
        """Whether something has to be served from it; in doubt yes, and opening it will tell."""
        if self.file is None:
            return True
        if not self.file.exists():
            return False
        import sqlite3

        try:
            with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
                return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM zones)").fetchone()[0])
        except sqlite3.Error:
            return True


@dataclass
class Opened:
    """The database in use. *left_out*: (zone, why) of those that cannot be served"""

    store: "Store"
    door: "Door"
    left_out: Sequence[tuple[str, str]] = ()

    def close(self) -> None:
        """Let go of it."""
        self.store.close()


def open_database(place: Place, zones: "Zones", settings: "Settings", on_change: Callable[[], None]) -> Opened:
    """Open the database at *place* and publish its zones beside those of the files.

    Raises: StoreError; nothing is left open then
    """
    from truename.edit.door import Door
    from truename.store import Store

    store = Store.open(place.url)
    try:
        door = Door(store, zones.graph, files=zones, check=settings.check, limits=settings.limits, on_change=on_change)
        left_out = door.load()
    except BaseException:
        store.close()
        raise
    zones.is_kept = door.has
    return Opened(store, door, left_out)
