"""Where handlers wait: the event loop serves everybody and must not.

edits    change the store: they wait for each other and for the disk, and some take seconds
texts    the same with large texts of zones, one after the other: each takes memory, and seconds before it is an edit
reads    go through the store or many names
compose  write large replies, which takes the interpreter as long as a zone is large; two, so that it serves others too
send     take pieces of replies from where they wait for their clients
look     one row by its key, which whoever calls waits for: it stands behind nothing that takes long
verify   argon2: half a tenth of a second of CPU each, which must not stand in the way of the others
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from truename.web.answers import ApiError

T = TypeVar("T")
EDITS = 32  # at once: those that take seconds must not hold the threads of those that do not


class Threads:
    """Small pools; a thread is started when it is first needed."""

    def __init__(self) -> None:
        self._edits = ThreadPoolExecutor(EDITS, "edit")
        self._texts = ThreadPoolExecutor(1, "text")
        self._reads = ThreadPoolExecutor(4, "read")
        self._compose = ThreadPoolExecutor(2, "compose")
        self._send = ThreadPoolExecutor(2, "send")
        self._look = ThreadPoolExecutor(2, "look")
        self._verify = ThreadPoolExecutor(1, "verify")
        self._working = 0
        self._lock = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way or waits for its turn: a thread may be inside the core or the database."""
        return self._working > 0

    async def edit(self, call: Callable[..., T], *arguments: object, is_large: bool = False) -> T:
        """*call*, which may wait for the disk; a *large* one when no other large one is under way.

        Raises: ApiError 503 when the server ends before *call* does
        """
        try:
            return await self._run(self._texts if is_large else self._edits, call, arguments)
        except asyncio.CancelledError:
            raise ApiError(503, "the server is ending; the journal of the zone tells whether this was stored") from None

    async def read(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which may take as long as a zone is large."""
        return await self._run(self._reads, call, arguments)

    async def compose(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which writes a large reply."""
        return await self._run(self._compose, call, arguments)

    async def send(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which is a moment's work and may look at the disk."""
        return await self._run(self._send, call, arguments)

    async def look(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which asks for a row."""
        return await self._run(self._look, call, arguments)

    async def verify(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which takes CPU on purpose."""
        return await self._run(self._verify, call, arguments)

    def later(self, call: Callable[..., object], *arguments: object) -> None:
        """*call*, which changes the store and raises nothing, when there is time for it."""
        self._begun(self._edits, call, arguments)

    async def _run(self, pool: ThreadPoolExecutor, call: Callable[..., T], arguments: tuple[object, ...]) -> T:
        return await asyncio.wrap_future(self._begun(pool, call, arguments))

    def _begun(self, pool: ThreadPoolExecutor, call: Callable[..., T], arguments: tuple[object, ...]) -> Future[T]:
        self._count(1)
        work = pool.submit(call, *arguments)
        work.add_done_callback(lambda _: self._count(-1))
        return work

    def _count(self, more: int) -> None:
        with self._lock:
            self._working += more
