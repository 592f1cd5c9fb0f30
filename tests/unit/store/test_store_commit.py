"""Commits: all of it or nothing, and what comes out is what went in."""

import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from zones_kept import NS, SOA, ZONE, changed, made, make_zone, rrset

from truename._core import read_text
from truename.errors import StaleStore, StoreError
from truename.store import Store, ZoneWrite
from truename.zone import Comment, Entry, Record, RRset, ZoneInfo


def test_an_empty_store(store: Store):
    assert store.is_empty() and store.zones() == []
    assert store.zone(ZONE) is None and list(store.rrsets(ZONE)) == [] and store.zone_text(ZONE) == b""
    assert store.rrset(ZONE, ZONE, "SOA") is None and store.journal(ZONE) == [] and store.entry(ZONE, 1) is None


def test_a_zone_comes_back_as_it_was(url: str):
    info = ZoneInfo(
        ZONE, "Master", "acme", ("192.0.2.1", "2001:db8::1"), "INCREASE", "EPOCH", True, "catalog.example.", 7
    )
    sets = [SOA, NS, rrset("*", "CNAME", "www.example.com."), rrset("www", "A", "192.0.2.1", "192.0.2.2")]
    with Store.open(url) as store:
        store.commit([ZoneWrite(info, whole=sets, is_new=True)])
        assert not store.is_empty()
    with Store.open(url) as store:
        assert store.zone(ZONE) == info and store.zones() == [info]
        assert list(store.rrsets(ZONE)) == sets
        assert store.rrset(ZONE, "www.example.com.", "A") == sets[3]


def test_owners_stand_in_canonical_order_and_the_soa_is_first(store: Store):
    names = ["example.com.", "a.example.com.", "yljkjljk.a.example.com.", "z.a.example.com.", "zabc.a.example.com."]
    names += ["z.example.com.", "\\001.z.example.com.", "*.z.example.com.", "\\200.z.example.com."]
    store.commit([made(NS, *(rrset(name, "A", "192.0.2.1") for name in reversed(names)), SOA)])
    kept = list(store.rrsets(ZONE))
    assert kept[0] == SOA
    assert list(dict.fromkeys(one.owner for one in kept)) == names  # RFC 4034 6.1
    assert [one.type for one in kept[:3]] == ["SOA", "A", "NS"]


def test_parts_of_a_zone(store: Store):
    make_zone(
        store, rrset("www", "A", "192.0.2.1"), rrset("www", "AAAA", "2001:db8::1"), rrset("ns", "A", "192.0.2.53")
    )
    assert [one.type for one in store.rrsets(ZONE, owner="www.example.com.")] == ["A", "AAAA"]
    assert [one.owner for one in store.rrsets(ZONE, type="A")] == ["ns.example.com.", "www.example.com."]
    assert list(store.rrsets(ZONE, owner="www.example.com.", type="AAAA")) == [rrset("www", "AAAA", "2001:db8::1")]
    assert list(store.rrsets(ZONE, owner="www.example.org.")) == []
    assert store.rrset(ZONE, "www.example.org.", "A") is None


def test_zones_are_listed_in_canonical_order(store: Store):
    for name in ("example.org.", "b.example.com.", "example.com.", "."):
        store.commit([made(zone=name)])
    assert [zone.name for zone in store.zones()] == [".", "example.com.", "b.example.com.", "example.org."]


def test_a_stream_is_one_version(store: Store):
    make_zone(store, *(rrset(f"n{number:05}", "A", "192.0.2.1") for number in range(20_000)))
    stream = store.rrsets(ZONE)
    first = [next(stream) for _ in range(10)]
    store.commit([changed(("n19999.example.com.", "A"))])
    assert len(first) + len(list(stream)) == 20_002
    assert sum(1 for _ in store.rrsets(ZONE)) == 20_001


def test_text_is_what_is_served(store: Store):
    odd = RRset(
        "odd\\.one.example.com.", "TXT", 60, (Record('"a \\"b\\" \\195\\188"'), Record('"x"', is_disabled=True))
    )
    off = RRset("off.example.com.", "A", 60, (Record("192.0.2.9", is_disabled=True),))
    make_zone(store, odd, off, rrset("mail.eu", "A", "192.0.2.1", "192.0.2.2"))
    assert store.zone_text(ZONE).decode().splitlines() == [
        "example.com. 3600 IN SOA ns.example.com. hostmaster.example.com. 1 7200 3600 1209600 300",
        "example.com. 3600 IN NS ns.example.com.",
        "example.com. 3600 IN NS ns.example.net.",
        "mail.eu.example.com. 300 IN A 192.0.2.1",
        "mail.eu.example.com. 300 IN A 192.0.2.2",
        'odd\\.one.example.com. 60 IN TXT "a \\"b\\" \\195\\188"',
    ]
    assert store.zone_text(ZONE).endswith(b"\n")


def test_the_root_zone_as_text(store: Store):
    store.commit([made(rrset(".", "NS", "a.root-servers.net."), rrset("com.", "NS", "a.gtld-servers.net."), zone=".")])
    assert store.zone_text(".") == b". 300 IN NS a.root-servers.net.\ncom. 300 IN NS a.gtld-servers.net.\n"


def test_disabled_records_and_comments_are_kept(store: Store):
    comments = (Comment("why\x00\nnot, \u00fc?", "ada", 1764172800), Comment(""))
    mixed = RRset("www.example.com.", "A", 60, (Record("192.0.2.1"), Record("192.0.2.2", is_disabled=True)), comments)
    bare = RRset("note.example.com.", "A", 60, (), comments)
    make_zone(store, mixed, bare)
    assert store.rrset(ZONE, mixed.owner, "A") == mixed and mixed.served == ("192.0.2.1",)
    assert store.rrset(ZONE, bare.owner, "A") == bare


def test_an_alias_becomes_an_address_and_back_in_one_commit(store: Store):
    make_zone(store, rrset("www", "CNAME", "web.example.com."))
    store.commit([changed(rrset("www", "A", "192.0.2.1"), ("www.example.com.", "CNAME"))])
    assert [one.type for one in store.rrsets(ZONE, owner="www.example.com.")] == ["A"]
    store.commit([changed(("www.example.com.", "A"), rrset("www", "CNAME", "web.example.com."), serial=3)])
    assert [one.type for one in store.rrsets(ZONE, owner="www.example.com.")] == ["CNAME"]


def test_an_owner_that_lost_everything_may_become_anything(store: Store):
    make_zone(store, rrset("www", "A", "192.0.2.1"), rrset("www", "TXT", '"x"'))
    store.commit([changed(("www.example.com.", "A"))])
    store.commit([changed(("www.example.com.", "TXT"), serial=3)])
    store.commit([changed(rrset("www", "CNAME", "web.example.com."), serial=4)])
    store.commit([changed(RRset("www.example.com.", "CNAME", 60, ()), serial=5)])  # nothing left is the same as deleted
    assert list(store.rrsets(ZONE, owner="www.example.com.")) == []


def test_what_may_stand_beside_an_alias(store: Store):
    off = RRset("www.example.com.", "A", 60, (Record("192.0.2.1", is_disabled=True),))
    proofs = [rrset("www", "RRSIG", "CNAME 13 3 300 .."), rrset("www", "NSEC", "example.com. CNAME RRSIG NSEC")]
    key = rrset("www", "KEY", "256 3 8 AwEAAag=")
    make_zone(store, rrset("www", "CNAME", "web.example.com."), off, *proofs, key)
    kept = {one.type for one in store.rrsets(ZONE, owner="www.example.com.")}
    assert kept == {"CNAME", "A", "RRSIG", "NSEC", "KEY"}


@pytest.mark.parametrize(
    "sets",
    [
        [rrset("www", "CNAME", "a.example.com."), rrset("www", "TXT", '"x"')],
        [rrset("www", "TXT", '"x"'), rrset("www", "CNAME", "a.example.com.")],
        [rrset("www", "TXT", '"x"'), rrset("ns", "A", "192.0.2.1"), rrset("www", "CNAME", "a.example.com.")],
        [rrset("www", "CNAME", "a.example.com.", "b.example.com.")],
        [rrset("www", "A", "192.0.2.1"), rrset("www", "A", "192.0.2.2")],
    ],
)
def test_what_dns_forbids_is_refused_whole(store: Store, sets: list[RRset]):
    for whole in (made(*sets), made(*sets, *(rrset(f"n{number}", "A", "192.0.2.1") for number in range(50)))):
        with pytest.raises(StoreError, match="refuses the change"):
            store.commit([whole])
    assert store.is_empty() and store.journal(ZONE) == []
    make_zone(store)
    if len({one.type for one in sets}) == len(sets):
        with pytest.raises(StoreError, match="refuses the change"):
            store.commit([changed(rrset("ns", "A", "192.0.2.1")), changed(*sets, serial=3)])
    assert list(store.rrsets(ZONE)) == [SOA, NS]


def test_a_whole_zone_takes_the_place_of_the_one_before(store: Store):
    make_zone(store, rrset("www", "CNAME", "web.example.com."), rrset("old", "A", "192.0.2.1"))
    apart = [rrset("www", "A", "192.0.2.1"), rrset("ns", "A", "192.0.2.53"), rrset("www", "TXT", '"x"')]
    store.commit([replace(changed(), whole=iter([SOA, *apart]), sets=(("ns.example.com.", "A", None),))])
    assert [(one.owner, one.type) for one in store.rrsets(ZONE)] == [
        (ZONE, "SOA"),
        ("www.example.com.", "A"),
        ("www.example.com.", "TXT"),
    ]


def test_a_whole_zone_is_taken_as_a_stream(store: Store):
    def zone() -> Iterator[RRset]:
        yield SOA
        for number in range(30_000):
            yield rrset(f"n{number}", "A", f"192.0.2.{number % 256}")

    tracemalloc.start()
    try:
        store.commit([replace(made(), whole=zone())])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 4 * 2**20  # all of it as values takes 9 MiB
    assert store.zone_text(ZONE).count(b"\n") == 30_001


def test_a_stream_that_fails_leaves_everything_as_it_was(store: Store):
    def zone() -> Iterator[RRset]:
        yield from (rrset(f"n{number}", "A", "192.0.2.1") for number in range(30_000))
        raise ZeroDivisionError

    make_zone(store)
    with pytest.raises(ZeroDivisionError):
        store.commit([replace(changed(), whole=zone())])
    assert list(store.rrsets(ZONE)) == [SOA, NS] and store.zone(ZONE).serial == 1
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])


def test_several_zones_are_one_commit(store: Store):
    make_zone(store)
    other = made(rrset("www.example.org.", "CNAME", "www.example.com."), zone="example.org.")
    with pytest.raises(StaleStore, match=r"example\.com\. has moved on to serial 1"):
        store.commit([other, changed(rrset("www", "A", "192.0.2.1"), serial=9)])
    assert [zone.name for zone in store.zones()] == [ZONE] and store.journal("example.org.") == []
    store.commit([other, changed(rrset("www", "A", "192.0.2.1"))])
    assert len(store.zones()) == 2 and store.zone(ZONE).serial == 2


def test_a_change_made_for_another_version_is_stale(store: Store):
    make_zone(store)
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])
    with pytest.raises(StaleStore) as stale:
        store.commit([changed(rrset("www", "A", "192.0.2.2"))])
    assert "2" in stale.value.message and "1" in stale.value.hint
    assert store.rrset(ZONE, "www.example.com.", "A").served == ("192.0.2.1",)


def test_a_zone_that_is_there_or_gone_is_stale(store: Store):
    with pytest.raises(StaleStore, match="is not kept here"):
        store.commit([changed()])
    make_zone(store)
    with pytest.raises(StaleStore, match="is already there"):
        make_zone(store)
    gone = ZoneWrite(ZoneInfo(ZONE), is_deleted=True)
    with pytest.raises(StaleStore, match="has moved on"):
        store.commit([replace(gone, entry=Entry(ZONE, 2, 7, 0.0, "x", "cli"))])
    store.commit([gone])
    with pytest.raises(StaleStore, match="is not kept here"):
        store.commit([gone])


@pytest.mark.parametrize(
    ("before", "after", "is_right"), [(5, 6, True), (5, 5, True), (5, 4, False), (2**32 - 1, 1, True)]
)
def test_a_serial_never_goes_back(store: Store, before: int, after: int, is_right: bool):
    store.commit([made(SOA, serial=before)])
    write = changed(rrset("www", "A", "192.0.2.1"), serial=after, previous=before)
    if is_right:
        store.commit([write])
    else:
        with pytest.raises(ValueError, match="would go back"):
            store.commit([write])
    assert store.zone(ZONE).serial == (after if is_right else before)


@pytest.mark.parametrize(
    "write",
    [
        changed(rrset("www.example.org.", "A", "192.0.2.1")),
        replace(changed(), sets=(("www.example.com.", "A", rrset("web", "A", "192.0.2.1")),)),
        replace(changed(), entry=Entry("example.org.", 2, 1, 0.0, "x", "cli")),
        replace(changed(), entry=Entry(ZONE, 3, 1, 0.0, "x", "cli")),
        changed(rrset("www", "TXT", '"a\nb"')),
        changed(rrset("www", "TXT", "")),
    ],
)
def test_a_write_that_contradicts_itself(store: Store, write: ZoneWrite):
    make_zone(store)
    with pytest.raises(ValueError, match=r"example\.com\."):
        store.commit([write])
    assert list(store.rrsets(ZONE)) == [SOA, NS] and len(store.journal(ZONE)) == 1


def test_text_that_is_not_unicode_is_an_error_of_the_store(store: Store):
    make_zone(store)
    with pytest.raises(StoreError, match="Unicode"):
        store.commit([replace(changed(), info=ZoneInfo(ZONE, account="\ud800", serial=2))])
    store.commit([changed(rrset("www", "A", "192.0.2.1"))])


def test_a_large_change_of_single_sets(store: Store):
    make_zone(store)
    sets = [rrset(f"n{number}", "A", "192.0.2.1") for number in range(5_000)]
    store.commit([changed(*sets)])
    assert sum(1 for _ in store.rrsets(ZONE)) == 5_002
    store.commit([changed(*((one.owner, "A") for one in sets), serial=3)])
    assert list(store.rrsets(ZONE)) == [SOA, NS]


def test_a_closed_store_is_not_opened_again_by_using_it(store: Store, url: str):
    store.close()
    for use in (store.zones, lambda: make_zone(store), lambda: store.create_key("ci", "viewer")):
        with pytest.raises(StoreError, match="has been closed"):
            use()
    store.close()
    Store.open(url).close()


def test_threads_take_turns(store: Store):
    make_zone(store)
    refused: list[StaleStore] = []

    def edit(number: int) -> None:
        for _ in range(20):
            serial = store.zone(ZONE).serial
            try:
                store.commit([changed(rrset(f"n{number}", "A", "192.0.2.1", ttl=serial), serial=serial + 1)])
            except StaleStore as stale:
                refused.append(stale)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.zone(ZONE).serial == 1 + 8 * 20 - len(refused)
    assert len(store.journal(ZONE, limit=1000)) == store.zone(ZONE).serial


TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'rrsets'::regclass",
}


def triggers(store: Store) -> set[str]:
    with store._database.reading() as connection:
        return set(connection.execute(text(TRIGGERS[connection.dialect.name])).scalars())


def test_many_rows_at_once_are_held_to_the_same(store: Store):
    """SQLite takes its triggers away meanwhile, and nobody ever sees that."""
    both = {"rrsets_alias_alone_insert", "rrsets_alias_alone_update"}
    assert triggers(store) == both
    make_zone(store)
    assert triggers(store) == both
    bad = [rrset("www", "A", "192.0.2.1"), rrset("www", "CNAME", "a.example.com."), rrset("x", "A", "192.0.2.1")]
    for sets in (bad, [bad[1], bad[0]], [bad[2], *bad[:2]]):
        with pytest.raises(StoreError, match="an alias beside other data"):
            store.commit([replace(changed(), whole=sets)])
        assert triggers(store) == both and list(store.rrsets(ZONE)) == [SOA, NS]

    def seen_by_others() -> Iterator[RRset]:
        assert triggers(store) == both
        yield SOA

    store.commit([replace(changed(), whole=seen_by_others())])
    assert triggers(store) == both
    with pytest.raises(StoreError, match="an alias beside other data"):
        store.commit([changed(rrset("www", "A", "192.0.2.1"), rrset("www", "CNAME", "b.example.com."), serial=3)])


def test_who_judges_has_the_last_word(store: Store):
    make_zone(store)

    def refuse() -> tuple[str, ...]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.commit([replace(changed(), whole=[SOA])], refuse)
    assert list(store.rrsets(ZONE)) == [SOA, NS] and len(store.journal(ZONE)) == 1
    store.commit([replace(changed(), whole=[SOA])], lambda: ("some-rule",))
    assert list(store.rrsets(ZONE)) == [SOA] and store.journal(ZONE)[0].accepted == ("some-rule",)


def test_where_a_text_and_a_zone_part(store: Store):
    kept = [rrset(f"n{number}", "A", "192.0.2.1", "192.0.2.2") for number in range(2500)]
    disabled = RRset(f"off.{ZONE}", "A", 300, (Record("192.0.2.1"), Record("192.0.2.9", True)))
    said = replace(rrset("said", "A", "192.0.2.1"), comments=(Comment("why"),))
    hidden = RRset(f"hidden.{ZONE}", "A", 300, (Record("192.0.2.9", True),))
    make_zone(store, *kept, disabled, said, hidden, rrset("ttl", "A", "192.0.2.1"), rrset("gone", "TXT", '"x"'))
    lines = [line for one in (SOA, NS, *kept) for line in one.lines()]
    lines += [f"{owner} 300 A 192.0.2.1" for owner in ("off", "said", "a.new", "zz.new")] + ["ttl 60 A 192.0.2.1"]
    lines[3:] = reversed(lines[3:])
    found = list(store.differences(ZONE, read_text("\n".join([*lines, ""]).encode(), ZONE)))
    assert found == [
        (rrset("gone", "TXT", '"x"'), None),
        (hidden, None),
        (None, rrset("a.new", "A", "192.0.2.1")),
        (None, rrset("zz.new", "A", "192.0.2.1")),
        (disabled, rrset("off", "A", "192.0.2.1")),
        (said, rrset("said", "A", "192.0.2.1")),
        (rrset("ttl", "A", "192.0.2.1"), rrset("ttl", "A", "192.0.2.1", ttl=60)),
    ]
    empty = read_text(b"", ZONE)
    assert len(list(store.differences(ZONE, empty))) == 2507
    other = list(store.differences("example.net.", read_text(b"a 60 A 192.0.2.1\n", "example.net.")))
    assert other == [(None, rrset("a.example.net.", "A", "192.0.2.1", ttl=60))]


def test_some_rrsets_are_one_version_also_while_a_commit_is_under_way(store: Store):
    make_zone(store, www := rrset("www", "A", "192.0.2.1"))
    keys = [("www.example.com.", "A"), (ZONE, "SOA"), ("gone.example.com.", "A"), ("www.example.net.", "A")]
    expected = {keys[0]: www, keys[1]: store.rrset(ZONE, ZONE, "SOA"), keys[2]: None, keys[3]: None}
    assert store.some(ZONE, keys) == expected and store.some("example.net.", keys[:1]) == {keys[0]: None}
    seen = []

    def accept() -> tuple[str, ...]:
        seen.append(store.some(ZONE, keys))  # in the same thread: who waited for the writer would wait for itself
        return ()

    after = rrset("www", "A", "192.0.2.2")
    store.commit([changed(after)], accept)
    assert seen == [expected] and store.some(ZONE, keys[:1]) == {keys[0]: after}
    store.close()
    with pytest.raises(StoreError):
        store.some(ZONE, keys)
