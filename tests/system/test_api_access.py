"""Who may: keys, roles, zones that a key is bound to, wrong keys, and how much anybody may send."""

import contextlib
import http.client
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher

from clients.api import BASE, Api, rrset, running


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    with running(tmp_path_factory.mktemp("access")) as api:
        for name in ("mine", "theirs", "below.theirs"):
            zone = f"{name}.example."
            assert api.create(zone, rrset(f"www.{zone}", "A", "192.0.2.1")).status == 201
        api.patch("mine.example.", rrset("shop.mine.example.", "CNAME", "www.theirs.example."))
        api.patch("theirs.example.", rrset("shop.theirs.example.", "CNAME", "www.mine.example."))
        yield api


def key_of(admin: Api, name: str, role: str, *zones: str) -> Api:
    body = {"name": name, "role": role, **({"zones": list(zones)} if zones else {})}
    made = admin.call("POST", "keys", body)
    assert made.status in (201, 409), made.text
    if made.status == 409:
        admin.call("DELETE", f"keys/{name}")
        made = admin.call("POST", "keys", body)
    return admin.with_key(made.json["key"])


@pytest.fixture
def bound(admin: Api) -> Api:
    return key_of(admin, "bound", "editor", "mine.example")


# Keys


def test_the_header_is_found_in_any_case(admin: Api):
    for header in ("X-API-Key", "x-api-key", "X-Api-Key", "X-API-KEY"):
        assert admin.with_key("").call("GET", "zones", headers={header: admin.key}).status == 200


def test_no_key_and_wrong_keys_are_401(admin: Api):
    for headers in ({}, {"X-API-Key": ""}, {"X-API-Key": "wrong"}, {"X-API-Key": "x" * 10_000}):
        for method, path in [("GET", "zones"), ("PATCH", "zones/mine.example."), ("GET", "/api"), ("GET", "keys")]:
            reply = admin.with_key("").call(method, path, headers=headers)
            assert (reply.status, "error" in reply.json) in ((401, True), (429, True))


def test_a_key_is_shown_once_listed_and_revoked(admin: Api):
    made = admin.call("POST", "keys", {"name": "ci", "role": "editor", "zones": ["Mine.example"]})
    assert made.status == 201
    secret = made.json["key"]
    assert (made.json["name"], made.json["role"], made.json["zones"]) == ("ci", "editor", ["mine.example."])
    assert admin.call("POST", "keys", {"name": "ci", "role": "viewer"}).status == 409
    listed = {one["name"]: one for one in admin.get("keys").json}
    assert "key" not in listed["ci"] and listed["ci"]["created_at"] > 1.7e9 and secret not in admin.get("keys").text
    mine = admin.with_key(secret)
    assert mine.get("zones").status == 200
    assert admin.call("DELETE", "keys/ci").status == 204
    assert mine.get("zones").status == 401
    assert admin.call("DELETE", "keys/ci").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "role": "editor"},
        {"name": "x", "role": "king"},
        {"name": "x", "role": "editor", "zones": ["a..b"]},
        {"name": "x" * 5000, "role": "editor"},
        {"role": "editor"},
    ],
)
def test_keys_that_cannot_be(admin: Api, body: dict):
    assert admin.call("POST", "keys", body).status == 422


def test_no_secret_is_kept(admin: Api):
    secret = key_of(admin, "kept", "viewer").key
    files = [path.read_bytes() for path in (admin.server.cwd / "truename-data").rglob("*") if path.is_file()]
    assert files and not any(secret.encode() in content for content in files)


def test_users(admin: Api):
    made = admin.call("POST", "users", {"name": "anna", "role": "editor", "password": "correct horse battery"})
    assert (made.status, made.json["name"], "password" in made.text) == (201, "anna", False)
    assert admin.call("POST", "users", {"name": "anna", "role": "viewer", "password": "x" * 20}).status == 409
    assert [one["name"] for one in admin.get("users").json] == ["anna"]
    assert admin.call("PUT", "users/anna/password", {"password": "another one entirely"}).status == 204
    assert admin.call("PUT", "users/nobody/password", {"password": "another one entirely"}).status == 404
    assert admin.call("DELETE", "users/anna").status == 204 and admin.call("DELETE", "users/anna").status == 404


# Roles


def test_a_viewer_reads_and_changes_nothing(admin: Api):
    viewer = key_of(admin, "viewer", "viewer")
    assert len(viewer.get("zones").json) == 3 and viewer.get("zones/mine.example.").status == 200
    before = admin.get("zones/mine.example.").json
    change = {"rrsets": [rrset("new.mine.example.", "A", "192.0.2.1")]}
    for method, path, body in [
        ("PATCH", "zones/mine.example.", change),
        ("PUT", "zones/mine.example.", {"kind": "Master"}),
        ("DELETE", "zones/mine.example.", None),
        ("POST", "zones", {"name": "new.example.", "kind": "Native"}),
        ("PUT", "zones/mine.example./text", b"x"),
        ("PUT", "zones/mine.example./notify", None),
        ("POST", "zones/mine.example./undo", {"serial": before["serial"]}),
        ("POST", "names/www.mine.example./point", {"target": "www.theirs.example."}),
        ("POST", "names/www.mine.example./rename", {"to": "web.mine.example."}),
        ("POST", "names/www.mine.example./retire", {}),
        ("GET", "keys", None),
        ("POST", "keys", {"name": "more", "role": "admin"}),
        ("GET", "users", None),
    ]:
        assert viewer.call(method, path, body).status == 403, (method, path)
    assert admin.get("zones/mine.example.").json == before


def test_an_editor_makes_zones_and_rules_over_no_keys(admin: Api):
    editor = key_of(admin, "editor", "editor")
    assert editor.create("edited.example.").status == 201
    assert editor.create("child.edited.example.").status == 201
    assert admin.get("zones/edited.example./journal").json[0]["by"] == "key:editor"
    for zone in ("child.edited.example.", "edited.example."):
        assert editor.call("DELETE", f"zones/{zone}").status == 204
    for method, path in [("GET", "keys"), ("DELETE", "keys/editor"), ("GET", "users"), ("DELETE", "users/a")]:
        assert editor.call(method, path).status == 403


# Bound keys


def test_a_bound_key_sees_its_zones_only(bound: Api):
    assert [one["name"] for one in bound.get("zones").json] == ["mine.example."]
    assert bound.get("zones?zone=theirs.example.").json == []
    assert bound.get("zones/mine.example.").status == 200


def test_a_bound_key_cannot_tell_zones_of_others_from_none(bound: Api):
    change = {"rrsets": [rrset("a.theirs.example.", "A", "192.0.2.1")]}
    for method, path, body in [
        ("GET", "", None),
        ("GET", "/export", None),
        ("GET", "/check", None),
        ("GET", "/journal", None),
        ("PATCH", "", change),
        ("DELETE", "", None),
        ("PUT", "/text", b""),
        ("POST", "/undo", {"serial": 1}),
    ]:
        there, none = (bound.call(method, f"zones/{zone}.example.{path}", body) for zone in ("theirs", "nobody"))
        assert there.status == none.status == 403
        assert there.text.replace("theirs", "nobody") == none.text


def test_a_bound_key_makes_no_zones_not_even_below_its_own(bound: Api, admin: Api):
    for zone in ("new.example.", "child.mine.example.", "child.theirs.example."):
        assert bound.create(zone).status == 403 and admin.get(f"zones/{zone}").status == 404


def test_undo_across_zones_of_others(bound: Api, admin: Api):
    said = []
    for others in (["theirs"], ["theirs", "third"]):
        for name in ("mine", *others):
            admin.create(f"{name}.example.")  # those that are not there yet
            admin.patch(f"{name}.example.", rrset(f"blog.{name}.example.", "CNAME", "moved.mine.example."))
        admin.call("POST", "names/moved.mine.example./rename", {"to": "away.mine.example."})
        (entry,) = bound.get("zones/mine.example./journal?limit=1").json
        assert entry["zones"] == ["mine.example."]
        assert len(admin.get("zones/mine.example./journal?limit=1").json[0]["zones"]) == 1 + len(others)
        reply = bound.call("POST", "zones/mine.example./undo", {"serial": entry["serial"]})
        assert reply.status == 403 and "only_this_zone" in reply.json["error"]
        said.append(reply.text)
        part = {"serial": entry["serial"], "only_this_zone": True}
        assert bound.call("POST", "zones/mine.example./undo", part).status == 200
    assert said[0] == said[1] and "theirs" not in said[0]


def test_a_bound_admin_rules_over_no_keys(admin: Api):
    small = key_of(admin, "small", "admin", "mine.example.")
    assert small.get("keys").status == 403
    assert small.call("POST", "keys", {"name": "big", "role": "admin"}).status == 403
    assert small.patch("mine.example.", rrset("small.mine.example.", "A", "192.0.2.1")).status == 204


def test_what_others_have_is_neither_named_nor_counted(bound: Api, admin: Api):
    seen, all_ = (api.get("names/www.mine.example./impact").json for api in (bound, admin))
    assert (all_["count"], seen["count"], seen["hidden"]) == (1, 0, 0)
    assert [one["name"] for one in all_["reached_by"]] == ["shop.theirs.example."] and seen["reached_by"] == []
    plan = bound.call("POST", "zones/mine.example./plan", {"rrsets": [rrset("www.mine.example.", "A", "192.0.2.9")]})
    assert plan.status == 200 and plan.json["impact_count"] == 0 and plan.json["hidden"] == 0
    assert "theirs" not in plan.text
    found = bound.get("search-data?q=www.*")
    assert found.json and {one["zone"] for one in found.json} == {"mine.example."}
    assert "x-not-shown" not in found.headers


def test_findings_do_not_name_what_others_have(bound: Api, admin: Api):
    admin.patch("theirs.example.", rrset("back.theirs.example.", "CNAME", "loop.mine.example."))
    refused = bound.patch("mine.example.", rrset("loop.mine.example.", "CNAME", "back.theirs.example."))
    assert refused.status == 422
    rules = [one["rule"] for one in refused.json["findings"]]
    assert "alias-loop" in rules
    for finding in refused.json["findings"]:
        assert "secret" not in finding["message"]
        assert not any("theirs" in name for name in finding["chain"] if name != finding["target"])
    admin.patch("theirs.example.", rrset("back.theirs.example.", "CNAME", op="DELETE"))


def test_an_intent_touches_no_zones_of_others_and_says_nothing_of_them(bound: Api, admin: Api):
    before = admin.get("zones/theirs.example.").json
    for name, to in (("shop.theirs.example.", "a"), ("shop.nobody.example.", "a"), ("ns.mine.example.", "there")):
        point = bound.call("POST", f"names/{name}/rename", {"to": f"{to}.theirs.example.", "only_own_zones": True})
        assert point.status == 403 and "for this key" in point.json["error"]
    # shop.theirs names www, and nobody ns: the reply is the same.
    rename = {"to": "web.mine.example."}
    refused = [bound.call("POST", f"names/{name}.mine.example./rename", rename) for name in ("www", "ns", "nothing")]
    refused += [bound.call("POST", f"names/{name}.mine.example./retire", {}) for name in ("www", "ns", "nothing")]
    assert {(one.status, one.body) for one in refused} == {(403, refused[0].body)}
    assert "only_own_zones" in refused[0].json["hint"]
    own = {"only_own_zones": True}
    renamed = bound.call("POST", "names/www.mine.example./rename", {**rename, **own})
    assert renamed.status == 200 and "theirs" not in renamed.text
    retired = bound.call("POST", "names/web.mine.example./retire", own)
    assert retired.status == 200 and "theirs" not in retired.text
    assert admin.get("zones/theirs.example.").json == before
    for _ in "12":
        assert bound.call("POST", "zones/mine.example./undo", {}).status == 200


def test_the_journal_says_who(bound: Api, admin: Api):
    assert bound.patch("mine.example.", rrset("who.mine.example.", "A", "192.0.2.1")).status == 204
    assert admin.get("zones/mine.example./journal").json[0]["by"] == "key:bound"
    cli = bound.call(
        "PATCH",
        "zones/mine.example.",
        {"rrsets": [rrset("who.mine.example.", "A", "192.0.2.2")]},
        headers={"Truename-Door": "cli"},
    )
    assert cli.status == 204 and admin.get("zones/mine.example./journal").json[0]["door"] == "cli"


# Failures


def test_many_wrong_keys_wait_and_right_ones_go_on(tmp_path):
    with running(tmp_path) as admin:
        known = key_of(admin, "known", "viewer")
        assert known.get("zones").status == 200
        statuses = []
        for number in range(14):
            reply = admin.with_key(f"wrong-{number}").get("zones")
            statuses.append(reply.status)
        assert statuses[0] == 401 and statuses[-1] == 429
        assert 1 <= int(reply.headers["Retry-After"]) <= 60
        assert all(admin.with_key("wrong").get("zones").status == 429 for _ in range(20))
        assert admin.get("zones").status == 200 == known.get("zones").status


def test_a_right_key_is_never_kept_out_by_wrong_ones(tmp_path):
    with running(tmp_path) as admin:
        right = [key_of(admin, f"k{number}", "viewer") for number in range(30)]
        gone = key_of(admin, "gone", "viewer")
        assert gone.get("").status == 200
        admin.call("DELETE", "keys/gone")
        for number in range(14):
            last = admin.with_key(f"tn_k1_{number:048x}").get("")
        assert last.status == 429
        assert (gone.get("").status, gone.get("").text) == (429, last.text)  # revoked is as wrong as any
        with ThreadPoolExecutor(30) as at_once:
            assert {reply.status for reply in at_once.map(lambda api: api.get(""), right)} == {200}


def made_before(admin: Api, name: str) -> Api:
    """A key whose row is that of an older version."""
    secret = f"tn_{name}_{'7' * 48}"
    with sqlite3.connect(admin.server.cwd / "truename-data" / "truename.db") as database:
        row = (name, "viewer", PasswordHasher(1, 8192, 1).hash(secret), 1.0)
        database.execute("INSERT INTO keys (name, role, hash, created_at) VALUES (?, ?, ?, ?)", row)
    return admin.with_key(secret)


def test_keys_of_an_older_version_go_on(tmp_path):
    with running(tmp_path) as admin:
        admin.server.stop()
        old = [made_before(admin, f"old{number}") for number in range(3)]
    with running(tmp_path) as admin:
        old = [admin.with_key(one.key) for one in old]
        for number in range(14):
            statuses = [admin.with_key(f"tn_{name}_{number:048x}").get("").status for name in ("old0", "nobody")]
        assert statuses == [429, 429]
        with ThreadPoolExecutor(30) as at_once:  # the first use of one, thirty times at once
            assert {reply.status for reply in at_once.map(lambda api: api.get(""), [old[1]] * 30)} == {200}
        assert old[2].get("").status == 200 and old[0].get("").status == 429
        for key in (old[1], old[2]):
            assert key.call("POST", "zones", {}).status == 403
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and len(stored_hashes(admin, "$sha256$")) < 2:
            time.sleep(0.05)
        assert stored_hashes(admin, "$sha256$") == ["old1", "old2"] and stored_hashes(admin, "$argon2id$") == ["old0"]
        assert old[1].get("").status == 200
        assert admin.call("DELETE", "keys/old1").status == 204 and old[1].get("").status == 429


def stored_hashes(admin: Api, kind: str) -> list[str]:
    with sqlite3.connect(f"file:{admin.server.cwd}/truename-data/truename.db?mode=ro", uri=True) as database:
        asked = database.execute("SELECT name FROM keys WHERE hash LIKE ? ORDER BY name", (f"{kind}%",))
        return [name for (name,) in asked]


@pytest.mark.parametrize("is_behind_proxy", [True, False])
def test_the_address_of_a_proxy_on_this_machine_is_not_counted(tmp_path, is_behind_proxy: bool):
    with running(tmp_path, *(["--behind-proxy"] if is_behind_proxy else [])) as admin:

        def status(client: str) -> int:
            return admin.with_key("wrong").get("", headers={"X-Forwarded-For": client}).status

        for number in range(14):  # the first is what the client says of itself, the last what the proxy saw
            tried = status(f"192.0.2.{number}, 2001:db8::{number}")
        assert tried == 429
        others = [status("2001:db8:0:0:ffff::9"), status("2001:db8:0:1::1"), status("198.51.100.1"), status("")]
        assert others == ([429, 401, 401, 401] if is_behind_proxy else [429] * 4)


# Sizes


def exchange(api: Api, method: str, path: str, headers: dict, body: bytes = b"") -> tuple[int, bytes]:
    """A request whose headers are ours alone."""
    connection = http.client.HTTPConnection(urlsplit(api.url).netloc, timeout=30)
    try:
        connection.putrequest(method, BASE + path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        if body:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before it was sent
                connection.send(body)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def test_what_is_announced_as_too_long_is_not_waited_for(admin: Api):
    known = {"X-API-Key": admin.key, "Content-Length": str(1 << 30)}
    for method, path in [
        ("POST", "/zones"),
        ("PATCH", "/zones/mine.example."),
        ("PUT", "/zones/mine.example./text"),
        ("PUT", "/zones/mine.example."),
        ("POST", "/names/www.mine.example./point"),
        ("POST", "/keys"),
    ]:
        status, body = exchange(admin, method, path, known)
        assert status == 413 and b"error" in body, (method, path)


def test_nobody_unknown_is_listened_to(admin: Api, bound: Api):
    for key, expected in (("", 401), (bound.key, 403)):
        status, _ = exchange(admin, "POST", "/zones", {"X-API-Key": key, "Content-Length": str(200 << 20)})
        assert status == expected


HELD_BACK = [
    ("editor", "PATCH", "zones/mine.example.", {"rrsets": [rrset("held.mine.example.", "A", "192.0.2.1")]}),
    ("editor", "POST", "zones/mine.example./plan", {"rrsets": []}),
    ("editor", "PUT", "zones/mine.example.", {"account": "held"}),
    ("editor", "PUT", "zones/mine.example./text", {}),
    ("editor", "POST", "zones/mine.example./undo", {}),
    ("editor", "POST", "zones/mine.example./metadata", {"kind": "X-Held", "metadata": ["back"]}),
    ("editor", "POST", "names/www.mine.example./rename", {"to": "held.mine.example."}),
    ("editor", "POST", "names/www.mine.example./retire", {}),
    ("editor", "POST", "zones", {"name": "held.example.", "kind": "Native"}),
    ("editor", "POST", "import", {"zones": [{"name": "held.example.", "text": "@ 60 SOA a b 1 2 3 4 5"}]}),
    ("admin", "POST", "keys", {"name": "back", "role": "admin"}),
    ("admin", "POST", "users", {"name": "back", "role": "admin", "password": "correct horse"}),
    ("admin", "PUT", "users/held/password", {"password": "battery staple"}),
]


@pytest.mark.parametrize(("role", "method", "path", "body"), HELD_BACK, ids=lambda one: str(one)[:30])
def test_a_key_that_is_revoked_before_the_body_comes(admin: Api, role: str, method: str, path: str, body: dict):
    admin.call("POST", "users", {"name": "held", "role": "viewer", "password": "correct horse"})
    held, seen = (
        key_of(admin, "held", role),
        [admin.get(one).json for one in ("zones", "keys", "users", "zones/mine.example.")],
    )
    content = json.dumps(body).encode()
    connection = http.client.HTTPConnection(urlsplit(admin.url).netloc, timeout=30)
    with contextlib.closing(connection):
        connection.putrequest(method, f"{BASE}/{path}")
        for name, value in (("X-API-Key", held.key), ("Content-Length", str(len(content))), ("Expect", "100-continue")):
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.sock.recv(100).startswith(b"HTTP/1.1 100 ")  # the key was good, and the body is waited for
        assert admin.call("DELETE", "keys/held").status == 204
        connection.send(content)
        reply = connection.getresponse()
        assert reply.status == 401 and "error" in json.loads(reply.read())
    seen[1] = [one for one in seen[1] if one["name"] != "held"]
    assert [admin.get(one).json for one in ("zones", "keys", "users", "zones/mine.example.")] == seen


def test_an_ordinary_call_takes_a_megabyte(admin: Api):
    body = b'{"target": "' + b"x" * (1 << 20) + b'"}'
    headers = {"X-API-Key": admin.key, "Content-Length": str(len(body))}
    assert exchange(admin, "POST", "/names/www.mine.example./point", headers, body)[0] == 413
    headers = {"X-API-Key": admin.key, "Transfer-Encoding": "chunked"}
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert exchange(admin, "POST", "/names/www.mine.example./point", headers, chunk)[0] == 413


def test_a_zone_text_may_be_larger(admin: Api):
    lines = "".join(f"n{number} A 192.0.2.1\n" for number in range(100_000))
    text = f"$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n{lines}"
    assert len(text) > 1 << 20
    made = admin.call("POST", "zones?rrsets=false", {"name": "large.example.", "kind": "Native", "zone": text})
    assert made.status == 201 and admin.ask("n99999.large.example.") == ["192.0.2.1"]
    assert len(admin.get("zones/large.example.").json["rrsets"]) == 100_003
    assert admin.call("DELETE", "zones/large.example.").status == 204
