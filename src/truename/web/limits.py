"""How much of a body is read.

Nobody's body is read before the key is known: handlers read it themselves, behind `access`. BodyLimit stands under all
of them, also those that are added one day; a handler that takes a whole zone raises the limit once it knows the caller.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truename.whole import whole

LIMIT = "truename.body_limit"  # the key in a request's scope


class BodyLimit:
    """Middleware: reading more than *limit* octets of a body is a 413. A body that nobody reads costs nothing."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = 0
        scope.setdefault(LIMIT, self._limit)

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > scope[LIMIT]:
                raise _too_long(scope[LIMIT])
            return message

        await self._app(scope, counted, send)


def raise_limit(request: Request, limit: int) -> None:
    """Let the body of *request* be up to *limit* octets long. Raises: HTTPException 413 when it says it is longer"""
    request.scope[LIMIT] = limit
    said = request.headers.get("content-length", "")
    if said.isdecimal() and whole(said, limit) is None:
        raise _too_long(limit)


def _too_long(limit: int) -> HTTPException:
    return HTTPException(413, f"the body is longer than {limit} octets")
