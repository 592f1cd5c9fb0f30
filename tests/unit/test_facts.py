"""What each kind of fact sees in a small zone, and what it must not see."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from textwrap import dedent

import pytest

from truename._core import Fact, Graph

HEAD = "@ 60 SOA ns hostmaster 1 7200 3600 1209600 300\n@ NS ns\nns A 192.0.2.53\n"
KINDS = [
    "ns-missing",
    "target-address",
    "odd-target",
    "odd-owner",
    "ttl-zero",
    "alias-not-followed",
    "loop",
    "too-long",
    "long-chain",
    "overflow",
    "alias-chain",
    "target-missing",
    "target-empty",
    "host-without-address",
    "host-is-alias",
    "glue-missing",
    "below-cut",
    "below-dname",
    "wildcard-captures",
    "shared-address",
    "signature-expired",
    "signature-missing",
    "denial-broken",
]
SERVICES = ("_acme-challenge", "_dmarc", "_domainkey")


def graph_of(zones: dict[str, str], max_chain: int = 16) -> Graph:
    graph = Graph(max_chain=max_chain)
    prepared = graph.prepare([], texts=[(zone, (HEAD + text).encode()) for zone, text in zones.items()])
    assert [fact.detail for fact in prepared.refused] == []
    graph.publish(prepared)
    return graph


def found(zones: str | dict[str, str], *kinds: str, max_chain: int = 16, **asked) -> list[Fact]:
    graph = graph_of({"t.": zones} if isinstance(zones, str) else zones, max_chain)
    return graph.facts(kinds or KINDS, services=SERVICES, **asked)


def short(facts: list[Fact]) -> list[str]:
    return sorted(f"{fact.kind} {fact.owner} {fact.type}" for fact in facts)


def test_a_clean_zone_shows_nothing():
    text = """
        @ MX 0 mail
        mail A 192.0.2.1
        mail AAAA 2001:db8::1
        www CNAME mail
        _sip._tcp SRV 0 0 5060 mail
        _x._tcp SRV 0 0 0 .
        svc HTTPS 1 . alpn=h2
        out CNAME www.elsewhere.
        sub NS ns.sub
        ns.sub A 192.0.2.2
        leaf CNAME x.sub
        old DNAME new
        a.new A 192.0.2.3
        *.wild A 192.0.2.4
        b CNAME any.wild
        1 PTR mail
    """
    assert short(found(dedent(text))) == []


ONE_FACT = {
    # kind: (records, owner, type, detail or chain)
    "target-address": ("a CNAME 192.0.2.1.", "a.t.", "CNAME", "192.0.2.1"),
    "odd-target": ("a CNAME http\\058//www.elsewhere.", "a.t.", "CNAME", ""),
    "odd-owner": ("a\\032b CNAME ns\n", "a\\032b.t.", "CNAME", ""),
    "ttl-zero": ("a 0 CNAME ns", "a.t.", "CNAME", ""),
    "alias-not-followed": ("a ALIAS ns", "a.t.", "ALIAS", ""),
    "loop": ("a CNAME b\nb CNAME a", "a.t.", "CNAME", ["a.t.", "b.t.", "a.t."]),
    "overflow": (
        f"a CNAME {'x' * 60}.d\nd DNAME {'y' * 63}.{'y' * 63}.{'y' * 63}.elsewhere.",
        "a.t.",
        "CNAME",
        ["a.t.", f"{'x' * 60}.d.t."],
    ),
    "alias-chain": ("a CNAME b\nb CNAME ns", "a.t.", "CNAME", ["a.t.", "b.t.", "ns.t."]),
    "target-missing": ("a CNAME b", "a.t.", "CNAME", ["a.t.", "b.t."]),
    "target-empty": ("a CNAME b\nc.b A 192.0.2.1", "a.t.", "CNAME", ["a.t.", "b.t."]),
    "host-without-address": ("a MX 0 b\nb TXT x", "a.t.", "MX", ["a.t.", "b.t."]),
    "host-is-alias": ("a MX 0 b\nb CNAME ns", "a.t.", "MX", ["a.t.", "b.t.", "ns.t."]),
    "glue-missing": ("a NS x.a", "a.t.", "NS", ["a.t.", "x.a.t."]),
    "below-cut": ("a NS ns\nb.a CNAME ns", "b.a.t.", "CNAME", ""),
    "below-dname": ("a DNAME elsewhere.\nb.a TXT x", "b.a.t.", "TXT", ""),
}


@pytest.mark.parametrize("kind", ONE_FACT)
def test_one_fact_and_no_other(kind):
    text, owner, rtype, more = ONE_FACT[kind]
    (fact,) = found(text)
    assert (fact.kind, fact.zone, fact.owner, fact.type) == (kind, "t.", owner, rtype)
    assert (fact.chain if isinstance(more, list) else fact.detail) == more


@pytest.mark.parametrize(
    ("target", "kinds"),
    [
        ("192.0.2.1", ["target-address"]),
        ("192.0.2.1.", ["target-address"]),
        ("192.0.2.1.sub", ["target-address"]),
        ("2001:db8::1", ["target-address"]),
        ("::ffff:192.0.2.1.", ["target-address"]),
        ("192.0.2.1.elsewhere.", []),
        ("a/b.elsewhere.", ["odd-target"]),
        ("a\\032b.elsewhere.", ["odd-target"]),
        ("*.elsewhere.", []),
        ("a.*.elsewhere.", ["odd-target"]),
        ("_x-1.elsewhere.", []),
    ],
)
@pytest.mark.parametrize("form", ["CNAME {}", "MX 0 {}", "SRV 0 0 1 {}", "ALIAS {}", "NS {}", "DNAME {}"])
def test_targets_by_their_octets(target, kinds, form):
    facts = found(f"a {form.format(target)}", "target-address", "odd-target")
    assert [fact.kind for fact in facts] == kinds


def test_owners_by_their_octets_and_their_zone():
    text = """
        a\\@b TXT x
        a\\@b A 192.0.2.1
        below.a\\@b TXT x
        beside.a\\@b TXT x
        x.xn--a TXT x
        xn--a.b TXT x
        t.u TXT x
        a.t.u TXT x
        t.u.a TXT x
        u TXT x
        u.u TXT x
        *._a TXT x
    """
    facts = found({"t.u.": dedent(text), "v.": "v TXT x"}, "odd-owner")
    assert short(facts) == [
        "odd-owner a.t.u.t.u. TXT",
        "odd-owner a\\@b.t.u. A",
        "odd-owner below.a\\@b.t.u. TXT",
        "odd-owner beside.a\\@b.t.u. TXT",
        "odd-owner t.u.t.u. TXT",
        "odd-owner x.xn--a.t.u. TXT",
        "odd-owner xn--a.b.t.u. TXT",
    ]


def test_services_and_pointers_have_no_address_for_a_target():
    facts = found("a HTTPS 1 192.0.2.1.\nb PTR 192.0.2.1.\nc SVCB 0 x/y.\nd PTR x/y.", "target-address", "odd-target")
    assert short(facts) == ["odd-target c.t. SVCB", "odd-target d.t. PTR"]


def test_hidden_records_are_read_too():
    facts = found("cut NS ns\na.cut 0 CNAME 192.0.2.1", "target-address", "ttl-zero", "target-missing")
    assert short(facts) == ["target-address a.cut.t. CNAME", "ttl-zero a.cut.t. CNAME"]


LOOPS = {
    "itself": ("a CNAME a", ["CNAME a.t. a.t. a.t."]),
    "wildcard": ("*.w CNAME x.w", ["CNAME *.w.t. x.w.t. x.w.t."]),
    "wildcard and alias": ("*.w CNAME a\na CNAME x.w", ["CNAME a.t. a.t. x.w.t. a.t."]),
    "through a DNAME": ("a CNAME b.d\nd DNAME e\nb.e CNAME a", ["CNAME a.t. a.t. b.d.t. b.e.t. a.t."]),
    "DNAMEs alone": ("d DNAME e\ne DNAME d", ["DNAME d.t. d.t. e.t. d.t."]),
    "a DNAME to itself": ("d DNAME d", ["DNAME d.t. d.t. d.t."]),
    "a DNAME below itself": ("d DNAME x.d", ["DNAME d.t. d.t. x.d.t."]),
    "DNAMEs that grow": ("d DNAME x.e\ne DNAME d", ["DNAME d.t. d.t. x.e.t. x.d.t."]),
    "ALIAS": ("a ALIAS b\nb ALIAS a", ["ALIAS a.t. a.t. b.t. a.t."]),
    "ALIAS and alias": ("a ALIAS b\nb CNAME a", ["ALIAS a.t. a.t. b.t. a.t."]),
    "ALIAS itself": ("@ ALIAS @", ["ALIAS t. t. t."]),
    "HTTPS": ("a HTTPS 0 b\nb HTTPS 0 a", ["HTTPS a.t. a.t. b.t. a.t."]),
    "SVCB": ("a SVCB 0 a", ["SVCB a.t. a.t. a.t."]),
    "HTTPS and alias": ("b HTTPS 0 a\na CNAME b", ["CNAME a.t. a.t. b.t. a.t."]),
    "two": ("a CNAME b\nb CNAME a\nc CNAME d\nd CNAME c", ["CNAME a.t. a.t. b.t. a.t.", "CNAME c.t. c.t. d.t. c.t."]),
    "led into": ("a CNAME c\nb CNAME c\nc CNAME d\nd CNAME c", ["CNAME c.t. c.t. d.t. c.t."]),
}


@pytest.mark.parametrize("name", LOOPS)
def test_loops(name):
    text, expected = LOOPS[name]
    facts = found(text, "loop", "too-long", "alias-chain", "overflow", "long-chain")
    assert [" ".join([fact.type, fact.owner, *fact.chain]) for fact in facts] == expected
    assert all(fact.kind == "loop" and fact.end == "loop" for fact in facts)


@pytest.mark.parametrize(
    "text",
    [
        "a HTTPS 0 b\nb SVCB 0 a",  # nobody asks for both
        "a HTTPS 1 b\nb HTTPS 1 a",  # ServiceMode leads nowhere
        "a ALIAS b\na A 192.0.2.1\na AAAA 2001:db8::1\nb ALIAS a",  # addresses of its own
        "cut NS ns\na.cut CNAME b.cut\nb.cut CNAME a.cut",  # nobody sees them
        "d DNAME x\nx.d CNAME x.d",
    ],
)
def test_no_loops(text):
    assert found(text, "loop") == []


@pytest.mark.parametrize("length", [2, 15, 16, 17, 18, 40, 300])
def test_loops_of_any_length(length):
    text = "\n".join(f"a{i} CNAME a{(i + 1) % length}" for i in range(length)) + "\nz CNAME a0"
    (fact,) = found(text, "loop", "too-long", "long-chain")
    assert (fact.kind, fact.owner, fact.number, len(fact.chain)) == ("loop", "a0.t.", length, length + 1)


def test_loops_across_zones():
    zones = {"t.": "a CNAME b.u.", "u.": "b CNAME a.t."}
    (fact,) = found(zones, "loop")
    assert (fact.zone, fact.owner, fact.chain) == ("t.", "a.t.", ["a.t.", "b.u.", "a.t."])


@pytest.mark.parametrize("hops", [8, 9, 16, 17])
def test_lengths(hops):
    text = "\n".join(f"a{i} CNAME a{i + 1}" for i in range(1, hops)) + f"\na{hops} CNAME ns"
    facts = {fact.owner: fact for fact in found(text, "too-long", "long-chain", long=9)}
    kinds = {owner: fact.kind for owner, fact in facts.items()}
    expected = {f"a{i}.t.": hops + 1 - i for i in range(1, hops + 1) if hops + 1 - i >= 9}
    assert kinds == {owner: "too-long" if length > 16 else "long-chain" for owner, length in expected.items()}
    assert all(fact.number == min(expected[owner], 16) for owner, fact in facts.items())


def test_chains_of_dnames_have_a_length():
    text = "\n".join(f"d{i} DNAME d{i + 1}" for i in range(1, 10)) + "\nx.d10 A 192.0.2.1"
    (fact,) = found(text, "long-chain", long=9)
    assert (fact.owner, fact.type, fact.number) == ("d1.t.", "DNAME", 9)


MISSING = {
    "at the end of a chain": ("a CNAME b\nb CNAME c", ["a.t. CNAME", "b.t. CNAME"]),
    "by MX, NS, SRV and the others": (
        "m MX 0 x\nn NS x\ns SRV 0 0 1 x\nv SVCB 1 x\nh HTTPS 0 x\nl ALIAS x\nd DNAME x",
        ["d.t. DNAME", "h.t. HTTPS", "l.t. ALIAS", "m.t. MX", "n.t. NS", "s.t. SRV", "v.t. SVCB"],
    ),
    "not for a DNAME with names below": ("d DNAME x\nq.x A 192.0.2.1", []),
    "not under a delegation": ("cut NS ns\na CNAME x.cut\nm MX 0 x.cut", []),
    "not outside": ("a CNAME x.u.", []),
    "not under a wildcard": ("*.w TXT x\na CNAME x.w", []),
    "through a DNAME": ("d DNAME e\na.e TXT x\nb CNAME b.d\nc CNAME a.d", ["b.t. CNAME"]),
    "not for none": ("m MX 0 .\ns SRV 0 0 0 .\nh HTTPS 0 .\nv SVCB 1 .", []),
    "not for what is seen by nobody": ("cut NS ns\ncut MX 0 x\ncut ALIAS x\ncut HTTPS 0 x", []),
    "not for what is hidden": ("cut NS ns\na.cut CNAME x\nd DNAME u.\na.d MX 0 x", []),
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_targets(name):
    text, expected = MISSING[name]
    assert sorted(f"{fact.owner} {fact.type}" for fact in found(text, "target-missing")) == expected


def test_missing_in_another_zone():
    zones = {"t.": "a CNAME x.u.\nb CNAME x.v.t.\nc CNAME y.v.t.\nv NS ns", "v.t.": "x A 192.0.2.1", "u.": ""}
    assert short(found(zones, "target-missing")) == ["target-missing a.t. CNAME", "target-missing c.t. CNAME"]


EMPTY = {
    "zone data": ("a CNAME b\nb CAA 0 issue ca.example", ["a.t. CNAME"]),
    "anything else": ("a CNAME b\nb TXT x", []),
    "no address for an ALIAS": ("a ALIAS b\nb TXT x", ["a.t. ALIAS"]),
    "at the end of a chain": ("a CNAME b\nb CNAME c\nx.c TXT x", ["a.t. CNAME", "b.t. CNAME"]),
    "by a wildcard": ("a CNAME x.w\n*.w CAA 0 issue ca.example", ["a.t. CNAME"]),
    "an ALIAS is something": ("a CNAME b\nb ALIAS ns", []),
    "a service is something": ("a CNAME b\nb HTTPS 1 ns", []),
}


@pytest.mark.parametrize("name", EMPTY)
def test_empty_targets(name):
    text, expected = EMPTY[name]
    assert sorted(f"{fact.owner} {fact.type}" for fact in found(text, "target-empty")) == expected


HOSTS = {
    "alias by a wildcard": ("*.w CNAME ns\na MX 0 x.w", ["host-is-alias a.t. MX"]),
    "alias by a DNAME": ("d DNAME e\nx.e A 192.0.2.1\na SRV 0 0 1 x.d", ["host-is-alias a.t. SRV"]),
    "alias below the cut": ("c NS n.c\nn.c CNAME ns", ["host-is-alias c.t. NS"]),
    "alias to nothing": ("a MX 0 b\nb CNAME c", ["host-is-alias a.t. MX", "target-missing a.t. MX"]),
    "empty non-terminal": ("a MX 0 b\nx.b A 192.0.2.1", ["host-without-address a.t. MX"]),
    "AAAA is an address": ("a MX 0 b\nb AAAA 2001:db8::1", []),
    "ALIAS is an address": ("a MX 0 b\nb ALIAS ns", []),
    "glue": ("c NS n.c\nn.c A 192.0.2.1\nc NS ns\nc NS m.c\nc NS c", ["glue-missing c.t. NS", "glue-missing c.t. NS"]),
    "at the apex there is no glue": ("@ NS x.y", ["target-missing t. NS"]),
}


@pytest.mark.parametrize("name", HOSTS)
def test_hosts(name):
    text, expected = HOSTS[name]
    kinds = ("host-is-alias", "host-without-address", "glue-missing")
    facts = [fact for fact in found(text, *kinds, "target-missing") if fact.kind in kinds or fact.type != "CNAME"]
    assert short(facts) == expected


def test_what_hides_is_named():
    facts = found("cut NS ns\na.cut CNAME ns\nd DNAME u.\nb.d CNAME ns\nc.b.d A 192.0.2.1", "below-cut", "below-dname")
    told = {(fact.kind, fact.owner): fact.other[:3] for fact in facts if fact.other}
    assert told == {
        ("below-cut", "a.cut.t."): ("cut.t.", "NS", "ns.t."),
        ("below-cut", "b.d.t."): ("d.t.", "DNAME", "u."),
        ("below-dname", "b.d.t."): ("d.t.", "DNAME", "u."),
        ("below-dname", "c.b.d.t."): ("d.t.", "DNAME", "u."),
    }


def test_captured_services():
    text = "* CNAME ns\n*.a CNAME ns\n_dmarc TXT x\nx._domainkey TXT x\n_dmarc.a CNAME ns\n*.b A 192.0.2.1"
    facts = found(text, "wildcard-captures")
    assert sorted((fact.owner, fact.detail, fact.number) for fact in facts) == [
        ("*.a.t.", "_acme-challenge.a.t.", 0),
        ("*.a.t.", "_domainkey.a.t.", 0),
        ("*.t.", "_acme-challenge.t.", 1),
    ]


def test_shared_addresses():
    shared = "\n".join(f"h{i} A 192.0.2.1" for i in range(5))
    (fact,) = found(shared + "\nx A 192.0.2.2\ny A 192.0.2.2", "shared-address", many=5)
    assert (fact.owner, fact.type, fact.data, fact.number) == ("h0.t.", "A", "192.0.2.1", 5)
    assert fact.chain == [f"h{i}.t." for i in range(5)]
    for other in (
        "h1 AAAA 2001:db8::1",  # not just this address
        "h1 A 192.0.2.9",
        "h1 TXT x",
        "@ MX 0 h1",  # must not be an alias
        "cut NS ns\nh1.cut A 192.0.2.1",
    ):
        facts = found(shared + "\n" + other, "shared-address", many=5)
        assert facts == [] or (other.startswith("cut") and facts[0].number == 5)
    both = "\n".join(f"h{i} A 192.0.2.1\nh{i} AAAA 2001:db8::1" for i in range(12))
    (fact,) = found(both, "shared-address")
    assert (fact.type, fact.number, len(fact.chain), fact.chain[0]) == ("A", 12, 10, "h0.t.")


def test_hosts_of_other_zones_are_no_shared_addresses():
    shared = "\n".join(f"h{i} A 192.0.2.1" for i in range(4))
    assert len(found({"t.": shared, "u.": "@ MX 0 ns"}, "shared-address")) == 1
    assert found({"t.": shared, "u.": "@ MX 0 h1.t."}, "shared-address") == []


def test_a_zone_without_ns():
    graph = Graph()
    graph.publish(graph.prepare([], texts=[("t.", HEAD.replace("@ NS ns\n", "").encode())]))
    assert short(graph.facts(KINDS)) == ["ns-missing t. NS"]


def test_counts_and_limits():
    graph = graph_of({"t.": "a CNAME x\nb CNAME x\nc 0 CNAME ns", "u.": "a CNAME x"})
    assert graph.fact_counts() == {"target-missing": 3, "ttl-zero": 1}
    assert graph.fact_counts("t.") == {"target-missing": 2, "ttl-zero": 1}
    assert graph.fact_counts("nowhere.") == {}
    assert graph.fact_counts(kinds=["ttl-zero"]) == {"ttl-zero": 1}
    assert len(graph.facts(["target-missing"], limit=2)) == 2
    scoped = graph.facts(["target-missing", "ttl-zero"], scope=["c.t.", "a.u.", "a.u.", "nowhere."])
    assert short(scoped) == ["target-missing a.u. CNAME", "ttl-zero c.t. CNAME"]
    with pytest.raises(ValueError, match="is no kind of fact"):
        graph.facts(["no-such-kind"])


def test_chains_may_not_be_followed_out_of_the_zone_when_answering_but_are_when_judging():
    graph = graph_of({"t.": "a CNAME x.u.", "u.": ""})
    graph.configure(follow="zone", max_chain=16)
    assert graph.explain("a.t.").end == "out-of-zone"
    assert short(graph.facts(["target-missing"])) == ["target-missing a.t. CNAME"]


def test_a_pointer_is_missed_only_where_it_is_seen_and_leads_to_nothing_here():
    text = """
        there PTR ns
        outside PTR host.example.
        alias PTR www
        www CNAME gone
        cut NS ns
        cut PTR gone
        below.cut PTR gone
        *.wild A 192.0.2.1
        wild PTR any.wild
    """
    assert short(found(dedent(text), "target-missing")) == [
        "target-missing alias.t. PTR",
        "target-missing www.t. CNAME",
    ]


def test_a_pointer_to_an_alias_is_a_fact_and_what_it_leads_to_is_not_asked_for_an_address():
    text = """
        name PTR text
        text TXT x
        alias PTR www
        www CNAME ns
        made PTR a.d
        d DNAME e
        a.e TXT x
        wild PTR any.wild
        *.wild CNAME ns
        outside PTR www.example.
    """
    facts = found(dedent(text), "host-is-alias", "host-without-address")
    assert short(facts) == [f"host-is-alias {name}.t. PTR" for name in ("alias", "made", "wild")]


def test_links_that_clients_do_not_follow_by_themselves_have_no_facts():
    text = 'a NAPTR 1 1 "" "" "" gone\nb RP gone gone\nc KX 0 www\nwww CNAME ns\nd AFSDB 1 192.0.2.1\ne LP 1 x/y'
    assert found(text) == []


def test_a_survey_counts_all_and_spells_out_some():
    graph = graph_of({"t.": "a CNAME nobody\nb CNAME a\nc CNAME gone\nl CNAME m\nm CNAME l"})
    kinds = ["loop", "target-missing", "ns-missing"]
    counts, first = graph.survey(kinds, 2)
    assert counts == graph.fact_counts(kinds=kinds) == {"loop": 1, "target-missing": 3}
    assert [(fact.kind, fact.owner) for fact in first] == [
        (fact.kind, fact.owner) for fact in graph.facts(kinds, limit=2)
    ]
    with pytest.raises(ValueError, match="nonsense"):
        graph.survey(["nonsense"], 2)


def classes() -> dict[str, set[int]]:
    """The scheduling classes of the threads of this process, by name."""
    found: dict[str, set[int]] = {}
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            name = (task / "comm").read_text().strip()
            found.setdefault(name, set()).add(os.sched_getscheduler(int(task.name)))
    return found


def test_a_survey_is_made_in_the_lowest_class_and_its_caller_stays_in_its_own():
    graph, seen, is_over = graph_of({"t.": "$GENERATE 1-100000 a$ CNAME b$\n"}), [], threading.Event()
    own = os.sched_getscheduler(0)

    def survey() -> None:
        while not is_over.is_set():
            graph.survey(["target-missing"], 1)
            seen.append(os.sched_getscheduler(0))

    thread = threading.Thread(target=survey)
    thread.start()
    # Not every look falls into a search, and a search has its name before its class.
    is_seen = any(os.SCHED_IDLE in classes().get("search", ()) for _ in range(10_000))
    is_over.set()
    thread.join()
    assert is_seen and set(seen) == {own}
