"""Who calls the API, and what that caller may.

    X-API-Key ── the admin key of the data directory ──┐
              ── a key of the store, known already ────┼──> Caller
              ── a key of the store, argon2 ───────────┘

What a caller may is `edit.caller`'s to say, what it may know `edit.sight`'s.

Wrong keys are counted per client (throttle), because each costs the server an argon2. Keys that are known without one
pass in any case, so nobody locks out a client that is at work already.
"""

import hashlib
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from truename.edit.caller import Caller
from truename.web.answers import ApiError
from truename.web.context import Context, Here

if TYPE_CHECKING:
    from truename.store.access import Principal

DOOR = "Truename-Door"  # header: the way that a call comes, where it is not the API itself
KEY_LENGTH = 256  # characters; ours have 43

_header = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="a key of `truename key create`, or the one in admin.key of the data directory",
)


async def identify(request: Request, offered: Annotated[str | None, Security(_header)], here: Here) -> Caller:
    """The caller, before anything else of the request is looked at.

    Raises: ApiError 401; 429 for a client that has tried too many wrong keys
    """
    if offered is None:
        raise ApiError(401, "the header X-API-Key is missing")
    door = "cli" if request.headers.get(DOOR) == "cli" else "api"
    if here.served.key.is_same(offered):
        return Caller("admin.key", "admin", None, door)
    principal = await _of_store(here, offered, _client(request))
    if principal is None:
        raise ApiError(401, "the key in X-API-Key is not known")
    return Caller(f"{principal.via}:{principal.name}", principal.role, principal.zones, door)


async def _of_store(here: Context, offered: str, client: str) -> "Principal | None":
    store = here.served.store
    if store is None or len(offered) > KEY_LENGTH:
        return None
    digest = hashlib.sha256(offered.encode()).digest()
    if here.throttle.is_known(digest):
        return await here.threads.read(store.verify_key, offered)
    wait = here.throttle.wait(client)
    if wait:
        raise ApiError(429, "too many wrong keys from this address", headers={"Retry-After": str(wait)})
    here.throttle.count(client)  # before it is looked at: a hundred at once are a hundred
    principal = await here.threads.verify(store.verify_key, offered)
    if principal is not None:
        here.throttle.was_right(client, digest)
    return principal


def _client(request: Request) -> str:
    """Who is counted: an IPv4 address, an IPv6 /64 (what one customer has), or the process itself."""
    if request.client is None:
        return ""
    host = request.client.host
    return ":".join(host.split(":")[:4]) if ":" in host and "." not in host else host


async def _admin(caller: Annotated[Caller, Depends(identify)]) -> Caller:
    if not caller.is_admin:
        raise ApiError(403, "this takes a key with the role admin that is bound to no zone")
    return caller


AnyCaller = Annotated[Caller, Depends(identify)]
Admin = Annotated[Caller, Depends(_admin)]
