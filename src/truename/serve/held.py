"""One zone file that is held, what became of it, and what one reading of it did."""

import os
from dataclasses import dataclass, field

from truename._core import Loaded
from truename.serial import is_newer, raised
from truename.serve.sources import SUFFIX, Source, shown

Stat = tuple[int, int, int, int, int] | None


@dataclass(frozen=True)
class ZoneProblem:
    """Why a file is not served as it stands.

    Units:  line and column from 1, columns in octets; 0 is the whole file
    *brief*, *brief_hint*: what may be told to those who do not run the server. The core's words are not: they hold
    words of the file, which need not be a zone (`$INCLUDE /etc/passwd`)
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    brief: str = "zone-malformed: it cannot be served as it stands; the log says why, and /healthz with an admin's key"
    brief_hint: str = ""

    def in_brief(self) -> "ZoneProblem":
        """The same as anybody may know it: without words of files, and without where they lie."""
        name = os.path.basename(self.file)
        return ZoneProblem(name, self.line, self.column, self.brief, self.brief_hint, self.brief, self.brief_hint)

    @property
    def place(self) -> str:
        """`file`, `file:line` or `file:line:column`, as far as it is known."""
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.file, *numbers])


@dataclass(slots=True)
class Held:
    """One file and what became of it.

    Shape:  *origin* is empty until it was published once; *behind* is the zone of the database that it stands back for
    """

    source: Source
    origin: str = ""
    behind: str = ""
    meant: str = ""  # the zone's name as far as it is known, or its file's; also of one that was never published
    files: tuple[str, ...] = ()
    seen: dict[str, Stat] = field(default_factory=dict)
    pending: dict[str, Stat] | None = None
    problems: tuple[ZoneProblem, ...] = ()
    serial: int | None = None  # of the version that is served
    stale: ZoneProblem | None = None  # it was changed without a new serial

    def __post_init__(self) -> None:
        self.files = self.files or (self.source.path,)
        self.meant = self.source.origin or os.path.basename(self.source.path).removesuffix(SUFFIX)


@dataclass(frozen=True)
class Outcome:
    """What one reading did. *loaded* is None when the file could not be opened or its zone was taken away."""

    zone: str
    file: str
    action: str  # loaded, refused, unloaded; behind: the database has the zone, gone: and the file is none any more
    loaded: Loaded | None = None
    problems: tuple[ZoneProblem, ...] = ()
    ms: float = 0.0
    warning: ZoneProblem | None = None  # the zone is served, and this is new

    @property
    def is_change(self) -> bool:
        """Whether queries are answered differently from before."""
        is_read = self.loaded is not None and self.loaded.changed > 0 and not self.problems
        return self.action == "unloaded" or (self.action == "loaded" and is_read)


def note_serial(held: Held, loaded: Loaded) -> ZoneProblem | None:
    """What is to be said of a change that no secondary will fetch: once, until the serial grows (RFC 1982)."""
    before, held.serial = held.serial, loaded.serial
    if before is None or loaded.changed == 0:
        return None
    if is_newer(loaded.serial, before):
        held.stale = None
        return None
    how = "has the serial from before" if loaded.serial == before else f"has a serial that is older than {before}"
    hint = f"secondaries do not fetch it: raise the serial, to {raised(max(before, loaded.serial))}"
    was_told, words = held.stale is not None, f"{loaded.origin} was changed and {how}, {loaded.serial}"
    held.stale = ZoneProblem(shown(held.source.path), 0, 0, words, hint, words, hint)
    return None if was_told else held.stale


def stat_of(path: str) -> Stat:
    """What tells one version of a file from the next; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    # Which file it is counts too: links that were turned may lead to one with the same dates and size.
    return found.st_mtime_ns, found.st_size, found.st_dev, found.st_ino, found.st_ctime_ns
