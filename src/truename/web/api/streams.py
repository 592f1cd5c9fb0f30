"""Replies that may be large: written in pieces inside one transaction, and sent when that has ended (`web.spool`).

What is not longer than FEW octets is sent as it is. Of what is longer a few are written at a time, because that costs
the interpreter; the others wait for it, and hold nothing while they do.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from itertools import islice
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from truename.edit.caller import Caller
from truename.web.answers import ApiError, to_json
from truename.web.api import kept
from truename.web.api.records import rrset_json, without_disabled
from truename.web.context import Context
from truename.web.replies import too_many
from truename.web.spool import Spool, Spools, SpoolsFull
from truename.zone import RRset

FEW = 1 << 18  # octets
CHUNK = 1000  # RRsets, or others of a list, that are a piece
JSON = "application/json"

Written = Generator[bytes, None, None]


async def streamed(
    here: Context,
    caller: Caller,
    pieces: Callable[[], Written],
    status: int = 200,
    *,
    media: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What *pieces* gives, in one piece when it is not much. It is called in a thread, a second time when it is much.

    Raises: ApiError 503 when there is no room; what *pieces* raises
    """
    few = await here.threads.read(_few, pieces)
    if few is not None:
        return Response(few, status, headers, media)
    with here.replies.failing(caller.by):
        spool = await here.threads.compose(_spooled, here.spools, pieces)
    return Spooled(here, caller.by, spool, Response(None, status, headers, media))


async def held(here: Context, caller: Caller, response: Response) -> Response:
    """*response*, kept as little as may be when it is large. It is never refused: it may tell of a change."""
    body = bytes(response.body)
    if len(body) <= FEW or not here.replies.has_room(caller.by):
        return response
    with here.replies.failing(caller.by):
        spool = await here.threads.compose(_spooled, here.spools, lambda: (one for one in (body,)))
    return Spooled(here, caller.by, spool, response)


async def zone_response(
    here: Context,
    caller: Caller,
    zone: str,
    status: int = 200,
    *,
    owner: str | None = None,
    rtype: str | None = None,
    has_disabled: bool = True,
) -> Response:
    """*zone* in PowerDNS' form with its RRsets, or those that are asked for: all of it of one version."""

    def pieces() -> Written:
        with kept.opened(here, caller, zone) as whole:
            sets = whole.rrsets(owner, rtype)
            about = kept.zone_json(here, caller, whole.kept)
            yield from _zone_json(about, sets if has_disabled else without_disabled(sets))

    return await streamed(here, caller, pieces, status)


def listed(items: Iterable[Any]) -> Written:
    """*items* as a list in JSON."""
    source, before = iter(items), b"["
    while some := list(islice(source, CHUNK)):
        yield before + to_json(some)[1:-1]
        before = b", "
    yield b"[]" if before == b"[" else b"]"


class Spooled(StreamingResponse):
    """A reply that is written already, with the status and headers of *like*. Its spool is closed when it was sent."""

    def __init__(self, here: Context, caller: str, spool: Spool, like: Response) -> None:
        super().__init__(self._blocks(), like.status_code, dict(like.headers))
        self.headers["content-length"] = str(spool.octets)
        self._here, self._caller, self._spool = here, caller, spool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, block by block, as fast as they are taken."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._spool.close()
            self._here.replies.end(self._caller)

    async def _blocks(self) -> Any:
        for number in range(self._spool.blocks):
            yield await self._here.threads.send(self._spool.block, number)


def _few(pieces: Callable[[], Written]) -> bytes | None:
    """All of it, unless it is longer than FEW octets."""
    found: list[bytes] = []
    octets = 0
    with closing(pieces()) as source:
        for piece in source:
            octets += len(piece)
            if octets > FEW:
                return None
            found.append(piece)
    return b"".join(found)


def _spooled(spools: Spools, pieces: Callable[[], Written]) -> Spool:
    spool = spools.open()
    try:
        with closing(pieces()) as source:
            for piece in source:
                spool.write(piece)
        spool.finish()
    except BaseException as wrong:
        spool.close()
        if isinstance(wrong, SpoolsFull):
            raise too_many("replies that are not taken yet leave no room for another one") from None
        if isinstance(wrong, OSError):
            raise ApiError(503, f"the reply finds no room in the data directory: {wrong.strerror}") from None
        raise
    return spool


def _zone_json(about: dict[str, Any], sets: Iterable[RRset]) -> Written:
    """*about* with *sets* as its "rrsets", in its place in the alphabet."""
    yield to_json({key: value for key, value in about.items() if key < "rrsets"})[:-1] + b', "rrsets": ['
    source, before = iter(sets), ""
    while some := [rrset_json(rrset) for rrset in islice(source, CHUNK)]:
        yield (before + ", ".join(some)).encode()
        before = ", "
    yield b"], " + to_json({key: value for key, value in about.items() if key > "rrsets"})[1:]
