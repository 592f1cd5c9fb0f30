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
from truename.serve.head import CONNECTIONS_LIMIT
from truename.serve.pace import IDLE
from truename.web.replies import MOST, SHARE

NAMES = 20_000
FEWER = 15_000  # of a zone whose text is still more than the kernel takes for a client that reads nothing
ZONE, LESS = "large.example.", "less.example."
REPLIES = [f"zones/{ZONE}", f"zones/{ZONE}/export", f"zones/{ZONE}/journal?lines=100000", "search-data?q=n*&max=10000"]


def text_of(names: int) -> str:
    lines = "".join(f"n{number:05} A 192.0.2.1\nn{number:05} TXT {'x' * 250}\n" for number in range(names))
    return f"$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nedited A 192.0.2.0\n{lines}"


@pytest.fixture(scope="module")
def api(tmp_path_factory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("slow")) as api:
        for zone, names in ((ZONE, NAMES), (LESS, FEWER)):
            made = api.call("POST", "zones?rrsets=false", {"name": zone, "kind": "Native", "zone": text_of(names)})
            assert made.status == 201, made.text
        yield api


def sent(api: Api, path: str) -> socket.socket:
    """A GET by a client that has little room for the reply."""
    where = urlsplit(api.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(120)
    connection.connect((where.hostname, where.port))
    connection.sendall(f"GET {BASE}/{path} HTTP/1.1\r\nHost: a\r\nX-API-Key: {api.key}\r\n\r\n".encode())
    return connection


def begun(connection: socket.socket) -> http.client.HTTPResponse:
    """The reply, whose body is not read."""
    with connection:  # the reply has a file of it
        reply = http.client.HTTPResponse(connection)
        reply.begin()
    return reply


def asked(api: Api, path: str) -> http.client.HTTPResponse:
    return begun(sent(api, path))


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


def test_one_key_has_its_share_of_large_replies(api: Api):
    one, other = key_of(api, "greedy"), key_of(api, "modest")
    path = f"zones/{LESS}/export"
    with ExitStack() as stalled:
        connections = [sent(one, path) for _ in range(SHARE)]
        assert {stalled.enter_context(closing(begun(connection))).status for connection in connections} == {200}
        assert (one.get(path).status, other.get(path).status) == (503, 200)


def test_there_are_so_many_large_replies_at_once(api: Api):
    assert SHARE * 2 == MOST
    callers = one, other, third = [key_of(api, name) for name in ("one", "other", "third")]
    path = f"zones/{LESS}/export"
    with ExitStack() as stalled:
        connections = [sent(caller, path) for caller in (one, other) for _ in range(SHARE)]
        replies = [stalled.enter_context(closing(begun(connection))) for connection in connections]
        assert {reply.status for reply in replies} == {200}
        refused = [caller.get(path) for caller in callers]
        assert [reply.status for reply in refused] == [503] * 3
        assert all(reply.json["error"] and int(reply.headers["Retry-After"]) > 0 for reply in refused)
        assert all(caller.get(f"zones/{LESS}?rrset_name=n00001.{LESS}").status == 200 for caller in callers)
        edit(api, 200)
    while third.get(path).status == 503:  # those who went away make room
        time.sleep(0.1)
    assert one.get(path).text.count("\n") == 2 * FEWER + 4


def test_who_takes_nothing_is_dropped_and_who_is_slow_and_steady_is_served(api: Api):
    with closing(asked(api, REPLIES[1])) as stalled, closing(asked(api, REPLIES[1])) as steady:
        length = int(steady.headers["Content-Length"])
        taken = b""
        for second in range(2 * round(IDLE)):
            time.sleep(1)
            taken += steady.read(length // (3 * round(IDLE)))
            if second == 1:
                edit(api, 77)
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            stalled.read()
        taken += steady.read()
        assert len(taken) == length and taken.count(b"\n") == 2 * NAMES + 4


def test_connections_beyond_those_there_may_be_are_told_so(api: Api):
    where = urlsplit(api.url)
    with ExitStack() as open_:
        for _ in range(CONNECTIONS_LIMIT):
            open_.enter_context(socket.create_connection((where.hostname, where.port), 30))
        refused = api.get("zones")
        assert refused.status == 503 and refused.json["error"] and refused.headers["Retry-After"] == "1"


def test_the_end_waits_for_nobody_who_takes_or_sends_nothing(tmp_path):
    with running(tmp_path) as api, ExitStack() as open_:
        api.call("POST", "zones?rrsets=false", {"name": LESS, "kind": "Native", "zone": text_of(FEWER)})
        replies = [open_.enter_context(closing(asked(api, f"zones/{LESS}/export"))) for _ in range(5)]
        assert {reply.status for reply in replies} == {200}
        where = urlsplit(api.url)
        held = open_.enter_context(socket.create_connection((where.hostname, where.port), 30))
        head = f"PATCH {BASE}/zones/{LESS} HTTP/1.1\r\nHost: a\r\nX-API-Key: {api.key}\r\nContent-Length: 20\r\n"
        held.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert held.recv(100).startswith(b"HTTP/1.1 100 ")
        assert api.server.stop() == 0 and "Traceback" not in api.server.errors()
