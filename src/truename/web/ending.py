"""What clients get whose call is under way when the server ends: 503, or the end of a reply that had begun."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from truename.web.answers import SortedJson

WORDS = "the server is ending; ask again when it is back"


class Ending:
    """Middleware. The HTTP server cancels what is not done in time; nobody's fault is a fault inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request."""
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            if scope["type"] == "http" and not has_begun:
                await SortedJson({"error": WORDS}, 503)(scope, receive, send)
