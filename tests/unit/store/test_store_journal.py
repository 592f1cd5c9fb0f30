"""The journal: newest first, kept when the zone goes, and enough to make every version again."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from zones_kept import NS, SOA, ZONE, changed, made, make_zone, rrset

from truename.store import Store, ZoneWrite, naming, reading
from truename.zone import DISABLED, Comment, Entry, Recommented, Record, Redefined, RRset, ZoneInfo


def test_an_entry_comes_back_as_it_was(store: Store):
    entry = Entry(ZONE, 1, 0, 1764172800.25, "user ada", "page", ("a", "b"), ("c",), ("target-missing", "glue-missing"))
    store.commit([ZoneWrite(ZoneInfo(ZONE, serial=1), is_new=True, entry=entry)])
    [kept] = store.journal(ZONE)
    assert kept == replace(entry, number=kept.number, change=kept.number) and kept.number > 0
    assert store.entry(ZONE, 1) == kept and store.entry(ZONE, 2) is None and store.entry("example.org.", 1) is None


def test_comments_and_properties_come_back_as_they_were(store: Store):
    """What JSON can hold and a database cannot is among them: NUL, half of a surrogate pair."""
    odd = Comment('"\\\n\x00 \udcff ü', "ada", 2**40)
    before = ZoneInfo(ZONE, "Master", "a", ("192.0.2.1", "192.0.2.2:53"), "EPOCH", "INCREASE", True, "c.example.")
    changes = (Recommented("www." + ZONE, "A", (), (odd, Comment(""))), Recommented(ZONE, "NS", (odd,), ()))
    entry = Entry(ZONE, 1, 0, 0.5, "x", "cli", comments=changes, properties=Redefined(before, ZoneInfo(ZONE)))
    store.commit([ZoneWrite(ZoneInfo(ZONE, serial=1), is_new=True, entry=entry)])
    [kept] = store.journal(ZONE)
    assert replace(kept, number=0, change=0) == entry
    gone = replace(entry, serial=2, previous=1, comments=(), properties=Redefined(before, None))
    store.commit([ZoneWrite(ZoneInfo(ZONE), is_deleted=True, entry=gone)])
    assert replace(store.journal(ZONE)[0], number=0, change=0) == gone


def test_the_entries_of_one_change_are_known_by_it(store: Store):
    make_zone(store)
    store.commit([made(zone="example.org."), changed(), made(zone="example.net.")])
    store.commit([changed(serial=3)])
    last, both, first = store.journal(ZONE)
    others = [*store.journal("example.org."), *store.journal("example.net.")]
    assert {one.change for one in others} == {both.change} and len({last.change, both.change, first.change}) == 3
    assert store.change(both.change) == [others[0], both, others[1]] and store.change(last.change) == [last]
    assert store.change(10**6) == [] and store.zones_of([]) == {}
    together = ("example.org.", ZONE, "example.net.")
    assert store.zones_of([last.change, both.change]) == {last.change: (ZONE,), both.change: together}
    assert last.number == last.change and both.number != both.change


def test_what_names_a_name_and_is_no_link(store: Store):
    make_zone(store, rrset("www", "CNAME", "ns.example.com."))
    other = replace(SOA, owner="example.org.", records=(Record("NS.Example.com. h.example.org. 1 1 1 1 1"),))
    hidden = RRset("a.example.org.", "CNAME", 60, (Record("ns.example.com.", True),))
    percent = RRset("b.example.org.", "CNAME", 60, (Record("c.example.org."), Record("n%.example.com.", True)))
    store.commit([made(other, hidden, percent, zone="example.org.")])
    found = {(zone, one.owner, one.type) for zone, one in store.unlinked("ns.example.com.")}
    soas = {(zone, zone, "SOA") for zone in (ZONE, "example.org.")}
    assert found == {*soas, ("example.org.", "a.example.org.", "CNAME")}
    assert [one for _, one in store.unlinked("n%.example.com.")] == [percent]
    assert list(store.unlinked("c.example.org.")) == []


def test_it_is_found_without_reading_whole_zones(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store, store._database.reading() as connection:
        for asked, way in ((naming._SOAS, "(zone=? AND place=? AND type=?)"), (naming._DISABLED, "rrsets_disabled")):
            rows = connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"), {"part": "x"}).all()
            [about] = [row[-1] for row in rows if " rrsets " in row[-1]]
            assert way in about


def test_newest_first_in_pages(store: Store):
    make_zone(store)
    store.commit([made(zone="example.org.")])
    for serial in range(2, 8):
        store.commit([changed(serial=serial)])
    assert [entry.serial for entry in store.journal(ZONE)] == [7, 6, 5, 4, 3, 2, 1]
    page = store.journal(ZONE, limit=3)
    assert [entry.serial for entry in page] == [7, 6, 5]
    assert [entry.serial for entry in store.journal(ZONE, limit=3, before=page[-1].number)] == [4, 3, 2]
    assert store.journal(ZONE, limit=0) == []


def test_it_outlives_the_zone(store: Store):
    make_zone(store, rrset("www", "CNAME", "web.example.com."))
    store.commit(
        [ZoneWrite(ZoneInfo(ZONE), is_deleted=True, entry=Entry(ZONE, 1, 1, 0.0, "x", "cli", (), ("SOA ..",)))]
    )
    assert store.zone(ZONE) is None and list(store.rrsets(ZONE)) == []
    assert [entry.removed for entry in store.journal(ZONE)] == [("SOA ..",), ()]
    make_zone(store)
    assert len(store.journal(ZONE)) == 3
    assert store.entry(ZONE, 1).number == store.journal(ZONE)[0].number  # the newest one that made the serial
    assert list(store.rrsets(ZONE)) == [SOA, NS]


def test_a_change_of_properties_does_not_hide_what_made_the_serial(store: Store):
    make_zone(store)
    store.commit([changed(serial=1, previous=1)])
    assert [entry.previous for entry in store.journal(ZONE)] == [1, 0]
    assert store.entry(ZONE, 1).previous == 0


def test_what_comes_at_once_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "JOURNAL_OCTETS", 1000)
    make_zone(store)
    for serial in range(2, 6):
        write = changed(serial=serial)
        store.commit([replace(write, entry=replace(write.entry, added=("x" * 600,)))])
    assert [entry.serial for entry in store.journal(ZONE)] == [5]
    assert [entry.serial for entry in store.journal(ZONE, before=store.journal(ZONE)[0].number)] == [4]


OWNERS = st.sampled_from(["www.example.com.", "mail.example.com.", "a.b.example.com.", ZONE])
RECORDS = st.lists(
    st.builds(Record, st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3"]), st.booleans()), max_size=3
)
SETS = st.builds(
    lambda owner, rtype, ttl, records: RRset(owner, rtype, ttl, tuple({one.content: one for one in records}.values())),
    OWNERS,
    st.sampled_from(["A", "TXT"]),
    st.integers(0, 3),
    RECORDS,
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(SETS, max_size=4), max_size=6))
def test_replaying_it_makes_the_records(store: Store, edits: list[list[RRset]]):
    zone = f"z{sum(1 for _ in store.zones())}.{ZONE}"  # a new one for each example
    place = {
        one: one.replace(ZONE, zone) for one in ["www.example.com.", "mail.example.com.", "a.b.example.com.", ZONE]
    }
    store.commit([made(zone=zone)])
    for serial, edit in enumerate(edits, 2):
        sets = {(place[one.owner], one.type): replace(one, owner=place[one.owner]) for one in edit}
        before = {key: store.rrset(zone, *key) for key in sets}
        added = tuple(line for one in sets.values() for line in one.lines())
        removed = tuple(line for one in before.values() if one for line in one.lines())
        write = changed(*sets.values(), serial=serial, zone=zone)
        store.commit([replace(write, entry=replace(write.entry, added=added, removed=removed))])
    lines: set[str] = set()
    for entry in reversed(store.journal(zone)):
        assert lines >= set(entry.removed)
        lines = lines - set(entry.removed) | set(entry.added)
    assert lines == {line for one in store.rrsets(zone) for line in one.lines()}
    served = {line for line in lines if not line.startswith(DISABLED)}
    assert served == set(store.zone_text(zone).decode().splitlines())
