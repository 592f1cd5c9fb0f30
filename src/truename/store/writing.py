"""A commit: what it does to each zone, and the checks that only the store can make.

What goes goes first, then comes what comes. So an alias may become an address, and the other way round, in one commit,
and the triggers never stand in the way of what is allowed in the end. Journal entries come last: whoever judges the
change may do so while the rows are written, and has the last word before the commit.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, text, update

from truename.errors import StaleStore
from truename.serial import is_newer
from truename.store import hidden, reading, schema
from truename.store.entries import entry_row
from truename.store.fixed import Fixed
from truename.store.place import place_of
from truename.store.rows import Packed, Part, Row, row_of, rows_of, zone_row
from truename.store.values import ZoneWrite
from truename.zone import Entry, RRset

Parts = Callable[[int, Iterable[Row] | Packed], Iterable[Part]]
Load = Callable[[Connection, Part], None]
Accept = Callable[[], tuple[str, ...]]


def _settable(table: Table) -> list[str]:
    """The columns that the database does not fill by itself."""
    return [column.name for column in table.columns if column is not table.autoincrement_column]


_COLUMNS = tuple(schema.rrsets.columns.keys())
_DROP_SET = Fixed(
    delete(schema.rrsets).where(
        schema.rrsets.c.zone == bindparam("z"),
        schema.rrsets.c.place == bindparam("p"),
        schema.rrsets.c.type == bindparam("t"),
    )
)
_KEY = tuple(schema.rrsets.primary_key.columns.keys())
_PUT_SET = Fixed(
    text(
        f"INSERT INTO rrsets ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608
        f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE"
        f" SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS if name not in _KEY)}"
    )
)
_STORED = Fixed(select(schema.zones.c.id, schema.zones.c.serial).where(schema.zones.c.name == bindparam("n")))
_SET_ZONE = Fixed(update(schema.zones).where(schema.zones.c.id == bindparam("z")), _settable(schema.zones))
_ADD_ENTRY = Fixed(insert(schema.journal).returning(schema.journal.c.number), _settable(schema.journal))


def carry_out(
    connection: Connection, writes: Sequence[ZoneWrite], how: tuple[Parts, Load], accept: Accept | None = None
) -> int:
    """Do all of *writes* in the transaction of *connection*; *how* the many rows of a zone that has none are loaded.

    Returns: the number of the last entry of the journal that was added; 0 without one

    Raises: StaleStore; ValueError for writes that contradict themselves; what *accept* raises
    """
    for write in writes:
        _check(write)
        if write.is_deleted:
            _delete(connection, write)
        else:
            zone = _zone(connection, write)
            if write.whole is not None:
                _clear(connection, zone)
                parts, load = how
                for part in parts(zone, rows_to_write(write.whole, zone, write.info.name)):
                    load(connection, part)
            if write.sets:
                _set(connection, write, zone)
    accepted = accept() if accept else None
    entries = [write.entry for write in writes if write.entry is not None]
    return _write_down(
        connection, entries if accepted is None else [replace(one, accepted=accepted) for one in entries]
    )


def _write_down(connection: Connection, entries: Sequence[Entry]) -> int:
    """Add *entries*, the parts of one change, to the journal. Returns: the number of the last one"""
    change, number = None, 0
    for entry in entries:
        number = int(_ADD_ENTRY.first(connection, entry_row(entry, change))[0])
        change = change or number
    return number


def _check(write: ZoneWrite) -> None:
    entry = write.entry
    if entry is None:
        return
    if entry.zone != write.info.name:
        raise ValueError(f"an entry of {entry.zone} in a write to {write.info.name}")
    if not write.is_deleted and entry.serial != write.info.serial:
        raise ValueError(f"{entry.zone}: the entry makes serial {entry.serial}, the zone {write.info.serial}")


def rows_to_write(whole: Iterable[RRset] | Packed, zone: int, apex: str) -> Iterable[Row] | Packed:
    """All RRsets of a zone as they are loaded."""
    return whole if isinstance(whole, Packed) else rows_of(whole, zone, apex)


def _zone(connection: Connection, write: ZoneWrite) -> int:
    """The number of the zone, which has its properties already."""
    if write.staged is not None:
        return _show(connection, write, write.staged)
    return _new(connection, write) if write.is_new else _changed(connection, write)


def _show(connection: Connection, write: ZoneWrite, staged: int) -> int:
    """Let what is *staged* be the zone, in place of what is there."""
    if not write.is_new:
        hidden.hide(connection, _next(connection, write))
    elif _stored(connection, write.info.name) is not None:
        raise StaleStore(f"the zone {write.info.name} is already there")
    if _SET_ZONE.run(connection, {**zone_row(write.info), "z": staged}).rowcount != 1:
        raise StaleStore(f"what was written of {write.info.name} is not there any more", hint="try again")
    return staged


def _new(connection: Connection, write: ZoneWrite) -> int:
    if _stored(connection, write.info.name) is not None:
        raise StaleStore(f"the zone {write.info.name} is already there")
    connection.execute(insert(schema.zones), zone_row(write.info))
    return int(connection.execute(select(schema.zones.c.id).where(schema.zones.c.name == write.info.name)).scalar_one())


def _changed(connection: Connection, write: ZoneWrite) -> int:
    zone = _next(connection, write)
    _SET_ZONE.run(connection, {**zone_row(write.info), "z": zone})
    return zone


def _next(connection: Connection, write: ZoneWrite) -> int:
    """The zone, whose serial goes on."""
    zone, serial = _expected(connection, write)
    if write.info.serial != serial and not is_newer(write.info.serial, serial):
        raise ValueError(f"{write.info.name}: serial {write.info.serial} would go back behind {serial} (RFC 1982)")
    return zone


def _delete(connection: Connection, write: ZoneWrite) -> None:
    """A large one is only hidden: its rows go later."""
    zone, _ = _expected(connection, write)
    if reading.has_more(connection, write.info.name, hidden.PART):
        hidden.hide(connection, zone)
        return
    _clear(connection, zone)
    connection.execute(delete(schema.zones).where(schema.zones.c.id == zone))


def _expected(connection: Connection, write: ZoneWrite) -> tuple[int, int]:
    """(id, serial) of the zone, which must be the version that the change was made for."""
    name, entry = write.info.name, write.entry
    stored = _stored(connection, name)
    if stored is None:
        raise StaleStore(f"the zone {name} is not kept here")
    if entry is not None and entry.previous != stored[1]:
        raise StaleStore(
            f"the zone {name} has moved on to serial {stored[1]}",
            hint=f"the change was made for {entry.previous}: plan it again",
        )
    return stored


def _stored(connection: Connection, name: str) -> tuple[int, int] | None:
    row = _STORED.first(connection, {"n": name})
    return None if row is None else (row[0], row[1])


def _clear(connection: Connection, zone: int) -> None:
    connection.execute(delete(schema.rrsets).where(schema.rrsets.c.zone == zone))


def _set(connection: Connection, write: ZoneWrite, zone: int) -> None:
    rows: dict[tuple[str, str], Row | None] = {}
    for owner, rtype, one in write.sets:
        if one is not None and (one.owner, one.type) != (owner, rtype):
            raise ValueError(f"{owner} {rtype} cannot become {one.owner} {one.type}")
        has_row = one is not None and (one.records or one.comments)
        rows[place_of(owner, write.info.name), rtype] = row_of(one, zone, write.info.name) if one and has_row else None
    # What goes, then what does not count any more, then what counts from now on.
    going = [{"z": zone, "p": place, "t": rtype} for (place, rtype), row in rows.items() if row is None]
    coming = [dict(zip(_COLUMNS, row, strict=True)) for row in rows.values() if row is not None]
    _DROP_SET.run_all(connection, going)
    _PUT_SET.run_all(connection, [row for row in coming if row["kind"] is None])
    _PUT_SET.run_all(connection, [row for row in coming if row["kind"] is not None])
