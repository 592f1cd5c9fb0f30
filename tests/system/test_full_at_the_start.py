"""A start on a full disk: what is there is served, edits are refused with the reason, and it passes by itself."""

from pathlib import Path

import pytest
from process import truename, wait_until
from sqlalchemy import create_engine
from test_database_trouble import WWW, ZONE, assert_refused, assert_works, made

from clients.api import Api, rrset
from truename.store import migrate

FULL = "the disk is full"


@pytest.fixture
def full(tmp_path: Path, read_only: Path) -> dict[str, str]:
    """The environment of a process whose disk is full while the file `switch` is there."""
    (tmp_path / "switch").touch()
    return {"LD_PRELOAD": str(read_only), "FULL_WHILE": str(tmp_path / "switch")}


@pytest.mark.parametrize("end", ["stopped", "killed", "power lost", "power lost, and much in the log"])
def test_answers_go_on_and_edits_come_back(serve, tmp_path: Path, full: dict[str, str], end: str) -> None:
    """After a power loss the log may be there and its index not: that was never written to the disk."""
    data = tmp_path / "truename-data"
    api = made(serve())
    texts = [rrset(f"t{number}.{ZONE}", "TXT", f'"{"x" * 250}"') for number in range(400 if "much" in end else 1)]
    assert api.patch(ZONE, *texts).status == 204
    if end == "stopped":
        assert api.server.stop() == 0
    else:
        api.server.kill()
    if "power" in end:
        (data / "truename.db-shm").unlink()
    server = serve(env=full)
    api = Api(server)
    assert FULL in api.server.health()["database"], server.errors()
    assert_refused(api, FULL)
    assert api.ask(f"t0.{ZONE}", "TXT") == [f'"{"x" * 250}"']
    assert not (data / "server.json").exists() and "verbs do not find this server" in server.errors()
    assert [path.name for path in data.iterdir() if path.name.startswith(".")] == []
    (tmp_path / "switch").unlink()
    wait_until(lambda: api.server.health()["status"] == "ok")
    wait_until((data / "server.json").exists)
    assert_works(api)
    assert server.stop() == 0 and "Traceback" not in server.errors()
    again = Api(serve())
    assert again.ask(WWW) == ["192.0.2.2"] and len(again.get(f"zones/{ZONE}/journal").json) == 3


def test_verbs_read_and_say_why_they_do_not_write(serve, tmp_path: Path, full: dict[str, str]) -> None:
    assert made(serve()).server.stop() == 0
    data = ("--data", tmp_path / "truename-data")
    listed = truename("zone", "list", *data, env=full, cwd=tmp_path)
    assert listed.returncode == 0 and ZONE in listed.stdout, listed
    edit = ("record", "set", "example.com", "new", "A", "192.0.2.1", "--yes", *data)
    refused = truename(*edit, env=full, cwd=tmp_path)
    assert refused.returncode == 2, refused
    assert refused.stderr.startswith("error: ") and FULL in refused.stderr and "\nhint: make room" in refused.stderr


def test_a_first_start(tmp_path: Path, full: dict[str, str]) -> None:
    assert_one_error(truename("serve", "--data", "new", env=full, cwd=tmp_path), "No space left on device")


def test_tables_that_this_version_cannot_read_as_they_are(serve, tmp_path: Path, full: dict[str, str]) -> None:
    assert made(serve()).server.stop() == 0
    file = tmp_path / "truename-data" / "truename.db"
    file.unlink()
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        migrate._upgrade(connection, "0006")
    engine.dispose()
    listen = ("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0")
    run = truename("serve", *listen, "--data", "truename-data", env=full, cwd=tmp_path)
    assert_one_error(run, "tables of version 0006 that have to be brought up")
    (tmp_path / "switch").unlink()
    assert serve(env=full).health()["status"] == "ok"


def assert_one_error(run, words: str) -> None:
    assert run.returncode == 2 and run.stdout == "", run
    first, *rest = run.stderr.splitlines()
    assert first.startswith("error: ") and words in first, run.stderr
    assert [line for line in rest if not line.startswith("hint: ")] == [] and "make room" in run.stderr
