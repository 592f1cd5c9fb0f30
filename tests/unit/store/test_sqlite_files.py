"""The database's file removed, exchanged or overwritten under us: nothing is acknowledged that would be gone."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from zones_kept import ZONE, changed, make_zone, rrset

from truename.errors import StoreError
from truename.store import Store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{file}") as opened:
        make_zone(opened)
        yield opened


def edit(store: Store, *names: str) -> None:
    info = store.zone(ZONE)
    assert info is not None
    store.commit([changed(*(rrset(name, "TXT", f'"{name * 10}"') for name in names), serial=info.serial + 1)])


def backup(file: Path, to: Path) -> None:
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def checkpoint(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def overwrite(file: Path, content: bytes) -> None:
    """In place, as `cp` does it: the same inode."""
    with file.open("r+b") as there:
        there.write(content)
        there.truncate()


def remove(file: Path, _: Path) -> None:
    file.unlink()


def move_over(file: Path, saved: Path) -> None:
    saved.replace(file)


def copy_over(file: Path, saved: Path) -> None:
    overwrite(file, saved.read_bytes())


def cut_off(file: Path, _: Path) -> None:
    os.truncate(file, 0)


def halve(file: Path, _: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def fill_with_strangers(file: Path, _: Path) -> None:
    overwrite(file, b"not a database\n" * 1000)


def remove_log(file: Path, _: Path) -> None:
    file.with_name(file.name + "-wal").unlink()


def replace_log(file: Path, _: Path) -> None:
    log = file.with_name(file.name + "-wal")
    content = log.read_bytes()
    log.unlink()
    log.write_bytes(content)


FAULTS = (remove, move_over, copy_over, cut_off, halve, fill_with_strangers, remove_log, replace_log)


@pytest.mark.parametrize("happen", FAULTS, ids=lambda one: one.__name__)
def test_a_change_that_would_be_lost_is_refused(
    store: Store, file: Path, tmp_path: Path, happen: Callable[[Path, Path], None]
):
    backup(file, tmp_path / "saved")
    edit(store, "after-the-backup")
    checkpoint(file)  # the file holds more than the backup, its log less than what was overwritten
    edit(store, "before")
    happen(file, tmp_path / "saved")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"was (removed|replaced|overwritten) while the server runs") as refused:
            edit(store, "lost")
        assert refused.value.where.startswith(str(file)) and "start it again" in refused.value.hint
        with pytest.raises(StoreError, match="while the server runs"):
            store.check()


def test_a_file_that_is_put_back_is_taken_again(store: Store, file: Path, tmp_path: Path):
    file.rename(tmp_path / "away")
    with pytest.raises(StoreError, match="was removed"):
        edit(store, "lost")
    (tmp_path / "away").rename(file)
    edit(store, "kept")
    store.check()
    assert store.rrset(ZONE, f"kept.{ZONE}", "TXT")


def test_a_missing_file_is_not_made_anew(store: Store, file: Path):
    file.unlink()
    readers = [store.rrsets(ZONE) for _ in range(8)]  # more than the pool holds
    with pytest.raises(StoreError):
        for reader in readers:
            next(reader)
    assert not file.exists()


def test_readers_do_not_mix_two_files(store: Store, file: Path, tmp_path: Path):
    backup(file, tmp_path / "saved")
    move_over(file, tmp_path / "saved")
    readers = [store.rrsets(ZONE) for _ in range(8)]
    with pytest.raises(StoreError, match="was replaced"):
        for reader in readers:
            next(reader)


def test_what_other_programs_may_do(store: Store, file: Path, tmp_path: Path):
    """A backup, a checkpoint, VACUUM, and a touched file: no reason to refuse anything."""
    edit(store, "one")
    backup(file, tmp_path / "saved")
    edit(store, "two")
    checkpoint(file)
    edit(store, "three")
    os.utime(file)
    edit(store, "four")
    with closing(sqlite3.connect(file)) as other:
        other.execute("VACUUM")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    edit(store, "five")
    store.check()


def test_large_commits_write_the_file_themselves(store: Store):
    for number in range(3):
        edit(store, *(f"number-{number}-{at}" for at in range(8000)))
    store.check()


class TestAtTheStart:
    """What a process that was killed left behind, here as a copy of the files of one that runs."""

    @pytest.fixture
    def left(self, store: Store, file: Path, tmp_path: Path) -> Path:
        edit(store, "in-the-log")
        there = tmp_path / "left"
        there.mkdir()
        for path in tmp_path.glob("store.db*"):
            shutil.copy2(path, there)
        found = there / "store.db"
        # The lock names the file by its inode: here it is that of the copy.
        _, _, number = (there / "store.db.lock").read_text().split()
        (there / "store.db.lock").write_text(f"{found.stat().st_dev} {found.stat().st_ino} {number}\n")
        return found

    def test_its_log_is_taken(self, left: Path):
        with Store.open(f"sqlite:///{left}") as again:
            assert again.rrset(ZONE, f"in-the-log.{ZONE}", "TXT")

    @pytest.mark.parametrize("restore", [move_over, copy_over], ids=lambda one: one.__name__)
    def test_a_log_of_another_file_is_not(self, left: Path, tmp_path: Path, restore: Callable[[Path, Path], None]):
        with Store.open(f"sqlite:///{tmp_path / 'older'}") as older:
            make_zone(older)
            edit(older, "of-the-backup")
        restore(left, tmp_path / "older")
        with pytest.raises(StoreError, match="another file") as refused:
            Store.open(f"sqlite:///{left}")
        log = left.with_name("store.db-wal")
        assert f"mv {log} {log}.old" in refused.value.hint
        log.rename(f"{log}.old")
        with Store.open(f"sqlite:///{left}") as again:
            assert again.rrset(ZONE, f"of-the-backup.{ZONE}", "TXT")
            assert again.rrset(ZONE, f"in-the-log.{ZONE}", "TXT") is None

    def test_a_clean_end_leaves_no_log(self, file: Path, tmp_path: Path):
        with Store.open(f"sqlite:///{file}") as first:
            make_zone(first)
            backup(file, tmp_path / "saved")
            edit(first, "later")
        move_over(file, tmp_path / "saved")
        with Store.open(f"sqlite:///{file}") as again:
            assert again.rrset(ZONE, f"later.{ZONE}", "TXT") is None

    def test_another_mount_is_the_same_file(self, left: Path):
        lock = left.with_name("store.db.lock")
        device, inode, number = map(int, lock.read_text().split())
        lock.write_text(f"{device + 1} {inode + 1} {number}\n")
        with Store.open(f"sqlite:///{left}") as again:
            assert again.rrset(ZONE, f"in-the-log.{ZONE}", "TXT")
