"""Versions that are prepared, judged and published: the core's face for edits."""

import pytest

from truename._core import Graph, canonical, normalize, normalize_name

SOA = "ns.example.com. hostmaster.example.com. 1 7200 3600 1209600 300"
TEXT = f"@ 60 SOA {SOA}\nwww CNAME host\nhost A 192.0.2.1\n".encode()
Z = "example.com."


@pytest.fixture
def graph() -> Graph:
    graph = Graph()
    graph.publish(graph.prepare([], texts=[(Z, TEXT)]))
    return graph


def end(subject, name: str) -> str:
    return subject.explain(name).end


def refused(prepared) -> list[tuple[str, str, str]]:
    return [(fact.kind, fact.owner, fact.data) for fact in prepared.refused]


def test_a_zone_without_ns_is_made_from_text(graph):
    assert [(zone.origin, zone.serial, zone.records, zone.names) for zone in graph.zones()] == [(Z, 1, 3, 3)]
    assert end(graph, "www.example.com.") == "data"


def test_nothing_is_seen_before_it_is_published(graph):
    prepared = graph.prepare([(Z, "host.example.com.", "A", 60, [])])
    assert (end(graph, "www.example.com."), end(prepared, "www.example.com.")) == ("data", "nxdomain")
    assert [(zone.records, zone.names) for zone in prepared.zones] == [(2, 2)]
    graph.publish(prepared)
    assert end(graph, "www.example.com.") == "nxdomain"


def test_only_the_newest_version_can_be_followed(graph):
    first, second = (graph.prepare([(Z, f"{label}.example.com.", "A", 60, ["192.0.2.2"])]) for label in "ab")
    graph.publish(first)
    with pytest.raises(ValueError, match=r"^stale$"):
        graph.publish(second)
    assert end(graph, "b.example.com.") == "nxdomain"
    graph.publish(graph.prepare([(Z, "b.example.com.", "A", 60, ["192.0.2.2"])]))
    assert end(graph, "b.example.com.") == end(graph, "a.example.com.") == "data"


def test_everything_is_one_publication(graph):
    other = b"@ 60 SOA ns. h. 7 1 1 1 1\n@ NS ns\nns A 192.0.2.7\n"
    prepared = graph.prepare(
        [("example.org.", "x.example.org.", "CNAME", 5, ["ns.example.org."])],
        texts=[("example.org.", other)],
        drop=[Z],
    )
    assert not prepared.refused
    graph.publish(prepared)
    assert [(zone.origin, zone.records) for zone in graph.zones()] == [("example.org.", 4)]
    assert (end(graph, "x.example.org."), end(graph, "www.example.com.")) == ("data", "out-of-zone")


def test_a_text_replaces_what_is_dropped_with_it(graph):
    prepared = graph.prepare([], texts=[(Z, TEXT + b"more A 192.0.2.9\n")], drop=[Z])
    graph.publish(prepared)
    assert (graph.zones()[0].records, end(graph, "more.example.com.")) == (4, "data")


def test_all_that_no_graph_can_hold_is_told(graph):
    changes = [
        (Z, "host.example.com.", "CNAME", 60, ["a.example.com.", "b.example.com."]),
        (Z, "d.example.com.", "DNAME", 60, ["a.example.com.", "b.example.com."]),
        (Z, "d.example.com.", "NS", 60, ["ns.example.com."]),
        (Z, "other.example.org.", "A", 60, ["192.0.2.3"]),
        (Z, Z, "CNAME", 60, ["a.example.com."]),
        (Z, "s.example.com.", "SOA", 60, [SOA]),
    ]
    prepared = graph.prepare(changes)
    assert sorted(refused(prepared)) == [
        ("conflict-alias-data", "host.example.com.", "a.example.com."),
        ("conflict-aliases", "host.example.com.", "b.example.com."),
        ("conflict-apex-alias", Z, "a.example.com."),
        ("conflict-dname-ns", "d.example.com.", "a.example.com."),
        ("conflict-dnames", "d.example.com.", "b.example.com."),
        ("outside", "other.example.org.", "192.0.2.3"),
        ("soa-misplaced", "s.example.com.", SOA),
    ]
    others = {fact.kind: fact.other for fact in prepared.refused if fact.other}
    assert others["conflict-alias-data"] == ("host.example.com.", "A", "192.0.2.1", "", 0, 0)
    assert others["conflict-dname-ns"] == ("d.example.com.", "NS", "ns.example.com.", "", 0, 0)
    with pytest.raises(ValueError, match=r"^refused$"):
        graph.publish(prepared)


@pytest.mark.parametrize(("data", "kind"), [([], "soa-missing"), ([SOA, SOA.replace(" 1 ", " 2 ")], "soa-second")])
def test_a_zone_keeps_one_soa(graph, data, kind):
    assert [found for found, *_ in refused(graph.prepare([(Z, Z, "SOA", 60, data)]))] == [kind]


def test_faults_of_a_text_have_places(graph):
    text = f"@ 60 SOA {SOA}\n@ SOA {SOA}1\na CNAME b\na CNAME c\na A 192.0.2.2\nx.example.net. A 192.0.2.2\n"
    found = graph.prepare([], texts=[(Z, text.encode())]).refused
    assert [(fact.kind, fact.line, fact.column) for fact in found] == [
        ("soa-second", 2, 1),
        ("conflict-alias-data", 3, 1),
        ("conflict-aliases", 4, 1),
        ("outside", 6, 1),
    ]
    assert all(fact.zone == Z and fact.detail and fact.hint for fact in found)


def test_a_text_reads_no_file(graph, tmp_path):
    (tmp_path / "hosts").write_text("a A 192.0.2.1\n")
    text = TEXT + f"$INCLUDE {tmp_path}/hosts\nb A 192.0.2\n".encode()
    found = graph.prepare([], texts=[(Z, text)]).refused
    assert [(fact.kind, fact.line) for fact in found] == [("unreadable", 4), ("unreadable", 5)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([("nowhere.", "a.nowhere.", "A", 60, ["192.0.2.1"])], "no zone nowhere. is served here"),
        ([(Z, "a.example.com.", "A", 60, ["192.0.2"])], r"a.example.com. A: .* \(column 1\)"),
        ([(Z, "a.example.com.", "NOPE", 60, ["x"])], "is no record type"),
        ([(Z, "a.example.com.", "ANY", 60, ["x"])], "only in questions"),
        ([(Z, "a.example.com.", "A", 2**31, ["192.0.2.1"])], "over 2147483647 seconds"),
        ([(Z, "a..example.com.", "A", 60, ["192.0.2.1"])], "is no name"),
    ],
)
def test_what_cannot_be_read(graph, changes, words):
    with pytest.raises(ValueError, match=words):
        graph.prepare(changes)


def test_two_texts_of_one_zone(graph):
    with pytest.raises(ValueError, match="two texts"):
        graph.prepare([], texts=[(Z, TEXT), ("EXAMPLE.com", TEXT)])


def test_canonical_forms():
    assert normalize("mx", "010  MAIL.Example") == "10 MAIL.Example."
    assert canonical("mx", "010  MAIL.Example") == "10 mail.example."
    assert canonical("TXT", '"a\\;"') == canonical("TXT", '"\\097;"') == '"a;"'
    assert canonical("A", "no address") == "no address"
    assert normalize("TXT", "one two") == '"one" "two"'
    assert normalize("TYPE1", r"\# 4 C0000201") == "192.0.2.1"
    assert normalize_name("WWW.Example") == "www.example."
    with pytest.raises(ValueError, match=r"MX: .* \(column 4\)"):
        normalize("MX", "10 a..b")
    with pytest.raises(ValueError, match="is no name"):
        normalize_name("a..b")
