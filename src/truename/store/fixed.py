"""Statements whose text never changes, run on the driver's own cursor.

What every edit of a record does is a dozen small statements. The least of them takes SQLAlchemy 13 us, more where it is
put together anew, and the driver of SQLite 1. So these are written with SQLAlchemy, compiled once for each kind of
database, and handed to the driver as text from then on. Errors are the driver's (`faults.told` knows them).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.engine.interfaces import Compiled


class Fixed:
    """One statement; its parameters are named, whatever the driver calls them. Values are bound as they are."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None = None) -> None:
        """*columns* are those that an INSERT or UPDATE sets, where it does not say so itself."""
        self._statement = statement
        self._columns = columns
        self._texts: dict[str, tuple[str, tuple[str, ...] | None]] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """The cursor, which has the rows."""
        text, order = self._text(connection)
        cursor = connection.connection.cursor()
        cursor.execute(text, values if order is None else tuple([values[name] for name in order]))
        return cursor

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Once for each of *rows*; they may be none."""
        if len(rows) == 1:  # a third of the time of executemany
            self.run(connection, rows[0])
        elif rows:
            text, order = self._text(connection)
            places = rows if order is None else [tuple([values[name] for name in order]) for values in rows]
            connection.connection.cursor().executemany(text, places)

    def first(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """The first row, None when there is none."""
        cursor = self.run(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return row

    def _text(self, connection: Connection) -> tuple[str, tuple[str, ...] | None]:
        """The statement as the driver wants it, and the order of its parameters where they go by place."""
        dialect = connection.dialect
        if dialect.name not in self._texts:
            compiled: Compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)  # type: ignore[attr-defined]
            places = getattr(compiled, "positiontup", None)
            self._texts[dialect.name] = (str(compiled), None if places is None else tuple(places))
        return self._texts[dialect.name]
