"""A database, a graph and the door between them, with words that are short to write."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from truename._core import Graph, zone_text
from truename.config import Check
from truename.edit.caller import Caller
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.door import Door, Options
from truename.edit.plan import Plan
from truename.store import Store
from truename.zone import Record

COM = """\
@      3600 IN SOA   ns1 hostmaster 7 7200 900 1209600 300
@      3600 IN NS    ns1
@      300  IN A     192.0.2.1
@      300  IN MX    10 mail
ns1    300  IN A     192.0.2.53
mail   300  IN A     192.0.2.25
www    32600 IN CNAME @
shop   32600 IN CNAME www
"""
ORG = """\
@      3600 IN SOA   ns1.example.com. hostmaster 2020010101 7200 900 1209600 300
@      3600 IN NS    ns1.example.com.
www    600  IN CNAME www.example.com.
_sip._tcp 600 IN SRV 1 2 5060 mail.example.com.
svc    600  IN HTTPS 1 www.example.com. alpn="h2"
"""
ME = Options(Caller("me", "admin", door="cli"))


def bound_to(*zones: str, options: Options = ME) -> Options:
    """*options* of a key that is bound to *zones*."""
    return replace(options, caller=Caller("key:bound", "editor", frozenset(zones)))


class Files:
    """Zones of files, as `serve.zones` tells of them: origin -> file."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.paths: dict[str, Path] = {}
        self.back: dict[str, Path] = {}  # those that the database goes before
        self.is_resting = False

    def add(self, path: Path, text: str) -> None:
        path.write_text(text)
        loaded = self.graph.load_zone(str(path))
        assert not loaded.problems, [p.message for p in loaded.problems]
        self.paths[loaded.origin] = path

    def origins(self) -> frozenset[str]:
        return frozenset(self.paths)

    def file_of(self, zone: str) -> str | None:
        return str(self.paths[zone]) if zone in self.paths else None

    def places(self, zone: str, owner: str, rtype: str, target: str) -> Sequence[str]:
        from truename._core import find_links

        found = find_links(str(self.paths[zone]), zone, owner, rtype, target)
        return [f"{file}:{line}" for file, line in found]

    def behind(self, zone: str) -> str | None:
        return str(self.back[zone]) if zone in self.back else None

    def text_of(self, zone: str) -> bytes | None:
        if zone in self.paths:
            return zone_text(self.graph, zone)
        read = Graph()
        loaded = read.load_zone(str(self.back[zone]), zone)
        return None if loaded.problems else zone_text(read, zone)

    @contextmanager
    def resting(self) -> Iterator[None]:
        self.is_resting = True
        yield
        self.is_resting = False

    def stand_back(self, zone: str) -> None:
        assert self.is_resting
        self.back[zone] = self.paths.pop(zone)

    def step_in(self, zone: str) -> None:
        assert self.is_resting
        path = self.back.pop(zone)
        if any(one.origin == zone for one in self.graph.zones()):
            self.paths[zone] = path


class Kept:
    """Everything that a door is made of."""

    def __init__(self, store: Store, check: Check | None = None) -> None:
        self.store = store
        self.check = check or Check()
        self.graph = Graph()
        self.files = Files(self.graph)
        self.told = 0
        self.door = Door(store, self.graph, files=self.files, check=check, on_change=self._tell)
        assert self.door.load() == []

    def _tell(self) -> None:
        self.told += 1

    def make(self, zone: str, text: str, options: Options = ME) -> Plan:
        return self.door.commit(ChangeSet(zones=[ZoneChange(zone, is_new=True, text=text.encode())]), options)

    def edit(self, *sets: SetChange, options: Options = ME) -> Plan:
        return self.door.commit(ChangeSet(sets=sets), options)

    def look(self, *sets: SetChange, options: Options = ME) -> Plan:
        return self.door.plan(ChangeSet(sets=sets), options)

    def contents(self, owner: str, rtype: str) -> list[str]:
        """What is stored of one RRset of example.com."""
        found = self.store.rrset("example.com.", f"{owner}.example.com.", rtype)
        return [record.content for record in found.records] if found else []

    def lines(self, zone: str = "example.com.") -> list[str]:
        """What is stored, without the SOA; disabled records too."""
        return [line for rrset in self.store.rrsets(zone) for line in rrset.lines() if rrset.type != "SOA"]

    def serial(self, zone: str = "example.com.") -> int:
        info = self.store.zone(zone)
        assert info is not None
        return info.serial

    def assert_published(self) -> None:
        """What is served is what a fresh graph of the store would serve."""
        fresh = Graph()
        for info in self.store.zones():
            fresh.publish(fresh.prepare([], texts=[(info.name, self.store.zone_text(info.name))]))
        shown = {zone.origin: (zone.serial, zone.records, zone.names) for zone in self.graph.zones()}
        stored = {zone.origin: (zone.serial, zone.records, zone.names) for zone in fresh.zones()}
        assert {name: one for name, one in shown.items() if name not in self.files.paths} == stored
        for info in self.store.zones():
            assert info.serial == stored[info.name][0]
            for rrset in self.store.rrsets(info.name):
                one, other = (graph.explain(rrset.owner, rrset.type) for graph in (self.graph, fresh))
                assert (one.rcode, one.end, sorted(one.records)) == (other.rcode, other.end, sorted(other.records))


def put(owner: str, rtype: str, *contents: str, ttl: int | None = 300, zone: str = "example.com.") -> SetChange:
    """Replace the RRset; `owner` is below *zone* unless it ends with a dot."""
    return SetChange(zone, _name(owner, zone), rtype, "replace", ttl, [Record(content) for content in contents])


def take(owner: str, rtype: str, zone: str = "example.com.") -> SetChange:
    return SetChange(zone, _name(owner, zone), rtype, "delete")


def more(owner: str, rtype: str, *contents: str, op: str = "extend", zone: str = "example.com.") -> SetChange:
    return replace(put(owner, rtype, *contents, zone=zone, ttl=None), op=op)


def _name(owner: str, zone: str) -> str:
    if owner == "@":
        return zone
    return owner if owner.endswith(".") else f"{owner}.{zone}"
