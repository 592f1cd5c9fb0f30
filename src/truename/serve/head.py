"""A connection of HTTP/1.1, with bounds on what its client may make us wait for.

    bytes -> llhttp (httptools) -> uvicorn's cycle -> the application

    head      HEAD_LIMIT octets, HEAD_SECONDS; httptools would keep what it has of a header however long that takes
    body      some of it all the time (`pace`), unless it is us who do not read on
    reply     some of it is taken all the time; else the connection is dropped
    nothing   a connection on which nothing is under way, or only the rest of a body that nobody wants, HEAD_SECONDS

Whoever opens connections and is silent would otherwise hold all that there may be.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from truename.serve.pace import Pace

HEAD_LIMIT = 16 * 1024  # octets of a request's head; a key and a name in percent encoding fit many times
HEAD_SECONDS = 10.0
CONNECTIONS_LIMIT = 256
LAST_SECONDS = 1.5  # of those who take or send nothing, when the server ends
TICK = 1.0  # seconds between two looks at how fast a client is
SAID = {
    400: "this is no request of HTTP/1.1",
    408: "the request's head took too long",
    431: f"the request's head is longer than {HEAD_LIMIT} octets",
    503: "there are too many connections",
}


class Outgoing:
    """A transport that knows how many octets its client has taken, as far as we can see: the kernel holds some."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._written = 0

    def write(self, data: bytes) -> None:
        """As the transport's."""
        self._written += len(data)
        self._transport.write(data)

    @property
    def taken(self) -> int:
        """Octets that are not here any more."""
        return self._written - self._transport.get_write_buffer_size()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol on httptools; who is too long or too slow loses the connection, with a word if possible."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._held = 0  # octets of the head that is not whole yet
        self._is_in_head = True
        self._wrong = 400  # the status of a request that cannot be parsed
        self._timer: asyncio.TimerHandle | None = None
        self._ticks: asyncio.TimerHandle | None = None
        self._received = 0  # octets of the body that is coming
        self._body: Pace | None = None
        self._reply: Pace | None = None
        self._waited = 0.0  # seconds in which nothing was under way

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head has as long as any other."""
        super().connection_made(Outgoing(transport))  # type: ignore[arg-type]
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)
        self._ticks = self.loop.call_later(TICK, self._tick)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._stop_timer()
        if self._ticks is not None:
            self._ticks.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, then count what is still no request."""
        super().data_received(data)
        if self._is_in_head and not self.transport.is_closing():
            self._held += len(data)
            if self._held > HEAD_LIMIT:
                self._refuse(431)

    def on_message_begin(self) -> None:
        """The first octet of a head."""
        super().on_message_begin()
        self._is_in_head = True
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def on_headers_complete(self) -> None:
        """A head that came at once is counted here. Raises: ValueError, which the parser makes an error of"""
        self._is_in_head, self._held = False, 0
        self._stop_timer()
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_LIMIT:
            self._wrong = 431
        elif len(self.connections) > CONNECTIONS_LIMIT:
            self._wrong = 503
        if self._wrong != 400:
            raise ValueError
        self._body, self._received = Pace(self.loop.time()), 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of it."""
        self._received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it."""
        self._body = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed."""
        self._refuse(self._wrong)

    def shutdown(self) -> None:
        """The server ends: a reply that is being made is waited for, a client is not."""
        super().shutdown()
        self.loop.call_later(LAST_SECONDS, self._leave)

    def _leave(self) -> None:
        outgoing: Any = self.transport
        if self._body is not None or outgoing.get_write_buffer_size():
            self.transport.abort()

    def _give_up(self) -> None:
        self._timer = None
        self._refuse(408)

    def _tick(self) -> None:
        now = self.loop.time()
        self._ticks = self.loop.call_later(TICK, self._tick)
        if self._is_reply_left(now):
            self.transport.abort()  # closing would wait for the rest to be taken
        elif self._is_body_late(now):
            self._refuse(408, "the request's body took too long")
        elif self._is_nothing_done():
            self.transport.abort()

    def _is_reply_left(self, now: float) -> bool:
        outgoing: Any = self.transport
        if not outgoing.get_write_buffer_size():
            self._reply = None
            return False
        self._reply = self._reply or Pace(now, outgoing.taken)
        return self._reply.is_over(outgoing.taken, now)

    def _is_body_late(self, now: float) -> bool:
        if self._body is None or self.cycle.response_started:
            return False
        if self.flow.read_paused:
            self._body.rest(TICK)
        return self._body.is_over(self._received, now)

    def _is_nothing_done(self) -> bool:
        """Whether the last request was answered long ago, no other has begun, and the client took the reply."""
        is_done = self._timer is None and self.cycle is not None and self.cycle.response_complete
        self._waited = self._waited + TICK if is_done and not self.pipeline and self._reply is None else 0.0
        return self._waited > HEAD_SECONDS

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int, words: str = "") -> None:
        """Answer in the form of the API's errors, and close."""
        if self.transport.is_closing():
            return
        body = json.dumps({"error": words or SAID[status]}).encode()
        lines = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            *(["retry-after: 1"] if status == 503 else []),
            "connection: close",
        )
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self.transport.close()
