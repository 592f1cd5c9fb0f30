"""HTTP below the API: heads of requests that are too long, too slow or none, over real sockets."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from clients.api import Api, running

LIMIT = 16 * 1024


@pytest.fixture(scope="module")
def api(tmp_path_factory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("heads")) as api:
        yield api


@contextmanager
def connected(api: Api) -> Iterator[socket.socket]:
    where = urlsplit(api.url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        yield connection


def rest(connection: socket.socket) -> tuple[int, dict[str, str]]:
    """(status, body) of the reply that ends the connection."""
    said = b""
    try:
        while more := connection.recv(65536):
            said += more
    except ConnectionResetError:  # what we sent after the end was thrown away
        pass
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        pytest.param([b"GET /" + b"a" * LIMIT + b" HTTP/1.1\r\nHost: a\r\n\r\n"], 431, id="path"),
        pytest.param([b"GET / HTTP/1.1\r\nX-Long: ", b"a" * 2 * LIMIT], 431, id="a header without an end"),
        pytest.param([b"GET / HTTP/1.1\r\n", *[b"X-Many: a\r\n"] * 2000], 431, id="headers without an end"),
        pytest.param([b"GET / HTTP/1.1\r\n" + b"X-Many: abc\r\n" * 2000 + b"\r\n"], 431, id="headers"),
        pytest.param([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], 400, id="TLS"),
        pytest.param([b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"], 400, id="path that is no ASCII"),
        pytest.param([b"GET / HTTP/1.1\r\nbad header\r\n\r\n"], 400, id="header without a colon"),
        pytest.param(
            [b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"], 400, id="two lengths"
        ),
    ],
)
def test_a_head_that_cannot_be_is_refused_in_json(api: Api, pieces: list[bytes], status: int):
    with connected(api) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        found, body = rest(connection)
    assert found == status and body["error"]
    assert api.get("zones").status == 200


def test_a_body_does_not_count_as_head(api: Api):
    big = {"rrsets": [], "more": "x" * 4 * LIMIT}
    assert api.create("example.com.").status == 201
    assert api.call("PATCH", "zones/example.com.", big).status == 204
    with connected(api) as connection:  # the second head begins in the packet that ends the first request
        first = b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + b"b" * 20000
        connection.sendall(first + b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        said = b""
        while more := connection.recv(65536):
            said += more
    assert said.count(b"HTTP/1.1 200 OK") == 2


def test_who_connects_and_says_nothing_is_not_kept(api: Api):
    """A few idle connections more than there may be; after a while they are gone, and others are answered again."""
    with connected(api) as silent, connected(api) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHos")
        assert rest(silent) == (408, {"error": "the request's head took too long"})
        assert rest(slow)[0] == 408


def test_who_holds_a_connection_without_a_request_loses_it(api: Api):
    """Line ends that begin no head, and the rest of a body that nobody wanted, are no request."""
    with connected(api) as ends, connected(api) as unwanted, connected(api) as other:
        for connection in (ends, other):
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        unwanted.sendall(b"PATCH /api/v1/servers/localhost/zones/a. HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n")
        other.setblocking(False)
        held = {ends: b"\r\n", unwanted: b"x"}
        deadline = time.monotonic() + 60
        while held and time.monotonic() < deadline:
            time.sleep(0.5)
            for connection, dripped in list(held.items()):
                try:
                    connection.sendall(dripped)
                except (BrokenPipeError, ConnectionResetError):
                    del held[connection]
        assert not held
    assert api.get("zones").status == 200


def test_a_body_that_does_not_come_is_not_waited_for(api: Api):
    api.create("slow.example.")
    with connected(api) as none, connected(api) as some:
        for connection in (none, some):
            head = (
                f"PATCH /api/v1/servers/localhost/zones/slow.example. HTTP/1.1\r\nHost: a\r\nX-API-Key: {api.key}\r\n"
            )
            connection.sendall(f"{head}Content-Length: 20\r\n\r\n".encode())
        some.sendall(b'{"rrsets"')
        said = (408, {"error": "the request's body took too long"})
        assert rest(none) == rest(some) == said
    with connected(api) as gone:  # a client that leaves in the middle is no fault of ours
        gone.sendall(f"{head}Content-Length: 20\r\n\r\n{{".encode())
    assert api.get("zones").status == 200 and "Traceback" not in api.server.errors()
