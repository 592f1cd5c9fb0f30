"""Who reaches a name, by which path."""

import pytest

from truename._core import Graph, Reached

HEAD = "@ 60 SOA ns.x. h.x. 1 7200 3600 1209600 300\n"


def graph_of(**zones: str) -> Graph:
    graph = Graph()
    texts = [(f"{zone}.", (HEAD + text).encode()) for zone, text in zones.items()]
    graph.publish(graph.prepare([], texts=texts))
    return graph


def shown(found: tuple[int, list[Reached]]) -> list[str]:
    count, page = found
    assert count == len(page)
    assert all(one.path[0] == one.name for one in page)
    return sorted(f"{one.type} " + " ".join(one.path) for one in page)


# Data of every type that names others, as it names x.
NAMING = {
    "CNAME": "x", "ALIAS": "x", "MX": "0 x", "NS": "x", "SRV": "0 0 1 x", "SVCB": "1 x", "HTTPS": "0 x", "DNAME": "x",
    "PTR": "x", "MB": "x", "MD": "x", "MF": "x", "MG": "x", "MR": "x", "NSAP-PTR": "x", "AFSDB": "1 x", "KX": "1 x",
    "LP": "1 x", "RT": "1 x", "NAPTR": '1 1 "s" "SIP+D2U" "" x', "PX": "1 y. x", "RP": ". x", "MINFO": "y. x",
    "TALINK": "x .", "IPSECKEY": "10 3 2 x AQNR", "AMTRELAY": "10 0 3 x", "HIP": "2 2001 AwEA y. x",
}  # fmt: skip
CASES = {
    "every kind of link": (
        "\n".join(f"o-{rtype} {rtype} {data}" for rtype, data in NAMING.items()),
        sorted(f"{rtype} o-{rtype.lower()}.t. x.t." for rtype in NAMING),
    ),
    "not what DNSSEC is made of, and not text": (
        "a NSEC x A\na RRSIG A 8 2 5 20300101000000 20260101000000 1 x AQNR\nb NXT x A\nc TXT x",
        [],
    ),
    "a pointer ends there": ("a PTR x\nb CNAME a", ["PTR a.t. x.t."]),
    "over several links, by a shortest path": (
        "a CNAME b\nb CNAME x\nc CNAME a\nc.c CNAME b",
        ["CNAME a.t. b.t. x.t.", "CNAME b.t. x.t.", "CNAME c.c.t. b.t. x.t.", "CNAME c.t. a.t. b.t. x.t."],
    ),
    "hosts end there": (
        "m MX 0 x\na CNAME m\nmm MX 0 m\ns HTTPS 1 x\nb CNAME s\ns0 HTTPS 0 x\nc CNAME s0\n*.w MX 0 x\nd CNAME q.w",
        ["CNAME c.t. s0.t. x.t.", "HTTPS s.t. x.t.", "HTTPS s0.t. x.t.", "MX *.w.t. x.t.", "MX m.t. x.t."],
    ),
    "in a loop": ("x CNAME a\na CNAME x", ["CNAME a.t. x.t."]),
    "a wildcard and what it answers for": (
        "*.w CNAME x\na CNAME q.w\nb CNAME r.q.w\nz.w A 192.0.2.1\nc CNAME z.w\nd CNAME *.w",
        ["CNAME *.w.t. x.t.", "CNAME a.t. q.w.t. x.t.", "CNAME b.t. r.q.w.t. x.t.", "CNAME d.t. *.w.t. x.t."],
    ),
    "not what is hidden": ("cut NS ns.cut\na.cut CNAME x\nd DNAME u.\na.d CNAME x\nb CNAME a.d", []),
}


@pytest.mark.parametrize("name", CASES)
def test_reach(name):
    text, expected = CASES[name]
    assert shown(graph_of(t=text).reach("x.t.")) == expected


def test_reach_through_dnames():
    graph = graph_of(t="d DNAME u\nx.u A 192.0.2.1\na CNAME x.d\nb CNAME y.d\nc CNAME d")
    assert shown(graph.reach("x.u.t.")) == ["CNAME a.t. x.d.t. x.u.t.", "DNAME d.t. x.u.t."]
    graph = graph_of(t="d DNAME u\nd MX 0 x.u\nx.u A 192.0.2.1\na CNAME x.d\nc CNAME d")
    assert shown(graph.reach("x.u.t.")) == [
        "CNAME a.t. x.d.t. x.u.t.",
        "MX d.t. x.u.t.",
    ]
    assert shown(graph.reach("u.t.")) == ["DNAME d.t. u.t."]
    # Names that nobody knows stand between.
    graph = graph_of(t="a CNAME q.d\nd DNAME e\ne DNAME f\nf DNAME g")
    assert shown(graph.reach("q.g.t.")) == [
        "CNAME a.t. q.d.t. q.e.t. q.f.t. q.g.t.",
        "DNAME d.t. q.e.t. q.f.t. q.g.t.",
        "DNAME e.t. q.f.t. q.g.t.",
        "DNAME f.t. q.g.t.",
    ]


def test_dnames_that_make_names_without_end_are_left():
    graph = graph_of(t="a DNAME @\nb DNAME @\nq CNAME x.a.b.a")
    count, page = graph.reach("x.t.")
    assert count == 3 and {one.name for one in page} == {"a.t.", "b.t.", "q.t."}


def test_reach_across_zones_and_of_names_outside():
    graph = graph_of(t="a CNAME b.u.\nc CNAME away.v.", u="b CNAME away.v.")
    assert shown(graph.reach("away.v.")) == [
        "CNAME a.t. b.u. away.v.",
        "CNAME b.u. away.v.",
        "CNAME c.t. away.v.",
    ]
    assert [(one.zone, one.ttl) for one in graph.reach("b.u.")[1]] == [("t.", 60)]
    assert graph.reach("nobody.knows.") == (0, [])


def test_pages():
    text = "".join(f"a{i} CNAME x\nb{i} CNAME a{i}\n" for i in range(20))
    graph = graph_of(t=text)
    count, whole = graph.reach("x.t.", limit=100)
    assert count == 40 and [len(one.path) for one in whole] == [2] * 20 + [3] * 20
    names: list[str] = []
    while page := graph.reach("x.t.", limit=7, after=names[-1] if names else None)[1]:
        names += [one.name for one in page]
    assert names == [one.name for one in whole]
    assert graph.reach("x.t.", limit=0) == (40, [])
    assert graph.reach("x.t.", after="x.t.")[1] == graph.reach("x.t.", after="nobody.knows.")[1] == []


def test_who_reached_a_change():
    graph = graph_of(t="a CNAME x\nb CNAME a\nx A 192.0.2.1\nc CNAME y.new\n*.w CNAME z\nd CNAME q.w\ne CNAME p.w")
    reach = {
        "an address": ("x.t.", "A", ["192.0.2.2"], ["CNAME a.t. x.t.", "CNAME b.t. a.t. x.t."]),
        "an alias between": ("a.t.", "CNAME", ["z."], ["CNAME b.t. a.t."]),
        "a name that was named before": ("y.new.t.", "A", ["192.0.2.1"], ["CNAME c.t. y.new.t."]),
        "a name above one that was named": ("new.t.", "NS", ["ns.x."], ["CNAME c.t. y.new.t. new.t."]),
        "a name that a wildcard answered for": ("q.w.t.", "A", ["192.0.2.1"], ["CNAME d.t. q.w.t."]),
        "a type that a wildcard has not": ("*.w.t.", "A", [], []),
        "a wildcard that was an alias": (
            "*.w.t.", "CNAME", [], ["CNAME d.t. q.w.t. *.w.t.", "CNAME e.t. p.w.t. *.w.t."],
        ),
    }  # fmt: skip
    for owner, rtype, data, expected in reach.values():
        prepared = graph.prepare([("t.", owner, rtype, 60, data)])
        assert not prepared.refused
        assert shown(prepared.reach()) == expected, owner
    prepared = graph.prepare([("t.", "*.w.t.", "CNAME", 60, ["v.t."])])
    assert shown(prepared.reach()) == ["CNAME d.t. q.w.t. *.w.t.", "CNAME e.t. p.w.t. *.w.t."]


def test_a_change_that_nobody_reached():
    graph = graph_of(t="a CNAME x")
    assert graph.prepare([("t.", "new.t.", "A", 60, ["192.0.2.1"])]).reach() == (0, [])


ADDRESSED = """
a A 192.0.2.1
a AAAA 2001:db8::1
b HTTPS 1 . alpn=h2 ipv4hint=192.0.2.9,192.0.2.1 ipv6hint=2001:db8::9
c A 192.0.2.10
d CNAME a
e MX 0 d
f SVCB 1 a port=1
cut NS ns.cut
ns.cut A 192.0.2.1
"""


def addressed(graph: Graph, address: str, limit: int = 100, after: str | None = None) -> list[str]:
    _, page = graph.reach_address(address, limit=limit, after=after)
    return [f"{one.type} {one.zone} " + " ".join(one.path) for one in page]


def test_reach_of_an_address():
    graph = graph_of(t=ADDRESSED)
    graph.publish(graph.prepare([], texts=[("cut.t.", (HEAD + "ns A 192.0.2.1").encode())]))
    assert sorted(addressed(graph, "192.0.2.1")) == [
        "A cut.t. ns.cut.t. 192.0.2.1",
        "A t. a.t. 192.0.2.1",
        "A t. ns.cut.t. 192.0.2.1",
        "CNAME t. d.t. a.t. 192.0.2.1",
        "HTTPS t. b.t. 192.0.2.1",
        "MX t. e.t. d.t. a.t. 192.0.2.1",
        "NS t. cut.t. ns.cut.t. 192.0.2.1",
        "SVCB t. f.t. a.t. 192.0.2.1",
    ]
    assert addressed(graph, "2001:db8::9") == ["HTTPS t. b.t. 2001:db8::9"]
    assert graph.reach_address("2001:db8::2") == (0, [])
    with pytest.raises(ValueError, match="address"):
        graph.reach_address("192.0.2.256")


@pytest.mark.parametrize("limit", [2, 3, 100])
def test_pages_of_an_address_leave_nothing_out(limit):
    graph = graph_of(t=ADDRESSED)
    graph.publish(graph.prepare([], texts=[("cut.t.", (HEAD + "ns A 192.0.2.1").encode())]))
    found, after = [], None
    while page := graph.reach_address("192.0.2.1", limit=limit, after=after)[1]:
        assert len(page) <= limit
        found += page
        after = page[-1].name
    assert len(found) == graph.reach_address("192.0.2.1", limit=0)[0] == 8
