"""Who notices a change of what no record names: wildcards, DNAMEs, cuts; and for how long the old answer is held."""

import pytest

from truename.edit.change import ChangeSet, ZoneChange
from truename.errors import RejectedEdit
from unit.edit.kept import ME, Kept, put, take

ZONE = "example.net."
HEAD = "@ 3600 SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ 3600 NS ns1\nns1 3600 A 192.0.2.53\n"


@pytest.fixture
def net(kept: Kept) -> Kept:
    kept.make(
        ZONE,
        HEAD
        + """
*.w 3600 A 192.0.2.1
b 60 CNAME q.w
c 60 CNAME b
m 60 MX 10 r.w
s 60 SRV 0 0 443 q.w
d 300 DNAME t
*.t 600 A 192.0.2.2
x 60 CNAME q.d
far 60 CNAME q.away
away 60 DNAME example.edu.
one 60 CNAME two
two 60 CNAME three
three 3600 A 192.0.2.3
cut 60 NS ns.cut
ns.cut 600 A 192.0.2.54
below 60 CNAME host.cut
""",
    )
    return kept


def noticed(kept: Kept, *steps) -> dict[str, tuple[str, ...]]:
    plan = kept.look(*steps)
    assert plan.impact_count == len(plan.impact)
    return {one.name.removesuffix(f".{ZONE}"): one.path for one in plan.impact}


def add(owner: str, rtype: str, *contents: str, ttl: int = 60):
    return put(owner, rtype, *contents, ttl=ttl, zone=ZONE)


def remove(owner: str, rtype: str):
    return take(owner, rtype, zone=ZONE)


def test_the_data_of_a_wildcard(net: Kept) -> None:
    for step in (
        add("*.w", "A", "192.0.2.9", ttl=3600),
        add("*.w", "AAAA", "2001:db8::1"),
        add("*.w", "TXT", '"x"'),
        add("*.w", "MX", "10 ns1.example.net."),
        remove("*.w", "A"),
    ):
        found = noticed(net, step)
        assert set(found) == {"b", "c", "m", "s"}
        assert found["c"] == tuple(f"{label}.{ZONE}" for label in ("c", "b", "q.w", "*.w"))
    row = next(one for one in net.look(add("*.w", "A", "192.0.2.9")).impact if one.name == f"b.{ZONE}")
    assert (row.before.records, row.after.records, row.stale_until_s) == (("192.0.2.1",), ("192.0.2.9",), 3600)


def test_a_name_of_its_own_under_a_wildcard(net: Kept) -> None:
    plan = net.look(add("q.w", "A", "192.0.2.9"))
    assert {one.name: one.stale_until_s for one in plan.impact} == {
        f"{label}.{ZONE}": 3600 for label in "bcs"
    }  # what a cache holds came from the wildcard


def test_names_that_a_dname_makes(net: Kept) -> None:
    found = noticed(net, remove("*.t", "A"))
    assert found["x"] == tuple(f"{label}.{ZONE}" for label in ("x", "q.d", "q.t", "*.t"))
    assert set(found) == {"d", "x"}
    assert set(noticed(net, add("q.t", "A", "192.0.2.9"))) == {"d", "x"}
    assert set(noticed(net, add("d", "DNAME", "w.example.net."))) == {"x"}
    assert set(noticed(net, add("d", "DNAME", "t.example.net.", ttl=7))) == {"x"}


def test_the_zone_behind_a_dname(net: Kept) -> None:
    text = (HEAD + "* 60 A 192.0.2.4\n").encode()
    made = ChangeSet(zones=[ZoneChange("example.edu.", is_new=True, text=text)])
    assert {one.name for one in net.door.plan(made, ME).impact} == {f"far.{ZONE}", f"away.{ZONE}"}
    net.door.commit(made, ME)
    gone = net.door.plan(ChangeSet(zones=[ZoneChange("example.edu.", is_deleted=True)]), ME)
    assert {one.name for one in gone.impact} == {f"far.{ZONE}", f"away.{ZONE}"}


def test_what_is_hidden_is_noticed_by_nobody(net: Kept) -> None:
    assert noticed(net, add("host.cut", "A", "192.0.2.9")) == {}
    assert noticed(net, add("host.d", "A", "192.0.2.9")) == {}
    plan = net.look(add("ns.cut", "A", "192.0.2.9"))
    assert [(one.name, one.type, one.stale_until_s) for one in plan.impact] == [(f"cut.{ZONE}", "NS", 600)]


def test_what_a_new_cut_hides(net: Kept) -> None:
    net.edit(add("a.sub", "CNAME", "ns1.example.net.", ttl=900), add("to", "CNAME", f"a.sub.{ZONE}"))
    plan = net.look(add("sub", "NS", "ns1.example.net."))
    rows = {one.name: one for one in plan.impact}
    assert set(rows) == {f"a.sub.{ZONE}", f"to.{ZONE}"}
    hidden = rows[f"a.sub.{ZONE}"]
    assert (hidden.path, hidden.stale_until_s) == ((f"a.sub.{ZONE}", f"sub.{ZONE}"), 900)
    assert (hidden.before.records, hidden.after.records) == (("192.0.2.53",), ())


def test_the_old_answer_is_held_as_long_as_the_slowest_that_changes(net: Kept) -> None:
    both = [add("two", "CNAME", "ns1.example.net."), add("three", "A", "192.0.2.9")]
    plan = net.look(*both)
    assert {one.name: one.stale_until_s for one in plan.impact} == {f"one.{ZONE}": 3600}
    assert {one.name: one.stale_until_s for one in net.look(both[0]).impact} == {f"one.{ZONE}": 60}


def test_a_wildcard_is_reached_by_who_it_answers(net: Kept) -> None:
    count, found = net.graph.reach(f"*.w.{ZONE}")
    assert count == 4 and {tuple(one.path[-2:]) for one in found} == {
        (f"{label}.w.{ZONE}", f"*.w.{ZONE}") for label in "qr"
    }
    assert sorted(net.graph.answered(f"*.w.{ZONE}")) == [f"q.w.{ZONE}", f"r.w.{ZONE}"]
    with pytest.raises(RejectedEdit, match=r"3 records name .*answers for"):
        net.door.retire(f"*.w.{ZONE}", None, ME)
    net.door.retire(f"*.w.{ZONE}", f"ns1.{ZONE}", ME)
    for owner, rtype in (("b", "CNAME"), ("m", "MX"), ("s", "SRV")):
        rrset = net.store.rrset(ZONE, f"{owner}.{ZONE}", rtype)
        assert rrset and rrset.served[0].endswith(f"ns1.{ZONE}")
    with pytest.raises(RejectedEdit, match="1 record names"):
        net.door.retire(f"*.t.{ZONE}", None, ME)
