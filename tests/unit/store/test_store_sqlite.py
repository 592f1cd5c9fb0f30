"""What can go wrong with a file: each is told as what, where and what to do, and the store goes on when it is over."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from zones_kept import NS, SOA, ZONE, changed, make_zone, rrset

from truename.errors import StoreError
from truename.store import Store
from truename.zone import Record, RRset

NOBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{file}") as opened:
        make_zone(opened)
        yield opened


def large() -> Iterator[RRset]:
    yield from (rrset(f"n{number}", "TXT", f'"{"x" * 200}"') for number in range(20_000))


def is_refused(action: Callable[[], object], what: str, where: Path | str) -> StoreError:
    """*action* is refused for the reason that is meant, and no statement or value shows."""
    with pytest.raises(StoreError, match=what) as refused:
        action()
    error = refused.value
    assert error.where == str(where) and error.hint
    assert "INSERT" not in str(error) and "sqlalche" not in str(error) and error.__cause__ is None
    assert "\n" not in error.message
    return error


def test_settings_of_every_connection(store: Store):
    with store._database.reading() as reader, store._database.writing() as writer:
        for connection in (reader, writer):
            asked = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
            }
            assert asked == {"journal_mode": "wal", "synchronous": 2}  # FULL
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_nobody_else_may_read_the_files(store: Store, file: Path):
    for path in file.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_full_disk(store: Store, file: Path):
    with store._database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
    is_refused(lambda: store.commit([replace(changed(), whole=large())]), "the disk is full", file)
    assert list(store.rrsets(ZONE)) == [SOA, NS] and len(store.journal(ZONE)) == 1
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])
    assert store.zone(ZONE).serial == 2


def test_a_file_that_may_not_grow(store: Store, file: Path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 300_000, limits[1]))
    try:
        is_refused(lambda: store.commit([replace(changed(), whole=large())]), "the disk", file)
        assert list(store.rrsets(ZONE)) == [SOA, NS]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    store.commit([replace(changed(), whole=large())])
    assert sum(1 for _ in store.rrsets(ZONE)) == 20_000


def test_locked_by_another_program(store: Store, file: Path):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    is_refused(lambda: store.commit([changed(rrset("www", "A", "192.0.2.1"))]), "another program is writing", file)
    assert list(store.rrsets(ZONE)) == [SOA, NS]  # answers go on
    other.execute("ROLLBACK")
    other.close()
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])


def test_a_second_store_on_the_file(store: Store, file: Path):
    is_refused(lambda: Store.open(f"sqlite:///{file}"), "another process holds the database", file)
    os.chdir(file.parent)
    is_refused(lambda: Store.open("sqlite:///store.db"), "another process holds the database", file)
    store.close()
    Store.open(f"sqlite:///{file}").close()


def test_a_second_process(store: Store, file: Path):
    program = f"from truename.store import Store; Store.open('sqlite:///{file}')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "StoreError" in ended.stderr and "another process holds the database" in ended.stderr


def test_a_file_that_is_no_database(file: Path):
    file.write_bytes(b"$ORIGIN example.com.\n" * 500)
    is_refused(lambda: Store.open(f"sqlite:///{file}"), "is no SQLite database", file)
    assert file.read_bytes() == b"$ORIGIN example.com.\n" * 500


def test_a_damaged_file(file: Path):
    with Store.open(f"sqlite:///{file}") as store:
        make_zone(store, *large())
    octets = bytearray(file.read_bytes())
    octets[8192:-8192] = os.urandom(len(octets) - 16384)
    file.write_bytes(octets)

    def use() -> None:
        with Store.open(f"sqlite:///{file}") as store:
            store.zone_text(ZONE)

    is_refused(use, "is damaged", file)


@pytest.mark.parametrize("change", ["file", "directory"])
def test_what_may_not_be_written(file: Path, change: str):
    with Store.open(f"sqlite:///{file}") as store:
        make_zone(store)
    for path in [file, file.with_name("store.db.lock")]:
        path.chmod(0o444 if change == "file" and path == file else 0o666)
    file.parent.chmod(0o777 if change == "file" else 0o555)
    (file.parent / "store.db.lock").unlink(missing_ok=change == "directory")
    program = f"""
import os
from truename.errors import StoreError
from truename.store import Store
import truename.store.store
if os.getuid() == 0:
    os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
try:
    Store.open("sqlite:///{file}")
except StoreError as error:
    print(error.message, "|", error.hint)
"""
    _open_way(file.parent)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    file.parent.chmod(0o700)
    message, _, hint = ended.stdout.partition(" | ")
    assert str(file) in message and "writ" in message + hint and hint, ended.stderr
    with Store.open(f"sqlite:///{file}") as store:
        assert list(store.rrsets(ZONE)) == [SOA, NS]


def test_a_directory_that_is_not_there(tmp_path: Path):
    lock = tmp_path / "none" / "store.db.lock"
    is_refused(lambda: Store.open(f"sqlite:///{tmp_path}/none/store.db"), "No such file or directory", lock)
    (tmp_path / "dir.db").mkdir()
    is_refused(lambda: Store.open(f"sqlite:///{tmp_path}/dir.db"), "Is a directory", tmp_path / "dir.db")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:a?uri=true",
        "mysql://u:geheim@h/d",
        "postgres",
        "://geheim",
    ],
)
def test_a_url_that_cannot_be_used(url: str):
    with pytest.raises(StoreError) as refused:
        Store.open(url)
    assert "sqlite:///" in refused.value.hint and "geheim" not in str(refused.value) + refused.value.hint


def test_readers_that_are_left_lying_give_their_connection_back(store: Store):
    for _ in range(40):
        next(store.rrsets(ZONE))
    assert store.rrset(ZONE, ZONE, "SOA") == SOA


def test_too_many_readers_at_once(store: Store, file: Path):
    store._database._readers.pool._timeout = 0.2
    streams = [store.rrsets(ZONE) for _ in range(15)]
    for stream in streams:
        next(stream)
    is_refused(lambda: store.zone(ZONE), "too many readers", file)
    for stream in streams:
        stream.close()
    assert store.zone(ZONE) is not None


def test_an_error_says_no_value(store: Store, file: Path):
    secret = RRset("www.example.com.", "TXT", -1, (Record('"geheim"'),))
    error = is_refused(lambda: store.commit([changed(secret)]), "refuses the change", file)
    assert "geheim" not in str(error)


def _open_way(directory: Path) -> None:
    """Let others pass through pytest's directories, which are its user's alone."""
    for parent in directory.parents:
        if parent.stat().st_uid == os.getuid() and len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o111)
