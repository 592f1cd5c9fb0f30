"""A published zone as text is the zone."""

from pathlib import Path

import pytest

from truename._core import Graph, read_text, zone_text

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


def test_only_the_apex_of_a_zone_has_a_text(tmp_path):
    graph = Graph()
    graph.load_zone(str(ROOT / "examples/zones/example.com.zone"))
    assert zone_text(graph, "www.example.com.") == b"" == zone_text(graph, "example.net")
    with pytest.raises(ValueError, match="is no name"):
        zone_text(graph, "a..b")
