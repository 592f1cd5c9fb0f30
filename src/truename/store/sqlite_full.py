"""A database of SQLite on a disk that is full: read as it stands, with no file made beside it.

The log's index (-shm) is a file as well, and after a clean end it has to be made anew before anything can be read.

    no log, or an empty one    the file is all there is: SQLite is told that nobody writes it (immutable), which is so
    a log                      is played into the file, by a connection that needs no index because it is the only one;
                               where the file would have to grow for that, both are read into memory

Nobody else has the database: whoever asks holds its lock.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

MEMORY = "file:truename-full?mode=memory&cache=shared"


def readable(path: Path) -> Engine:
    """What reads the database at *path*. Raises: sqlite3.Error when that cannot be"""
    log = path.with_name(path.name + "-wal")
    if _size(log):
        _play_in(path)
    if _size(log):
        return _engine(MEMORY, _copied(path))
    return _engine(f"{path.as_uri()}?mode=ro&immutable=1")


def _engine(database: str, kept: sqlite3.Connection | None = None) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=database, query={"uri": "true"}),
        pool_size=4,
        max_overflow=12,
        pool_timeout=10,
        hide_parameters=True,
    )

    def set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA temp_store = MEMORY")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", lambda connection: connection.connection.driver_connection.execute("BEGIN"))
    if kept is not None:
        event.listen(engine, "engine_disposed", lambda _: kept.close())  # what is in memory lasts as long as it is open
    return engine


def _play_in(path: Path) -> None:
    with closing(_alone(path)):
        pass  # the last one to close does it


def _copied(path: Path) -> sqlite3.Connection:
    with closing(_alone(path)) as alone:
        copy = sqlite3.connect(MEMORY, uri=True, check_same_thread=False)
        alone.backup(copy)
    return copy


def _alone(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
