"""Zones on their way to the graph: what is served of the store is what is stored in it, read in columns."""

import pytest
from sqlalchemy import text
from zones_kept import NS, SOA, ZONE, changed, made, make_zone, rrset

from truename._core import Graph, Prepared, zone_text
from truename.errors import StoreError
from truename.store import Store, ZoneWrite, reading
from truename.zone import Record, RRset, ZoneInfo


def load(store: Store, zone: str) -> Prepared:
    with store.stored(zone) as stored:
        return Graph().prepare_stored(zone, stored.parts, sets=stored.sets)


def served(store: Store, zone: str) -> list[bytes]:
    """What a graph that took the zone has."""
    graph = Graph()
    with store.stored(zone) as stored:
        prepared = graph.prepare_stored(zone, stored.parts, sets=stored.sets)
    assert prepared.refused == []
    graph.publish(prepared)
    return sorted(zone_text(graph, zone).splitlines())


@pytest.fixture(params=[1, 2, 3, 5000], ids=lambda part: f"by {part}")
def _part(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many RRsets at once. The bound statement holds the number, so it is made anew."""
    monkeypatch.setattr(reading, "_NEXT", reading._NEXT.offset(request.param))


@pytest.mark.usefixtures("_part")
def test_what_is_stored_is_what_the_graph_has(store: Store):
    odd = RRset("odd\\.one\\001\\255.example.com.", "TXT", 60, (Record('"a \\"b\\" \\001\\010"'), Record('"x"')))
    off = RRset("off.example.com.", "A", 60, (Record("192.0.2.9", is_disabled=True),))
    half = RRset("half.example.com.", "A", 60, (Record("192.0.2.9", is_disabled=True), Record("192.0.2.8")))
    many = [rrset(f"n{number}", "A", f"192.0.2.{number}", "198.51.100.1") for number in range(20)]
    kinds = [
        rrset(ZONE, "MX", "10 mail.example.com."),
        rrset(ZONE, "TXT", '"x"'),
        rrset("b.a", "TYPE65280", "\\# 1 ff"),
    ]
    make_zone(store, odd, off, half, *many, *kinds, rrset("*.w", "CNAME", "n1.example.com."))
    assert served(store, ZONE) == sorted(store.zone_text(ZONE).splitlines())
    with store.version(ZONE) as version:
        texts = list(version.texts())
    assert b"".join(texts) == store.zone_text(ZONE) and all(text.endswith(b"\n") for text in texts)


def test_a_version_is_one_whatever_is_committed_meanwhile(store: Store):
    make_zone(store, *[rrset(f"n{number}", "A", "192.0.2.1") for number in range(20)])
    info, before, text = store.zone(ZONE), list(store.rrsets(ZONE)), store.zone_text(ZONE)
    with store.version(ZONE) as version:
        store.commit([changed(rrset("n1", "A", "192.0.2.2"), rrset("new", "A", "192.0.2.2"))])
        assert (version.info, list(version.rrsets()), b"".join(version.texts())) == (info, before, text)
        assert list(version.rrsets("n1.example.com.", "A")) == [rrset("n1", "A", "192.0.2.1")]
    assert store.zone(ZONE) != info and store.zone_text(ZONE) != text
    with store.version("nowhere.example.") as version:
        assert version is None


@pytest.mark.usefixtures("_part")
def test_the_root_zone(store: Store):
    store.commit([made(rrset(".", "NS", "a.root-servers.net."), rrset("com.", "NS", "a.gtld-servers.net."), zone=".")])
    with store.stored(".") as stored:
        prepared = Graph().prepare_stored(".", stored.parts)
    assert [(fact.kind, fact.owner) for fact in prepared.refused] == [("soa-missing", ".")]


def test_many_rrsets_are_read_on_several_threads(store: Store):
    sets = [rrset(f"n{number}", "A", f"10.0.{number >> 8}.{number & 255}") for number in range(24_000)]
    make_zone(store, *sets, rrset("w", "CNAME", "n7.example.com."))
    with store.stored(ZONE) as stored:
        assert stored.sets == 24_003
    assert served(store, ZONE) == sorted(store.zone_text(ZONE).splitlines())


def test_all_parts_are_of_one_version(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_NEXT", reading._NEXT.offset(4))
    make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
    with store.stored(ZONE) as stored:
        first = next(stored.parts)
        store.commit([changed(("n9.example.com.", "A"))])
        assert "n9" in "\n".join(places for places, *_ in (first, *stored.parts)).split("\n")
    with store.stored(ZONE) as stored:
        assert "n9" not in "\n".join(places for places, *_ in stored.parts).split("\n")


def test_a_zone_that_is_not_kept(store: Store):
    assert [fact.kind for fact in load(store, "example.org.").refused] == ["soa-missing"]


@pytest.mark.parametrize(
    ("sets", "kinds", "detail"),
    [
        ([SOA, NS, rrset("x", "A", "192.0.2")], ["unreadable"], "x.example.com. A: "),
        ([SOA, NS, rrset("x", "OPT", "x")], ["unreadable"], "x.example.com. OPT: it is no record type"),
        ([SOA, NS, RRset("x.example.com.", "TXT", 1, (Record('"a\x01b"'),))], ["unreadable"], "do not fit together"),
        ([NS], ["soa-missing"], ""),
        ([SOA, NS, rrset("x", "SOA", SOA.records[0].content)], ["soa-second"], ""),
    ],
)
def test_what_cannot_be_served_is_told(store: Store, sets: list[RRset], kinds: list[str], detail: str):
    store.commit([ZoneWrite(ZoneInfo(ZONE), whole=sets, is_new=True)])
    refused = load(store, ZONE).refused
    assert [fact.kind for fact in refused] == kinds and detail in refused[0].detail


def test_the_error_of_a_part_is_the_callers(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_NEXT", reading._NEXT.offset(2))
    make_zone(store, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(10)))
    with store.stored(ZONE) as stored:
        assert next(stored.parts)
        monkeypatch.setattr(reading, "_PART", text("SELECT nothing FROM nowhere"))
        graph = Graph()
        for sets in (0, 1_000_000):  # on one thread, and on several
            with pytest.raises(StoreError), store.stored(ZONE) as broken:
                graph.prepare_stored(ZONE, broken.parts, sets=sets)
    assert graph.zones() == []
