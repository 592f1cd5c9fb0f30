"""The symbolic links that a path passes on its way, and the directories where their next versions will be.

    /etc/zones/example.com.zone -> ..data/example.com.zone     one link in /etc/zones ..
    /etc/zones/..data           -> ..2026_11_30                .. and another, which is the one that is turned

Whoever publishes a tree at once makes the new version beside the old one and turns a link: Kubernetes turns `..data`,
git-sync its link, others `current -> releases/5`. Which link of a path that is, nobody says, so each counts. Where it
leads next is not known either; what is opened for it are

    the directory that holds it     `current -> releases/5` becomes `releases/6`, or `hotfix`
    the one above where it leads    `/etc/zones -> /srv/zones/5` becomes `/srv/zones/6`
    the one above that, when the    `/etc/zones -> /srv/releases/5/zones` becomes `/srv/releases/6/zones`
    version is not the last part
    what is called the same         `/etc/zones -> /srv/blue/zones` becomes `/srv/green/zones`: names do not tell that
    elsewhere, if it is there       blue is a version, but both are there, and differ in one part

The root directory is never opened: that would be everything. A link to a place in the root itself (`/var/run -> /run`)
is not there to be turned, and opens nothing.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

_VERSION = re.compile(r"^\.*\d|\d$|[0-9a-f]{7,}$")  # 5, v5, 2026-11-30, ..2026_11_30, rev-3f2a91c
VERSIONS = 100  # directories beside each other that may be versions
MOST = 40  # links that Linux follows in one path (path_resolution(7))


@dataclass(frozen=True)
class Link:
    """A link that was passed. Shape: both absolute; the links that *path* itself passes are resolved, *target*'s not"""

    path: str
    target: str
    others: tuple[str, ...] = ()  # that differ from the target in one part, and are there

    def directories(self) -> Iterator[str]:
        """Where its next target is looked for; each with all that is below it."""
        above = os.path.dirname(self.target)
        if above == "/":
            return
        yield from (one for one in (os.path.dirname(self.path), above) if one != "/")
        if self._has_version_above() and os.path.dirname(above) != "/":
            yield os.path.dirname(above)
        yield from self.others

    def _has_version_above(self) -> bool:
        """Whether the last part but one of the target is what a new version changes, as far as names can tell."""
        above, last = os.path.split(self.target)
        is_kept = last == os.path.basename(self.path) or not _VERSION.search(last)
        return is_kept and _VERSION.search(os.path.basename(above)) is not None


@dataclass(frozen=True)
class Way:
    """Where a path leads now: *real* passes no link. What is missing stands in it as it was written"""

    real: str
    links: tuple[Link, ...] = ()


class Walker:
    """Follows paths, thousands of which lie in few directories: what is a link is asked once."""

    def __init__(self) -> None:
        self._leads: dict[str, str | None] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def way(self, path: str) -> Way:
        """The way of *path*, as the kernel goes it: `..` leaves the directory that a link led to."""
        ahead, at = _parts(os.path.join(os.getcwd(), path)), "/"
        links: list[Link] = []
        while ahead and len(links) < MOST:
            part = ahead.pop()
            at, before = os.path.dirname(at) if part == ".." else os.path.join(at, part), at
            target = self._lead(at)
            if target is not None:
                leads = os.path.normpath(os.path.join(before, target))
                links.append(Link(at, leads, tuple(self._others(leads, before))))
                ahead += _parts(target)
                at = "/" if target.startswith("/") else before
        return Way(at, tuple(links))

    def _others(self, target: str, opened: str) -> Iterator[str]:
        """Directories of what differs from *target* in one part; what lies below *opened* may be read anyway."""
        above, below = os.path.split(target)
        while (parent := os.path.dirname(above)) != "/":
            if not f"{parent}/".startswith(f"{opened}/"):
                for name in self._directories(parent):
                    other = os.path.join(parent, name, below)
                    if name != os.path.basename(above) and os.path.exists(other):
                        yield other if os.path.isdir(other) else os.path.dirname(other)
            above, below = parent, os.path.join(os.path.basename(above), below)

    def _directories(self, path: str) -> tuple[str, ...]:
        """The names of the directories in *path*; none when there are too many to be versions of one thing."""
        if path not in self._names:
            try:
                with os.scandir(path) as found:
                    names = tuple(one.name for one in found if one.is_dir())
            except OSError:
                names = ()
            self._names[path] = names if len(names) <= VERSIONS else ()
        return self._names[path]

    def _lead(self, path: str) -> str | None:
        """What the link at *path* says; None when it is none."""
        if path not in self._leads:
            try:
                self._leads[path] = os.readlink(path)
            except OSError:
                self._leads[path] = None
        return self._leads[path]


def _parts(path: str) -> list[str]:
    """The last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]
