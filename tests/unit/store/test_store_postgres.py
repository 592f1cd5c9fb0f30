"""What can go wrong between here and PostgreSQL: told as what, where and what to do; the next call connects again."""

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import event, exc
from zones_kept import NS, SOA, ZONE, changed, make_zone, rrset

from system.postgres import Cluster
from truename.errors import StoreError, UnknownOutcome
from truename.store import Store
from truename.zone import RRset

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
LOST = exc.OperationalError("COMMIT", {}, psycopg.OperationalError("server closed the connection unexpectedly"))
ENDED = f"SELECT pg_terminate_backend(pid) {OTHERS}"


@pytest.fixture
def url(postgres: Cluster) -> str:
    return postgres.make_database()


@pytest.fixture
def database(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        make_zone(opened)
        yield opened


def test_a_second_store_on_the_database(store: Store, url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("truename.store.database.FIRST_CLAIM", 0.2)
    with pytest.raises(StoreError, match="another process holds the database"):
        Store.open(url)
    store.close()
    Store.open(url).close()


def test_connections_that_were_lost_are_made_again(store: Store, postgres: Cluster, database: str):
    for serial in range(2, 5):
        assert postgres.execute(ENDED, database)
        store.commit([changed(rrset("www", "A", "192.0.2.1"), serial=serial)])
        assert postgres.execute(ENDED, database)
        assert store.zone(ZONE).serial == serial
        assert sum(1 for _ in store.rrsets(ZONE)) == 3


def test_the_lock_is_taken_again_before_anything_is_written(store: Store, postgres: Cluster, database: str, url: str):
    postgres.execute(ENDED, database)
    with Store.open(url) as other:
        with pytest.raises(StoreError, match="another process holds the database"):
            store.commit([changed(rrset("www", "A", "192.0.2.1"))])
        other.commit([changed(rrset("www", "A", "192.0.2.2"))])
    store.commit([changed(rrset("www", "A", "192.0.2.3"), serial=3)])
    assert [entry.serial for entry in store.journal(ZONE)] == [3, 2, 1]


def test_a_connection_lost_in_the_middle_of_a_change(store: Store, postgres: Cluster, database: str):
    def zone() -> Iterator[RRset]:
        yield SOA
        postgres.execute(ENDED, database)
        yield from (rrset(f"n{number}", "A", "192.0.2.1") for number in range(1000))

    with pytest.raises(StoreError) as lost:
        store.commit([replace(changed(), whole=zone())])
    assert lost.value.hint and "COPY" not in str(lost.value)
    assert list(store.rrsets(ZONE)) == [SOA, NS]
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])


@pytest.mark.parametrize("is_done", [True, False])
def test_a_connection_lost_while_it_commits(store: Store, postgres: Cluster, database: str, is_done: bool):
    """The answer to COMMIT never comes. What became of the transaction is asked afterwards."""

    def hang_up(connection) -> None:
        if is_done:
            connection.connection.driver_connection.execute("COMMIT")
        postgres.execute(ENDED, database)
        raise LOST

    connection = store._database._connection
    assert connection is not None
    store.zone(ZONE)
    write = changed(rrset("www", "A", "192.0.2.1"))
    ticket = type(store._database._kind).ticket

    def armed(self, connection):  # the last thing before the commit that counts
        event.listen(store._database._engine, "commit", hang_up, once=True)
        return ticket(self, connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store._database._kind), "ticket", armed)
        if is_done:
            store.commit([write])
        else:
            with pytest.raises(StoreError):
                store.commit([write])
    assert store.zone(ZONE).serial == (2 if is_done else 1)
    assert len(store.journal(ZONE)) == (2 if is_done else 1)
    store.commit([changed(serial=3, previous=2 if is_done else 1)])


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("is_back", [True, False])
def test_a_database_that_stops_while_it_commits(
    store: Store, postgres: Cluster, monkeypatch: pytest.MonkeyPatch, is_done: bool, is_back: bool
):
    """When it comes back in time, the right answer is given; else that nobody knows."""
    database, kind = store._database, store._database._kind
    ticket, starts = type(kind).ticket, []

    def start(_: float) -> None:  # in the first pause between two questions
        if is_back and not starts:
            starts.append(postgres.start())

    def hang_up(connection) -> None:
        if is_done:
            connection.connection.driver_connection.execute("COMMIT")
        postgres.stop(signal.SIGQUIT)
        raise LOST

    def armed(self, connection):
        event.listen(database._engine, "commit", hang_up, once=True)
        return ticket(self, connection)

    monkeypatch.setattr(type(kind), "ticket", armed)
    monkeypatch.setattr(type(kind), "patience", 60.0 if is_back else 0.3)
    monkeypatch.setattr("truename.store.database.time", SimpleNamespace(monotonic=time.monotonic, sleep=start))
    write = changed(rrset("www", "A", "192.0.2.1"))
    try:
        if is_back and is_done:
            assert store.commit([write]) == 2
        else:
            with pytest.raises(StoreError) as wrong:
                store.commit([write])
            assert isinstance(wrong.value, UnknownOutcome) != is_back
    finally:
        monkeypatch.undo()
        if not starts:
            postgres.start()
    assert store.position() == len(store.journal(ZONE)) == (2 if is_done else 1)
    assert store.changed_since(1) == ([ZONE] if is_done else [])
    store.commit([changed(serial=3, previous=2 if is_done else 1)])


def test_a_number_that_was_given_again_is_no_proof(store: Store):
    """A crash may lose a transaction, and another one gets its number."""
    kind = store._database._kind
    with store._database.writing() as connection:
        number, entry, made_at = kind.ticket(connection)
    with store._database._readers.connect() as connection:
        assert kind.has_committed(connection, (number, entry, made_at))
        assert not kind.has_committed(connection, (number, entry + 1, made_at))
        assert not kind.has_committed(connection, (number, entry, made_at + 1))
        assert not kind.has_committed(connection, (number + 1000, entry, made_at))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_database_that_goes_away_and_comes_back(store: Store, postgres: Cluster, how: signal.Signals):
    postgres.stop(how)
    try:
        for call in (lambda: store.zone(ZONE), lambda: store.commit([changed(rrset("www", "A", "192.0.2.1"))])):
            for _ in range(2):
                with pytest.raises(StoreError, match=r"^postgresql://truename@/tmp/.*cannot be reached") as away:
                    call()
                assert "connects again" in away.value.hint
    finally:
        postgres.start()
    assert store.zone(ZONE).serial == 1
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])
    assert store.zone(ZONE).serial == 2


def test_no_such_database(postgres: Cluster):
    with pytest.raises(StoreError, match="no such database or user") as missing:
        Store.open(postgres.make_database() + "&dbname=none")
    assert "createdb" in missing.value.hint


def test_a_database_in_another_encoding(postgres: Cluster):
    with pytest.raises(StoreError, match="is in LATIN1, not in UTF8"):
        Store.open(postgres.make_database("LATIN1"))


def test_a_database_that_is_read_only(store: Store, url: str, postgres: Cluster, database: str):
    postgres.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    store.close()
    with pytest.raises(StoreError, match="cannot be written") as refused:
        Store.open(url)
    assert "primary" in refused.value.hint


def test_no_password_is_shown():
    url = "postgresql+psycopg://ada:geheim@127.0.0.1:1/zones?password=geheim2&connect_timeout=1"
    with pytest.raises(StoreError, match="cannot be reached") as away:
        Store.open(url)
    assert away.value.where == "postgresql://ada@127.0.0.1:1/zones" and "geheim" not in str(away.value)


def test_a_user_that_may_not(postgres: Cluster):
    url = postgres.make_database()
    postgres.execute("DO $$ BEGIN CREATE ROLE eve LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    with pytest.raises(StoreError, match="may not do this"):
        Store.open(url.replace("://truename@", "://eve@"))


def test_plain_postgresql_urls_and_options_are_understood(url: str, database: str, postgres: Cluster):
    postgres.execute("CREATE SCHEMA dns", database)
    other = url.replace("+psycopg", "") + "&options=-csearch_path%3Ddns"
    with Store.open(url) as public, Store.open(other) as dns:  # two schemas are two databases
        make_zone(dns)
        assert public.is_empty() and not dns.is_empty()
        with dns._database.reading() as connection:
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"


def test_nothing_is_left_open(url: str, database: str, postgres: Cluster):
    with Store.open(url) as store:
        make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(100)))
        store.zone_text(ZONE)
        list(store.rrsets(ZONE))
    rest = f"SELECT count(*) {OTHERS}"
    with psycopg.connect(host=str(postgres.directory), user="truename", dbname=database, autocommit=True) as connection:
        for _ in range(100):
            if connection.execute(rest).fetchone() == (0,):
                return
            connection.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("a connection was left open")
