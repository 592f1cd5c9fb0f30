"""Search by patterns."""

import re
import time
from fnmatch import translate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zones_kept import NS, SOA, ZONE, make_zone, rrset

from truename.store import Store
from truename.zone import Comment, Record, RRset

COMMENT = RRset(
    "note.example.com.", "A", 60, (Record("192.0.2.9", is_disabled=True),), (Comment("Büro [3]\n2nd floor"),)
)
SETS = [
    rrset("www", "A", "192.0.2.1", "192.0.2.2"),
    rrset("shop", "CNAME", "www.example.com."),
    rrset("a_b", "TXT", '"100% [sure] \\"x\\""'),
    rrset("sp\\032ace", "TXT", '"Case"'),
    rrset("mail.eu", "MX", "10 mx.example.net."),
    rrset("xn--bcher-kva", "A", "198.51.100.1"),
    rrset("link", "MX", "10 xn--bcher-kva.example.com."),
    COMMENT,
]


@pytest.fixture
def searched(store: Store) -> Store:
    make_zone(store, *SETS)
    return store


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("example.com", {"zone example.com.", "record example.com."}),
        ("www.example.com.", {"record www.example.com.", "record shop.example.com."}),
        ("WWW.*", {"record www.example.com.", "record shop.example.com."}),
        ("192.0.2.?", {"record www.example.com.", "record note.example.com."}),
        ("192.0.2.9", {"record note.example.com."}),
        ("*eu*", {"record mail.eu.example.com."}),
        ("*.eu.example.c?m", {"record mail.eu.example.com."}),
        ("a_b*", {"record a_b.example.com."}),
        ("*100%*", {"record a_b.example.com."}),
        ("*[[]sure*", set()),
        ("*[sure]*", {"record a_b.example.com."}),
        ("sp\\032ace*", {"record sp\\032ace.example.com."}),
        ("büro*floor", {"comment note.example.com."}),
        ("bücher.example.com", {"record xn--bcher-kva.example.com."}),
        ("*BU\u0308CH*", {"record xn--bcher-kva.example.com.", "record link.example.com."}),
        ("%", set()),
        ("", set()),
        ("nothing", set()),
    ],
)
def test_what_fits(searched: Store, pattern: str, names: set[str]):
    assert {f"{one.kind} {one.name}" for one in searched.search(pattern)} == names


def test_a_hit_says_all(searched: Store):
    [hit] = searched.search("192.0.2.9")
    assert (hit.kind, hit.zone, hit.name, hit.type, hit.ttl) == ("record", ZONE, "note.example.com.", "A", 60)
    assert (hit.content, hit.is_disabled) == ("192.0.2.9", True)
    [hit] = searched.search("*floor*")
    assert (hit.kind, hit.type, hit.content) == ("comment", "A", "Büro [3]\n2nd floor")


def test_kinds_and_bounds(searched: Store):
    assert [one.kind for one in searched.search("*", kind="zone")] == ["zone"]
    assert {one.kind for one in searched.search("*", kind="record")} == {"record"}
    assert [one.kind for one in searched.search("*", kind="comment")] == ["comment"]
    assert {one.kind for one in searched.search("*")} == {"zone", "record", "comment"}
    assert searched.search("*", zones={"other.example."}) == [] == searched.search("*", zones=())
    assert searched.search("*", zones={searched.zones()[0].name}) == searched.search("*")
    assert len(searched.search("*", most=3)) == 3 and searched.search("*", most=0) == []
    with pytest.raises(ValueError, match="none of"):
        searched.search("*", kind="key")
    with pytest.raises(ValueError, match="at most"):
        searched.search("x" * 1025)


def test_many_stars_take_no_longer(store: Store):
    make_zone(store, rrset("www", "TXT", '"' + "a" * 20_000 + '"'))
    began = time.process_time()
    assert store.search("*a" * 400 + "b") == []
    assert time.process_time() - began < 2


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='abew.19_-?*\\"[] %', max_size=8))
def test_nothing_that_fits_is_left_out(store: Store, pattern: str):
    if store.is_empty():
        make_zone(store, *SETS)
    fits = re.compile(translate(pattern.replace("[", "[[]")), re.IGNORECASE).match
    wanted = {
        (one.owner, one.type, record.content)
        for one in [SOA, NS, *SETS]
        for record in one.records
        if pattern and (fits(one.owner) or fits(one.owner[:-1]) or fits(record.content))
    }
    assert {(one.name, one.type, one.content) for one in store.search(pattern, kind="record")} == wanted
