"""Names as text, held to what dnspython makes of the same octets."""

from collections.abc import Iterator, Sequence

import dns.exception
import dns.name
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from truename import name
from truename.errors import ParseError

MOST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61]) + "."  # 255 octets on the wire

# Octets that text is confused by, among others.
LABEL = st.one_of(
    st.lists(
        st.sampled_from([b".", b"\\", b"\0", b"*", b"a", b"Z", b"0", b'"', b"@", b"\xff", b" ", b"_"]), min_size=1
    ),
    st.lists(st.binary(min_size=1, max_size=1), min_size=1, max_size=63),
).map(b"".join)
NAME = st.lists(LABEL, max_size=6)


@st.composite
def written(draw: st.DrawFn, of: st.SearchStrategy[list[bytes]] = NAME) -> str:
    """An absolute name as somebody may have written it: any octet plain, behind a backslash or by its number."""
    parts = draw(of)
    return ".".join("".join(_octets(draw, label)) for label in parts) + "."


def _octets(draw: st.DrawFn, label: bytes) -> Iterator[str]:
    for octet in label:
        letter = chr(octet)
        ways = [f"\\{octet:03}"]
        if 0x20 < octet < 0x7F and not letter.isdigit():
            ways.append(f"\\{letter}")
        if (letter.isalnum() and letter.isascii()) or letter in "*_-":
            ways.append(letter)
        yield draw(st.sampled_from(ways))


def theirs(text: str) -> dns.name.Name:
    """What dnspython reads. Rejects the example where that is too long for a name."""
    try:
        return dns.name.from_text(text, dns.name.root)
    except (dns.name.NameTooLong, dns.name.LabelTooLong):
        assume(False)
        raise


def kept(parts: Sequence[bytes]) -> str:
    """The text of a name as it is kept, by dnspython."""
    return dns.name.Name([*parts, b""]).canonicalize().to_text()


@given(written())
@example(".")
@example(MOST)
@example(r"\..\\.")
@example("WWW.Example.COM.")
def test_labels_and_canonical_text(text: str) -> None:
    meant = theirs(text)
    assert [dns.name.from_text(one, None).labels for one in name.labels(text)] == [(one,) for one in meant.labels[:-1]]
    assert name.joined(name.labels(text)) == text
    assert name.normal(text) == meant.canonicalize().to_text()
    assert name.labels(name.normal(text)) == [
        dns.name.Name([one]).canonicalize().to_text() for one in meant.labels[:-1]
    ]


@given(written())
def test_ancestors_are_parents(text: str) -> None:
    kept_name, expected = name.normal(text), [theirs(text).canonicalize()]
    while expected[-1] != dns.name.root:
        expected.append(expected[-1].parent())
    assert list(name.ancestors(kept_name)) == [one.to_text() for one in expected]
    assert name.parent(kept_name) == (expected[1] if len(expected) > 1 else dns.name.root).to_text()


@given(NAME, NAME, st.booleans())
@example([b"a.example", b"com"], [b"example", b"com"], False)
@example([b"a\\"], [], True)
@example([b"a\\.b"], [b"b"], False)
@example([b"WWW"], [b"eXample"], True)
def test_below_and_relative(front: list[bytes], zone: list[bytes], is_in: bool) -> None:
    try:
        one, other = dns.name.Name([*front, *(zone if is_in else ()), b""]), dns.name.Name([*zone, b""])
    except dns.name.NameTooLong:
        assume(False)
    one, other = one.canonicalize(), other.canonicalize()
    ours, above = one.to_text(), other.to_text()
    assert name.is_at_or_below(ours, above) == one.is_subdomain(other)
    assert name.is_below(ours, above) == (one.is_subdomain(other) and one != other)
    assert (name.closest(ours, {above}) == above) == one.is_subdomain(other)
    assert name.relative(ours, above) == one.relativize(other).to_text()


@given(written(), NAME)
@example("a\\..", [b"example"])
@example("a\\\\.", [b"example"])
def test_absolute_or_below_an_origin(text: str, zone: list[bytes]) -> None:
    short = text[:-1] or "@"
    origin = dns.name.Name([*zone, b""]).to_text() if sum(map(len, zone)) + len(zone) < 255 else "."
    meant = theirs(text)
    assert name.is_absolute(text)
    assert name.is_wildcard(name.normal(text)) == meant.is_wild()
    assert name.absolute(text, origin) == text
    assert name.undotted(text) == ("" if text == "." else short)
    if short == "@":
        return
    assert not name.is_absolute(short)
    assert not name.is_unfinished(short)
    try:
        expected = dns.name.from_text(short, dns.name.from_text(origin))
    except (dns.name.NameTooLong, dns.name.LabelTooLong):
        with pytest.raises(ParseError):
            name.normal(name.absolute(short, origin))
    else:
        assert name.normal(name.absolute(short, origin)) == expected.canonicalize().to_text()


@given(st.text(alphabet="aZ.\\0129*-", min_size=1, max_size=12))
@example("a..b")
@example(".a")
@example("a\\")
@example("a\\25")
@example("a\\256")
@example(MOST)
@example(f"a{MOST}")
@example("a" * 64)
def test_what_is_a_name(text: str) -> None:
    try:
        expected = dns.name.from_text(text, dns.name.root).canonicalize().to_text()
    except dns.exception.DNSException:
        with pytest.raises(ParseError):
            name.normal(text)
    else:
        assert name.normal(text) == expected


@pytest.mark.parametrize(
    "text",
    [r"a\.example.com.", r"a\\\.example.com.", r"\.example.com."],
)
def test_an_escaped_dot_is_no_way_into_a_zone(text: str) -> None:
    assert not name.is_below(text, "example.com.")
    assert not name.is_at_or_below(text, "example.com.")
    assert name.closest(text, {"example.com."}) is None
    assert name.relative(text, "example.com.") == text


def test_lower_case_is_that_of_ascii() -> None:
    assert name.lower("WWW.B\u00dcCHER.\u0130") == "www.b\u00dccher.\u0130"


def test_dots_that_keyboards_type() -> None:
    assert name.to_ascii("www\u3002b\u00fccher\uff0ede\uff61") == "www.xn--bcher-kva.de."
    assert name.normal("B\u00dcCHER.de") == "xn--bcher-kva.de."
    with pytest.raises(ParseError):
        name.normal("a\u3002\u3002\u00fc")
