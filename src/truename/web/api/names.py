"""names/{name}/...: what the graph knows of a name, whatever zone holds it."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from truename.chain import ChainJson, chain_json
from truename.idn import to_ascii
from truename.serve.served import Served
from truename.web.access import NeedsKey
from truename.web.answers import ApiError, SortedJson


def router(served: Served) -> APIRouter:
    """The routes over *served*; each needs the key."""
    routes = APIRouter(dependencies=[Depends(NeedsKey(served.key))], tags=["names"])

    # :path, because %2F has become / by now: "0/25.2.0.192.in-addr.arpa." is a name (RFC 2317).
    @routes.get(
        "/names/{name:path}/explain",
        summary="How a query for this name is answered, hop by hop",
        response_model=None,
        responses={
            200: {"model": ChainJson},
            401: {"description": "no or an unknown key"},
            422: {"description": "no name, or no type"},
        },
    )
    async def explain(
        name: Annotated[str, Path(description="percent-encoded; / also as =2F; U-labels are understood")],
        rtype: Annotated[str, Query(alias="type", description="record type, such as A, MX or TYPE65")] = "A",
    ) -> SortedJson:
        began = time.perf_counter()
        try:
            chain = served.graph.explain(to_ascii(decoded(name)), rtype)
        except ValueError as wrong:
            raise ApiError(422, str(wrong)) from None
        return SortedJson(chain_json(chain, time.perf_counter() - began))

    return routes


def decoded(name: str) -> str:
    """*name* with PowerDNS' =2F as /; clients write that where a proxy would not let %2F pass."""
    return name.replace("=2F", "/").replace("=2f", "/")
