"""Keys of owners: they sort as DNS does, and lead back."""

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truename._core import stored_text
from truename.store.place import order_of, owner_at, place_of

LABELS = st.lists(st.binary(min_size=1, max_size=6).map(bytes.lower), max_size=4)
NAMES = LABELS.map(lambda labels: dns.name.Name([*labels, b"example", b"com", b""]))


@pytest.mark.parametrize(
    ("owner", "place"),
    [
        ("example.com.", ""),
        ("www.example.com.", "www"),
        ("mail.eu.example.com.", "eu mail"),
        ("*.example.com.", "*"),
        ("_dmarc.example.com.", "_dmarc"),
        ("a\\.b.example.com.", "a.b"),
        ("a\\032b.example.com.", "a!`b"),
        ("\\\\.example.com.", "\\"),
        ("\\255\\000.example.com.", "\xff!@"),
    ],
)
def test_there_and_back(owner: str, place: str):
    assert place_of(owner, "example.com.") == place
    assert owner_at(place, "example.com.") == owner


def test_the_root_is_a_zone():
    assert place_of("com.", ".") == "com" and owner_at("com", ".") == "com."
    assert place_of(".", ".") == "" and owner_at("", ".") == "."


@pytest.mark.parametrize("owner", ["example.org.", "notexample.com.", "com.", "a\\.example.com.", "."])
def test_an_owner_outside_the_zone(owner: str):
    with pytest.raises(ValueError, match="is not in"):
        place_of(owner, "example.com.")


@given(NAMES)
def test_every_name_leads_back(name: dns.name.Name):
    assert owner_at(place_of(name.to_text(), "example.com."), "example.com.") == name.to_text()


@given(NAMES, NAMES)
def test_keys_sort_in_canonical_order(one: dns.name.Name, other: dns.name.Name):
    places = [place_of(name.to_text(), "example.com.").encode() for name in (one, other)]
    assert (places[0] < places[1]) == (one < other)
    assert (order_of(one.to_text()) < order_of(other.to_text())) == (one < other)


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_the_core_reads_places_as_they_are_read_here(names: list[dns.name.Name]):
    places = [place_of(name.to_text(), "example.com.") for name in names]
    ones, types, data = "1" * len(places), "A" * len(places), "x" * len(places)
    column = "\n".join(places), "\n".join(ones), "\n".join(types), "\x01".join(data)
    lines = stored_text("example.com.", iter([column])).decode().splitlines()
    assert lines == [f"{owner_at(place, 'example.com.')} 1 IN A x" for place in places]
