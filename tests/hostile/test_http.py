"""Whatever happens at the HTTP port, DNS goes on, and so does HTTP once those who held it are gone."""

import contextlib
import socket
import struct
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from rfc.client import Subject, entry, header, message

from .vitals import Victim

CONNECTIONS = 400  # more than the port takes


def connect(victim: Victim) -> socket.socket:
    address = urlsplit(victim.http)
    return socket.create_connection((address.hostname, address.port), 10)


def assert_dns_goes_on(victim: Victim) -> None:
    reply = Subject("truename", *victim.address).over_udp(message(entry("www.aliases.example")))
    assert header(reply)[3] == 2


def status(victim: Victim, path: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(victim.http + path, headers=headers), timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_connections_that_say_nothing(victim: Victim) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS):
            stack.enter_context(connect(victim))
        assert_dns_goes_on(victim)
        assert status(victim, "/healthz") in (200, 503)
    end = time.monotonic() + 10
    while status(victim, "/healthz") != 200:
        assert time.monotonic() < end, "HTTP does not come back"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 1_000_000 + b"\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000,
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nxxxxx",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        bytes(range(256)) * 100,
    ],
    ids=["head", "path", "body", "two lengths", "TLS", "octets"],
)
def test_requests_that_are_none(victim: Victim, octets: bytes) -> None:
    """An answer with an error, or the end of the connection; never a fault inside."""
    with connect(victim) as sock, contextlib.suppress(OSError):
        sock.sendall(octets)
        sock.shutdown(socket.SHUT_WR)
        reply = sock.recv(65536)
        assert not reply.startswith(b"HTTP/1.1 5")
    assert_dns_goes_on(victim)
    assert status(victim, "/healthz") == 200


def test_resets(victim: Victim) -> None:
    for number in range(200):
        sock = connect(victim)
        sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"[: number % 40])
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    assert status(victim, "/healthz") == 200


@pytest.mark.parametrize("key", ["", "x", "x" * 10_000, "\u00ff\u00fe"])
def test_wrong_keys(victim: Victim, key: str) -> None:
    path = "/api/v1/servers/localhost/names/www.aliases.example/explain"
    assert status(victim, path) == 401
    assert status(victim, path, **{"X-API-Key": key}) == 401


@pytest.mark.parametrize(
    "name", ["%00", "..%2f..%2fetc%2fpasswd", "a" * 300, ".".join("a" * 130), "%ff%fe", "%2e%2e", "=2F"]
)
def test_names_in_paths_are_looked_up_by_nobody_without_the_key(victim: Victim, name: str) -> None:
    assert status(victim, f"/api/v1/servers/localhost/names/{name}/explain") in (401, 404)
