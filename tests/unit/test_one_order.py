"""Zone files that come and go while zones of the same names are made and deleted: whose a zone is has one order.

The reading of a file is held at one of two points, and goes on when the other side is through or waits for its turn.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from truename._core import Graph, Loaded
from truename.config import Check
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.door import Door, Options
from truename.errors import RejectedEdit, TruenameError, ZoneExists
from truename.serve.held import Held
from truename.serve.sources import gather
from truename.serve.zones import Zones
from truename.store import Store
from unit.edit.kept import put

ZONE = "example.net."
FROM_FILE, FROM_API, LATER = "192.0.2.1", "192.0.2.2", "192.0.2.3"
OTHER = "example.info."
POINTS = ["beside", "publish"]  # before a file is read beside the graph, and before it is published


def text(address: str, zone: str = ZONE) -> str:
    return f"""$ORIGIN {zone}
@ 60 IN SOA ns h 5 7200 900 1209600 300
@ 60 IN NS ns
ns 60 IN A 192.0.2.53
www 60 IN A {address}
"""


class Gate:
    """Holds the next reading of a file at its *point*."""

    def __init__(self) -> None:
        self.point = ""
        self.is_held, self.go = threading.Event(), threading.Event()

    def arm(self, point: str) -> None:
        self.point = point
        self.is_held.clear()
        self.go.clear()

    def pass_by(self, point: str) -> None:
        if self.point == point:
            self.point = ""
            self.is_held.set()
            assert self.go.wait(20)


class World:
    """A directory of zone files, a database, and the door to it, as a server has them."""

    def __init__(self, where: Path, store: Store, patch: pytest.MonkeyPatch) -> None:
        self.gate = Gate()
        self.files = where / "zones"
        self.files.mkdir()
        self.graph = Graph()
        self.zones = Zones(self.graph, gather([str(self.files)]))
        self.zones.load()
        self.door = Door(store, self.graph, files=self.zones, check=Check())
        assert self.door.load() == []
        self.zones.is_kept = self.door.has
        self.store = store
        self._wants_turn = threading.Event()
        beside, publish, resting = self.zones._beside, self.zones._publish, self.zones.resting

        def read_beside(held: Held) -> Loaded | None:
            found = beside(held)
            self.gate.pass_by("beside")  # what it found may be old by the time it is used
            return found

        def published(held: Held, tried: Loaded | None) -> Any:
            self.gate.pass_by("publish")
            return publish(held, tried)

        def asking() -> Any:
            self._wants_turn.set()
            return resting()

        patch.setattr(self.zones, "_beside", read_beside)
        patch.setattr(self.zones, "_publish", published)
        patch.setattr(self.zones, "resting", asking)

    def write(self, address: str = FROM_FILE, name: str = "a.zone", zone: str = ZONE) -> Path:
        path = self.files / name
        path.write_text(text(address, zone))
        return path

    def settle(self) -> None:
        """As many looks as a change needs to be read, and what it leads to."""
        for _ in range(5):
            self.zones.poll()

    def while_reading(self, point: str, act: Callable[[], object]) -> Exception | None:
        """*act* while the reading of a file stands at *point*. Returns: what *act* raised"""
        self.gate.arm(point)
        reader = threading.Thread(target=self.settle)
        reader.start()
        assert self.gate.is_held.wait(20), "no file is read"
        raised: list[Exception] = []

        def run() -> None:
            try:
                act()
            except Exception as wrong:
                raised.append(wrong)
            self._wants_turn.set()  # whether it asked or not

        self._wants_turn.clear()
        other = threading.Thread(target=run)
        other.start()
        assert self._wants_turn.wait(20)
        if point == "beside":  # nobody waits for a file that is only read
            other.join(20)
            assert not other.is_alive()
        self.gate.go.set()
        other.join(20)
        reader.join(20)
        self.settle()
        return raised[0] if raised else None

    def create(self) -> None:
        change = ZoneChange(ZONE, is_new=True, text=text(FROM_API).encode())
        self.door.commit(ChangeSet(zones=[change]), Options())

    def take_over(self) -> None:
        change = ZoneChange(ZONE, is_new=True, takes_over=True, text=text(FROM_API).encode())
        self.door.commit(ChangeSet(zones=[change]), Options())

    def delete(self) -> None:
        self.door.commit(ChangeSet(zones=[ZoneChange(ZONE, is_deleted=True)]), Options())

    def addresses(self, zone: str = ZONE) -> list[str]:
        return [data for _, _, _, data in self.graph.explain(f"www.{zone}").records]

    def assert_one(self, zone: str = ZONE) -> str:
        """*zone* is the database's or a file's or nobody's, and is served and edited accordingly. Returns: whose"""
        is_kept, file = self.door.has(zone), self.zones.file_of(zone)
        assert not (is_kept and file)
        assert is_kept == (self.store.zone(zone) is not None)
        edit = ChangeSet(sets=[put("new", "A", "192.0.2.9", zone=zone)])
        if is_kept:
            self.door.commit(edit, Options())
            stored = self.store.rrset(zone, f"www.{zone}", "A")
            assert stored and self.addresses(zone) == list(stored.served)
        elif file:
            with pytest.raises(RejectedEdit, match="read from"):
                self.door.commit(edit, Options())
            assert self.addresses(zone)[0] in Path(file).read_text()
        else:
            with pytest.raises(TruenameError):
                self.door.commit(edit, Options())
            assert not self.addresses(zone)
        return "database" if is_kept else "file" if file else ""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        yield World(tmp_path, store, monkeypatch)


@pytest.mark.parametrize("point", POINTS)
def test_a_zone_that_is_made_while_its_file_is_read(world: World, point: str) -> None:
    path = world.write()
    raised = world.while_reading(point, world.create)
    if point == "beside":
        assert raised is None and world.assert_one() == "database" and world.zones.behind(ZONE) == str(path)
    else:
        assert isinstance(raised, ZoneExists) and world.assert_one() == "file"
    whose = world.assert_one()
    path.unlink()
    world.settle()
    assert world.assert_one() == ("database" if whose == "database" else "")
    world.write(LATER)  # it comes again
    world.settle()
    assert world.assert_one() == whose
    if whose == "database":
        world.delete()
        world.settle()
    assert world.assert_one() == "file" and world.addresses() == [LATER]


@pytest.mark.parametrize("point", POINTS)
def test_a_zone_that_is_taken_over_while_its_file_is_read(world: World, point: str) -> None:
    world.write()
    world.settle()
    world.write(LATER)
    if point == "beside":  # only a file that may be new to its zone is read beside
        world.take_over()
        world.write(FROM_FILE)
    assert world.while_reading(point, world.take_over if point == "publish" else lambda: None) is None
    assert world.assert_one() == "database" and world.addresses() == [FROM_API]


def test_a_zone_that_is_deleted_while_the_file_behind_it_is_read(world: World) -> None:
    world.create()
    world.write()
    world.settle()
    world.write(LATER)
    assert world.while_reading("beside", world.delete) is None
    assert world.assert_one() == "file" and world.addresses() == [LATER]


def test_a_zone_that_is_deleted_while_its_first_file_is_read(world: World) -> None:
    world.create()
    world.write()
    assert world.while_reading("beside", world.delete) is None
    assert world.assert_one() == "file"


def test_a_zone_that_is_made_and_deleted_while_its_file_is_read(world: World) -> None:
    world.write()

    def both() -> None:
        world.create()
        world.delete()

    assert world.while_reading("beside", both) is None
    assert world.assert_one() == "file"


@pytest.mark.parametrize("point", POINTS)
def test_a_file_that_goes_while_it_is_read(world: World, point: str) -> None:
    path = world.write()

    def act() -> None:
        path.unlink()
        world.create()

    raised = world.while_reading(point, act)
    if raised:  # it was there when the zone was to be made: a moment later it is not
        world.create()
    assert world.assert_one() == "database"


@pytest.mark.parametrize("point", POINTS)
def test_a_file_that_says_another_zone_by_the_time_it_is_published(world: World, point: str) -> None:
    world.create()
    world.write(zone=OTHER)
    assert world.while_reading(point, lambda: world.write(LATER)) is None
    assert world.assert_one() == "database" and world.addresses() == [FROM_API]


@pytest.mark.parametrize("point", POINTS)
def test_all_files_are_read_again(world: World, point: str) -> None:
    """As SIGHUP asks for."""
    world.write()
    world.settle = lambda: world.zones.reload(world.zones.sources)  # type: ignore[method-assign,assignment,return-value]
    raised = world.while_reading(point, world.create)
    assert (raised is None) == (point == "beside")
    assert world.assert_one() == ("database" if point == "beside" else "file")


def test_two_files_behind_one_zone(world: World) -> None:
    """When the first goes, the second is the one that steps in; and whoever does not serve says so."""
    world.create()
    first, second = world.write(FROM_FILE), world.write(LATER, "b.zone")
    world.settle()
    assert world.zones.behind(ZONE) == str(first)
    first.unlink()
    world.settle()
    assert world.zones.behind(ZONE) == str(second)
    world.write(FROM_FILE)
    world.settle()
    world.delete()
    world.settle()
    assert world.assert_one() == "file" and world.addresses() == [LATER]
    assert [problem.message for _, problem in world.zones.problems] == [f"{ZONE} is served from {second} already"]


def test_two_files_of_one_zone(world: World) -> None:
    first = world.write(FROM_FILE)
    world.settle()
    world.write(LATER, "b.zone")
    world.settle()
    assert world.addresses() == [FROM_FILE] and len(world.zones.problems) == 1
    first.unlink()
    world.settle()
    assert world.addresses() == [LATER] and world.zones.problems == []


def test_again_and_again(world: World) -> None:
    """Whoever comes first: in the end the zone is one's."""
    is_over = threading.Event()

    def come_and_go() -> None:
        while not is_over.is_set():
            path = world.write()
            world.settle()
            path.unlink()
            world.zones.poll()

    reader = threading.Thread(target=come_and_go)
    reader.start()
    try:
        for _ in range(60):
            for act in (world.create, world.delete):
                try:
                    act()
                except TruenameError:
                    continue
    finally:
        is_over.set()
        reader.join()
    world.settle()
    world.assert_one()
