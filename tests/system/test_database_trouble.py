"""A database that cannot be written for a while, or is reached over TCP: edits say so, answers go on, and it passes."""

import os
import signal
from pathlib import Path

import pytest
from process import wait_until

from clients.api import Api, rrset
from ports import free_port
from system.postgres import Cluster, NotInstalled, cluster

ZONE = "example.com."
WWW = f"www.{ZONE}"


@pytest.fixture(scope="module")
def postgres():
    try:
        with cluster(free_port()) as running:
            yield running
    except NotInstalled as why:
        pytest.skip(str(why))


def made(server, *, key: Path | None = None) -> Api:
    """The API of *server*, which has ZONE now."""
    api = Api(server, key.read_text().strip() if key else None)
    assert api.create(ZONE, rrset(WWW, "A", "192.0.2.1")).status == 201
    return api


def assert_refused(api: Api, words: str) -> None:
    """Every way to edit is refused with *words* and a hint; what is kept is read and answered."""
    before = api.get(f"zones/{ZONE}").json
    for reply in (
        api.patch(ZONE, rrset(WWW, "A", "192.0.2.66")),
        api.call("PUT", f"zones/{ZONE}", {"account": "ada"}),
        api.call("DELETE", f"zones/{ZONE}"),
        api.create("example.org."),
        api.call("POST", f"names/{WWW}/rename", {"to": f"web.{ZONE}"}),
        api.call("POST", "keys", {"name": "new", "role": "viewer"}),
    ):
        assert reply.status == 503 and words in reply.json["error"] and reply.json["hint"], reply.text
    assert api.get(f"zones/{ZONE}").json == before
    assert api.patch(ZONE, rrset(WWW, "A", "192.0.2.66"), flags="?dry_run=true").status == 200
    assert api.ask(WWW) == ["192.0.2.1"] and api.get("zones/example.org.").status == 404
    reply = api.get("/healthz")
    assert reply.status == 200, reply.text
    health = reply.json
    assert health["status"] == "degraded" and words in health["database"]
    told = api.server.health()["database"]  # without a key, as a probe asks
    assert told and "/" not in told
    assert api.server.get("/readyz")[0] == 200


def assert_works(api: Api) -> None:
    assert api.patch(ZONE, rrset(WWW, "A", "192.0.2.2")).status == 204
    assert api.ask(WWW) == ["192.0.2.2"]
    wait_until(lambda: api.server.health()["database"] == "ok")


def test_a_file_system_that_turns_read_only(serve, tmp_path, read_only):
    switch = tmp_path / "switch"
    server = serve(env={"LD_PRELOAD": str(read_only), "READ_ONLY_WHILE": str(switch)})
    api = made(server)
    switch.touch()
    assert_refused(api, "truename.db: ")
    switch.unlink()
    assert_works(api)
    assert server.stop() == 0
    again = Api(serve())
    assert again.ask(WWW) == ["192.0.2.2"]
    assert [one["serial"] for one in again.get(f"zones/{ZONE}/journal").json] == [
        serial for serial, _ in zip(range(again.get(f"zones/{ZONE}").json["serial"], 0, -1), range(2), strict=False)
    ]


def test_a_file_system_that_is_read_only_at_the_start(tmp_path, read_only, serve):
    """An edit without a server: the verb says what is wrong, and its status is 2."""
    from process import truename

    assert made(serve()).server.stop() == 0
    (tmp_path / "switch").touch()
    env = {"LD_PRELOAD": str(read_only), "READ_ONLY_WHILE": str(tmp_path / "switch")}
    words = ("record", "set", "example.com", "new", "A", "192.0.2.1", "--yes", "--data", tmp_path / "truename-data")
    run = truename(*words, env=env, cwd=tmp_path)
    assert run.returncode == 2 and run.stdout == "", run
    assert run.stderr.startswith("error: ") and "Traceback" not in run.stderr and "\nhint: " in run.stderr


def test_a_postgresql_that_turns_read_only(serve, postgres: Cluster):
    """As after a change of roles: the server behind the URL is a standby now, and becomes the primary again."""
    api = made(serve("--database", postgres.make_database()))
    postgres.stop(signal.SIGINT)
    postgres.become_standby()
    postgres.start()
    wait_until(lambda: "read-only" in api.patch(ZONE, rrset(WWW, "A", "192.0.2.66")).text)
    assert_refused(api, "cannot be written")
    postgres.execute("SELECT pg_promote()")
    wait_until(lambda: api.patch(ZONE, rrset(WWW, "A", "192.0.2.3")).status == 204)
    assert_works(api)


@pytest.mark.parametrize("form", ["address", "query"])
def test_postgresql_over_tcp_from_the_sandbox(serve, postgres: Cluster, form: str):
    """Its port is the one that the sandbox leaves open, and connecting again takes it."""
    url = postgres.over_tcp(postgres.make_database())
    if form == "query":
        url = url.replace(f"127.0.0.1:{postgres.port}", "") + f"?host=127.0.0.1&port={postgres.port}"
    server = serve("--database", url)
    assert 'event=sandbox files="landlock ' in server.errors() or os.environ.get("CI") != "true"
    api = made(server)
    assert api.patch(ZONE, rrset(f"ftp.{ZONE}", "CNAME", WWW)).status == 204
    postgres.stop(signal.SIGINT)
    try:
        reply = api.patch(ZONE, rrset(WWW, "A", "192.0.2.66"))
        assert reply.status == 503 and reply.json["hint"], reply.text
        assert api.ask(f"ftp.{ZONE}") == [WWW, "192.0.2.1"]
    finally:
        postgres.start()
    wait_until(lambda: api.patch(ZONE, rrset(WWW, "A", "192.0.2.3")).status == 204)
    assert_works(api)
    assert server.stop() == 0
    again = Api(serve("--database", url))
    assert again.ask(f"ftp.{ZONE}") == [WWW, "192.0.2.2"]
