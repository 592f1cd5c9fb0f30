"""Who calls the API, and what that caller may.

    X-API-Key ── the admin key of the data directory ──────────┐
              ── a key of the store, remembered ───────────────┼──> Caller
              ── a key of the store, by its digest ────────────┤
              ── a key of an older version, argon2, in turn ───┘

What a caller may is `edit.caller`'s to say, what it may know `edit.sight`'s.

Wrong keys are counted by client (throttle), after they were looked at: who has a right one is let in whatever others
did before. Only keys of older versions, until they are used once, cost more than a look; so they are tried one after
the other, and whoever tries one of that name in vain too often waits, by client and name.
"""

from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from truename.edit.caller import Caller
from truename.errors import StoreError
from truename.web import throttle
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
    """The caller, before anything else of the request is looked at; kept in its state, for what errors tell.

    Raises: ApiError 401; 429 for a client that has tried too many wrong keys
    """
    if offered is None:
        raise ApiError(401, "the header X-API-Key is missing")
    request.state.caller = caller = await _identified(request, offered, here)
    return caller


async def _identified(request: Request, offered: str, here: Context) -> Caller:
    door = "cli" if request.headers.get(DOOR) == "cli" else "api"
    if here.served.key.is_same(offered):
        return Caller("admin.key", "admin", None, door)
    client = throttle.counted(request.client.host) if request.client else ""
    principal = await _of_store(here, offered, client)
    if principal is None:
        raise _refused(here, offered, client)
    holds = partial(_holds, here, offered, principal)
    return Caller(f"{principal.via}:{principal.name}", principal.role, principal.zones, door, holds)


def _holds(here: Context, offered: str, principal: "Principal") -> bool:
    """Whether *offered* is still the key of *principal*: from memory, as a rule."""
    return here.store.verify_key(offered) == principal


async def _of_store(here: Context, offered: str, client: str) -> "Principal | None":
    store = here.served.store
    if store is None or len(offered) > KEY_LENGTH:
        return None
    principal = store.known_key(offered)
    if principal is not None:
        return principal
    looked = await here.threads.look(store.look_at_key, offered)
    return await _of_before(here, offered, f"{client} {looked.before}") if looked.before else looked.principal


async def _of_before(here: Context, offered: str, who: str) -> "Principal | None":
    """Whose key of an older version *offered* is. Raises: ApiError 429"""
    async with here.in_turn:  # a hundred at once are a hundred failures, and a right one is verified once
        _refuse_waiting(here, who)
        principal = await here.threads.verify(here.store.verify_key, offered)
    if principal is None:
        here.throttle.count(who)
    else:
        here.threads.later(here.store.renew_key, offered)
    return principal


def _refused(here: Context, offered: str, client: str) -> ApiError:
    """What a key that is nobody's is answered with."""
    _refuse_waiting(here, client)
    if offered and len(offered) <= KEY_LENGTH:  # else it is none that anybody tries
        here.throttle.count(client)
    return ApiError(401, "the key in X-API-Key is not known")


def _refuse_waiting(here: Context, who: str) -> None:
    wait = here.throttle.wait(who)
    if wait:
        raise ApiError(429, "too many wrong keys from this address", headers={"Retry-After": str(wait)})


async def is_for_admin(request: Request, here: Context) -> bool:
    """Whether a call that takes no key has an admin's all the same. Raises: nothing; a wrong key is none"""
    offered = request.headers.get("x-api-key")
    try:
        return offered is not None and (await identify(request, offered, here)).is_admin
    except (ApiError, StoreError):
        return False


async def _admin(caller: Annotated[Caller, Depends(identify)]) -> Caller:
    if not caller.is_admin:
        raise ApiError(403, "this takes a key with the role admin that is bound to no zone")
    return caller


AnyCaller = Annotated[Caller, Depends(identify)]
Admin = Annotated[Caller, Depends(_admin)]
