"""The one way in: every change of a zone in the database goes through a Door.

    plan      the change on what is stored ── prepared in the graph ── judged; nothing is saved
    commit    plan ── refused by its findings? ── store.commit (durable) ── graph.publish

When the commit is not answered, or the publication fails, what is stored and what is served may differ. Nothing is
changed then before they are the same again (`published`); `look`, called every now and then, sees to that as well.

`commit` holds one lock from the first look to the publication: what was judged is what is published, and of two
changes at once the second is judged on the result of the first. Every call may take as long as the change is large (an
import: seconds) and waits for the disk: call it from a thread.

A change that takes seconds has the lock at the end only (`long`), and holds its zones until then (`ordering`).

What is judged leaves out the new serial that comes with every change: the apex would count as touched, and everything
that reaches it as concerned.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from truename._core import normalize_name
from truename.config import Check, Limits
from truename.edit import guard, handover, intent, judging, outage, sent, undo
from truename.edit.assemble import assemble
from truename.edit.caller import PROGRAM, Caller
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.files import FileZones, NoFiles
from truename.edit.impact import impact, reached
from truename.edit.long import LongChange, LongChanges
from truename.edit.ordering import Order, zones_of
from truename.edit.plan import Change, FileChange, Impact, Plan
from truename.edit.published import Published
from truename.edit.sight import Sight
from truename.edit.soa import negative_ttl
from truename.edit.staleness import remembered
from truename.edit.zone_edit import Edit, Made
from truename.errors import RejectedEdit, StoreError, Told
from truename.zone import Entry

if TYPE_CHECKING:
    from truename._core import Graph, Prepared
    from truename.rules.base import Finding
    from truename.store import Store
    from truename.zone import ZoneInfo


def _name(text: str) -> str:
    """*text* as a name. Raises: RejectedEdit"""
    try:
        return normalize_name(text)
    except ValueError as wrong:
        raise RejectedEdit(str(wrong), errors=[str(wrong)]) from None


def _is_of_zones(change: ChangeSet, options: "Options") -> bool:
    """Whether a zone begins or ends; only looked at, one that is new has nothing to do with files."""
    return any(one.is_deleted or one.takes_over or (one.is_new and not options.is_dry_run) for one in change.zones)


@dataclass(frozen=True, slots=True)
class Options:
    """Who changes, and under which conditions.

    *caller*        what it may: a change that touches a zone of others is refused whole (ForbiddenEdit)
    *base_serial*   the serial that the caller has seen: StaleEdit when the (first) zone has moved on
    *is_dry_run*    the plan and nothing else: findings that refuse are in it, not raised
    *is_strict*     findings that ask refuse, unless their rule is in *accept*
    *accept*        rules whose findings are let through where they ask; what refuses is let through by nobody
    """

    caller: Caller = PROGRAM
    is_dry_run: bool = False
    is_strict: bool = False
    base_serial: int | None = None
    accept: frozenset[str] = frozenset()

    @property
    def made(self) -> Made:
        """What the journal says of it."""
        return Made(self.caller.by, self.caller.door)


class Door:
    """See the top. Any thread may call it.

    All changing calls raise, and then nothing was stored:
    RejectedEdit (its findings or errors say why; also for what cannot be read), StaleEdit, ForbiddenEdit, GoneCaller,
    NoZone, ZoneExists, StoreError (but UnknownOutcome: it is stored as a whole or not at all).
    """

    def __init__(
        self,
        store: "Store",
        graph: "Graph",
        *,
        files: FileZones | None = None,
        check: Check | None = None,
        limits: Limits | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._graph = graph
        self._files = files or NoFiles()
        self._check = check or Check()
        self._limits = limits or Limits()
        self._on_change = on_change
        self._lock = threading.RLock()
        self._order = Order(self._lock)
        self._published = Published(store, graph, self._files)
        self._refused = Told()  # what the database said to the last change
        self._silent = Told()  # what it said when it was looked at last
        self._long = LongChanges(store, graph, self._published, self._files, self._lock)

    def load(self) -> list[tuple[str, str]]:
        """Publish all zones of the store (the start). Returns: (zone, why) of those that cannot be served"""
        with self._lock:
            self._published.load()
            return list(self.left_out.items())

    @property
    def left_out(self) -> dict[str, str]:
        """Zones of the store that are not served, and why."""
        return self._published.left_out

    def zones(self) -> frozenset[str]:
        """The zones of the store."""
        return frozenset(self._published.zones)

    def has(self, zone: str) -> bool:
        """Whether *zone* is in the store."""
        return zone in self._published.zones

    def configure(self, check: Check, limits: Limits | None = None) -> None:
        """Judge by *check* from now on, and take texts within *limits*; None keeps those that hold."""
        self._check = check
        self._limits = limits or self._limits

    @property
    def trouble(self) -> Told:
        """What the database said when it failed, or why more may be stored than is served; empty when all is well."""
        return self._published.doubt or self._silent or self._refused

    def look(self) -> None:
        """See whether the database is there and takes changes, and serve what it holds. To be called again and again.

        Raises: nothing that the database says; `trouble` has it
        """
        try:
            self._store.check()
            self._store.tidy()
            position = self._store.position()
            # Who is changing something has caught up already.
            if self._lock.acquire(blocking=False):
                try:
                    self._keep_up(position)
                finally:
                    self._lock.release()
            self._silent = Told()
        except StoreError as wrong:
            self._silent = Told.of(wrong)
            return
        self._try_again()

    def _keep_up(self, position: int) -> None:
        """Serve what is stored; *position* is how far the store was a moment ago."""
        self._published.compare(position)
        if self._published.catch_up():
            self._on_change()

    def try_out(self) -> None:
        """At the start: see whether changes would be taken, so that `trouble` says it before the first is refused."""
        try:
            self._store.try_to_write()
        except StoreError as wrong:
            self._refused = Told.of(wrong)

    def _try_again(self) -> None:
        """Nobody may be there to send the change again that was refused: see whether it would be."""
        with suppress(StoreError):
            if refused := self._refused:
                self._store.try_to_write()
                self._refused = Told() if self._refused == refused else self._refused

    def plan(self, change: ChangeSet, options: Options) -> Plan:
        """What would come of *change*; saves nothing, and findings that refuse are in the plan, not raised."""
        return self.commit(change, replace(options, is_dry_run=True))

    def commit(self, change: ChangeSet, options: Options) -> Plan:
        """Carry *change* out: on return it is durable, and a query sent from now on sees it."""
        read = change
        if any(one.text is not None for one in change.zones):
            self._refuse_zones(change, options)  # before a text is read in vain; it is asked again with the lock
            read = sent.read(change, self._limits)
        return self._carry_out(lambda: read, options)

    def undo(self, zone: str, serial: int | None, options: Options, *, only_this_zone: bool = False) -> Plan:
        """Take back the change that made *serial* of *zone*, or the last one, as a new change: in all its zones.

        *only_this_zone*: its part in *zone* and no other. Raises: ForbiddenEdit when not all its zones are the caller's
        """
        zone = _name(zone)

        def change() -> ChangeSet:
            entry = self._entry(zone, serial, self.sight(options.caller))
            parts = undo.parts(self._store, entry, options.caller, only_this_zone=only_this_zone)
            return undo.inverse(self._store, parts, self._published.zones)

        return self._carry_out(change, options)

    def redefine(self, zone: str, how: "Callable[[ZoneInfo], ZoneInfo]", options: Options) -> Plan:
        """Give *zone* the properties that *how* makes of those that it has; nobody changes them in between."""
        zone = _name(zone)

        def change() -> ChangeSet:
            known = self._published.zones.get(zone)
            return ChangeSet(zones=(ZoneChange(zone, known and how(known)),))

        return self._carry_out(change, options)

    def point(self, alias: str, target: str, ttl: int | None, options: Options, *, replaces: bool = False) -> Plan:
        """Let *alias* be an alias of *target*: a CNAME, at an apex an ALIAS.

        *replaces*: in place of what stands there; without it other data refuse.
        """
        alias, target = _name(alias), _name(target)
        return self._carry_out(
            lambda: intent.point(self._kept(options), alias, target, ttl, replaces=replaces), options
        )

    def rename(self, old: str, new: str, options: Options, *, keep_alias: bool = False) -> Plan:
        """Move all RRsets of *old* to *new*, and with them every record that names *old*, in all zones kept here.

        *keep_alias* leaves *old* as an alias of *new*.
        """
        old, new = _name(old), _name(new)
        return self._carry_out(lambda: intent.rename(self._kept(options), old, new, keep_alias=keep_alias), options)

    def retire(self, name: str, repoint: str | None, options: Options) -> Plan:
        """Delete all RRsets of *name*. Records that name it refuse, or name *repoint* from now on."""
        name, to = _name(name), _name(repoint) if repoint is not None else None
        return self._carry_out(lambda: intent.retire(self._kept(options), name, to), options)

    def check(self, zone: str, caller: Caller = PROGRAM) -> "list[Finding]":
        """All findings of the rules in *zone* as it is served, by owner. Raises: NoZone, ForbiddenEdit"""
        zone, sight = _name(zone), self.sight(caller)
        if not any(one.origin == zone for one in sight.graph.zones()):
            raise sight.missing(zone)
        return judging.of_zone(sight.graph, self._check, zone)

    def sight(self, caller: Caller) -> Sight:
        """What *caller* may know of now."""
        return Sight(caller, self._graph, self._published.zones.keys(), self._files)

    # Inside

    def _entry(self, zone: str, serial: int | None, sight: Sight) -> Entry:
        """The entry of the journal that is meant. Raises: NoZone, ForbiddenEdit, RejectedEdit"""
        if not sight.caller.may_read(zone):
            raise sight.missing(zone)
        if serial is not None:
            found = self._store.entry(zone, serial)
        else:
            found = next(iter(self._store.journal(zone, limit=1)), None)
        if found is None:
            intent.refuse_file(sight.files, zone)
        if found is None and zone not in sight.zones:
            raise sight.missing(zone)
        if found is None:
            raise RejectedEdit(f"{zone} has no change{'' if serial is None else f' {serial}'}")
        return found

    def _kept(self, options: Options) -> intent.Kept:
        return intent.Kept(self._store, self.sight(options.caller))

    def _carry_out(self, make: Callable[[], ChangeSet], options: Options) -> Plan:
        with ExitStack() as held:
            with self._noted(), self._lock:
                is_changed = self._published.catch_up()
                change = self._order.made(make)
                is_changed |= self._published.catch_up()  # it may have waited
                if is_long := self._long.takes(change):
                    self._refuse_zones(change, options)
                    held.enter_context(self._order.holding(() if options.is_dry_run else zones_of(change)))
                else:
                    plan = self._carried_out(change, options)
            if is_long:
                with self._noted():
                    plan = self._carried_out_long(change, options)
            if plan.is_saved:
                self._refused = Told()
        if plan.is_saved or is_changed:
            self._on_change()
        return plan

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except StoreError as wrong:
            self._refused = Told.of(wrong)
            raise

    def _carried_out_long(self, change: ChangeSet, options: Options) -> Plan:
        """Without the lock, but at the end: see `long`."""
        with self._long.turn(change) as ahead:
            edit = self._edit(change, options)
            if options.is_dry_run:
                return self._judged(edit, self._long.prepared(edit, ahead), options)
            judge = partial(self._judged, edit, options=options)
            one = LongChange(self._long, edit, judge, partial(self._refuse_in_the_end, change, options))
            return one.carry_out(ahead, options.made, self._check)

    def _refuse_in_the_end(self, change: ChangeSet, options: Options) -> None:
        """Raises: what was not so when a long change began, of its caller and of zone files that have come since"""
        self._refuse_zones(change, options)
        if self._long.has_file(change):
            raise RejectedEdit("a zone file of the same name was added meanwhile", hint="run it again")

    def _carried_out(self, change: ChangeSet, options: Options) -> Plan:
        # Whose a zone is, the database's or a file's, is settled in one order.
        with self._files.resting() if _is_of_zones(change, options) else nullcontext():
            self._refuse_zones(change, options)
            return self._assembled(change, options)

    def _assembled(self, change: ChangeSet, options: Options) -> Plan:
        self._published.begin(change)
        edit = self._edit(change, options)
        if edit.is_streamed and not options.is_dry_run:
            return self._carried_out_beside(edit, options)
        prepared = self._published.prepare(edit, with_serial=False)
        plan = self._judged(edit, prepared, options)
        if options.is_dry_run or not edit.is_written:
            return plan
        with self._published.in_step():
            position = self._store.commit(edit.writes(replace(options.made, accepted=plan.let_through)))
            self._published.publish(edit, prepared, position)
        return replace(plan, is_saved=True)

    def _edit(self, change: ChangeSet, options: Options) -> Edit:
        """*change* carried out on what is stored. Raises: RejectedEdit, StaleEdit, StoreError"""
        edit = assemble(self._store, self._published.zones, change, handover.of_change(change, self._files))
        edit.said = change.said
        guard.refuse_stale(self._store, edit.base, (edit.base_serial, options.base_serial))
        if not options.is_dry_run:
            edit.begin()
        return edit

    def _judged(self, edit: Edit, prepared: "Prepared", options: Options) -> Plan:
        """What comes of *edit*. Raises: RejectedEdit, but for a dry run: its plan says what refuses"""
        sight = self.sight(options.caller)
        seen = sight.version(prepared)
        judged = judging.judged(
            seen,
            list(edit.rewritten()),
            self._check,
            may_show=options.is_dry_run,
            has_places=edit.is_one_as_given,
            renumbered=edit.renumbered,
        )
        said = [*edit.said, *outage.of_change(edit, sight.graph, seen), *sight.loops_beyond(prepared)]
        judged = judging.with_said(judged, said, self._check)
        terms = judging.Terms(options.is_strict, options.accept)
        plan = replace(
            self._planned(edit, seen, judged, sight),
            let_through=judging.let_through(judged, terms),
            asks=judging.asks(judged, terms),
        )
        if options.is_dry_run:
            _, refused = judging.refusal(judged, terms)
            plan = replace(plan, changes=self._remembered(edit, plan, sight), refused=tuple(refused))
            return replace(plan, impact=self._impact(edit, seen, sight))
        judging.refuse(judged, terms)
        return plan

    def _carried_out_beside(self, edit: Edit, options: Options) -> Plan:
        """Judge *edit* in a thread of its own while the store writes it; committed is only what was accepted."""
        with ThreadPoolExecutor(1, "judging") as beside:
            prepared = self._published.prepare(edit, with_serial=False)
            judged = beside.submit(self._judged, edit, prepared, options)
            writes = edit.writes(options.made)
            with self._published.in_step():
                try:
                    position = self._store.commit(writes, lambda: judged.result().let_through)
                except (StoreError, ValueError):
                    judged.result()  # what no zone can hold is refused by the rules as well, and they say why
                    raise
                plan = judged.result()
                self._published.publish(edit, prepared, position)
        return replace(plan, is_saved=True)

    def _refuse_zones(self, change: ChangeSet, options: Options) -> None:
        guard.refuse_zones(change, self.sight(options.caller))
        guard.refuse_left_out(change, self.left_out)

    def _planned(self, edit: Edit, seen: "Prepared", judged: judging.Judged, sight: Sight) -> Plan:
        zones = edit.zones.values()
        return Plan(
            base_serial=edit.base_serial,
            changes=tuple(edit.shown()),
            counts=edit.counts(),
            findings=judged.added,
            existing=judged.existing,
            impact_count=reached(seen)[0],
            serials={zone.name: zone.shown_serials for zone in zones if zone.serials[0] != zone.serials[1]},
            properties=tuple(one for zone in zones for one in zone.properties()),
            files=tuple(
                FileChange(one.zone, sight.shown(one.file), one.is_read, one.serial)
                for zone in zones
                if (one := zone.handover)
            ),
        )

    def _remembered(self, edit: Edit, plan: Plan, sight: Sight) -> tuple[Change, ...]:
        def negative(zone: str) -> int:
            return negative_ttl(edit.zones[zone].draft.soa) if edit.zones[zone].serials[0] else 0

        return remembered(plan.changes, sight.graph, negative)

    def _impact(self, edit: Edit, seen: "Prepared", sight: Sight) -> tuple[Impact, ...]:
        return impact(reached(seen)[1], (sight.graph, seen), edit.shown())
