"""Zones of the database, seen from outside: over a restart, beside files, with a database that says no."""

import os
import signal
from pathlib import Path

import pytest
from process import ServerProcess, truename, wait_until

from clients.api import Api, rrset
from system.killing import ZONE, kill_again_and_again
from system.postgres import Cluster, NotInstalled, cluster

KILLS = 25
FILE = "$ORIGIN example.com.\n$TTL 60\n@ SOA ns h 99 1 1 1 1\n@ NS ns\nns A 192.0.2.53\nwww A 198.51.100.7\n"


@pytest.fixture(scope="module")
def postgres():
    try:
        with cluster() as running:
            yield running
    except NotInstalled as why:
        pytest.skip(str(why))


def made(server: ServerProcess, data: str = "truename-data") -> Api:
    """The API of *server*, which has ZONE now."""
    api = Api(server, (server.cwd / data / "admin.key").read_text().strip())
    assert api.create(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.1")).status == 201
    return api


def refused(*arguments: object, cwd: Path) -> str:
    """What a start that fails says; its status is 2."""
    run = truename("serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", *arguments, cwd=cwd)
    assert run.returncode == 2 and "Traceback" not in run.stderr, run.stderr
    return run.stderr


def test_zones_are_there_after_a_restart(serve):
    api = made(serve())
    assert api.patch(ZONE, rrset(f"ftp.{ZONE}", "CNAME", f"www.{ZONE}")).status == 204
    assert api.ask(f"ftp.{ZONE}") == [f"www.{ZONE}", "192.0.2.1"]
    assert api.server.stop() == 0
    again = serve()
    assert (again.ready["zones"], again.ready["records"]) == ("1", "5")
    assert Api(again).ask(f"ftp.{ZONE}") == [f"www.{ZONE}", "192.0.2.1"]


def test_a_key_stands_beside_an_alias(serve):
    api, alias = made(serve()), f"key.{ZONE}"
    assert api.patch(ZONE, rrset(alias, "CNAME", f"www.{ZONE}")).status == 204
    assert api.patch(ZONE, rrset(alias, "KEY", "256 3 8 AwEAAag=")).status == 204
    assert api.patch(ZONE, rrset(alias, "TXT", '"x"')).status == 422
    assert api.server.stop() == 0
    again = Api(serve())
    assert again.ask(alias, "KEY") == ["256 3 8 AwEAAag="]
    assert again.ask(alias) == [f"www.{ZONE}", "192.0.2.1"]
    assert again.get(f"zones/{ZONE}/check").json == []


def test_sigkill_at_random_moments(tmp_path):
    kill_again_and_again(tmp_path, KILLS, seed=20261126)


def test_the_database_goes_before_a_file_of_the_same_zone(serve, tmp_path):
    api = made(serve())
    assert api.server.stop() == 0
    (tmp_path / "com.zone").write_text(FILE)
    again = serve("com.zone")
    assert "the zone is kept in the database, which is served" in again.errors() and "com.zone" in again.errors()
    assert Api(again).ask(f"www.{ZONE}") == ["192.0.2.1"]
    assert again.health()["status"] == "ok"
    assert Api(again).patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2")).status == 204
    assert Api(again).call("DELETE", f"zones/{ZONE}").status == 204
    assert Api(again).ask(f"www.{ZONE}") == ["198.51.100.7"]
    assert again.stop() == 0
    made_again = serve("com.zone")
    assert Api(made_again).create(ZONE).status == 409


def test_a_file_that_comes_later_is_not_read_and_that_is_said(serve, tmp_path):
    (tmp_path / "zones").mkdir()
    server = serve("zones")
    api = made(server)
    (tmp_path / "zones" / "com.zone").write_text(FILE)
    wait_until(lambda: "kept in the database" in server.errors())
    assert "com.zone" in server.errors() and server.health()["status"] == "ok"
    assert api.ask(f"www.{ZONE}") == ["192.0.2.1"]


def test_strict_wants_every_zone_and_has_it_where_the_database_goes_before_the_file(serve, tmp_path):
    assert made(serve()).server.stop() == 0
    (tmp_path / "com.zone").write_text(FILE)
    assert serve("--strict", "com.zone").stop() == 0
    (tmp_path / "net.zone").write_text("no zone\n")
    assert "--strict" in refused("--strict", "com.zone", "net.zone", cwd=tmp_path)


def test_an_unusable_database_is_an_error(serve, tmp_path):
    (tmp_path / "none.db").write_bytes(b"this is no database, and never was one" * 100)
    assert "none.db" in refused("--database", f"sqlite:///{tmp_path}/none.db", cwd=tmp_path)
    assert "error: " in refused("--database", "sqlite:////absent/x.db", cwd=tmp_path)
    nobody = refused("--database", "postgresql+psycopg://u:hush@127.0.0.1:1/x", cwd=tmp_path)
    assert "cannot be reached" in nobody and "hush" not in nobody


def test_a_second_server_is_refused(serve, tmp_path):
    url = f"sqlite:///{tmp_path}/shared.db"
    serve("--data", "one", "--database", url)
    assert "another process holds the database" in refused("--data", "two", "--database", url, cwd=tmp_path)


def test_a_zone_that_cannot_be_served_is_left_out(serve, tmp_path):
    """As a database that another program has written to may have."""
    api = made(serve())
    assert api.create("example.org.").status == 201
    assert api.server.stop() == 0
    import sqlite3

    with sqlite3.connect(tmp_path / "truename-data" / "truename.db") as database:
        gone = database.execute(
            "DELETE FROM rrsets WHERE type = 'SOA' AND zone = (SELECT id FROM zones WHERE name = ?)", (ZONE,)
        )
        assert gone.rowcount == 1
    database.close()
    again = serve()
    assert "example.com. of the database is not served" in again.errors() and again.ready["zones"] == "1"
    assert again.health()["problems"][0]["zone"] == ZONE
    reply = Api(again).patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2"))
    assert reply.status == 422 and "is not served" in reply.json["error"]
    text = FILE.replace("99", "2099010100").encode()
    reply = Api(again).call("PUT", f"zones/{ZONE}/text", text, headers={"Content-Type": "text/plain"})
    assert reply.status == 200 and Api(again).ask(f"www.{ZONE}") == ["198.51.100.7"]
    assert again.health()["status"] == "ok"


def test_a_locked_database_refuses_edits_and_answers_go_on(serve, tmp_path):
    api = made(serve())
    import sqlite3

    held = sqlite3.connect(tmp_path / "truename-data" / "truename.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    reply = api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2"))
    assert reply.status == 503 and "another program" in reply.json["error"]
    assert api.ask(f"www.{ZONE}") == ["192.0.2.1"]
    health = api.server.health()
    assert health["status"] == "degraded" and "another program" in health["database"]
    held.execute("ROLLBACK")
    held.close()
    assert api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2")).status == 204
    assert api.server.health()["database"] == "ok" and api.ask(f"www.{ZONE}") == ["192.0.2.2"]


def test_a_full_disk_refuses_edits_and_answers_go_on(serve, tmp_path):
    """A limit on the size of files is a disk that is full, for this process alone."""
    api = made(serve("--config", "/dev/null", command=["/bin/sh", "-c", 'ulimit -f 400; exec "$@"', "sh"]))
    large = [rrset(f"n{number}.{ZONE}", "TXT", '"' + "x" * 200 + '"') for number in range(2000)]
    reply = api.patch(ZONE, *large)
    assert reply.status == 503 and "disk" in reply.json["error"], reply.text
    assert api.ask(f"www.{ZONE}") == ["192.0.2.1"]
    assert api.ask(f"n1.{ZONE}", "TXT") == []
    # There is room for what is small, and the server finds that out by itself.
    wait_until(lambda: api.server.health()["status"] == "ok")
    assert api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2")).status == 204
    assert api.server.stop() == 0


def test_a_postgresql_that_goes_away_and_comes_back(serve, postgres: Cluster):
    api = made(serve("--database", postgres.make_database()))
    assert api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2")).status == 204
    postgres.stop(signal.SIGQUIT)
    try:
        reply = api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.3"))
        assert reply.status == 503 and "hint" in reply.json
        assert api.ask(f"www.{ZONE}") == ["192.0.2.2"]
        wait_until(lambda: api.server.health()["status"] == "degraded")
    finally:
        postgres.start()
    wait_until(lambda: api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.4")).status == 204)
    assert api.ask(f"www.{ZONE}") == ["192.0.2.4"]
    wait_until(lambda: api.server.health()["database"] == "ok")


@pytest.mark.skipif(os.geteuid() != 0 and os.environ.get("CI") != "true", reason="only root can become another user")
def test_the_user_owns_the_database(serve, tmp_path):
    for directory in (tmp_path, *tmp_path.parents[:-2]):
        directory.chmod(0o755)
    for _ in range(2):  # the first start makes the file, the second finds it
        server = serve("--user", "nobody")
        files = {path.name: path.stat().st_uid for path in (tmp_path / "truename-data").iterdir()}
        assert set(files.values()) == {65534} and "truename.db" in files, files
        api = Api(server)
        api.create(ZONE)
        assert api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.2")).status == 204
        assert server.stop() == 0


def test_print_config_hides_the_password(tmp_path):
    run = truename("serve", "--database", "postgresql+psycopg://u:hush@db/x", "--print-config", cwd=tmp_path)
    assert "hush" not in run.stdout and "postgresql+psycopg://u:***@db/x" in run.stdout


@pytest.mark.skipif(os.geteuid() != 0 and os.environ.get("CI") != "true", reason="only root can become another user")
def test_a_database_elsewhere_that_the_user_cannot_write(serve, tmp_path):
    for directory in (tmp_path, *tmp_path.parents[:-2]):
        directory.chmod(0o755)
    url = f"sqlite:///{tmp_path}/own.db"
    assert "Permission denied for nobody" in refused("--database", url, "--user", "nobody", cwd=tmp_path)
