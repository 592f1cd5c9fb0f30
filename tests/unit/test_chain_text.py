"""Chains in words, and names in both their forms."""

from pathlib import Path

import pytest

from truename._core import Graph
from truename.chain import chain_json
from truename.cli.chain_text import ENDS, lines
from truename.errors import ParseError
from truename.name import both, to_ascii, to_unicode

ZONE = """$ORIGIN example.com.
@      60 IN SOA ns.example.net. hostmaster.example.net. 1 7200 900 1209600 300
@      60 IN NS  ns.example.net.
@      60 IN A   192.0.2.1
www    50 IN CNAME @
shop   40 IN CNAME www
*.wild 30 IN CNAME shop
out    60 IN CNAME www.example.net.
gone   60 IN CNAME absent
a      60 IN CNAME b
b      60 IN CNAME a
sub    60 IN NS  ns.sub
ns.sub 60 IN A   192.0.2.53
old    60 IN DNAME sub2
x.sub2 60 IN A   192.0.2.7
"""


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    (tmp_path / "z").write_text(ZONE)
    graph = Graph()
    assert graph.load_zone(str(tmp_path / "z")).problems == []
    return graph


def text(graph: Graph, name: str, rtype: str = "A") -> list[str]:
    return list(lines(chain_json(graph.explain(name, rtype), 0.0)))


def test_a_chain_of_two(graph):
    assert text(graph, "shop.example.com") == [
        "shop.example.com. A",
        " 1  shop.example.com.  is an alias (CNAME) of  www.example.com.  ttl 40  zone example.com.",
        " 2  www.example.com.   is an alias (CNAME) of  example.com.      ttl 50  zone example.com.",
        "    example.com. 60 IN A 192.0.2.1",
        "data: the true name of shop.example.com. is example.com.; caches may keep the whole answer for 40 s",
    ]


def test_no_alias(graph):
    assert text(graph, "example.com") == [
        "example.com. A",
        "    example.com. 60 IN A 192.0.2.1",
        "data: example.com. is no alias and has this itself; caches may keep it for 60 s",
    ]


def test_a_wildcard_is_named(graph):
    assert text(graph, "any.wild.example.com")[1].endswith("made from *.wild.example.com.")


def test_a_dname_is_a_move(graph):
    lines = text(graph, "x.old.example.com")
    assert any("is moved (DNAME) to" in line for line in lines)
    assert lines[-1].startswith("data: the true name of x.old.example.com. is x.sub2.example.com.")


@pytest.mark.parametrize(
    ("name", "end", "says"),
    [
        ("absent.example.com", "nxdomain", "absent.example.com. does not exist (NXDOMAIN)"),
        ("gone.example.com", "nxdomain", "absent.example.com. does not exist (NXDOMAIN)"),
        ("out.example.com", "out-of-zone", "www.example.net. is in no zone served here; a resolver goes on from there"),
        ("www.example.org", "out-of-zone", "www.example.org. is in no zone served here (REFUSED)"),
        ("a.example.com", "loop", "comes back to a.example.com."),
        ("host.sub.example.com", "referral", "lies below a delegation"),
    ],
)
def test_other_ends(graph, name, end, says):
    last = text(graph, name)[-1]
    assert last.startswith(f"{end}: ") and says in last


def test_an_end_without_data(graph):
    assert text(graph, "www.example.com", "TXT")[-1] == "nodata: example.com. exists and has no TXT record"


def test_every_end_has_words():
    ends = ["data", "nodata", "nxdomain", "referral", "out-of-zone", "unknown", "loop", "too-long", "failed"]
    assert list(ENDS) == ends


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example."),
        ("_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("plain.example", "plain.example"),
        ("esc\\.aped.example", "esc\\.aped.example"),
    ],
)
def test_u_labels(typed, held):
    assert to_ascii(typed) == held
    assert to_ascii(to_unicode(held)) == held


@pytest.mark.parametrize("typed", ["a\udcff.example", "\u2028.example", "ü" * 80 + ".example", "\u200d.example"])
def test_what_is_no_label(typed):
    with pytest.raises(ParseError) as caught:
        to_ascii(typed)
    str(caught.value).encode()


def test_both_forms_are_shown():
    assert both("xn--bcher-kva.example.") == "xn--bcher-kva.example. (bücher.example.)"
    assert both("www.example.") == "www.example."
    assert both("xn--\\000.example.") == "xn--\\000.example."
