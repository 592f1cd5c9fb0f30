"""The requests of clients that are no Python, sent as they send them, and what they look at in the replies.

Each follows what the client's source does: its headers, its spelling of names, keys that nobody else sends, and the
statuses that it takes for success.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from .api import BASE, Api, Reply, rrset

ACME = Path(__file__).with_name("acme.sh")


class As:
    """A client with its own headers."""

    def __init__(self, api: Api, header: str = "X-API-Key", **more: str) -> None:
        self.api = api
        self.headers = {header: api.key, **{name.replace("_", "-"): value for name, value in more.items()}}

    def __call__(self, method: str, path: str, body: object = None) -> Reply:
        has_body = body is not None and not isinstance(body, bytes)
        headers = {**self.headers, **({"Content-Type": "application/json"} if has_body else {})}
        return self.api.with_key("").call(method, path, body, headers=headers)


def make(api: Api, zone: str, kind: str = "Native") -> str:
    made = api.create(zone, rrset(f"www.{zone}", "A", "192.0.2.1"), kind=kind)
    assert made.status == 201
    return zone


def sets(reply: Reply) -> Mapping[tuple[str, str], Any]:
    return {(one["name"], one["type"]): one for one in reply.json["rrsets"]}


def test_external_dns(api: Api):
    """kubernetes-sigs/external-dns, provider/pdns: the whole zone comes back in its PATCH; no `disabled` at all."""
    zone = make(api, "external.example.")
    call = As(api, "X-Api-Key", Accept="application/json")
    (listed,) = [one for one in call("GET", "/api/v1/servers/localhost/zones").json if one["name"] == zone]
    body = {**listed, "rrsets": []}

    def patch(*rrsets: dict) -> Reply:
        return call("PATCH", f"/api/v1/servers/localhost/zones/{listed['id']}", {**body, "rrsets": list(rrsets)})

    def records(*contents: str) -> list:
        return [{"content": one} for one in contents]

    made = patch(
        {"name": zone, "type": "ALIAS", "ttl": 300, "changetype": "REPLACE", "records": records("lb.example.net.")},
        {
            "name": f"app.{zone}",
            "type": "CNAME",
            "ttl": 300,
            "changetype": "REPLACE",
            "records": records(f"www.{zone}"),
        },
        {
            "name": f"a-app.{zone}",
            "type": "TXT",
            "ttl": 300,
            "changetype": "REPLACE",
            "records": records('"heritage=external-dns,external-dns/owner=default"'),
        },
    )
    assert made.status == 204
    found = sets(call("GET", f"/api/v1/servers/localhost/zones/{listed['id']}"))
    assert [one["content"] for one in found[zone, "ALIAS"]["records"] if not one["disabled"]] == ["lb.example.net."]
    assert found[f"a-app.{zone}", "TXT"]["ttl"] == 300
    gone = patch({"name": f"app.{zone}", "type": "CNAME", "changetype": "DELETE", "records": records(f"www.{zone}")})
    assert gone.status == 204 and api.ask(f"app.{zone}") == []


@pytest.mark.parametrize("kind", ["Master", "Native"])
def test_lego(api: Api, kind: str):
    """go-acme/lego: asks for the version, PATCHes the `url` of the zone, notifies a Master, reads 422 as JSON."""
    zone = make(api, f"lego-{kind.lower()}.example.", kind)
    call = As(api, Accept="application/json")
    assert max(one["version"] for one in call("GET", "/api").json) == 1
    hosted = call("GET", f"/api/v1/servers/localhost/zones/{zone}").json
    name = f"_acme-challenge.www.{zone}"
    record = {"content": '"token"', "disabled": False, "name": name, "type": "TXT", "ttl": 120}
    change = {"name": name, "type": "TXT", "kind": "Master", "changetype": "REPLACE", "ttl": 120, "records": [record]}
    made = call("PATCH", hosted["url"], {"rrsets": [change]})
    assert made.status == 204 and made.body == b"" and api.ask(name, "TXT") == ['"token"']
    if hosted["kind"] in ("Master", "Slave"):
        told = call("PUT", hosted["url"] + "/notify", b"")
        assert told.status == 200 and "error" not in told.json
    gone = {"name": name, "type": "TXT", "kind": "Master", "changetype": "DELETE", "records": []}
    assert call("PATCH", hosted["url"], {"rrsets": [gone]}).status == 204 and api.ask(name, "TXT") == []
    refused = call("PATCH", hosted["url"], {"rrsets": [{**change, "records": [{**record, "content": "token"}]}]})
    assert refused.status == 422 and isinstance(refused.json["error"], str)


@pytest.mark.parametrize(("header", "prefix"), [("X-API-Key", ""), ("x-api-key", "")])
def test_cert_manager_webhook(api: Api, header: str, prefix: str):
    """cert-manager's webhook: two challenges of one name, one after the other, each taken back by itself."""
    zone = make(api, f"webhook-{header.lower().count('x')}-{int(header.islower())}.example.")
    call = As(api, header)
    name = f"_acme-challenge.{zone}"
    for tokens in (['"one"'], ['"one"', '"two"'], ['"two"']):
        found = sets(call("GET", f"{BASE}/zones/{zone}"))
        before = [one["content"] for one in found.get((name, "TXT"), {"records": []})["records"]]
        change = {
            "name": name,
            "type": "TXT",
            "ttl": 120,
            "changetype": "REPLACE",
            "records": [{"content": one, "disabled": False} for one in tokens],
        }
        assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": [change]}).status == 204
        assert sorted(before) != tokens and sorted(api.ask(name, "TXT")) == tokens
    last = {"name": name, "type": "TXT", "changetype": "DELETE", "records": []}
    assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": [last]}).status == 204


def test_terraform(api: Api):
    """pan-net/powerdns: exact statuses 201, 204; `set-ptr` in records; a zone with nameservers and without records."""
    call = As(api, Accept="application/json", Content_Type="application/json")
    assert call("GET", "/api/v1/servers").status == 200
    zone = "terraform.example."
    assert call("GET", f"{BASE}/zones/{zone}").status == 404
    info = {"id": "", "name": zone, "url": "", "kind": "Native", "dnsssec": False, "serial": 0}
    made = call("POST", f"{BASE}/zones", {**info, "nameservers": ["ns1.example.net.", "ns2.example.net."]})
    assert made.status == 201 and made.json["id"] == zone
    record = {
        "name": f"www.{zone}",
        "type": "A",
        "content": "192.0.2.1",
        "ttl": 60,
        "disabled": False,
        "set-ptr": False,
    }
    change = {"name": f"www.{zone}", "type": "A", "changetype": "REPLACE", "ttl": 60, "records": [record]}
    assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": [change]}).status in (200, 204)
    found = sets(call("GET", f"{BASE}/zones/{zone}"))
    assert [one["content"] for one in found[f"www.{zone}", "A"]["records"]] == ["192.0.2.1"]
    assert len(found[zone, "NS"]["records"]) == 2
    assert call("PUT", f"{BASE}/zones/{zone}", {**info, "kind": "Master"}).status == 204
    assert call("GET", f"{BASE}/zones/{zone}").json["kind"] == "Master"
    delete = {"name": f"www.{zone}", "type": "A", "changetype": "DELETE", "ttl": 0}
    assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": [delete]}).status in (200, 204)
    assert call("DELETE", f"{BASE}/zones/{zone}").status == 204


def test_powerdns_admin(api: Api):
    """PowerDNS-Admin: reads `last_check`, `comments` and `uptime` without asking; empty comments beside records."""
    zone = make(api, "pda.example.")
    call = As(api, User_Agent="Python-urllib", Accept="application/json; q=1")
    for one in call("GET", f"{BASE}/zones").json:
        assert {"account", "dnssec", "kind", "last_check", "masters", "name", "notified_serial", "serial"} <= set(one)
    numbers = [item["value"] for item in call("GET", f"{BASE}/statistics").json if item["name"] == "uptime"]
    assert len(numbers) == 1 and int(numbers[0]) >= 0
    assert call("GET", f"{BASE}/config").status == 200

    def shown() -> list:
        found = []
        for one in call("GET", f"{BASE}/zones/{zone}").json["rrsets"]:
            one["comments"] += [{"content": "", "account": ""}] * (len(one["records"]) - len(one["comments"]))
            found.append(one)
        return found

    assert {one["type"] for one in shown()} == {"SOA", "NS", "A"}
    replace = {
        "name": f"www.{zone}",
        "type": "A",
        "ttl": 60,
        "changetype": "REPLACE",
        "records": [{"content": "192.0.2.2", "disabled": False}, {"content": "192.0.2.3", "disabled": True}],
        "comments": [],
    }
    delete = {"name": f"gone.{zone}", "type": "A", "changetype": "DELETE"}
    assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": [delete, replace]}).status == 204
    noted = {**replace, "comments": [{"content": "the shop", "account": ""}, {"content": "", "account": ""}]}
    assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": [noted]}).status == 204
    (www,) = [one for one in shown() if one["name"] == f"www.{zone}"]
    assert len(www["records"]) == 2 and "the shop" in [one["content"] for one in www["comments"]]
    assert call("PUT", f"{BASE}/zones/{zone}", {"kind": "Native", "masters": []}).status == 204
    assert call("PUT", f"{BASE}/zones/{zone}", {"soa_edit_api": "INCEPTION-INCREMENT"}).status == 204
    assert call("PUT", f"{BASE}/zones/{zone}", {"account": "team"}).status == 204
    assert call("GET", f"{BASE}/zones/{zone}/cryptokeys").json == []
    assert call("GET", f"{BASE}/search-data?object_type=all&q=*pda*&max=2000").status == 200
    known = call("POST", f"{BASE}/zones", {"name": zone, "kind": "Native", "masters": [], "nameservers": []})
    assert known.status == 409 and known.json["error"]


def test_dnscontrol(api: Api):
    """StackExchange/dnscontrol over mittwald's client: ids without a dot, `type` "Zone", 404 to learn what to make."""
    call = As(api, Accept="application/json")
    zone = "control.example"
    missing = call("GET", f"{BASE}/zones/{zone}.")
    assert missing.status == 404 and missing.headers["content-type"] == "application/json"
    body = {"name": f"{zone}.", "type": "Zone", "kind": "Native", "dnssec": False, "nameservers": ["ns.example.net."]}
    assert call("POST", f"{BASE}/zones", body).status == 201
    assert f"{zone}." in [one["name"] for one in call("GET", f"{BASE}/zones").json]
    rrsets = [
        {
            "name": f"www.{zone}.",
            "type": "A",
            "ttl": 300,
            "changetype": "REPLACE",
            "comments": None,
            "records": [{"content": "192.0.2.1", "disabled": False, "set-ptr": False}],
        }
    ]
    assert call("PATCH", f"{BASE}/zones/{zone}", {"rrsets": rrsets}).status == 204
    assert call("GET", f"{BASE}/zones/{zone}/cryptokeys").json == []
    signed = call("POST", f"{BASE}/zones/{zone}/cryptokeys", {"keytype": "csk", "active": True, "published": True})
    assert signed.status == 422 and signed.json["error"]


def test_acme_sh(api: Api):
    """acme.sh finds the zone and reads old challenges with grep: sorted keys are what makes that work."""
    zone = make(api, "acme.example.")
    api.patch(zone, rrset(f"www.{zone}", "TXT", '"of somebody else"'))
    name = f"_acme-challenge.www.{zone[:-1]}"

    def acme(what: str, *token: str) -> list[str]:
        command = ["sh", str(ACME), api.url, api.key, what, name, *token]
        return sorted(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.split())

    assert acme("list") == []
    acme("add", "token-1")
    acme("add", "token-2")
    assert acme("list") == ["token-1", "token-2"] == [one.strip('"') for one in sorted(api.ask(name, "TXT"))]
    acme("rm", "token-1")
    assert acme("list") == ["token-2"]
    acme("rm", "token-2")
    assert acme("list") == [] == api.ask(name, "TXT")


def test_go_clients_read_numbers_and_lists(api: Api):
    """Go's decoders stop at a null list and at a number with a fraction."""
    zone = make(api, "go.example.")
    text = api.get(f"zones/{zone}").text
    assert "null" not in text
    numbers = [json.loads(text)[name] for name in ("serial", "notified_serial", "edited_serial", "last_check")]
    assert all(isinstance(number, int) for number in numbers)
