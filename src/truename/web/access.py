"""Who calls the API, and what that caller may.

    X-API-Key ── the admin key of the data directory ──┐
              ── a key of the store, known already ────┼──> Caller ── may_read, may_edit, may_create, is_admin
              ── a key of the store, argon2 ───────────┘

A key with zones is *bound*: it sees and changes these zones only, makes none, and rules over no keys. For every other
zone it gets the same 403, whether that zone is there or not.

Wrong keys are counted per client (throttle), because each costs the server an argon2. Keys that are known without one
pass in any case, so nobody locks out a client that is at work already.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from truename.web.answers import ApiError
from truename.web.context import Context, Here

if TYPE_CHECKING:
    from truename.store.access import Principal

CHANGERS = ("editor", "admin")
KEY_LENGTH = 256  # characters; ours have 43

_header = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="a key of `truename key create`, or the one in admin.key of the data directory",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. *zones* None: all of them. *by* is what the journal says."""

    by: str
    role: str
    zones: frozenset[str] | None = None
    door: str = "api"

    def may_read(self, zone: str) -> bool:
        """Whether the caller may know of *zone*."""
        return self.zones is None or zone in self.zones

    def may_edit(self, zone: str) -> bool:
        """Whether the caller may change *zone*."""
        return self.role in CHANGERS and self.may_read(zone)

    @property
    def is_bound(self) -> bool:
        """Whether there are zones beyond this caller."""
        return self.zones is not None

    @property
    def may_create(self) -> bool:
        """Whether the caller may make zones: also below others, so it takes rights on all of them."""
        return self.role in CHANGERS and not self.is_bound

    @property
    def is_admin(self) -> bool:
        """Whether the caller may rule over keys and users; a bound one could give itself more than it has."""
        return self.role == "admin" and not self.is_bound


async def identify(request: Request, offered: Annotated[str | None, Security(_header)], here: Here) -> Caller:
    """The caller, before anything else of the request is looked at.

    Raises: ApiError 401; 429 for a client that has tried too many wrong keys
    """
    if offered is None:
        raise ApiError(401, "the header X-API-Key is missing")
    door = "cli" if request.headers.get("user-agent", "").startswith("truename/") else "api"
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
