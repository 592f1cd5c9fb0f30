"""A commit that nobody answers, and a publication that fails: what is stored is served as soon as that can be known."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, exc

from truename.edit.change import ChangeSet, ZoneChange
from truename.errors import StaleStore, StoreError, UnknownOutcome
from truename.store import Store
from truename.store.sqlite import Sqlite
from truename.zone import ZoneInfo
from unit.edit.kept import COM, ME, Kept, put

NET = f"$ORIGIN example.net.\n{COM}"
TXT = "b.example.com."


class Reply:
    """Of the next COMMIT: lost, after it happened or instead of it; and while *is_away* nobody can ask what became."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch) -> None:
        self.is_away = False
        self._is_done: bool | None = None
        event.listen(store._database._engine, "commit", self._hang_up)
        asked = Sqlite.has_committed

        def ask(kind: Sqlite, connection: object, ticket: tuple[Any, ...]) -> bool:
            if self.is_away:
                raise _lost()
            return asked(kind, connection, ticket)  # type: ignore[arg-type]

        patch.setattr(Sqlite, "has_committed", ask)

    def lose(self, *, is_done: bool) -> None:
        self._is_done = is_done

    def _hang_up(self, connection: Connection) -> None:
        if self._is_done is not None and connection.get_execution_options().get("is_writer"):
            driver: Any = connection.connection.driver_connection
            driver.execute("COMMIT" if self._is_done else "ROLLBACK")
            self._is_done = None
            raise _lost()


def _lost() -> exc.OperationalError:
    wrong = sqlite3.OperationalError("disk I/O error")
    wrong.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    return exc.OperationalError("COMMIT", {}, wrong)


@pytest.fixture
def reply(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reply]:
    yield Reply(kept.store, monkeypatch)
    kept.door.look()
    assert not kept.door.trouble


CHANGES: dict[str, Callable[[Kept], object]] = {
    "records": lambda kept: kept.edit(put("www", "CNAME", TXT), put("b", "A", "192.0.2.7")),
    "two zones": lambda kept: kept.door.rename("www.example.com", "web.example.com", ME),
    "a new zone": lambda kept: kept.make("example.net.", NET),
    "an empty zone": lambda kept: kept.door.commit(ChangeSet(zones=[ZoneChange("example.net.", is_new=True)]), ME),
    "a zone that goes": lambda kept: kept.door.commit(
        ChangeSet(zones=[ZoneChange("example.org.", is_deleted=True)]), ME
    ),
    "properties": lambda kept: kept.door.redefine("example.com.", lambda info: replace(info, account="ada"), ME),
    "an undo": lambda kept: kept.door.undo("example.com.", None, ME),
}
some = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
done_or_not = pytest.mark.parametrize("is_done", [True, False], ids=["done", "not done"])


def now(kept: Kept) -> tuple[int, list[ZoneInfo]]:
    return kept.store.position(), kept.store.zones()


@some
@done_or_not
def test_what_is_found_out_is_answered_rightly(
    kept: Kept, reply: Reply, change: Callable[[Kept], object], is_done: bool
) -> None:
    kept.edit(put("a", "A", "192.0.2.9"))
    before, told = now(kept), kept.told
    reply.lose(is_done=is_done)
    if is_done:
        assert change(kept).is_saved and kept.told == told + 1  # type: ignore[attr-defined]
    else:
        with pytest.raises(StoreError) as refused:
            change(kept)
        assert not isinstance(refused.value, UnknownOutcome)
    assert (now(kept) != before) == is_done
    kept.assert_published()


@some
@done_or_not
@pytest.mark.parametrize("is_asked", [True, False], ids=["the next change", "nobody"])
def test_what_is_unknown_is_found_out(
    kept: Kept, reply: Reply, change: Callable[[Kept], object], is_done: bool, is_asked: bool
) -> None:
    """By the next change, or by the look that comes by itself."""
    kept.edit(put("a", "A", "192.0.2.9"))
    before, told = now(kept), kept.told
    reply.lose(is_done=is_done)
    reply.is_away = True
    with pytest.raises(UnknownOutcome, match="not known"):
        change(kept)
    assert "not known" in kept.door.trouble and kept.told == told
    assert (now(kept) != before) == is_done
    if is_asked:
        reply.is_away = False
        kept.edit(put("c", "A", "192.0.2.8"))
    else:
        kept.door.look()
        assert kept.told == told + is_done
    kept.assert_published()


def test_it_stays_in_doubt_while_the_database_is_away(
    kept: Kept, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply.lose(is_done=True)
    reply.is_away = True
    with pytest.raises(UnknownOutcome):
        CHANGES["records"](kept)

    def away(_: Store) -> None:
        raise StoreError("the database cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "position", away)
        for _ in range(3):
            kept.door.look()
            assert "not known" in kept.door.trouble
            with pytest.raises(StoreError, match="cannot be reached"):
                kept.edit(put("c", "A", "192.0.2.8"))
    reply.is_away = False
    kept.door.look()
    assert not kept.door.trouble
    kept.assert_published()


@some
@pytest.mark.parametrize("times", [1, 2])
def test_a_publication_that_fails(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, change: Callable[[Kept], object], times: int
) -> None:
    """Once: what is stored is read again, and the call never knows. Again: it says so, and it passes."""
    kept.edit(put("a", "A", "192.0.2.9"))
    left = [times]

    class Failing:
        def __getattr__(self, name: str) -> object:
            return getattr(kept.graph, name)

        def publish(self, prepared: object) -> None:
            if left[0]:
                left[0] -= 1
                raise MemoryError
            kept.graph.publish(prepared)  # type: ignore[arg-type]

    monkeypatch.setattr(kept.door._published, "_graph", Failing())
    if times == 1 or change is CHANGES["a zone that goes"]:  # it is dropped without a publication
        assert change(kept).is_saved  # type: ignore[attr-defined]
    else:
        with pytest.raises(MemoryError):
            change(kept)
        assert kept.door.trouble
    kept.door.look()
    assert not kept.door.trouble
    kept.assert_published()
    kept.edit(put("c", "A", "192.0.2.8"))


@done_or_not
def test_a_zone_that_comes_from_its_file(kept: Kept, reply: Reply, tmp_path: Path, is_done: bool) -> None:
    kept.files.add(tmp_path / "net.zone", NET)
    take = ChangeSet(zones=[ZoneChange("example.net.", is_new=True, takes_over=True, text=NET.encode())])
    gone = ChangeSet(zones=[ZoneChange("example.net.", is_deleted=True)])
    for change, is_file in ((take, not is_done), (gone, is_done)):
        reply.is_away = True
        reply.lose(is_done=is_done)
        with pytest.raises(UnknownOutcome):
            kept.door.commit(change, ME)
        reply.is_away = False
        kept.door.look()
        assert (kept.files.file_of("example.net.") is not None) == is_file
        assert kept.door.has("example.net.") != is_file
        assert kept.graph.explain("www.example.net.").records
        if not is_done:
            kept.door.commit(change, ME)
    assert kept.files.file_of("example.net.")


def test_a_store_that_went_back(kept: Kept) -> None:
    """As a standby may that has taken over without the last commits."""
    kept.edit(put("a", "A", "192.0.2.9"))
    serial = kept.serial()
    with kept.store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM journal WHERE number = (SELECT max(number) FROM journal)")
        connection.exec_driver_sql("UPDATE zones SET serial = serial - 1 WHERE name = 'example.com.'")
        connection.exec_driver_sql("DELETE FROM rrsets WHERE place LIKE 'a%'")
        connection.exec_driver_sql(
            f"UPDATE rrsets SET served = replace(served, ' {serial} 7200', ' {serial - 1} 7200') WHERE type = 'SOA'"
        )
    kept.door.look()
    assert not kept.door.trouble
    kept.assert_published()
    kept.edit(put("a", "A", "192.0.2.10"))


def test_a_zone_that_another_program_has_edited(kept: Kept) -> None:
    """Nothing in the journal tells of it. The change is refused, for it was judged on what is not there; once."""
    serial = kept.serial()
    with kept.store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE zones SET serial = serial + 1 WHERE name = 'example.com.'")
        connection.exec_driver_sql(
            f"UPDATE rrsets SET served = replace(served, ' {serial} 7200', ' {serial + 1} 7200') WHERE type = 'SOA'"
        )
    with pytest.raises(StaleStore, match="moved on"):
        kept.edit(put("a", "A", "192.0.2.9"))
    kept.edit(put("a", "A", "192.0.2.9"))
    kept.assert_published()


def test_what_was_not_stored_is_cheap(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk every edit is refused, and none of them reads all zones to find that nothing has changed."""

    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(kept.store, "commit", full)
    monkeypatch.setattr(kept.store, "zones", None)
    for _ in range(3):
        with pytest.raises(StoreError, match="full"):
            kept.edit(put("a", "A", "192.0.2.9"))
    kept.door.look()


def test_after_ordinary_changes_nothing_differs(kept: Kept) -> None:
    kept.edit(put("a", "A", "192.0.2.9"))
    CHANGES["properties"](kept)
    CHANGES["a new zone"](kept)
    CHANGES["a zone that goes"](kept)
    assert kept.door._published._differing() == [] and kept.door._published.position == kept.store.position()
