"""What a bound key is answered depends on nothing that it may not know.

Two servers have the zones of one key in common and differ in all others: zones above and below, aliases into the key's
zones, comments, disabled records, files, also one that cannot be read. Calls to every route of the description get the
same replies, octet for octet; of them only times are left out.

One thing is let through, as `edit.sight` says: a change that closes a loop through zones of others is refused. That is
held to what a query shows, and the comparison ends there, since the worlds have parted.
"""

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from property.houses import HEAD, PIECES, Call, House, as_json, template
from truename.cli.transport import Reply
from truename.edit.sight import HIDDEN
from truename.web.app import openapi

ZONES = ("mine.example.", "filed.example.", "gone.example.", *(piece.zone for piece in PIECES), "none.example.")
NAMES = (
    *("www.mine.example.", "shop.mine.example.", "out.mine.example.", "new.mine.example.", "mine.example."),
    *("x.w.mine.example.", "*.w.mine.example.", "ns.cut.mine.example.", "k.w.mine.example.", "z.mine.example."),
    *("a.theirs.example.", "b.theirs.example.", "nobody.theirs.example.", "back.theirs.example."),
    *("x.sub.mine.example.", "y.cut.mine.example.", "f.files.example.", "f.broken.example.", "f.gone.mine.example."),
    *("www.filed.example.", "www.gone.example.", "example.", "elsewhere.test.", "a.none.example.", "192.0.2.1"),
)
HOSTS = tuple(name for name in NAMES if name[0] not in "1*")
PATTERNS = ("*", "*secret*", "*mine*", "www*", "theirs*", "*.example", "192.0.2.1", "*words")
TIMES = re.compile(rb'"(at|modified_at|created_at|ms|value)": "?[0-9.e-]+"?')
METHODS = ("get", "put", "post", "patch", "delete")
ROUTES = sorted(
    (method.upper(), path)
    for path, item in openapi()["paths"].items()
    for method in METHODS
    if method in item and path not in ("/healthz", "/readyz", "/metrics")  # which take no key: see docs/security.md
)
# Mostly the key's own, or little would happen.
MINE = tuple(name for name in NAMES if name.endswith(".mine.example."))
SOME_ZONE = st.one_of(st.just("mine.example."), st.just("mine.example."), st.sampled_from(ZONES))
SOME_NAME = st.one_of(st.sampled_from(MINE), st.sampled_from(NAMES))
CHANGING = st.sampled_from(["", "?dry_run=true", "?strict=true", "?dry_run=true&strict=true", "?base_serial=1"])
FIELDS = {
    "zone_id": SOME_ZONE,
    "name": SOME_NAME,
    "kind": st.sampled_from(["X-A", "SOA-EDIT-API"]),
    "key": st.just("1"),
    "account": st.just("bound"),
    "ip": st.just("192.0.2.1"),
    "nameserver": st.just("ns.theirs.example."),
}


@st.composite
def rrsets(draw: st.DrawFn) -> dict[str, Any]:
    owner, target = draw(st.sampled_from(MINE[:10])), draw(st.sampled_from(HOSTS))
    data = {"CNAME": target, "MX": f"1 {target}", "NS": target, "DNAME": target, "A": "192.0.2.7", "TXT": '"secret"'}
    rtype = draw(st.sampled_from(sorted(data)))
    records = [{"content": data[rtype], "disabled": draw(st.integers(0, 4)) == 0}]
    change = draw(st.sampled_from(["REPLACE", "REPLACE", "DELETE", "EXTEND"]))
    one = {"name": owner, "type": rtype, "ttl": 60, "changetype": change, "records": records}
    return {"rrsets": [one if change != "DELETE" else {**one, "records": []}]}


BODIES: dict[str, st.SearchStrategy[Any]] = {
    "PATCH /zones/{zone_id}": rrsets(),
    "POST /zones/{zone_id}/plan": rrsets(),
    "POST /zones": st.builds(lambda zone: {"name": zone, "kind": "Native", "nameservers": []}, FIELDS["zone_id"]),
    "PUT /zones/{zone_id}": st.sampled_from([{"kind": "Master"}, {"account": "x"}]),
    "POST /zones/{zone_id}/undo": st.sampled_from([{}, {"only_this_zone": True}, {"serial": 7}]),
    "POST /zones/{zone_id}/metadata": st.just({"kind": "X-A", "metadata": ["1"]}),
    "PUT /zones/{zone_id}/metadata/{kind}": st.just({"metadata": ["2"]}),
    "POST /import": st.builds(
        lambda zones: {"zones": [{"name": zone, "text": HEAD + "www 60 A 192.0.2.5\n"} for zone in zones]},
        st.lists(FIELDS["zone_id"], min_size=1, max_size=2, unique=True),
    ),
    "POST /names/{name}/point": st.builds(lambda name: {"target": name}, st.sampled_from(HOSTS)),
    "POST /names/{name}/rename": st.builds(
        lambda name, keep, own: {"to": name, "keep_alias": keep, "only_own_zones": own},
        st.sampled_from(HOSTS),
        st.booleans(),
        st.booleans(),
    ),
    "POST /names/{name}/retire": st.one_of(
        st.just({}),
        st.just({"only_own_zones": True}),
        st.builds(lambda name: {"repoint": name, "only_own_zones": True}, st.sampled_from(HOSTS)),
    ),
}
QUERIES: dict[str, st.SearchStrategy[str]] = {
    "GET /search-data": st.builds("?q={}&max=50".format, st.sampled_from(PATTERNS)),
    "GET /zones": st.one_of(st.just(""), st.builds("?zone={}".format, FIELDS["zone_id"])),
    "GET /zones/{zone_id}/journal": st.sampled_from(["", "?limit=1", "?before=2", "?before=900"]),
    "GET /names/{name}/impact": st.sampled_from(["", "?limit=1", "?after=shop.mine.example."]),
    "GET /names/{name}/explain": st.sampled_from(["", "?type=MX", "?type=ANY", "?type=NS"]),
    "PUT /cache/flush": st.builds("?domain={}".format, FIELDS["name"]),
}


@st.composite
def calls(draw: st.DrawFn, route: tuple[str, str]) -> Call:
    method, path = route
    short = f"{method} {path.removeprefix('/api/v1/servers/localhost')}".replace(":path", "")
    filled = re.sub(r"\{(\w+)\}", lambda field: draw(FIELDS[field[1]]), path)
    query = draw(QUERIES.get(short, st.just("") if method == "GET" else CHANGING))
    if short == "DELETE /zones/{zone_id}" and "mine" in filled:
        query = "?dry_run=true"  # what comes behind it has a zone to work with
    if short.endswith("/text"):
        return Call(method, filled + query, (HEAD + "www 60 CNAME a.theirs.example.\n").encode())
    return Call(method, filled + query, as_json(draw(BODIES[short])) if short in BODIES else b"")


# Every route once, in any order, and those that change things some more.
BUSY = [route for route in ROUTES if f"{route[0]} {route[1].removeprefix('/api/v1/servers/localhost')}" in BODIES]
SEQUENCES = st.tuples(st.permutations(ROUTES), st.lists(st.sampled_from(BUSY), max_size=12)).flatmap(
    lambda both: st.tuples(*(calls(route) for pair in zip_some(*both) for route in pair))
)


def zip_some(routes: list[tuple[str, str]], busy: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Each of *routes*, with one of *busy* behind the first of them."""
    return [[route, *busy[at : at + 1]] for at, route in enumerate(routes)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    at = tmp_path_factory.mktemp("houses") / "template"
    return at, template(at)


def told(reply: Reply) -> tuple[int, bytes]:
    return reply.status, TIMES.sub(rb'"\1": 0', reply.body)


def assert_only_a_loop_that_queries_show(house: House, reply: Reply) -> None:
    content = json.loads(reply.body)
    findings = [one for one in content["findings"] if one["rule"] == "alias-loop" and HIDDEN in one["chain"]]
    assert findings, reply.body
    for one in findings:
        passed = [hop.target for hop in house.graph.explain(one["target"]).hops]
        assert one["owner"] in (one["target"], *passed), "dig shows no way back"


def compare(houses: tuple[House, House], asked: tuple[Call, ...], key: str) -> None:
    for call in asked:
        replies: list[Reply] = []
        for house in houses:
            house.ask([call], key, replies.append)
        left, right = map(told, replies)
        if left != right:
            loops = [at for at in (0, 1) if HIDDEN.encode() in replies[at].body]
            assert loops, f"{call}\n{left}\n{right}"
            for at in loops:
                assert_only_a_loop_that_queries_show(houses[at], replies[at])
            return
        assert b"Traceback" not in replies[0].body and replies[0].status != 500, (call, replies[0])
        assert replies[0].status != 404 or "/zones/" not in call.path or "/cryptokeys/" in call.path, call


numbers = count()


# A case takes seconds, and its calls are what they are: it is not made smaller.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=12, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(
    pieces=st.tuples(*(st.lists(st.sampled_from(PIECES), unique=True) for _ in "12")),
    asked=SEQUENCES,
)
def test_replies_depend_on_nothing_that_the_key_may_not_know(
    world: tuple[Path, str], pieces: tuple[list[Any], list[Any]], asked: tuple[Call, ...]
) -> None:
    at, key = world
    left, right = (House(at, at.parent / f"{next(numbers)}", some) for some in pieces)
    try:
        compare((left, right), asked, key)
    finally:
        left.close()
        right.close()
