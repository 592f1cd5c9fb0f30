"""The one way in: every change of a zone in the database goes through a Door.

    plan      the change on what is stored ── prepared in the graph ── judged; nothing is saved
    commit    plan ── refused by its findings? ── store.commit (durable) ── graph.publish

`commit` holds one lock from the first look to the publication: what was judged is what is published, and of two
changes at once the second is judged on the result of the first. Every call may take as long as the change is large (an
import: seconds) and waits for the disk: call it from a thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from truename.config import Check
from truename.edit.change import ChangeSet
from truename.edit.plan import Plan

if TYPE_CHECKING:
    from truename._core import Graph
    from truename.rules.base import Finding
    from truename.store import Store


def anything(_: str) -> bool:
    """Every zone."""
    return True


@dataclass(frozen=True, slots=True)
class Options:
    """Who changes, through which door, and under which conditions.

    *base_serial*   the serial that the caller has seen: StaleEdit when the zone has moved on
    *is_dry_run*    everything but saving; refusals are raised all the same
    *is_strict*     findings that ask refuse, unless their rule is in *accept*
    *accept*        rules whose findings are let through, whatever they do by themselves; not of what no zone can hold
    *may_read*      whether the caller may know of a zone: what lies in others is counted and not named
    *may_edit*      whether the caller may change a zone: a change that touches another is refused whole (ForbiddenEdit)
    """

    by: str = ""
    door: str = "api"
    is_dry_run: bool = False
    is_strict: bool = False
    base_serial: int | None = None
    accept: frozenset[str] = frozenset()
    may_read: Callable[[str], bool] = anything
    may_edit: Callable[[str], bool] = anything


class FileZones(Protocol):
    """The zones that are read from files, and are not changed here."""

    def file_of(self, zone: str) -> str | None:
        """The file that *zone* is read from; None when it is none of them."""

    def place_of(self, zone: str, owner: str, type: str) -> str:
        """`file:line` where *owner* has its *type*, or the file alone."""


class NoFiles:
    """No zone is read from a file."""

    def file_of(self, zone: str) -> str | None:
        """None."""

    def place_of(self, zone: str, owner: str, type: str) -> str:
        """Nothing."""
        return ""


class Door:
    """See the top. Any thread may call it.

    All changing calls raise, and then nothing was stored:
    RejectedEdit (its findings say why; also for what cannot be read), StaleEdit, ForbiddenEdit, NoZone, ZoneExists,
    StoreError.
    """

    def __init__(
        self,
        store: "Store",
        graph: "Graph",
        *,
        files: FileZones | None = None,
        check: Check | None = None,
        max_chain: int = 16,
    ) -> None:
        raise NotImplementedError

    def load(self) -> list[tuple[str, str]]:
        """Publish all zones of the store (the start). Returns: (zone, why) of those that cannot be served"""
        raise NotImplementedError

    def plan(self, change: ChangeSet, options: Options) -> Plan:
        """What would come of *change*; saves nothing, and findings that refuse are in the plan, not raised."""
        raise NotImplementedError

    def commit(self, change: ChangeSet, options: Options) -> Plan:
        """Carry *change* out: on return it is durable, and a query sent from now on sees it."""
        raise NotImplementedError

    def undo(self, zone: str, serial: int, options: Options) -> Plan:
        """Take back the change that made *serial* of *zone*, as a new change."""
        raise NotImplementedError

    def point(self, alias: str, target: str, ttl: int | None, options: Options) -> Plan:
        """Let *alias* be an alias of *target*: a CNAME, at an apex an ALIAS."""
        raise NotImplementedError

    def rename(self, old: str, new: str, options: Options) -> Plan:
        """Move all RRsets of *old* to *new*, and with them every record that names *old*, in all zones kept here."""
        raise NotImplementedError

    def retire(self, name: str, repoint: str | None, options: Options) -> Plan:
        """Delete all RRsets of *name*. Records that name it refuse, or name *repoint* from now on."""
        raise NotImplementedError

    def check(self, zone: str) -> "list[Finding]":
        """All findings of the rules in *zone* as it is served, in the order of `truename check`."""
        raise NotImplementedError
