"""What every handler can reach, made once per application."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from truename.edit.caller import Caller
from truename.edit.door import Door
from truename.edit.sight import Sight
from truename.serve.served import Served
from truename.store import Store
from truename.web.answers import ApiError
from truename.web.replies import Replies
from truename.web.spool import Spools
from truename.web.threads import Threads
from truename.web.throttle import Throttle


@dataclass(frozen=True)
class Context:
    """The running server, and what the API keeps beside it."""

    served: Served
    threads: Threads = field(default_factory=Threads)
    throttle: Throttle = field(default_factory=Throttle)
    replies: Replies = field(default_factory=Replies)
    in_turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # for keys that cost an argon2

    @cached_property
    def spools(self) -> Spools:
        """Where large replies wait for their clients: beside the admin key."""
        return Spools(self.served.key.path.parent)

    @property
    def door(self) -> Door:
        """The way in for changes. Raises: ApiError 422 without a database"""
        door = self.served.door
        if door is None:
            raise ApiError(422, "this server has no database: its zones are files")
        return door

    @property
    def store(self) -> Store:
        """The database. Raises: ApiError 422 without one"""
        store = self.served.store
        if store is None:
            raise ApiError(422, "this server has no database: its zones are files")
        return store

    def sight(self, caller: Caller) -> Sight:
        """What *caller* may know."""
        door = self.served.door
        zones = door.zones() if door is not None else frozenset()
        return Sight(caller, self.served.graph, zones, self.served.zones)

    def file_of(self, zone: str) -> str | None:
        """The file that *zone* is read from; None when it is in the database or nowhere."""
        return self.served.zones.file_of(zone)


async def here(request: Request) -> Context:
    """The context of the application that answers *request*."""
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(here)]
