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
    source = iter(sets)
    first = await here.threads.read(_take, source)
    if len(first) < CHUNK:
        rrsets = [rrset_json(rrset) for rrset in first]
        return Response(to_json({**about, "rrsets": rrsets}), status, media_type=JSON)
    return StreamingResponse(_pieces(here, about, first, source), status, media_type=JSON)


async def _pieces(
    here: Context, about: dict[str, Any], chunk: list[RRset], source: Iterator[RRset]
) -> AsyncIterator[bytes]:
    before = to_json({key: value for key, value in about.items() if key < "rrsets"})
    after = to_json({key: value for key, value in about.items() if key > "rrsets"})
    yield before[:-1] + b', "rrsets": ['
    glue = b""
    while chunk:
        yield glue + await here.threads.read(_inside, chunk)
        glue = b", "
        chunk = await here.threads.read(_take, source)
    yield b"], " + after[1:]


def _take(source: Iterator[RRset]) -> list[RRset]:
    return list(islice(source, CHUNK))


def _inside(chunk: list[RRset]) -> bytes:
    return to_json([rrset_json(rrset) for rrset in chunk])[1:-1]
