"""The HTTP/1.1 parser of a connection, with bounds on the head of a request.

    bytes -> llhttp (httptools) -> uvicorn's cycle -> the application

httptools keeps what it has of a header until it is whole, however long that takes and however much it is. So a head is
counted as it arrives, and has to be there within HEAD_SECONDS: whoever opens connections and says nothing would
otherwise hold all that there may be.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT = 16 * 1024  # octets of a request's head; a key and a name in percent encoding fit many times
HEAD_SECONDS = 10.0


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol on httptools; a head that is too long or too slow ends the connection with a word why."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._held = 0  # octets of the head that is not whole yet
        self._is_in_head = True
        self._is_too_long = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head has as long as any other."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._stop_timer()
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
            self._is_too_long = True
            raise ValueError
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed."""
        self._refuse(431 if self._is_too_long else 400)

    def _give_up(self) -> None:
        self._timer = None
        self._refuse(408)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int) -> None:
        """Answer in the form of the API's errors, and close."""
        if self.transport.is_closing():
            return
        said = {400: "this is no request of HTTP/1.1", 408: "the request's head took too long"}
        words = said.get(status, f"the request's head is longer than {HEAD_LIMIT} octets")
        body = json.dumps({"error": words}).encode()
        lines = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self.transport.close()
