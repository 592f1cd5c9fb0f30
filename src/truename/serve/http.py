"""HTTP in a thread of the same process: uvicorn with an event loop of its own, far from the DNS workers.

The loop is uvloop and the parser httptools, for an edit over HTTP waits for little else (ARCHITECTURE.md, Editing).
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truename.errors import ServeError

if TYPE_CHECKING:
    import ssl

    import uvicorn

PROXIES = ("127.0.0.0/8", "::1")  # whose X-Forwarded-For is believed with --behind-proxy: only who is here can be one
GRACE = 2  # seconds for replies under way when the end comes


@dataclass(frozen=True)
class Tls:
    """Files of a certificate chain and its key, PEM."""

    certificate: str
    key: str

    def open(self) -> "ssl.SSLContext":
        """Read both, while there may still be the privilege to. Raises: ServeError"""
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except OSError as wrong:  # ssl.SSLError is one
            raise ServeError(
                f"TLS: {wrong.strerror or wrong} ({self.certificate}, {self.key})",
                hint="--tls-cert and --tls-key name PEM files",
            ) from None
        return context


class HttpServer:
    """One listening socket and the app behind it. *on_end* is called when it ends, however it ends."""

    def __init__(self, app: Any, bound: socket.socket, *, tls: "ssl.SSLContext | None", behind_proxy: bool) -> None:
        self.bound = bound
        self._server = _uvicorn(app, tls, behind_proxy)
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)
        self._on_end: Callable[[BaseException | None], None] = lambda _: None

    def start(self, on_end: Callable[[BaseException | None], None]) -> None:
        """Answer. Raises: ServeError when it ends before it has begun"""
        self._on_end = on_end
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise ServeError("the HTTP server ended before it began", hint="the lines above say why")
            time.sleep(0.002)

    def stop(self) -> None:
        """Let replies under way end, for GRACE seconds at most."""
        self._server.should_exit = True
        self._thread.join(GRACE + 0.5)

    def _run(self) -> None:
        import uvloop

        try:
            uvloop.run(self._server.serve(sockets=[self.bound]))
        except (Exception, SystemExit) as wrong:  # noqa: BLE001 - the thread's top: whatever it is goes to the log
            self._on_end(wrong)
        else:
            self._on_end(None)


def _uvicorn(app: Any, tls: "ssl.SSLContext | None", behind_proxy: bool) -> "uvicorn.Server":
    import uvicorn

    from truename.serve.head import BoundedHead

    config = uvicorn.Config(
        app,
        loop="none",  # it runs in ours
        http=BoundedHead,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips=list(PROXIES),
        timeout_graceful_shutdown=GRACE,
    )
    config.load()
    config.ssl = tls  # uvicorn would read the files by itself, and by now nobody may
    return uvicorn.Server(config)
