"""A zone with its RRsets, sent as it is read: a zone of a million records takes a chunk of memory and not gigabytes."""

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse

from truename.web.answers import to_json
from truename.web.api.records import rrset_json
from truename.web.context import Context
from truename.zone import RRset

CHUNK = 1000  # RRsets; about 150 KB
JSON = "application/json"


async def zone_response(here: Context, about: dict[str, Any], sets: Iterable[RRset], status: int = 200) -> Response:
    """*about* with *sets* as its "rrsets", in its place in the alphabet; in one piece when they are few."""
    before = to_json({key: value for key, value in about.items() if key < "rrsets"})[:-1] + b', "rrsets": ['
    after = b"], " + to_json({key: value for key, value in about.items() if key > "rrsets"})[1:]
    source = iter(sets)
    first, count = await here.threads.read(_written, source)
    if count < CHUNK:
        return Response(before + first + after, status, media_type=JSON)

    async def pieces() -> AsyncIterator[bytes]:
        yield before + first
        while (piece := await here.threads.read(_written, source))[1]:
            yield b", " + piece[0]
        yield after

    return StreamingResponse(pieces(), status, media_type=JSON)


def _written(source: Iterator[RRset]) -> tuple[bytes, int]:
    """(the next RRsets, how many they are)."""
    texts = [rrset_json(rrset) for rrset in islice(source, CHUNK)]
    return ", ".join(texts).encode(), len(texts)
