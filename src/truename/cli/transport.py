"""Two ways for one request to reach the API: over HTTP to a running server, or straight into the application.

    verb ── Client ── OverHttp ─── a socket ─── uvicorn ── app        a server runs
                   └─ InProcess ── one ASGI call ───────── app        none does: the app is made in this process

Both end in the same application, so a verb judges, refuses and stores in the same way whether a server runs or not.
http.client of the standard library, because a verb starts in 0.2 s and a richer client alone takes that long to import.
"""

import ssl
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from truename.cli import patience
from truename.errors import ServeError

if TYPE_CHECKING:
    import asyncio

CONNECT = 10.0  # seconds to find a peer
PATIENCE = 600.0  # seconds for a reply: an import of millions of records is judged and stored before it is answered


@dataclass(frozen=True)
class Reply:
    """What came back. Shape: *body* as it came, whatever its type"""

    status: int
    body: bytes


class Transport(Protocol):
    """One server. *where* names it in messages."""

    where: str

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Send one request. Raises: ServeError when there is no reply"""

    def close(self) -> None:
        """Let go of what is held."""


class OverHttp:
    """A running server at *url*. *certificate*: the file it serves with, when it was found by its data directory."""

    def __init__(self, url: str, certificate: str | None = None) -> None:
        self.where = url
        self._certificate = certificate

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Send one request. Raises: ServeError

        On a connection of its own: while a person reads a plan the server would end one that is silent.
        """
        try:
            with closing(self._connected()) as connection:
                connection.sock.settimeout(PATIENCE)
                connection.request(method, path, body=body, headers=dict(headers))
                response = connection.getresponse()
                return Reply(response.status, response.read())
        except ValueError as wrong:  # nothing was sent
            raise ServeError(f"{self.where} cannot be asked: {wrong}", hint="--api URL, --key KEY") from None
        except (OSError, HTTPException) as wrong:
            said = getattr(wrong, "strerror", None) or str(wrong) or type(wrong).__name__
            raise ServeError(f"no answer from {self.where}: {said}", hint="is the server running there?") from None

    def close(self) -> None:
        """Nothing is held."""

    def _connected(self) -> HTTPConnection:
        """A connection; a server that was started a moment ago may not listen yet. Raises: OSError"""
        for _ in patience.turns(patience.REFUSED):
            connection = self._new()
            try:
                connection.connect()
            except ConnectionRefusedError as wrong:
                refused = wrong
            else:
                return connection
        raise refused

    def _new(self) -> HTTPConnection:
        parts = urlsplit(self.where)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServeError(f'"{self.where}" is no URL of a server', hint="--api http://127.0.0.1:8053")
        if parts.scheme == "http":
            return HTTPConnection(parts.hostname, parts.port, timeout=CONNECT)
        return HTTPSConnection(parts.hostname, parts.port, timeout=CONNECT, context=self._tls())

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._certificate)
        if self._certificate:
            # It is asked on loopback, by a name that its certificate need not have; the certificate itself is trusted.
            context.check_hostname = False
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


class InProcess:
    """The ASGI application *app*, called in this process; *on_close* gives back what it stands on."""

    def __init__(self, app: Any, where: str, on_close: Callable[[], None]) -> None:
        self.where = where
        self._app = app
        self._on_close = on_close
        self._runner: asyncio.Runner | None = None

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Call the application once. Raises: ServeError when it gives no reply"""
        import asyncio

        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            return self._runner.run(_call(self._app, _scope(method, path, headers), body or b""))
        except Exception as wrong:  # noqa: BLE001 - a fault of ours: answered with 500, and there is no log
            raise ServeError(f"{self.where}: internal error: {wrong!r}", hint="this is a fault to report") from None

    def close(self) -> None:
        """End the loop, and give back what the application stands on."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None
        self._on_close()


def _scope(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    from urllib.parse import unquote

    plain, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(plain),
        "raw_path": plain.encode("ascii"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "headers": [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }


async def _call(app: Any, scope: dict[str, Any], body: bytes) -> Reply:
    """One request and its reply, as ASGI 3 has them."""
    import asyncio

    status = 0
    parts: list[bytes] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not asked:
            await asyncio.get_running_loop().create_future()  # nobody hangs up; it is cancelled with the application
        return asked.pop()

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Reply(status, b"".join(parts))
