"""What Truename adds to PowerDNS' API: plans, journals, intents, flags; the shapes to the letter."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count

import pytest

from clients.api import Api, rrset, running

NUMBERS = count()


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def zone(api: Api) -> str:
    """A zone of the test's own: `www` is an address, `shop` an alias of it."""
    name = f"z{next(NUMBERS)}.example."
    made = api.create(name, rrset(f"www.{name}", "A", "192.0.2.1"), rrset(f"shop.{name}", "CNAME", f"www.{name}"))
    assert made.status == 201
    return name


def serial(api: Api, zone: str) -> int:
    return api.get(f"zones/{zone}?rrsets=false").json["serial"]


PLAN_KEYS = {"base_serial", "changes", "findings", "impact", "impact_count", "accepted"}


def test_a_plan_tells_everything_and_saves_nothing(api: Api, zone: str):
    before = api.get(f"zones/{zone}").json
    reply = api.call("POST", f"zones/{zone}/plan", {"rrsets": [rrset(f"www.{zone}", "A", "192.0.2.2", ttl=60)]})
    plan = reply.json
    assert reply.status == 200 and set(plan) >= PLAN_KEYS and plan["base_serial"] == before["serial"]
    assert plan["accepted"] is True
    (change,) = plan["changes"]
    assert (change["op"], change["name"], change["type"]) == ("change", f"www.{zone}", "A")
    assert (change["before"]["ttl"], change["before"]["records"]) == (3600, ["192.0.2.1"])
    assert (change["after"]["ttl"], change["after"]["records"]) == (60, ["192.0.2.2"])
    (reached,) = [one for one in plan["impact"] if one["name"] == f"shop.{zone}"]
    assert reached["path"] == [f"shop.{zone}", f"www.{zone}"] and reached["stale_until_s"] == 3600
    assert reached["before"] == {"rcode": "NOERROR", "records": ["192.0.2.1"]}
    assert reached["after"] == {"rcode": "NOERROR", "records": ["192.0.2.2"]}
    assert plan["impact_count"] == len(plan["impact"]) == 1 and plan["findings"] == []
    assert api.get(f"zones/{zone}").json == before and api.ask(f"www.{zone}") == ["192.0.2.1"]


def test_a_plan_shows_what_would_be_refused(api: Api, zone: str):
    body = {"rrsets": [rrset(f"www.{zone}", "CNAME", "192.0.2.2"), rrset(f"www.{zone}", "A", op="DELETE")]}
    reply = api.call("POST", f"zones/{zone}/plan", body)
    assert reply.status == 200 and "target-is-address" in [one["rule"] for one in reply.json["findings"]]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "zones/{zone}", {"rrsets": [rrset("www.{zone}", "A", "192.0.2.9")]}),
        ("PUT", "zones/{zone}", {"account": "somebody"}),
        ("DELETE", "zones/{zone}", None),
        ("POST", "zones", {"name": "dry.example.", "kind": "Native", "nameservers": ["ns.example.net."]}),
        ("PUT", "zones/{zone}/text", b"@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 192.0.2.1\n"),
        ("POST", "names/shop.{zone}/point", {"target": "ns.{zone}"}),
        ("POST", "names/www.{zone}/rename", {"to": "web.{zone}"}),
        ("POST", "names/shop.{zone}/retire", {}),
    ],
)
def test_dry_runs_answer_200_with_the_plan_and_save_nothing(api: Api, zone: str, method: str, path: str, body):
    before = api.get(f"zones/{zone}").json
    if isinstance(body, dict):
        body = json.loads(json.dumps(body).replace("{zone}", zone))
    reply = api.call(method, f"{path.replace('{zone}', zone)}?dry_run=true", body)
    assert (reply.status, set(reply.json) >= PLAN_KEYS) == (200, True), reply.text
    assert api.get(f"zones/{zone}").json == before and api.get("zones/dry.example.").status == 404


def test_strict_refuses_what_asks_and_accept_lets_it_through(api: Api, zone: str):
    change = rrset(f"blog.{zone}", "CNAME", f"nothing.{zone}")
    refused = api.patch(zone, change, flags="?strict=true")
    assert refused.status == 422 and [one["rule"] for one in refused.json["findings"]] == ["target-missing"]
    assert set(refused.json) >= {"error", "errors", "findings"}
    assert api.patch(zone, change, flags="?strict=true&accept=target-missing,nonsense").status == 422
    assert api.patch(zone, change, flags="?strict=true&accept=target-missing,alias-chain").status == 204
    assert api.get(f"zones/{zone}/journal").json[0]["accepted"] == ["target-missing"]


def test_a_zone_that_has_moved_on_is_409(api: Api, zone: str):
    seen = serial(api, zone)
    assert api.patch(zone, rrset(f"a.{zone}", "A", "192.0.2.1"), flags=f"?base_serial={seen}").status == 204
    refused = api.patch(zone, rrset(f"b.{zone}", "A", "192.0.2.1"), flags=f"?base_serial={seen}")
    assert refused.status == 409 and set(refused.json) >= {"error", "serial", "changed"}
    assert refused.json["serial"] == serial(api, zone) and f"a.{zone}" in refused.json["changed"]
    assert (f"b.{zone}", "A") not in api.rrsets(zone)
    for wrong in ("-1", "4294967296", "x"):
        assert api.patch(zone, flags=f"?base_serial={wrong}").status == 422


def test_the_journal_is_newest_first(api: Api, zone: str):
    before = serial(api, zone)
    api.patch(zone, rrset(f"www.{zone}", "A", "192.0.2.2"))
    newest, first = api.get(f"zones/{zone}/journal").json
    assert set(newest) >= {"serial", "previous", "at", "by", "door", "added", "removed"}
    assert (newest["serial"], newest["previous"]) == (serial(api, zone), before) and first["previous"] == 0
    assert f"www.{zone} 3600 IN A 192.0.2.2" in newest["added"]
    assert f"www.{zone} 3600 IN A 192.0.2.1" in newest["removed"]
    assert (newest["by"], newest["door"]) == ("admin.key", "api") and newest["at"] > 1.7e9
    assert [one["serial"] for one in api.get(f"zones/{zone}/journal?limit=1").json] == [newest["serial"]]
    assert api.get(f"zones/{zone}/journal?before={newest['number']}").json == [first]
    assert api.get(f"zones/{zone}/journal?limit=0").status == 422


def test_the_journal_outlives_the_zone_and_undo_brings_it_back(api: Api, zone: str):
    before = api.rrsets(zone)
    api.call("DELETE", f"zones/{zone}")
    deleted = api.get(f"zones/{zone}/journal").json[0]
    assert api.call("POST", f"zones/{zone}/undo", {"serial": deleted["serial"]}).status == 200
    assert {key: one for key, one in api.rrsets(zone).items() if key[1] != "SOA"} == {
        key: one for key, one in before.items() if key[1] != "SOA"
    }


def test_undo(api: Api, zone: str):
    api.patch(zone, rrset(f"www.{zone}", "A", "192.0.2.2"))
    made = serial(api, zone)
    reply = api.call("POST", f"zones/{zone}/undo", {"serial": made})
    assert reply.status == 200 and set(reply.json) >= PLAN_KEYS
    assert api.ask(f"www.{zone}") == ["192.0.2.1"] and serial(api, zone) > made
    assert api.call("POST", f"zones/{zone}/undo", {"serial": 1}).status in (404, 422)
    for wrong in ({"serial": -1}, {"serial": 2**32}, {"serial": "x"}, {"only_this_zone": "x"}):
        assert api.call("POST", f"zones/{zone}/undo", wrong).status == 422


def test_undo_takes_back_a_change_in_all_its_zones(api: Api, zone: str):
    other = f"o{zone}"
    assert api.create(other, rrset(f"blog.{other}", "CNAME", f"www.{zone}")).status == 201
    api.call("POST", f"names/www.{zone}/rename", {"to": f"web.{zone}"})
    (one,), (two,) = (api.get(f"zones/{name}/journal?limit=1").json for name in (zone, other))
    assert one["change"] == two["change"] and sorted(one["zones"]) == sorted(two["zones"]) == sorted((zone, other))
    made = api.get(f"zones/{zone}/journal").json[-1]
    assert made["zones"] == [zone] and made["change"] == made["number"]
    assert api.ask(f"blog.{other}")[-1:] == ["192.0.2.1"] and api.ask(f"www.{zone}") == []
    plan = api.call("POST", f"zones/{other}/undo", {"serial": two["serial"]}).json
    assert set(plan["serials"]) == {zone, other} and plan["base_serial"] == two["serial"] and plan["saved"]
    assert api.ask(f"www.{zone}") == api.ask(f"blog.{other}")[-1:] == ["192.0.2.1"] and api.ask(f"web.{zone}") == []
    assert api.call("POST", f"zones/{zone}/undo").status == 200  # the last change: the undo
    assert api.ask(f"web.{zone}") == ["192.0.2.1"] and api.ask(f"www.{zone}") == []
    api.patch(other, rrset(f"blog.{other}", "CNAME", f"shop.{zone}"))
    refused = api.call("POST", f"zones/{zone}/undo", {"serial": serial(api, zone)})
    assert refused.status == 409 and refused.json["changed"] == [f"blog.{other}"]
    assert refused.json["serial"] == serial(api, zone) and "--only-this-zone" in refused.json["hint"]
    part = api.call("POST", f"zones/{zone}/undo", {"serial": serial(api, zone), "only_this_zone": True})
    assert part.status == 200 and set(part.json["serials"]) == {zone}


def test_check_shows_all_findings(api: Api, zone: str):
    assert api.get(f"zones/{zone}/check").json == []
    api.patch(zone, rrset(f"blog.{zone}", "CNAME", f"shop.{zone}"), rrset(f"gone.{zone}", "CNAME", f"no.{zone}"))
    found = {one["owner"]: one["rule"] for one in api.get(f"zones/{zone}/check").json}
    assert found == {f"blog.{zone}": "alias-chain", f"gone.{zone}": "target-missing"}


def test_text_replaces_the_zone(api: Api, zone: str):
    text = f"$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\nnew CNAME ns\n\nns.{zone} AAAA 2001:db8::1\n"
    reply = api.call("PUT", f"zones/{zone}/text", text.encode(), headers={"Content-Type": "text/plain"})
    assert reply.status == 200 and set(reply.json) >= PLAN_KEYS
    assert set(api.rrsets(zone)) == {
        *((zone, "SOA"), (zone, "NS"), (f"ns.{zone}", "A"), (f"ns.{zone}", "AAAA"), (f"new.{zone}", "CNAME"))
    }
    bad = api.call("PUT", f"zones/{zone}/text", b"@ SOA ns h 1 2 3 4 5\n@ NS ns\nwww A 192.0.2.256\nx CNAME\n")
    assert bad.status == 422 and len(bad.json["errors"]) >= 2
    assert api.call("PUT", f"zones/{zone}/text", b"\x00\xff\n").status == 422


# Names


def test_explain_and_impact(api: Api, zone: str):
    chain = api.get(f"names/shop.{zone}/explain?type=A").json
    assert (chain["end"], chain["canonical_name"], chain["addresses"]) == ("data", f"www.{zone}", ["192.0.2.1"])
    reply = api.get(f"names/www.{zone}/impact").json
    assert (reply["name"], reply["count"]) == (f"www.{zone}", 1)
    assert reply["reached_by"] == [
        {"name": f"shop.{zone}", "type": "CNAME", "zone": zone, "path": [f"shop.{zone}", f"www.{zone}"], "ttl": 3600}
    ]


def test_impact_comes_in_pages(api: Api, zone: str):
    api.patch(zone, *(rrset(f"a{number}.{zone}", "CNAME", f"www.{zone}") for number in range(25)))
    seen, after = [], ""
    for _ in range(4):
        page = api.get(f"names/www.{zone}/impact?limit=10{after}").json
        assert page["count"] == 26
        seen += [one["name"] for one in page["reached_by"]]
        after = f"&after={seen[-1]}"
    assert len(seen) == len(set(seen)) == 26 and page["reached_by"] == []
    assert api.get(f"names/www.{zone}/impact?limit=0").json["reached_by"] == []
    assert api.get(f"names/www.{zone}/impact?limit=-1").status == 422
    assert api.get("names/nothing.example./impact").json["count"] == 0


def test_point(api: Api, zone: str):
    reply = api.call("POST", f"names/shop.{zone}/point", {"target": f"ns.{zone}", "ttl": 60})
    assert reply.status == 200 and [one["op"] for one in reply.json["changes"]] == ["change"]
    assert api.ask(f"shop.{zone}") == [f"ns.{zone}", "192.0.2.53"]
    for wrong in ({}, {"target": 1}, {"target": f"ns.{zone}", "ttl": -1}, {"target": "192.0.2.1"}, {"target": "a..b"}):
        assert api.call("POST", f"names/shop.{zone}/point", wrong).status == 422
    assert api.call("POST", "names/www.nowhere.example./point", {"target": f"ns.{zone}"}).status == 404


def test_rename_takes_the_links_along(api: Api, zone: str):
    reply = api.call("POST", f"names/www.{zone}/rename", {"to": f"web.{zone}"})
    assert reply.status == 200 and set(reply.json) >= PLAN_KEYS
    assert api.ask(f"shop.{zone}") == [f"web.{zone}", "192.0.2.1"] and api.ask(f"www.{zone}") == []


def test_retire(api: Api, zone: str):
    refused = api.call("POST", f"names/www.{zone}/retire", {})
    assert refused.status == 422 and f"shop.{zone}" in refused.text
    reply = api.call("POST", f"names/www.{zone}/retire", {"repoint": f"ns.{zone}"})
    assert reply.status == 200 and api.ask(f"shop.{zone}") == [f"ns.{zone}", "192.0.2.53"]
    assert api.call("POST", f"names/shop.{zone}/retire").status == 200 and api.ask(f"shop.{zone}") == []


def test_u_labels_are_understood_in_paths(api: Api, zone: str):
    name = f"xn--bcher-kva.{zone}"
    api.patch(zone, rrset(name, "A", "192.0.2.7"))
    assert api.get(f"names/b%C3%BCcher.{zone}/explain").json["qname"] == name


# Zones that are files


@pytest.fixture(scope="module")
def filed(tmp_path_factory):
    where = tmp_path_factory.mktemp("filed")
    lines = ["$ORIGIN filed.example.", "$TTL 60", "@ SOA ns h 7 2 3 4 5", "@ NS ns", "ns A 192.0.2.53"]
    lines += ["ns AAAA 2001:db8::1", "shop CNAME www", "www A 192.0.2.1", ""]
    (where / "filed.example.zone").write_text("\n".join(lines))
    with running(where, where / "filed.example.zone") as api:
        yield api


def test_a_file_is_listed_with_its_records(filed: Api):
    (listed,) = filed.get("zones").json
    assert (listed["name"], listed["serial"], listed["kind"]) == ("filed.example.", 7, "Native")
    assert listed["file"].endswith("filed.example.zone")
    assert set(filed.rrsets("filed.example.")) == {
        *(("filed.example.", "SOA"), ("filed.example.", "NS"), ("ns.filed.example.", "A")),
        *(("ns.filed.example.", "AAAA"), ("shop.filed.example.", "CNAME"), ("www.filed.example.", "A")),
    }
    (one,) = filed.get("zones/filed.example.?rrset_name=shop.filed.example.").json["rrsets"]
    assert one == {
        "comments": [],
        "name": "shop.filed.example.",
        "records": [{"content": "www.filed.example.", "disabled": False}],
        "ttl": 60,
        "type": "CNAME",
    }
    assert "shop.filed.example. 60 IN CNAME www.filed.example." in filed.get("zones/filed.example./export").text
    assert filed.get("zones/filed.example./cryptokeys").json == [] == filed.get("zones/filed.example./check").json
    assert filed.call("PUT", "zones/filed.example./notify").status == 200


def test_a_file_is_not_changed_and_says_which_it_is(filed: Api):
    before = filed.get("zones/filed.example.").json
    for method, path, body in [
        ("PATCH", "zones/filed.example.", {"rrsets": [rrset("a.filed.example.", "A", "192.0.2.1")]}),
        ("PUT", "zones/filed.example.", {"kind": "Master"}),
        ("DELETE", "zones/filed.example.", None),
        ("PUT", "zones/filed.example./text", b"@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\n"),
        ("POST", "names/shop.filed.example./point", {"target": "ns.filed.example."}),
    ]:
        reply = filed.call(method, path, body)
        assert (reply.status, "filed.example.zone" in reply.text) == (422, True), (method, path, reply.text)
    assert filed.call("POST", "zones", {"name": "filed.example.", "kind": "Native"}).status in (409, 422)
    assert filed.get("zones/filed.example.").json == before


def test_a_rename_that_a_file_names_is_refused_with_its_line(filed: Api):
    made = filed.create("kept.example.", rrset("www.kept.example.", "CNAME", "www.filed.example."))
    assert made.status == 201
    filed.create("named.example.", rrset("www.named.example.", "A", "192.0.2.1"))
    path = filed.server.cwd / "filed.example.zone"
    path.write_text(path.read_text() + "far CNAME www.named.example.\n")
    from system.process import wait_until

    wait_until(lambda: filed.ask("far.filed.example."))
    reply = filed.call("POST", "names/www.named.example./rename", {"to": "web.named.example."})
    assert reply.status == 422 and "filed.example.zone:9" in reply.text
    assert filed.ask("far.filed.example.") == ["www.named.example.", "192.0.2.1"]


def test_the_end_does_not_wait_for_a_large_import(tmp_path):
    lines = "".join(f"n{number} A 192.0.2.1\n" for number in range(300_000))
    text = f"$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n{lines}"
    body = {"name": "large.example.", "kind": "Native", "zone": text}
    with running(tmp_path) as api, ThreadPoolExecutor() as pool:
        sent = pool.submit(api.call, "POST", "zones?rrsets=false", body)
        time.sleep(1.5)
        began = time.monotonic()
        assert api.server.stop() == 0 and time.monotonic() - began < 5
        with suppress(OSError, http.client.HTTPException):  # it may be gone without a word
            assert sent.result().status in (201, 503)
        assert "Traceback" not in api.server.errors()
    with running(tmp_path) as api:
        assert api.get("zones/large.example.?rrsets=false").status in (200, 404)


@pytest.mark.parametrize(
    "zone_id", ["{zone}", "Z{zone}", "{bare}", "nowhere.example.", "no..name", "a=2Fb.example.", "%E4%BE%8B.example."]
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"rrsets": []}',
        b'{"rrsets": [{"name": "www", "type": "A", "changetype": "REPLACE", "ttl": 1, "records": []}]}',
        b'{"rrsets": [{"name": "www.{zone}", "type": "CNAME", "changetype": "REPLACE", "ttl": 1,'
        b' "records": [{"content": "192.0.2.1."}]}]}',
        b'{"rrsets": [{"name": "new.{zone}", "type": "A", "changetype": "REPLACE", "ttl": 1,'
        b' "records": [{"content": "192.0.2.7"}]}]}',
    ],
)
def test_a_patch_with_a_query_and_one_without_are_answered_alike(api: Api, zone: str, zone_id: str, body: bytes):
    """The one without takes a shorter way (`web.api.direct`)."""
    path = "zones/" + zone_id.format(zone=zone, bare=zone[:-1])
    sent = body.replace(b"{zone}", zone.encode())
    for key in (api.key, "", "wrong"):
        short, long = (api.with_key(key).call("PATCH", path + query, sent) for query in ("", "?strict=false"))
        assert (short.status, short.text) == (long.status, long.text)
        assert short.headers.get("content-type") == long.headers.get("content-type")
