"""Zones that nobody sees: while they come, and while their rows go; others write in between."""

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text
from zones_kept import NS, SOA, ZONE, changed, made, make_zone, rrset

from truename.errors import StoreError
from truename.store import Store, hidden
from truename.store.turn import Turn
from truename.zone import ZoneInfo

MANY = 25_000
OTHER = "example.org."


def many(count: int = MANY):
    yield SOA
    yield NS
    yield from (rrset(f"n{number}", "A", f"192.0.2.{number % 256}") for number in range(count))


def coming(number: int):
    return made().of(number)


def rows(url: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM rrsets")).scalar()
    finally:
        engine.dispose()


def await_rows(url: str, count: int) -> None:
    until = time.monotonic() + 60
    while (found := rows(url)) != count:
        assert time.monotonic() < until, found
        time.sleep(0.02)


def test_others_write_between_the_parts_and_see_nothing(store: Store, url: str):
    store.commit([made(zone=OTHER)])
    serials = []

    def between() -> None:
        serial = store.zone(OTHER).serial + 1
        owner = rrset(f"n{serial}.{OTHER}", "A", "192.0.2.1")
        store.commit([changed(owner, serial=serial, zone=OTHER)])
        serials.append(serial)
        assert [zone.name for zone in store.zones()] == [OTHER]
        assert store.count(ZONE) == 0 and store.search("n1.example.com*") == [] and store.zone(ZONE) is None

    with store.staging(ZONE, many(), between) as number:
        assert len(serials) > 2
        store.commit([coming(number)])
    assert store.count(ZONE) == MANY + 2 and next(store.rrsets(ZONE)) == SOA
    assert store.count(OTHER) == len(serials) and len(store.journal(ZONE)) == 1
    await_rows(url, MANY + 2 + len(serials))


def test_what_is_not_committed_goes(store: Store, url: str):
    with store.staging(ZONE, many()):
        assert rows(url) == MANY + 2
    await_rows(url, 0)
    assert store.is_empty()
    make_zone(store)


def test_what_is_refused_in_between_goes(store: Store, url: str):
    def refuse() -> None:
        if rows(url):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.staging(ZONE, many(), refuse):
        pass
    await_rows(url, 0)


def test_in_place_of_what_is_there(store: Store, url: str):
    make_zone(store, rrset("old", "A", "192.0.2.1"))
    with store.staging(ZONE, many(100)) as number:
        assert store.count(ZONE) == 3
        store.commit([replace(changed(), staged=number)])
    assert store.count(ZONE) == 102 and store.zone(ZONE).serial == 2
    await_rows(url, 102)


def test_an_alias_beside_data_is_refused_wherever_the_parts_end(store: Store, url: str):
    alone = [rrset(f"n{number}", "A", "192.0.2.1") for number in range(hidden.PART * 3)]
    with pytest.raises(StoreError), store.staging(ZONE, [*alone, rrset("n1", "CNAME", "x.")]):
        pass
    with pytest.raises(StoreError), store.staging(ZONE, [rrset("n1", "CNAME", "x."), *alone[2:], alone[1]]):
        pass
    await_rows(url, 0)


def test_a_large_zone_is_gone_at_once_and_its_rows_later(store: Store, url: str, monkeypatch: pytest.MonkeyPatch):
    go_on, cleared = threading.Event(), []
    clear_part = hidden.clear_part

    def slowly(connection, zone) -> None:
        cleared.append(zone)
        clear_part(connection, zone)

    monkeypatch.setattr(hidden, "clear_part", slowly)
    monkeypatch.setattr(store._hidden, "_next", lambda find=store._hidden._next: go_on.wait(60) and find())
    store.commit([made(*many())])
    gone = changed(serial=2)
    store.commit([replace(gone, is_deleted=True)])
    assert store.zone(ZONE) is None and list(store.rrsets(ZONE)) == [] and store.is_empty()
    assert store.search("n1.example.com*") == [] and rows(url) == MANY + 2
    make_zone(store, rrset("new", "A", "192.0.2.1"))  # the name is free
    go_on.set()
    await_rows(url, 3)
    assert len(cleared) > MANY // hidden.PART  # many turns, between which others have theirs
    assert store.count(ZONE) == 3


def test_what_a_killed_process_left_is_cleared_by_the_next(url: str):
    with Store.open(url) as store:
        ends = store.staging(ZONE, many(100))
        ends.__enter__()
        store.close()
        with pytest.raises(StoreError):
            ends.__exit__(None, None, None) or store.zones()
    assert rows(url) == 102
    with Store.open(url) as store:
        assert store.is_empty() and rows(url) == 102  # opening waits for nothing
        store.tidy()
        await_rows(url, 0)


def test_a_zone_has_more_than(store: Store):
    make_zone(store)
    assert store.has_more(ZONE, 1) and not store.has_more(ZONE, 2) and not store.has_more(OTHER, 0)
    assert ZoneInfo(ZONE, serial=1) == store.zone(ZONE)


def test_the_turn_goes_to_whoever_waits_longest():
    turn, order = Turn(), []
    turn.acquire()

    def wait(number: int) -> None:
        with turn:
            order.append(number)

    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while len(turn._waiting) <= number:
            time.sleep(0.001)
    assert not turn.acquire(blocking=False)
    turn.release()
    turn.acquire()  # behind all who were there
    assert order == list(range(8))
    turn.release()
    for thread in threads:
        thread.join()
