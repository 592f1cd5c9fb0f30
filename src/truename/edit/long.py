"""A change that takes seconds: zones of many records that are made or deleted.

    assemble ─┬─ Graph.branch ── rules ─── verdict ─┐                  ┌ the door's lock is held from here on
              └─ Store.staging, part by part ───────┴─ follow ── follow ── store.commit ── publish

Others change other zones meanwhile. What they published is carried out on our version too (`Branch.follow`), and the
verdict stands when it adds the same findings with our change as without: then our change adds what it added before. If
it does not, or a zone file was read, all is judged anew, on what is there then; who is unlucky again and again is
judged with the lock held.

Before the commit nobody sees anything of it, neither in the store nor in the graph.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from truename._core import normalize_name
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.files import FileZones
from truename.edit.judging import differs
from truename.edit.plan import Plan
from truename.edit.published import LARGE, Published
from truename.edit.zone_edit import Edit, Made
from truename.errors import StoreError

if TYPE_CHECKING:
    from truename._core import Branch, Graph, Prepared
    from truename.config import Check
    from truename.store import Store

MANY = 10_000  # RRsets from which on a change is long
AGAIN = 3  # times that it is judged anew before the lock is held for it
OUTSIDE = "out-of-zone"
ROUNDS = 10  # of following before the lock is taken: each has less to do than the one before

Branched = tuple["Prepared", "Branch"]
Ahead = Future[Branched] | None


class LongChanges:
    """Where long changes are made, one after the other: each needs several times the memory of its text.

    *lock* is the door's.
    """

    def __init__(self, store: "Store", graph: "Graph", published: Published, files: FileZones, lock: Any) -> None:
        self.store = store
        self.graph = graph
        self.published = published
        self.files = files
        self.lock: AbstractContextManager[object] = lock
        self._one = threading.Lock()

    def takes(self, change: ChangeSet) -> bool:
        """Whether *change* is made here: it is long, and no file is handed over. Raises: StoreError"""
        whole = [one for one in change.zones if one.is_new or one.is_deleted]
        if change.sets or len(whole) < len(change.zones):
            return False
        try:
            return any(map(self._is_large, whole)) and not self.has_file(change)
        except ValueError:  # no name, which is told elsewhere
            return False

    def _is_large(self, one: ZoneChange) -> bool:
        if one.is_deleted:
            return self.store.has_more(normalize_name(one.zone), MANY)
        count = one.read.count if one.read else 0  # a short text may make many (`$GENERATE`)
        return len(one.text or b"") > LARGE or count > MANY or len(one.whole or ()) > MANY

    def has_file(self, change: ChangeSet) -> bool:
        """Whether one of its zones is read from a file, or would be if it were not in the database."""
        zones = [normalize_name(one.zone) for one in change.zones]
        return any((self.files.file_of(zone) or self.files.behind(zone)) is not None for zone in zones)

    def prepared(self, edit: Edit, ahead: Ahead) -> "Prepared":
        """*edit* as a version that is only looked at."""
        return branched(self.published, edit, ahead)[0]

    @contextmanager
    def turn(self, change: ChangeSet) -> Iterator[Ahead]:
        """One at a time; gives what the graph reads already while the text is read for the store: both take as long."""
        first = change.zones[0]
        with self._one, ThreadPoolExecutor(1, "ahead") as ahead:
            is_one = len(change.zones) == 1 and first.text
            yield ahead.submit(self.graph.branch, [], texts=[(first.zone, first.text or b"")]) if is_one else None


def branched(published: Published, edit: Edit, ahead: Ahead = None) -> Branched:
    """*edit* as a version, with its branch."""
    if ahead is not None:
        failed = ahead.exception()  # it has ended: one that begins later than ours would make ours stale
        if edit.is_one_as_given and failed is None:
            return ahead.result()
    return published.branch(edit)


class LongChange:
    """One of them. *judge* says what comes of a version, and raises RejectedEdit; *refuse* raises what keeps it from
    being committed after all."""

    def __init__(
        self, here: LongChanges, edit: Edit, judge: "Callable[[Prepared], Plan]", refuse: Callable[[], None]
    ) -> None:
        self._here = here
        self._edit = edit
        self._judge = judge
        self._refuse = refuse
        self._branch: Branch | None = None

    def carry_out(self, ahead: Ahead, made: Made, check: "Check") -> Plan:
        """Store and publish it; the caller holds its zones, and not the lock. Raises: RejectedEdit, StoreError"""
        with ThreadPoolExecutor(1, "judging") as beside, ExitStack() as ends:
            plan = beside.submit(self._judged, ahead)
            try:
                staged = {zone: ends.enter_context(self._staged(zone, plan)) for zone in self._edit.coming()}
            except (StoreError, ValueError):
                plan.result()  # what no zone can hold is refused by the rules as well, and they say why
                raise
            return self._landed(plan.result(), staged, made, check)

    def _judged(self, ahead: Ahead = None) -> Plan:
        prepared, self._branch = branched(self._here.published, self._edit, ahead)
        return self._judge(prepared)

    def _staged(self, zone: str, plan: "Future[Plan]") -> AbstractContextManager[int]:
        def refuse() -> None:
            if plan.done():
                plan.result()

        return self._here.store.staging(zone, self._edit.zones[zone].rrsets(), refuse)

    def _landed(self, plan: Plan, staged: dict[str, int], made: Made, check: "Check") -> Plan:
        for _ in range(AGAIN):
            self._edit.lines()  # the journal's: not with the lock held
            if self._follows(check, ROUNDS):
                with self._here.lock:
                    self._here.published.catch_up()
                    if self._follows(check):
                        return self._committed(plan, staged, made)
            plan = self._judged()
        with self._here.lock:
            self._here.published.catch_up()
            return self._committed(self._judged(), staged, made)

    def _follows(self, check: "Check", rounds: int = -1) -> bool:
        """Carry out what others published since. Whether the verdict stands."""
        assert self._branch is not None  # noqa: S101 - it was judged
        try:
            while rounds and (others := self._branch.follow()):
                if differs(*others, check) or self._leaves_behind(*others):
                    return False
                rounds -= 1
        except ValueError:  # stale
            return False
        return True

    def _leaves_behind(self, theirs: "Prepared", ours: "Prepared") -> bool:
        """Whether others made a name, meanwhile, that leads into a zone which goes: `outage` is to be asked again."""
        if not any(zone.after is None for zone in self._edit.zones.values()):
            return False
        names = ours.scope()
        return len(names) > MANY or any(
            ours.explain(name).end == OUTSIDE and theirs.explain(name).end != OUTSIDE for name in names
        )

    def _committed(self, plan: Plan, staged: dict[str, int], made: Made) -> Plan:
        """The lock is held."""
        here, published, branch = self._here, self._here.published, self._branch
        assert branch is not None  # noqa: S101 - it was judged
        with here.files.resting():
            self._refuse()
            with published.in_step():
                writes = self._edit.writes(replace(made, accepted=plan.let_through))
                position = here.store.commit([write.of(staged.get(write.info.name)) for write in writes])
                published.publish(self._edit, branch, position)
        return replace(plan, is_saved=True)
