"""Random edits through the door: whatever is asked, in any order, by anybody.

    accepted   stored, published and written into the journal, all three the same; the serial went forward
    refused    nothing of it anywhere
    undone     the records are what they were before

The alphabet is tiny, so that aliases meet data, zones meet their children, and undo meets what was done since.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from truename._core import Graph, zone_text
from truename.edit.caller import Caller
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.door import Door, Options
from truename.edit.undo import parsed
from truename.errors import NoZone, RejectedEdit, StaleEdit, TruenameError, ZoneExists
from truename.serial import is_newer
from truename.store import Store
from truename.zone import Record

ME = Options(Caller("me", "admin", door="test"))
ZONES = ("t.", "a.t.", "u.")
TTLS = (60, 300)
HEAD = "@ 300 SOA ns.out. h.out. 2020010101 1 1 1 60\n@ 300 NS ns.out.\n"
REFUSALS = (RejectedEdit, StaleEdit, NoZone, ZoneExists)

owners = st.sampled_from(("", "a.", "b.", "*.", "a.a.", "x.a.")).flatmap(
    lambda label: st.sampled_from(ZONES).map(lambda zone: label + zone)
)
names = st.one_of(owners, st.just("out."))
data = {
    "A": st.sampled_from(("192.0.2.1", "192.0.2.2", "192.0.2.3")),
    "TXT": st.sampled_from(('"a"', '"b c"')),
    "CNAME": names,
    "DNAME": names,
    "ALIAS": names,
    "NS": names,
    "MX": names.map("10 {}".format),
    "SRV": names.map("1 2 3 {}".format),
}


@st.composite
def sets(draw: st.DrawFn) -> SetChange:
    rtype = draw(st.sampled_from(sorted(data)))
    owner = draw(owners)
    zone = draw(st.sampled_from([zone for zone in ZONES if owner.endswith(zone)] or ["u."]))
    records = draw(st.lists(st.builds(Record, data[rtype], st.booleans().map(bool)), max_size=2))
    op = draw(st.sampled_from(("replace", "replace", "delete", "extend", "prune")))
    return SetChange(zone, owner, rtype, op, draw(st.sampled_from((None, *TTLS))), records)


@st.composite
def zones(draw: st.DrawFn) -> ZoneChange:
    zone = draw(st.sampled_from(ZONES))
    action = draw(st.sampled_from(("new", "delete", "replace")))
    if action == "delete":
        return ZoneChange(zone, is_deleted=True)
    lines = draw(st.lists(st.sampled_from(("a A 192.0.2.9", "b CNAME a", "* TXT x", "@ MX 5 a", "b CNAME u."))))
    text = (HEAD + "".join(f"{line.replace(' ', ' 60 ', 1)}\n" for line in lines)).encode()
    return ZoneChange(zone, is_new=action == "new", text=text)


changes = st.one_of(
    st.builds(ChangeSet, st.lists(sets(), min_size=1, max_size=4)),
    st.builds(ChangeSet, st.just(()), st.lists(zones(), min_size=1, max_size=2, unique_by=lambda one: one.zone)),
)
undos = st.tuples(st.sampled_from(ZONES), st.integers(0, 5))
steps = st.lists(st.one_of(changes, changes, undos), min_size=1, max_size=8)


@dataclass
class World:
    """The door of one example, and what was seen of every zone."""

    store: Store
    graph: Graph = field(default_factory=Graph)
    serials: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.door = Door(self.store, self.graph)
        self.door.load()

    def lines(self, zone: str, *, with_soa: bool = True) -> list[str]:
        return sorted(line for rrset in self.store.rrsets(zone) for line in rrset.lines()
                      if with_soa or rrset.type != "SOA")  # fmt: skip

    def everything(self) -> object:
        stored = [
            (info, self.lines(info.name), len(self.store.journal(info.name, limit=999))) for info in self.store.zones()
        ]
        return stored, [
            (zone.origin, sorted(zone_text(self.graph, zone.origin).splitlines())) for zone in self.graph.zones()
        ]

    def assert_same(self) -> None:
        """What is stored, what is served and what the journal says are the same, and no serial went back."""
        kept = {info.name: info for info in self.store.zones()}
        assert [zone.origin for zone in self.graph.zones()] == list(kept)
        for name, info in kept.items():
            assert sorted(self.store.zone_text(name).splitlines()) == sorted(zone_text(self.graph, name).splitlines())
            soa = self.store.rrset(name, name, "SOA")
            assert soa and int(soa.served[0].split(" ")[2]) == info.serial
            before = self.serials.get(name)
            assert before is None or before == info.serial or is_newer(info.serial, before)
            self.serials[name] = info.serial
        for name in ZONES:
            assert sorted(self.replayed(name)) == self.lines(name)

    def replayed(self, zone: str) -> set[str]:
        lines: set[str] = set()
        serial = 0
        for entry in reversed(self.store.journal(zone, limit=999)):
            assert set(entry.removed) <= lines and not lines & set(entry.added)
            assert entry.previous in (serial, 0) and is_newer(entry.serial, serial)
            lines = (lines - set(entry.removed)) | set(entry.added)
            serial = entry.serial
        return lines


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a zone in it, to be copied: making the tables takes longer than an example."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    with Store.open(f"sqlite:///{path}") as store:
        World(store).door.commit(ChangeSet(zones=[ZoneChange("t.", is_new=True, text=HEAD.encode())]), ME)
    return path


@pytest.fixture(scope="module")
def copies(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URLs of copies of it, without end."""
    directory = tmp_path_factory.mktemp("copies")

    def copy() -> Iterator[str]:
        while True:
            path = directory / "store.db"
            for old in directory.iterdir():
                old.unlink()
            shutil.copy(template, path)
            yield f"sqlite:///{path}"

    return copy()


def carry_out(world: World, step: object) -> bool:
    """Whether it was accepted."""
    before = world.everything()
    try:
        if isinstance(step, ChangeSet):
            plan = world.door.commit(step, ME)
        else:
            zone, back = step
            entries = world.store.journal(zone, limit=99)
            if back >= len(entries):
                return False
            plan = world.door.undo(zone, entries[back].serial, ME)
    except REFUSALS as refused:
        note(f"{step}: {type(refused).__name__} {refused}")
        assert world.everything() == before
        return False
    note(f"{step}: {plan.serials}")
    assert plan.is_saved or world.everything() == before
    return plan.is_saved


@given(steps)
@settings(max_examples=150, deadline=None)
def test_store_graph_and_journal_agree(copies, steps) -> None:
    with Store.open(next(copies)) as store:
        world = World(store)
        for step in steps:
            carry_out(world, step)
            world.assert_same()
        fresh = World(store)
        assert fresh.everything() == world.everything()


@given(steps, changes)
@settings(max_examples=150, deadline=None)
def test_undo_of_the_last_change_restores(copies, steps, last) -> None:
    with Store.open(next(copies)) as store:
        world = World(store)
        for step in steps:
            carry_out(world, step)
        before = {zone: world.lines(zone, with_soa=False) for zone in ZONES}
        serials = {info.name: info.serial for info in store.zones()}
        if not carry_out(world, last):
            return
        entries = {zone: store.journal(zone, limit=1)[0] for zone in ZONES if store.journal(zone, limit=1)}
        touched = [
            zone for zone, entry in entries.items() if entry.serial != serials.get(zone) and _is_last(entry, last)
        ]
        if len(touched) != 1:
            return  # a change of several zones is several entries, each of which may lean on the others
        world.door.undo(touched[0], entries[touched[0]].serial, ME)
        assert {zone: world.lines(zone, with_soa=False) for zone in ZONES} == before
        world.assert_same()


def _is_last(entry, change: ChangeSet) -> bool:
    named = {one.zone for one in change.zones} | {step.zone for step in change.sets}
    return entry.zone in named


@given(steps, changes)
@settings(max_examples=100, deadline=None)
def test_a_plan_changes_nothing_and_foretells(copies, steps, change) -> None:
    with Store.open(next(copies)) as store:
        world = World(store)
        for step in steps:
            carry_out(world, step)
        before = world.everything()
        try:
            plan = world.door.plan(change, ME)
        except TruenameError as refused:
            with pytest.raises(type(refused)):
                world.door.commit(change, ME)
            return
        assert world.everything() == before
        if plan.refused:
            with pytest.raises(RejectedEdit) as rejected:
                world.door.commit(change, ME)
            assert rejected.value.errors == plan.refused
            return
        done = world.door.commit(change, ME)
        foretold = tuple(replace(one, stale_until_s=None) for one in plan.changes)  # nobody asks that of a commit
        assert (done.changes, done.serials, done.impact_count) == (foretold, plan.serials, plan.impact_count)


def test_lines_of_the_journal_are_read_back() -> None:
    assert parsed('; disabled a.t. 60 IN TXT "a b"') == (("a.t.", "TXT"), 60, Record('"a b"', is_disabled=True))
    with pytest.raises(ValueError, match="no line"):
        parsed("nonsense")
