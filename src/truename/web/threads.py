"""Where handlers wait: the event loop serves everybody and must not.

edits    change the store: they wait for each other anyway, and for the disk
reads    go through the store or many names
verify   argon2: half a tenth of a second of CPU each, which must not stand in the way of the others
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """Small pools; a thread is started when it is first needed."""

    def __init__(self) -> None:
        self._edits = ThreadPoolExecutor(4, "edit")
        self._reads = ThreadPoolExecutor(4, "read")
        self._verify = ThreadPoolExecutor(1, "verify")

    async def edit(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which may wait for the disk."""
        return await asyncio.get_running_loop().run_in_executor(self._edits, call, *arguments)

    async def read(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which may take as long as a zone is large."""
        return await asyncio.get_running_loop().run_in_executor(self._reads, call, *arguments)

    async def verify(self, call: Callable[..., T], *arguments: object) -> T:
        """*call*, which takes CPU on purpose."""
        return await asyncio.get_running_loop().run_in_executor(self._verify, call, *arguments)
