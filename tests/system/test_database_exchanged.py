"""The file of the database exchanged while a server runs: edits are refused with the way out, answers go on."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from process import wait_until

from clients.api import Api, rrset

ZONE = "example.com."
WWW = f"www.{ZONE}"


def remove(file: Path, _: Path) -> None:
    file.unlink()


def restore(file: Path, saved: Path) -> None:
    saved.replace(file)


def copy_over(file: Path, saved: Path) -> None:
    shutil.copyfile(saved, file)


def cut_off(file: Path, _: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("happen", [remove, restore, copy_over, cut_off], ids=lambda one: one.__name__)
def test_a_file_that_was_exchanged(serve, tmp_path: Path, happen: Callable[[Path, Path], None]):
    server = serve()
    api = Api(server)
    file, saved = server.cwd / "truename-data" / "truename.db", tmp_path / "saved.db"
    assert api.create(ZONE, rrset(WWW, "A", "192.0.2.1")).status == 201
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(saved)) as target:
        source.backup(target)
    assert api.patch(ZONE, rrset(WWW, "A", "192.0.2.2")).status == 204
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    happen(file, saved)
    for _ in range(2):
        reply = api.patch(ZONE, rrset(WWW, "A", "192.0.2.66"))
        assert reply.status == 503 and "while the server runs" in reply.json["error"], reply.text
        assert "start it again" in reply.json["hint"]
    assert api.ask(WWW) == ["192.0.2.2"]
    wait_until(lambda: "while the server runs" in server.health()["database"])
    assert server.health()["status"] == "degraded" and server.get("/readyz")[0] == 200
    assert server.stop() == 0
    if happen is restore:  # taken whole: nothing of the file before is mixed in
        again = Api(serve())
        assert again.ask(WWW) == ["192.0.2.1"]
        assert again.patch(ZONE, rrset(WWW, "A", "192.0.2.3")).status == 204 and again.ask(WWW) == ["192.0.2.3"]
