"""Zones that are deleted are gone at once; their rows go afterwards."""

import time

import pytest
from sqlalchemy import text
from zones_kept import ZONE, made, make_zone, rrset

from truename.errors import StoreError
from truename.store import Store, ZoneWrite, removal
from truename.store.removal import Sweeper
from truename.zone import Entry, Record, RRset, ZoneInfo


def rows(store: Store) -> dict[str, int]:
    with store._database.reading() as connection:
        tables = ("zones", "owners", "rrsets")
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


def delete(store: Store) -> None:
    entry = Entry(ZONE, 2, 1, time.time(), "key ci", "api", removed=store.lines(ZONE), added=())
    store.commit([ZoneWrite(ZoneInfo(ZONE, serial=2), is_deleted=True, entry=entry)])


@pytest.fixture
def _by_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "_BOUND", removal._BOUND.offset(3))
    monkeypatch.setattr(removal, "PAUSE", 0)


@pytest.fixture
def _unswept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sweeper, "start", lambda _: None)


@pytest.mark.usefixtures("_by_three", "_unswept")
def test_nobody_sees_a_zone_that_was_deleted(store: Store):
    make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
    delete(store)
    assert rows(store) == {"zones": 1, "owners": 11, "rrsets": 12}  # they are still there
    assert store.is_empty() and store.zones() == [] and store.zone(ZONE) is None
    assert list(store.rrsets(ZONE)) == [] and store.zone_text(ZONE) == b"" and store.count(ZONE) == 0
    assert store.search("*") == [] and store.search("*", kind="zone") == []
    assert store.rrset(ZONE, f"n1.{ZONE}", "A") is None and list(store.unlinked(f"ns.{ZONE}")) == []
    assert len(store.journal(ZONE)[0].removed) == 13


@pytest.mark.usefixtures("_by_three", "_unswept")
def test_a_zone_of_the_same_name_is_another_one(store: Store):
    make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
    delete(store)
    store.commit([made(rrset("new", "CNAME", "n1.example.com."), serial=3)])
    with store._database.writing() as connection:
        while removal.sweep(connection):
            pass
    assert [one.owner for one in store.rrsets(ZONE)] == ["new.example.com."]
    assert rows(store) == {"zones": 1, "owners": 1, "rrsets": 1}


@pytest.mark.usefixtures("_by_three")
def test_rows_go_by_themselves(store: Store):
    make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(40)))
    delete(store)
    until = time.monotonic() + 30
    while rows(store)["zones"] and time.monotonic() < until:
        time.sleep(0.01)
    assert rows(store) == {"zones": 0, "owners": 0, "rrsets": 0}


@pytest.mark.usefixtures("_by_three")
def test_the_next_process_goes_on(url: str, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as unswept, Store.open(url) as store:
        unswept.setattr(Sweeper, "start", lambda _: None)
        make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
        delete(store)
    with Store.open(url) as store:
        assert store.is_empty() and rows(store)["rrsets"] == 12
        store.sweep()
        until = time.monotonic() + 30
        while rows(store)["zones"] and time.monotonic() < until:
            time.sleep(0.01)
        assert rows(store) == {"zones": 0, "owners": 0, "rrsets": 0}


@pytest.mark.usefixtures("_by_three")
def test_a_store_that_is_closed_sweeps_no_more(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(removal, "PAUSE", 3600)
    with Store.open(url) as store:
        make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
        delete(store)
    store.sweep()  # and begins nothing
    with pytest.raises(StoreError):
        store.zones()


@pytest.mark.usefixtures("_by_three")
def test_an_error_is_not_the_end(store: Store, monkeypatch: pytest.MonkeyPatch):
    make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
    with monkeypatch.context() as broken:
        broken.setattr(removal, "_GONE", text("SELECT nothing FROM nowhere"))
        delete(store)
        until = time.monotonic() + 30
        while store._sweeper._thread is not None and time.monotonic() < until:
            time.sleep(0.01)
    assert rows(store)["zones"] == 1
    store.sweep()
    while rows(store)["zones"] and time.monotonic() < until:
        time.sleep(0.01)
    assert rows(store) == {"zones": 0, "owners": 0, "rrsets": 0}


def test_the_lines_of_a_zone_are_those_of_its_rrsets(store: Store):
    half = RRset("half.example.com.", "A", 60, (Record("192.0.2.9", is_disabled=True), Record("192.0.2.8")))
    off = RRset("off.example.com.", "TXT", 60, (Record('"x"', is_disabled=True), Record('"y"', is_disabled=True)))
    make_zone(store, half, off, rrset("w", "CNAME", "half.example.com."))
    lines = store.lines(ZONE)
    assert sorted(lines) == sorted(line for one in store.rrsets(ZONE) for line in one.lines())
    assert " SOA " in lines[0]
