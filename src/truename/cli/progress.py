"""A bar on stderr while files are read: on a terminal, and only when it takes long."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

PATIENCE = 0.7  # seconds until somebody who waits wants to see that something happens

Progress = Callable[[int, int], None]


@contextmanager
def reading(files: int) -> Iterator[Progress | None]:
    """A function (octets or files done, all of them) to be called now and then; None where nobody would see it."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    bar = _Bar(f"reading {files:,} file{'' if files == 1 else 's'}")
    try:
        yield bar.show
    finally:
        bar.end()


class _Bar:
    """A bar of rich, which is imported when it is needed: 60 ms that short work need not pay."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._due = time.monotonic() + PATIENCE
        self._bar: Bar | None = None

    def show(self, done: int, whole: int) -> None:
        if self._bar is None and time.monotonic() >= self._due:
            self._bar = _started(self._title, whole)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=whole)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _started(title: str, whole: int) -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    bar.add_task(title, total=whole)
    return bar
