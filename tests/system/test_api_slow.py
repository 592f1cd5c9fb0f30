"""Clients that take their time: what they asked for is theirs, and nobody else waits for them."""

import http.client
import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from clients.api import BASE, Api, rrset, running
from truename.web.replies import MOST, SHARE

NAMES = 20_000
ZONE = "large.example."
REPLIES = [f"zones/{ZONE}", f"zones/{ZONE}/export", f"zones/{ZONE}/journal?lines=100000", "search-data?q=n*&max=10000"]


@pytest.fixture(scope="module")
def api(tmp_path_factory) -> Iterator[Api]:
    lines = "".join(f"n{number:05} A 192.0.2.1\nn{number:05} TXT {'x' * 250}\n" for number in range(NAMES))
    text = f"$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nedited A 192.0.2.0\n{lines}"
    with running(tmp_path_factory.mktemp("slow")) as api:
        made = api.call("POST", "zones?rrsets=false", {"name": ZONE, "kind": "Native", "zone": text})
        assert made.status == 201, made.text
        yield api


def asked(api: Api, path: str) -> http.client.HTTPResponse:
    """The reply to a GET whose body is not read, by a client that has little room for it."""
    where = urlsplit(api.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(120)
    connection.connect((where.hostname, where.port))
    connection.sendall(f"GET {BASE}/{path} HTTP/1.1\r\nHost: a\r\nX-API-Key: {api.key}\r\n\r\n".encode())
    with connection:  # the reply has a file of it
        reply = http.client.HTTPResponse(connection)
        reply.begin()
    return reply


def key_of(api: Api, name: str) -> Api:
    return api.with_key(api.call("POST", "keys", {"name": name, "role": "viewer"}).json["key"])


def edit(api: Api, number: int) -> None:
    assert api.patch(ZONE, rrset(f"edited.{ZONE}", "A", f"192.0.2.{number}")).status == 204
    assert api.ask(f"edited.{ZONE}") == [f"192.0.2.{number}"]


def test_twenty_that_read_nothing_hold_no_connection_and_no_log(api: Api):
    with ExitStack() as stalled:
        replies = [stalled.enter_context(closing(asked(api, path))) for path in REPLIES * 5]
        assert [reply.status for reply in replies] == [200] * 20
        for number in range(1, 21):
            edit(api, number)
        assert api.get(f"zones/{ZONE}").status == 200
        file = api.server.cwd / "truename-data" / "truename.db"
        with closing(sqlite3.connect(file, timeout=0)) as database:
            is_busy, in_log, taken_up = database.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        assert (is_busy, in_log) == (0, taken_up)  # no transaction needs what was before
        edit(api, 21)


def test_what_is_taken_late_is_whole_and_one_version(api: Api):
    with closing(asked(api, f"zones/{ZONE}")) as reply, closing(asked(api, f"zones/{ZONE}/export")) as export:
        before = api.get(f"zones/{ZONE}?rrsets=false").json["serial"]
        for number in range(100, 105):
            edit(api, number)
        content, text = json.loads(reply.read()), export.read().decode()
    sets = {(one["name"], one["type"]): one["records"][0]["content"] for one in content["rrsets"]}
    assert len(sets) == 2 * NAMES + 4 and content["serial"] == before
    assert f" {before} " in sets[ZONE, "SOA"] and sets[f"edited.{ZONE}", "A"] not in {"192.0.2.104"}
    assert text.count("\n") == 2 * NAMES + 4 and f" {before} " in text.partition("\n")[0]
    exported = json.loads(api.get(f"zones/{ZONE}/export", headers={"Accept": "application/json"}).body)["zone"]
    assert exported.count("\n") == 2 * NAMES + 4 and "edited.large.example. 3600 IN A 192.0.2.104\n" in exported
    assert exported.splitlines()[3:] == text.splitlines()[3:]


def test_there_are_so_many_large_replies_at_once_and_a_share_for_each_key(api: Api):
    assert SHARE * 2 == MOST
    one, other, third = (key_of(api, name) for name in ("one", "other", "third"))
    with ExitStack() as stalled:
        for caller in (one, other):
            replies = [stalled.enter_context(closing(asked(caller, REPLIES[1]))) for _ in range(SHARE)]
            assert {reply.status for reply in replies} == {200}
            refused = caller.get(REPLIES[1])
            assert refused.status == 503 and refused.json["error"] and int(refused.headers["Retry-After"]) > 0
            assert caller.get(f"zones/{ZONE}?rrset_name=n00001.{ZONE}").status == 200
        assert third.get(REPLIES[1]).status == 503
        edit(api, 200)
    while third.get(REPLIES[1]).status == 503:  # those who went away make room
        time.sleep(0.1)
    assert one.get(REPLIES[1]).text.count("\n") == 2 * NAMES + 4
