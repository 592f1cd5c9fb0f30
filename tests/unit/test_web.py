"""The API over ASGI, without a socket: who is let in, what is answered, in which form."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from truename import _core
from truename._core import Graph, Server
from truename.cli.client import in_path
from truename.serve.data_directory import DataDirectory
from truename.serve.facts import Facts
from truename.serve.served import Served
from truename.serve.sources import gather
from truename.serve.zones import Zones
from truename.web import app as web_app
from truename.web.app import create_app

EXAMPLES = Path(__file__).parents[2] / "examples" / "zones"
EXPLAIN = "/api/v1/servers/localhost/names/{}/explain"


class Silent:
    def info(self, *_: object, **__: object) -> None: ...

    warning = info


@pytest.fixture
def served(tmp_path):
    zones = Zones(Graph(), gather([str(EXAMPLES)]))
    zones.load()
    directory = DataDirectory(str(tmp_path / "data"))
    server = Server(zones.graph, listen=["127.0.0.1:0"], workers=1)
    yield Served(zones.graph, server, zones, Facts(zones.graph, Silent()), directory.admin_key(), is_ready=True)
    server.stop()
    directory.close()


@pytest.fixture
def get(served):
    app = create_app(served)

    def call(path: str, method: str = "GET", key: str | None = None, **options) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                headers = {"x-api-key": key} if key else {}
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(ask())

    return call


def test_explain(get, served):
    reply = get(EXPLAIN.format("shop.example.com."), key=served.key.shown)
    assert reply.status_code == 200 and reply.headers["content-type"] == "application/json"
    chain = reply.json()
    assert [hop["target"] for hop in chain["hops"]] == ["www.example.com.", "example.com."]
    assert (chain["end"], chain["addresses"], chain["qtype"]) == ("data", ["192.0.2.1"], "A")
    assert get(EXPLAIN.format("example.com"), key=served.key.shown, params={"type": "MX"}).json()["qtype"] == "MX"


def test_keys_are_in_alphabetical_order(get, served):
    pairs: list[list[str]] = []
    text = get(EXPLAIN.format("shop.example.com."), key=served.key.shown).text
    json.loads(text, object_pairs_hook=lambda found: pairs.append([key for key, _ in found]) or dict(found))
    assert len(pairs) == 3 and all(keys == sorted(keys) for keys in pairs)


@pytest.mark.parametrize("key", [None, "wrong", "ü"])
def test_401_before_anything_else_is_looked_at(get, key):
    for path in ("www.example.com", "a..b"):
        reply = get(EXPLAIN.format(path), key=key.encode("latin-1") if key else None)
        assert reply.status_code == 401 and list(reply.json()) == ["error"]


@pytest.mark.parametrize(
    ("name", "rtype"),
    [
        ("a..b", "A"),
        ("x" * 64, "A"),
        ("www.example.com", "NONSENSE"),
        ("www.example.com", ""),
        ("%C3%BC%FF", "A"),
        ("a%0A..b", "A"),
    ],
)
def test_422_for_what_is_no_name_or_type(get, served, name, rtype):
    reply = get(EXPLAIN.format(name) + f"?type={rtype}", key=served.key.shown)
    assert reply.status_code == 422 and list(reply.json()) == ["error"] and reply.json()["error"]


@pytest.mark.parametrize(
    "name", ["0/25.example.com.", "a=b.example.com.", "a=2Fb.example.com.", "*.example.com.", "ü.example"]
)
def test_names_in_paths(get, served, name):
    reply = get(EXPLAIN.format(in_path(name)), key=served.key.shown)
    expected = {"ü.example": "xn--tda.example.", "0/25.example.com.": "0/25.example.com."}.get(name, name)
    assert reply.status_code == 200
    assert reply.json()["qname"] == served.graph.explain(expected.replace("=", "\\061")).qname


@pytest.mark.parametrize(
    ("method", "path", "status", "keys"), [("GET", "/x", 404, ["error", "hint"]), ("POST", "/healthz", 405, ["error"])]
)
def test_errors_are_json(get, method, path, status, keys):
    reply = get(path, method)
    assert (reply.status_code, list(reply.json())) == (status, keys)


def test_a_fault_inside_tells_nothing(get, served, monkeypatch):
    monkeypatch.setattr(Served, "health", lambda _: 1 / 0)
    reply = get("/healthz")
    assert (reply.status_code, reply.json()) == (500, {"error": "internal error"})


def test_a_body_that_is_too_large_is_refused(served):
    app = create_app(served)

    @app.post("/echo")
    async def echo(body: dict) -> dict:
        return body

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            return await client.post("/echo", json={"a": "x" * web_app.BODY_LIMIT})

    reply = asyncio.run(ask())
    assert (reply.status_code, list(reply.json())) == (413, ["error"])


def test_health(get, served, tmp_path):
    assert get("/healthz").json() == {
        "database": "none",
        "status": "ok",
        "problems": [],
        "warnings": [],
        "zones": 2,
        "records": sum(zone.records for zone in served.graph.zones()),
    }
    (tmp_path / "bad").write_text("nonsense\n")
    served.zones.reload(gather([str(EXAMPLES), str(tmp_path / "bad")]))
    reply = get("/healthz")
    assert (reply.status_code, reply.json()["status"], reply.json()["zones"]) == (200, "degraded", 2)
    (problem,) = {json.dumps(one["file"]) for one in reply.json()["problems"]}
    assert json.loads(problem) == "bad"  # where it lies is for those who run the server
    (problem,) = get("/healthz", key=served.key.shown).json()["problems"][:1]
    assert problem["file"] == str(tmp_path / "bad")
    assert set(reply.json()["problems"][0]) == {"zone", "file", "line", "column", "message", "hint"}


def test_words_of_files_and_where_they_lie_are_for_admins(get, served, tmp_path):
    """An $INCLUDE reads what the server may read, which need not be a zone."""
    (tmp_path / "secrets").write_text("root:x:0:0 hunter2 correct-horse\n")
    (tmp_path / "c.zone").write_text(
        f"@ 60 SOA a b 1 2 3 4 5\n$INCLUDE {tmp_path / 'secrets'}\n$INCLUDE /nowhere/at.all\n"
    )
    served.zones.reload(gather([str(EXAMPLES), str(tmp_path / "c.zone")]))
    in_full = get("/healthz", key=served.key.shown).text
    assert "hunter2" in in_full and str(tmp_path) in in_full and "/nowhere/at.all" in in_full
    for key in (None, "wrong", ""):
        told = get("/healthz", key=key)
        assert told.status_code == 200 and told.json()["status"] == "degraded"
        assert not any(words in told.text for words in ("hunter2", "root:x", str(tmp_path), "/nowhere"))
        assert [(one["zone"], one["line"] > 0) for one in told.json()["problems"]] != []
        assert all("zone-malformed" in one["message"] for one in told.json()["problems"])


def test_where_the_database_is_and_what_its_driver_says_is_for_admins():
    from truename.errors import StoreError, Told
    from truename.web.answers import _refusal

    where, said = "postgresql+psycopg://anna@db.internal/dns", 'password authentication failed for user "anna"'
    wrong = StoreError("refuses the user or the password", where=where, said=said, hint="set both")
    admin, others = (_refusal(wrong, is_admin=is_admin) for is_admin in (True, False))
    assert admin.status_code == others.status_code == 503
    assert b"db.internal" in admin.body and b"anna" in admin.body
    assert json.loads(others.body) == {"error": "refuses the user or the password", "hint": "set both"}
    assert (Told.of(wrong).brief, str(Told.of(wrong))) == ("refuses the user or the password", str(wrong))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_watches_may_ask_for_the_head_alone(get, path):
    assert get(path, "HEAD").status_code == 200


def test_readiness(get, served):
    assert (get("/readyz").status_code, get("/readyz").json()) == (200, {"ready": True})
    served.is_ready = False
    assert get("/readyz").status_code == 503


def test_metrics(get, served):
    served.facts.count()
    reply = get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = reply.text.splitlines()
    assert f'truename_build_info{{version="{_core.__version__}"}} 1.0' in lines
    assert 'truename_zone_serial{zone="example.com."} 2.026010101e+09' in lines
    types = dict(line.split()[2:4] for line in lines if line.startswith("# TYPE"))
    assert types == {
        "truename_dns_requests_total": "counter",
        "truename_dns_responses_total": "counter",
        "truename_dns_cookies_total": "counter",
        "truename_rrl_limited_total": "counter",
        "truename_dns_duration_seconds": "histogram",
        "truename_dns_dropped_total": "counter",
        "truename_dns_panics_total": "counter",
        "truename_dns_tcp_clients": "gauge",
        "truename_chain_hops": "histogram",
        "truename_chain_ends_total": "counter",
        "truename_dangling_aliases": "gauge",
        "truename_zone_serial": "gauge",
        "truename_zone_records": "gauge",
        "truename_zone_files_refused": "gauge",
        "truename_build_info": "gauge",
    }


def test_the_documentation_needs_nothing_from_elsewhere(get):
    page = get("/api/docs")
    assert page.status_code == 200 and "/names/{name}/explain" in page.text
    assert "http://" not in page.text and "https://" not in page.text and "<script" not in page.text
    paths = get("/api/openapi.json").json()["paths"]
    assert {"/api/v1/servers/localhost/names/{name}/explain", "/metrics", "/healthz", "/readyz"} <= set(paths)


def test_a_search_looks_into_zones_of_files(get, served):
    def hits(query: str) -> set[tuple[str, str]]:
        reply = get(f"/api/v1/servers/localhost/search-data?{query}", key=served.key.shown)
        assert reply.status_code == 200
        return {(one["object_type"], one["name"]) for one in reply.json()}

    assert hits("q=shop.example.com") == {("record", "shop.example.com.")}
    assert hits("q=192.0.2.1&object_type=record") >= {("record", "example.com.")}
    assert hits("q=*.org&object_type=zone") == {("zone", "example.org.")}
    assert hits("q=*&object_type=comment") == set() and len(hits("q=*&object_type=zone&max=1")) == 1
