"""Bringing a database to the version of this program.

The version stands in a table of its own name, so that a database which somebody else's program manages is not taken
for ours. alembic is imported only when there is something to do.
"""

from pathlib import Path

from sqlalchemy import Connection, exc, inspect, select, text

from truename.errors import StoreError
from truename.store.schema import VERSION, metadata

VERSION_TABLE = "truename_version"
SCRIPTS = Path(__file__).parent / "migrations"


def bring_up(connection: Connection, where: str) -> None:
    """Make the tables, or change those of an older version; inside the caller's transaction.

    Raises: StoreError for a newer version, and for tables of another program
    """
    version = stored_version(connection)
    if version == VERSION:
        return
    if version is None:
        _refuse_strangers(connection, where)
    elif version not in known_versions():
        raise StoreError(
            f"was written by a newer truename (tables of version {version}, this one knows up to {VERSION})",
            where=where,
            hint="run the newer version, or give this one another database",
        )
    _upgrade(connection)


def refuse_unreadable(connection: Connection, where: str, why: StoreError) -> None:
    """For tables that cannot be brought up now, because of *why*.

    Raises: StoreError when this version cannot read them as they are
    """
    version = stored_version(connection)
    try:
        for table in metadata.sorted_tables:
            connection.execute(select(table).limit(0))
    except exc.DBAPIError:
        raise StoreError(
            f"has tables of version {version} that have to be brought up to {VERSION}, and cannot be: {why.message}",
            where=where,
            hint=why.hint,
        ) from None


def stored_version(connection: Connection) -> str | None:
    """The version of the tables, None when there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def known_versions() -> set[str]:
    """Every version that has been, by the names of their files."""
    return {path.name[1:5] for path in (SCRIPTS / "versions").glob("v*.py")}


def _refuse_strangers(connection: Connection, where: str) -> None:
    taken = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if taken:
        raise StoreError(
            f"has tables of another program ({', '.join(taken)})",
            where=where,
            hint="give truename a database of its own",
        )


def _upgrade(connection: Connection, version: str = VERSION) -> None:
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    command.upgrade(settings, version)
