"""A published zone as text is the zone."""

from pathlib import Path

import pytest

from truename._core import Graph, place_of, read_text, zone_text

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("file", "origin"), [("examples/zones/example.com.zone", None), ("tests/cases/alltypes.zone", "alltypes.example.")]
)
def test_it_reads_back_as_what_it_was(file, origin, tmp_path):
    graph = Graph()
    loaded = graph.load_zone(str(ROOT / file), origin)
    assert not loaded.problems
    text = zone_text(graph, loaded.origin)
    assert text.splitlines()[0].split()[3] == b"SOA"
    read = read_text(text, loaded.origin)
    assert read.problems == []
    again = Graph()
    (tmp_path / "zone").write_bytes(text)
    assert again.load_zone(str(tmp_path / "zone"), loaded.origin).records == loaded.records
    assert sorted(zone_text(again, loaded.origin).splitlines()) == sorted(text.splitlines())


def test_it_stands_in_canonical_order(tmp_path):
    owners = ["z.a", "*", "a", "yljkjljk.a", "_x.z", "\\001.z", "\\200.z", "z", "zABC.a", "Z.z"]
    rows = [f"{owner} 60 TXT 2\n{owner} 60 A 192.0.2.{number}" for number, owner in enumerate(owners)]
    (tmp_path / "zone").write_text("@ 60 NS ns.x.\n@ 60 SOA ns.x. h.x. 1 2 3 4 5\n" + "\n".join(rows))
    graph = Graph()
    assert not graph.load_zone(str(tmp_path / "zone"), "t.").problems
    found = [line.split()[0::3][:2] for line in zone_text(graph, "t.").decode().splitlines()]
    assert found[:2] == [["t.", "SOA"], ["t.", "NS"]]
    assert found == [found[0], *sorted(found[1:], key=lambda row: (place_of(row[0], "t."), row[1]))]
    # RFC 4034 6.1
    expected = ["*.t.", "a.t.", "yljkjljk.a.t.", "z.a.t.", "zabc.a.t.", "z.t.", "\\001.z.t.", "_x.z.t.", "z.z.t."]
    assert list(dict.fromkeys(owner for owner, _ in found[2:])) == [*expected, "\\200.z.t."]


def test_only_the_apex_of_a_zone_has_a_text(tmp_path):
    graph = Graph()
    graph.load_zone(str(ROOT / "examples/zones/example.com.zone"))
    assert zone_text(graph, "www.example.com.") == b"" == zone_text(graph, "example.net")
    with pytest.raises(ValueError, match="is no name"):
        zone_text(graph, "a..b")
