"""PowerDNS' API, trap by trap: statuses, shapes and manners that its clients count on."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import quote

import pytest

from clients.api import BASE, Api, rrset, running

NUMBERS = count()


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def zone(api: Api) -> str:
    """A zone of the test's own."""
    name = f"z{next(NUMBERS)}.example."
    assert api.create(name).status == 201
    return name


ZONE_KEYS = {
    *("account", "api_rectify", "catalog", "dnssec", "edited_serial", "id", "kind", "last_check", "masters", "name"),
    *("notified_serial", "nsec3narrow", "nsec3param", "presigned", "rrsets", "serial", "soa_edit", "soa_edit_api"),
    *("type", "url"),
}


# The server


def test_versions(api: Api):
    assert api.get("/api").json == [{"url": "/api/v1", "version": 1}]


def test_the_server(api: Api):
    (listed,) = api.get("/api/v1/servers").json
    about = api.get("").json
    assert listed == about and about["url"] == BASE
    assert (about["id"], about["type"], about["daemon_type"]) == ("localhost", "Server", "authoritative")
    assert {"config_url", "zones_url"} <= set(about)


def test_the_version_reads_as_three_numbers_of_at_least_4_5(api: Api):
    version = api.get("").json["version"]
    numbers = [int(part.split("-")[0]) for part in version.split(".")[:3]]  # as octoDNS reads it
    assert len(numbers) == 3 and numbers >= [4, 5, 0] and re.fullmatch(r"\d+\.\d+\.\d+-[\w.-]+", version)


def test_other_servers_are_not_here(api: Api):
    assert api.get("/api/v1/servers/elsewhere/zones").status == 404


def test_config(api: Api):
    config = {item["name"]: item["value"] for item in api.get("config").json}
    assert config["enable-lua-records"] == "no" and "launch" in config


def test_statistics(api: Api):
    api.ask("nowhere.example.")
    items = {item["name"]: item["value"] for item in api.get("statistics").json}
    assert int(items["uptime"]) >= 0 and int(items["udp-queries"]) >= 1
    assert api.get("statistics?statistic=uptime").json[0]["type"] == "StatisticItem"
    assert api.get("statistics?statistic=nothing").status == 422


def test_metrics_are_text(api: Api):
    assert api.get("/metrics").headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["tsigkeys", "autoprimaries"])
def test_what_is_not_here_yet_is_an_empty_list_and_not_made(api: Api, path: str):
    assert (api.get(path).status, api.get(path).json) == (200, [])
    assert api.call("POST", path, {"name": "a", "ip": "192.0.2.1"}).status == 422
    assert api.get("tsigkeys/nothing.").status == 404


def test_flushing_a_cache_that_is_not_there(api: Api):
    reply = api.call("PUT", "cache/flush?domain=www.example.com.")
    assert (reply.status, reply.json) == (200, {"count": 0, "result": "Flushed cache."})


# Form


def test_keys_are_sorted_at_every_depth_and_spaced_as_powerdns_does(api: Api, zone: str):
    text = api.get(f"zones/{zone}").text

    def look(pairs: list) -> dict:
        assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
        return dict(pairs)

    json.loads(text, object_pairs_hook=look)
    assert f'"name": "{zone}"' in text


def test_the_content_type_is_exactly_json(api: Api, zone: str):
    for path in (f"zones/{zone}", "zones", "zones/nowhere.example."):
        assert api.get(path).headers["content-type"] == "application/json"


def test_a_zone_has_all_its_keys(api: Api, zone: str):
    found = api.get(f"zones/{zone}").json
    assert set(found) == ZONE_KEYS
    assert (found["id"], found["name"], found["type"], found["kind"]) == (zone, zone, "Zone", "Native")
    assert found["url"] == f"{BASE}/zones/{zone}" and found["last_check"] == 0 and found["dnssec"] is False
    assert found["serial"] == found["edited_serial"] > 0
    for one in found["rrsets"]:
        assert set(one) == {"comments", "name", "records", "ttl", "type"} and one["comments"] == []
        assert all(set(record) == {"content", "disabled"} for record in one["records"])


def test_the_list_has_no_rrsets(api: Api, zone: str):
    (found,) = [one for one in api.get("zones").json if one["name"] == zone]
    assert set(found) == ZONE_KEYS - {"rrsets"} and found["last_check"] == 0


def test_one_zone_of_the_list(api: Api, zone: str):
    assert [one["name"] for one in api.get(f"zones?zone={zone}").json] == [zone]
    assert [one["name"] for one in api.get(f"zones?zone={zone[:-1].upper()}&dnssec=false").json] == [zone]
    assert api.get("zones?zone=nowhere.example.").json == [] == api.get("zones?zone=.").json


def test_ids_without_the_final_dot_and_with_slashes(api: Api):
    name = "0/25.2.0.192.in-addr.arpa."
    made = api.create(name)
    assert (made.status, made.json["id"]) == (201, "0=2F25.2.0.192.in-addr.arpa.")
    for path in ("0=2F25.2.0.192.in-addr.arpa.", "0%2F25.2.0.192.in-addr.arpa", "0=2f25.2.0.192.IN-ADDR.arpa"):
        assert api.get(f"zones/{path}").json["name"] == name
        assert api.get(f"zones/{path}/cryptokeys").json == []
        assert api.call("PUT", f"zones/{path}/notify").status == 200


def test_unknown_zones_are_404(api: Api):
    where = "zones/nowhere.example."
    for method, path, body in [
        ("GET", where, None),
        ("PATCH", where, {"rrsets": []}),
        ("PATCH", where, {"rrsets": [rrset("www.nowhere.example.", "A", "192.0.2.1")]}),
        ("PUT", where, {"kind": "Native"}),
        ("DELETE", where, None),
        ("PUT", f"{where}/notify", None),
        ("PUT", f"{where}/rectify", None),
        ("PUT", f"{where}/axfr-retrieve", None),
        ("GET", f"{where}/export", None),
        ("GET", f"{where}/cryptokeys", None),
        ("POST", f"{where}/cryptokeys", {"keytype": "csk", "active": True}),
        ("GET", f"{where}/metadata", None),
        ("GET", f"{where}/check", None),
        ("GET", f"{where}/journal", None),
        ("POST", f"{where}/plan", {"rrsets": []}),
        ("POST", f"{where}/undo", {"serial": 1}),
        ("PUT", f"{where}/text", b""),
    ]:
        reply = api.call(method, path, body)
        assert (reply.status, "error" in reply.json) == (404, True), (method, path, reply.text)


# Zones


def test_a_zone_without_anything_gets_an_soa(api: Api):
    made = api.call("POST", "zones", {"name": "bare.example.", "kind": "native", "nameservers": []})
    assert made.status == 201 and made.json["kind"] == "Native"
    assert [(one["name"], one["type"]) for one in made.json["rrsets"]] == [("bare.example.", "SOA")]
    soa = made.json["rrsets"][0]["records"][0]["content"].split()
    assert int(soa[2]) == made.json["serial"] > 0
    assert api.ask("bare.example.", "SOA") == [" ".join(soa)]


def test_nameservers_become_the_apex_ns(api: Api):
    body = {"name": "hosted.example.", "kind": "Master", "nameservers": ["ns1.example.net.", "ns2.example.net."]}
    made = api.call("POST", "zones", body)
    assert made.status == 201
    assert api.contents("hosted.example.", "hosted.example.", "NS") == body["nameservers"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("native", "Native"), ("Native", "Native"), ("master", "Master"), ("MASTER", "Master"), ("primary", "Master")],
)
def test_kinds(api: Api, kind: str, shown: str):
    made = api.call(
        "POST", "zones?rrsets=false", {"name": f"kind-{kind}-{shown}.example.", "kind": kind, "masters": []}
    )
    found = made.json if made.status == 201 else {"kind": made.text if made.status != 409 else shown}
    assert found["kind"] == shown and "rrsets" not in found


@pytest.mark.parametrize("kind", ["slave", "Secondary", "Producer", "consumer", "nonsense"])
def test_kinds_that_are_not_supported_are_422(api: Api, zone: str, kind: str):
    made = api.call("POST", "zones", {"name": "unmade.example.", "kind": kind, "masters": ["192.0.2.1"]})
    assert made.status == 422 and kind in made.json["error"]
    assert api.get("zones/unmade.example.").status == 404
    assert api.call("PUT", f"zones/{zone}", {"kind": kind}).status == 422


def test_a_zone_that_exists_is_409(api: Api, zone: str):
    made = api.call("POST", "zones", {"name": zone.upper(), "kind": "Native"})
    assert made.status == 409 and made.json["error"]


def test_keys_that_clients_send_and_nobody_knows(api: Api):
    body = {
        "name": "extra.example.",
        "type": "Zone",
        "kind": "Native",
        "id": "",
        "url": "",
        "serial": 0,
        "dnsssec": False,
    }
    body |= {"soa_edit_api": "default", "nameservers": None, "masters": None, "account": "", "xyz": {"a": [1]}}
    made = api.call("POST", "zones", body)
    assert (made.status, made.json["soa_edit_api"]) == (201, "DEFAULT")


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"name": "nodot.example"}, "without a dot"),
        ({"nameservers": ["ns.example.net"]}, "without a dot"),
        ({"dnssec": True}, "signing"),
        ({"catalog": "catalog.example."}, "catalog"),
        ({"serial": 2**32}, "serial"),
        ({"records": [{"name": "a.", "type": "A", "content": "192.0.2.1"}]}, "rrsets"),
        ({"zone": "@ 60 IN SOA a. b. 1 2 3 4 5", "nameservers": ["ns.example.net."]}, "not of both"),
        ({"rrsets": [rrset("www.example.net.", "A", "192.0.2.1")]}, "www.example.net."),
        ({"rrsets": [rrset("www.refused.example.", "A", "not an address")]}, "www.refused.example."),
        ({"zone": "nonsense\n"}, ""),
        ({"name": "a..b."}, ""),
    ],
)
def test_zones_that_are_refused_leave_nothing(api: Api, more: dict, word: str):
    made = api.call("POST", "zones", {"name": "refused.example.", "kind": "Native", **more})
    assert made.status == 422 and word in made.json["error"] and made.json["error"]
    assert api.get("zones/refused.example.").status == 404


def test_a_zone_of_text(api: Api):
    text = "$TTL 60\n@ SOA ns hostmaster 7 3600 600 86400 300\n@ NS ns\nns A 192.0.2.1\nwww CNAME ns\n"
    made = api.call("POST", "zones", {"name": "text.example.", "kind": "Native", "zone": text})
    assert made.status == 201 and len(made.json["rrsets"]) == 4
    assert api.ask("www.text.example.") == ["ns.text.example.", "192.0.2.1"]


def test_properties(api: Api, zone: str):
    before = api.get(f"zones/{zone}").json
    assert api.call("PUT", f"zones/{zone}", {"kind": "Master", "account": "me", "soa_edit_api": "EPOCH"}).status == 204
    found = api.get(f"zones/{zone}").json
    assert (found["kind"], found["account"], found["soa_edit_api"]) == ("Master", "me", "EPOCH")
    assert found["rrsets"] == before["rrsets"] or found["serial"] > before["serial"]
    assert api.call("PUT", f"zones/{zone}", {"masters": [], "dnssec": True}).status == 422


def test_a_deleted_zone_is_gone_everywhere(api: Api, zone: str):
    reply = api.call("DELETE", f"zones/{zone}")
    assert (reply.status, reply.body) == (204, b"")
    assert api.get(f"zones/{zone}").status == 404 and api.ask(zone, "SOA") == []
    assert api.create(zone).status == 201


# Records


def test_a_patch_is_204_and_empty_and_seen_at_once(api: Api, zone: str):
    for number in range(10):
        reply = api.patch(zone, rrset(f"www.{zone}", "A", f"192.0.2.{number}"))
        assert (reply.status, reply.body) == (204, b"")
        assert api.ask(f"www.{zone}") == [f"192.0.2.{number}"]


def test_the_serial_moves(api: Api, zone: str):
    before = api.get(f"zones/{zone}?rrsets=false").json["serial"]
    api.patch(zone, rrset(f"www.{zone}", "A", "192.0.2.1"))
    after = api.get(f"zones/{zone}?rrsets=false").json["serial"]
    assert after > before and f" {after} " in api.ask(zone, "SOA")[0]


def test_nothing_changed_is_204_too(api: Api, zone: str):
    for _ in range(2):
        assert api.patch(zone, rrset(f"www.{zone}", "A", "192.0.2.1")).status == 204
    assert api.patch(zone).status == 204
    assert api.patch(zone, {"name": f"nothing.{zone}", "type": "A", "changetype": "DELETE"}).status == 204


def test_extend_and_prune(api: Api, zone: str):
    name = f"www.{zone}"
    api.patch(zone, rrset(name, "A", "192.0.2.1"))
    assert api.patch(zone, rrset(name, "A", "192.0.2.2", op="EXTEND")).status == 204
    assert api.contents(zone, name, "A") == ["192.0.2.1", "192.0.2.2"]
    assert api.patch(zone, rrset(name, "A", "192.0.2.1", op="PRUNE")).status == 204
    assert api.contents(zone, name, "A") == ["192.0.2.2"]
    assert api.patch(zone, rrset(name, "A", "192.0.2.2", op="PRUNE")).status == 204
    assert (name, "A") not in api.rrsets(zone)


def test_changes_hold_in_their_order(api: Api, zone: str):
    name = f"www.{zone}"
    api.patch(zone, rrset(name, "A", "192.0.2.1"))
    steps = [
        {"name": name, "type": "A", "changetype": "DELETE"},
        rrset(name, "A", "192.0.2.2"),
        rrset(name, "A", "192.0.2.3", op="EXTEND"),
        rrset(name, "A", "192.0.2.2", op="PRUNE"),
    ]
    assert api.patch(zone, *steps).status == 204
    assert api.contents(zone, name, "A") == ["192.0.2.3"]


def test_an_address_becomes_an_alias_and_back_in_one_patch(api: Api, zone: str):
    name = f"www.{zone}"
    api.patch(zone, rrset(name, "A", "192.0.2.1"))
    delete = {"name": name, "type": "A", "changetype": "DELETE"}
    assert api.patch(zone, delete, rrset(name, "CNAME", f"ns.{zone}")).status == 204
    assert api.ask(name) == [f"ns.{zone}", "192.0.2.53"]
    # The other way round the result is the same, and the result is what is judged.
    assert api.patch(zone, rrset(name, "A", "192.0.2.1"), {**delete, "type": "CNAME"}).status == 204
    assert api.ask(name) == ["192.0.2.1"]


def test_all_or_nothing(api: Api, zone: str):
    before = api.get(f"zones/{zone}").json
    good, bad = rrset(f"good.{zone}", "A", "192.0.2.1"), rrset(f"bad.{zone}", "A", "192.0.2.256")
    reply = api.patch(zone, good, bad)
    assert reply.status == 422 and f"bad.{zone}" in reply.json["error"]
    assert api.get(f"zones/{zone}").json == before and api.ask(f"good.{zone}") == []


def test_a_refusal_lists_everything(api: Api, zone: str):
    reply = api.patch(zone, *(rrset(f"w{number}.{zone}", "A", "192.0.2.1", ttl=None) for number in range(3)))
    assert reply.status == 422 and len(reply.json["errors"]) == 3


@pytest.mark.parametrize(
    ("name", "rtype", "content", "rule"),
    [
        ("blog", "CNAME", "192.0.2.1", "target-is-address"),
        ("blog", "CNAME", "https://example.com/", "target-malformed"),
        ("@", "CNAME", "www.example.org.", "alias-at-apex"),
        ("ns", "CNAME", "www.example.org.", "alias-with-other-data"),
        ("blog", "CNAME", "blog.{zone}", "alias-loop"),
        ("@", "MX", "10 alias.{zone}", "mx-target-is-alias"),
    ],
)
def test_what_the_rules_refuse(api: Api, zone: str, name: str, rtype: str, content: str, rule: str):
    api.patch(zone, rrset(f"alias.{zone}", "CNAME", f"ns.{zone}"))
    before = api.get(f"zones/{zone}").json
    owner = zone if name == "@" else f"{name}.{zone}"
    reply = api.patch(zone, rrset(owner, rtype, content.format(zone=zone)))
    assert reply.status == 422 and reply.json["error"] and reply.json["errors"]
    assert rule in [finding["rule"] for finding in reply.json["findings"]]
    assert set(reply.json["findings"][0]) == {
        *("rule", "severity", "zone", "owner", "type", "target", "file", "line", "column"),
        *("message", "hint", "fixable", "chain"),
    }
    assert api.get(f"zones/{zone}").json == before


def test_what_the_rules_ask_is_let_through_and_written_down(api: Api, zone: str):
    assert api.patch(zone, rrset(f"www.{zone}", "CNAME", f"nothing.{zone}")).status == 204
    assert api.get(f"zones/{zone}/journal").json[0]["accepted"] == ["target-missing"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "www.{zone}", "type": "A"},
        {"name": "www.{zone}", "type": "A", "changetype": "MERGE", "records": []},
        {"name": "www.{zone}", "type": "A", "changetype": "REPLACE", "records": [{"content": "192.0.2.1"}]},
        {"name": "www.{zone}", "type": "NONSENSE", "changetype": "REPLACE", "ttl": 60, "records": [{"content": "x"}]},
        {"name": "www.{zone}", "type": "ANY", "changetype": "REPLACE", "ttl": 60, "records": [{"content": "x"}]},
        {
            "name": "www.elsewhere.example.",
            "type": "A",
            "changetype": "REPLACE",
            "ttl": 60,
            "records": [{"content": "192.0.2.1"}],
        },
        {"name": "a..{zone}", "type": "A", "changetype": "REPLACE", "ttl": 60, "records": [{"content": "192.0.2.1"}]},
        {"name": "www", "type": "A", "changetype": "REPLACE", "ttl": 60, "records": [{"content": "192.0.2.1"}]},
    ],
)
def test_changes_that_cannot_be_meant(api: Api, zone: str, change: dict):
    reply = api.patch(zone, {**change, "name": change["name"].format(zone=zone)})
    assert reply.status == 422 and "error" in reply.json


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"x": ' + b"[" * 100_000])
def test_no_json_is_400(api: Api, zone: str, body: bytes):
    for method, path in [("PATCH", f"zones/{zone}"), ("PUT", f"zones/{zone}"), ("POST", "zones")]:
        reply = api.call(method, path, body)
        assert (reply.status, list(reply.json)) == (400, ["error"])


def test_txt_arrives_and_returns_quoted(api: Api, zone: str):
    for content in ('"v=spf1 -all"', '"one" "two; \\"three\\""', '"' + "x" * 255 + '" "y"'):
        assert api.patch(zone, rrset(f"txt.{zone}", "TXT", content)).status == 204
        assert api.contents(zone, f"txt.{zone}", "TXT") == [content]
        assert api.ask(f"txt.{zone}", "TXT") == [content]


@pytest.mark.parametrize(
    "content",
    ['"has "quotes" x"', '"{"a":"b"}"', '""heritage=external-dns""', '"a"b"c"', '"a""b"', '"a" b', '"a', '"a" ; b', ""],
)
def test_a_text_whose_quotes_do_not_pair_is_refused(api: Api, zone: str, content: str):
    assert api.patch(zone, rrset(f"txt.{zone}", "TXT", '"before"')).status == 204
    reply = api.patch(zone, rrset(f"txt.{zone}", "TXT", content))
    assert reply.status == 422 and f"txt.{zone}" in reply.json["error"]
    assert api.contents(zone, f"txt.{zone}", "TXT") == ['"before"']


def test_quotes_touch_nothing_but_parameters(api: Api, zone: str):
    assert api.patch(zone, rrset(f"svc.{zone}", "SVCB", f'1 ns.{zone} alpn="h2,h3" key667="a b"')).status == 204
    assert api.patch(zone, rrset(f"pc.{zone}", "HINFO", '"a""b"')).status == 422
    assert api.patch(zone, rrset(f"pc.{zone}", "HINFO", '"a" b\\"c')).status == 204


@pytest.mark.parametrize("ttl", ["300", " 300", 300])
def test_numbers_may_come_in_strings(api: Api, zone: str, ttl: object):
    comment = {"content": "why", "account": "", "modified_at": "5"}
    change = {**rrset(f"www.{zone}", "A", "192.0.2.1"), "ttl": ttl, "comments": [comment]}
    assert api.patch(zone, change).status == 204
    found = api.rrsets(zone)[f"www.{zone}", "A"]
    assert (found["ttl"], found["comments"][0]["modified_at"]) == (300, 5)
    name = f"y{next(NUMBERS)}.example."
    assert api.call("POST", "zones", {"name": name, "kind": "Native", "serial": "7"}).json["serial"] == 7


@pytest.mark.parametrize("ttl", ["soon", "", "1h", "-1", "0x10", "1.5", 1.5, True, "\u0663", "9" * 5000, [], None])
def test_what_is_no_number_is_refused(api: Api, zone: str, ttl: object):
    assert api.patch(zone, {**rrset(f"www.{zone}", "A", "192.0.2.1"), "ttl": ttl}).status == 422
    assert (f"www.{zone}", "A") not in api.rrsets(zone)


@pytest.mark.parametrize(
    ("rtype", "content", "kept"),
    [
        ("CNAME", "münchen.example.net.", "xn--mnchen-3ya.example.net."),
        ("MX", "10 Bücher.Example.net.", "10 xn--bcher-kva.Example.net."),
        ("SRV", "0 5 5060 sip.bücher.example.", "0 5 5060 sip.xn--bcher-kva.example."),
        ("TXT", '"münchen.example.net."', '"münchen.example.net."'),
        ("MX", "10 münchen", None),
        ("CNAME", "\u2488.example.net.", None),
    ],
)
def test_u_labels_in_names_are_stored_as_a_labels(api: Api, zone: str, rtype: str, content: str, kept: str | None):
    reply = api.patch(zone, rrset(f"u.{zone}", rtype, content))
    assert reply.status == (204 if kept else 422)
    if kept:
        assert api.contents(zone, f"u.{zone}", rtype) == [kept]


def test_null_is_nothing_said(api: Api, zone: str):
    change = {**rrset(f"www.{zone}", "A", ttl=60), "records": [{"content": "192.0.2.1", "disabled": None}]}
    assert api.patch(zone, {**change, "comments": None}).status == 204
    nothing = {"content": "why", "account": None, "modified_at": None}
    assert api.patch(zone, {**change, "comments": [nothing]}).status == 204
    (comment,) = api.rrsets(zone)[f"www.{zone}", "A"]["comments"]
    assert (comment["content"], comment["account"]) == ("why", "")
    assert api.contents(zone, f"www.{zone}", "A") == ["192.0.2.1"]
    delete = {"name": f"www.{zone}", "type": "A", "changetype": "DELETE", "ttl": None, "records": None}
    assert api.patch(zone, delete).status == 204
    assert api.patch(zone, {**delete, "changetype": "REPLACE"}).status == 422


@pytest.mark.parametrize("word", ["REPLACE", "DELETE"])
def test_an_rrset_is_replaced_once_in_a_patch(api: Api, zone: str, word: str):
    one, other = rrset(f"www.{zone}", "A", "192.0.2.1", op=word), rrset(f"WWW.{zone}", "a", "192.0.2.2", op=word)
    reply = api.patch(zone, one, other)
    assert reply.status == 422 and f"www.{zone} A: {word} stands there 2 times" in reply.json["error"]
    assert (f"www.{zone}", "A") not in api.rrsets(zone)


def test_rrsets_of_a_new_zone_that_come_twice_are_one(api: Api):
    name = f"z{next(NUMBERS)}.example."
    assert api.create(name, *(rrset(f"www.{name}", "A", f"192.0.2.{last}") for last in (1, 2))).status == 201
    assert api.contents(name, f"www.{name}", "A") == ["192.0.2.1", "192.0.2.2"]


def test_deleting_the_soa_beside_other_changes_is_nothing_to_do(api: Api, zone: str):
    delete = rrset(zone, "SOA", op="DELETE")
    assert api.patch(zone, delete, rrset(f"www.{zone}", "A", "192.0.2.1")).status == 204
    assert len(api.ask(zone, "SOA")) == 1 and api.ask(f"www.{zone}") == ["192.0.2.1"]
    reply = api.patch(zone, delete)
    assert reply.status == 422 and "SOA" in reply.json["error"]
    soa = f"ns.{zone} other.{zone} 1 10800 3600 604800 3600"
    assert api.patch(zone, rrset(zone, "SOA", soa), delete).status == 204
    assert f" other.{zone} " in api.ask(zone, "SOA")[0]


@pytest.mark.parametrize(("rtype", "content"), [("IPSECKEY", "10 3 2 gw AQNR"), ("LP", "10 l64"), ("PX", "10 a. b")])
def test_names_in_data_are_absolute_in_every_type(api: Api, zone: str, rtype: str, content: str):
    reply = api.patch(zone, rrset(f"x.{zone}", rtype, content))
    assert reply.status == 422 and "is not absolute" in reply.json["error"]


@pytest.mark.parametrize(
    ("rtype", "content"),
    [
        ("MX", "10 Mail.Example.NET."),
        ("CNAME", "Www.Example.NET."),
        ("SRV", "0 5 5060 Sip.Example.NET."),
        ("HTTPS", '1 Svc.Example.NET. alpn=h2 ech="AEP+DQA="'),
        ("HTTPS", "1 . alpn=h2 ech=AEP+DQA="),
        ("NAPTR", '100 50 "u" "E2U+sip" "!^\\\\+1!x\\\\1!" .'),
        ("TLSA", "3 1 1 " + "ab" * 32),
        ("SSHFP", "1 1 dd465c09cfa51fb45020cc83316fff21b9ec74ac"),
        ("CERT", "1 12345 8 MIIBszCCAVmgAwIBAgIB"),
        ("TYPE65534", "\\# 4 0a000001"),
        ("TXT", '"a" "b"'),
        ("TXT", '"gr\u00fc\u00dfe" "v=DKIM1\\; k=rsa"'),
        ("TXT", '"gr\\195\\188\\195\\159e" "v=DKIM1; k=rsa"'),
        ("TXT", '"' + "k" * 600 + '"'),
        ("TXT", '"' + "k" * 255 + '" "' + "k" * 45 + '"'),
        ("SPF", '"' + "k" * 300 + '" "a"'),
    ],
)
def test_what_was_written_is_what_is_read(api: Api, zone: str, rtype: str, content: str):
    name = f"x.{zone}"
    assert api.patch(zone, rrset(name, rtype, content)).status == 204
    assert api.contents(zone, name, rtype) == [content]
    plan = api.call("POST", f"zones/{zone}/plan", {"rrsets": [rrset(name, rtype, content)]}).json
    assert plan["changes"] == []
    delete = {"name": name, "type": rtype, "changetype": "DELETE"}
    (change,) = api.call("POST", f"zones/{zone}/plan", {"rrsets": [delete]}).json["changes"]
    assert change["before"]["records"] == [content]
    # Nor does an export lose anything, but where a string was cut: other readers have to read it.
    text = api.get(f"zones/{zone}/export").text
    assert len(content) > 255 or f" IN {rtype} {content}\n" in text
    assert api.patch(zone, rrset(name, rtype, content, op="PRUNE")).status == 204
    assert api.contents(zone, name, rtype) == []


def test_digits_in_other_case_come_back_in_lower_case(api: Api, zone: str):
    for rtype, content in [("DS", "1 8 2 ABcd"), ("NSEC3PARAM", "1 0 12 AABB"), ("TYPE65534", "\\# 2 ABCD")]:
        assert (
            api.patch(zone, rrset(f"x.{zone}", rtype, content), rrset(f"x.{zone}", "NS", "ns.example.net.")).status
            == 204
        )
        assert api.contents(zone, f"x.{zone}", rtype) == [content.lower()]


def test_spelling_outlives_the_zone_and_undo(api: Api, zone: str):
    contents = {("m", "MX"): "10 Mail.Example.NET.", ("t", "TXT"): '"a\\;" "' + "k" * 300 + '"'}
    assert api.patch(zone, *(rrset(f"{at}.{zone}", rtype, one) for (at, rtype), one in contents.items())).status == 204
    before = api.rrsets(zone)
    assert api.patch(zone, rrset(f"m.{zone}", "MX", "10 mail.example.net.")).status == 204
    serial = api.get(f"zones/{zone}?rrsets=false").json["serial"]
    assert api.call("POST", f"zones/{zone}/undo", {"serial": serial}).status == 200
    assert api.contents(zone, f"m.{zone}", "MX") == ["10 Mail.Example.NET."]
    assert api.call("DELETE", f"zones/{zone}").status == 204
    deleted = api.get(f"zones/{zone}/journal").json[0]["serial"]
    assert api.call("POST", f"zones/{zone}/undo", {"serial": deleted}).status == 200
    after = api.rrsets(zone)
    assert {key: after[key]["records"] for key in after if key[1] != "SOA"} == {
        key: before[key]["records"] for key in before if key[1] != "SOA"
    }


def test_an_export_that_comes_back_changes_nothing(api: Api, zone: str):
    long = '"' + "k" * 600 + '" "b"'
    assert (
        api.patch(zone, rrset(f"k.{zone}", "TXT", long), rrset(f"m.{zone}", "MX", "10 Mail.Example.NET.")).status == 204
    )
    text = api.get(f"zones/{zone}/export").text
    assert '" "' + "k" * 90 + '" "b"' in text
    plan = api.call("PUT", f"zones/{zone}/text", text.encode()).json
    assert plan["changes"] == [] and not plan["serials"] and api.contents(zone, f"k.{zone}", "TXT") == [long]


def test_names_that_differ_in_case_are_one_record(api: Api, zone: str):
    assert api.patch(zone, rrset(f"m.{zone}", "MX", "10 A.example.net.", "10 a.EXAMPLE.net.")).status == 204
    assert api.contents(zone, f"m.{zone}", "MX") == ["10 A.example.net."]
    text = f"@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\n@ 60 IN NS NS.{zone}\nns 60 IN A 192.0.2.1\n"
    assert api.call("PUT", f"zones/{zone}/text", text.encode()).status == 200
    assert api.contents(zone, zone, "NS") == [f"ns.{zone}"]
    assert api.ask(zone, "NS") == [f"ns.{zone}"]


def test_alias_is_a_type_of_its_own(api: Api, zone: str):
    assert api.patch(zone, rrset(zone, "ALIAS", "www.example.org.")).status == 204
    assert api.rrsets(zone)[zone, "ALIAS"]["records"] == [{"content": "www.example.org.", "disabled": False}]


def test_disabled_records_are_kept_and_neither_served_nor_judged(api: Api, zone: str):
    name = f"www.{zone}"
    records = [{"content": "192.0.2.1", "disabled": False}, {"content": "192.0.2.2", "disabled": True}]
    assert api.patch(zone, {**rrset(name, "A"), "records": records}).status == 204
    found = api.rrsets(zone)[name, "A"]["records"]
    assert sorted(found, key=lambda one: one["content"]) == records and api.ask(name) == ["192.0.2.1"]
    alias = {**rrset(name, "CNAME"), "records": [{"content": f"ns.{zone}", "disabled": True}]}
    assert api.patch(zone, alias).status == 204 and api.ask(name) == ["192.0.2.1"]
    assert (name, "CNAME") in api.rrsets(zone)
    shown = api.get(f"zones/{zone}?include_disabled=false").json["rrsets"]
    assert [one["records"] for one in shown if one["name"] == name] == [[records[0]]]


def test_comments_are_kept(api: Api, zone: str):
    name = f"www.{zone}"
    comment = {"content": "the shop", "account": "me", "modified_at": 1700000000}
    assert api.patch(zone, rrset(name, "A", "192.0.2.1", comments=[comment])).status == 204
    assert api.rrsets(zone)[name, "A"]["comments"] == [comment]
    assert api.patch(zone, rrset(name, "A", "192.0.2.2")).status == 204
    assert api.rrsets(zone)[name, "A"]["comments"] == [comment]
    only = {"name": name, "type": "A", "changetype": "REPLACE", "comments": []}
    assert api.patch(zone, only).status == 204
    assert (api.rrsets(zone)[name, "A"]["comments"], api.contents(zone, name, "A")) == ([], ["192.0.2.2"])


def test_one_rrset_of_a_zone(api: Api, zone: str):
    def found(query: str) -> list:
        return [(one["name"], one["type"]) for one in api.get(f"zones/{zone}?{query}").json["rrsets"]]

    assert found(f"rrset_name={zone}&rrset_type=ns") == [(zone, "NS")]
    assert found(f"rrset_name=ns.{zone}") == [(f"ns.{zone}", "A")]
    assert found("rrset_type=A") == [(f"ns.{zone}", "A")]
    assert "rrsets" not in api.get(f"zones/{zone}?rrsets=false").json


# Actions


def test_notify_succeeds_for_any_zone(api: Api, zone: str):
    reply = api.call("PUT", f"zones/{zone}/notify", b"")
    assert (reply.status, reply.json) == (200, {"result": "Notification queued"})


def test_rectify_and_retrieve(api: Api, zone: str):
    assert api.call("PUT", f"zones/{zone}/rectify").json == {"result": "Rectified"}
    reply = api.call("PUT", f"zones/{zone}/axfr-retrieve")
    assert reply.status == 422 and "secondary" in reply.json["error"]


def test_export_is_text_or_json(api: Api, zone: str):
    plain = api.get(f"zones/{zone}/export")
    assert plain.headers["content-type"].startswith("text/plain")
    assert f"ns.{zone} 3600 IN A 192.0.2.53" in plain.text.splitlines()
    wrapped = api.get(f"zones/{zone}/export", headers={"Accept": "application/json"})
    assert wrapped.json == {"zone": plain.text}


def test_an_export_is_a_zone_again(api: Api, zone: str):
    text = api.get(f"zones/{zone}/export").text
    before = api.get(f"zones/{zone}").json["rrsets"]
    api.call("DELETE", f"zones/{zone}")
    assert api.call("POST", "zones", {"name": zone, "kind": "Native", "zone": text}).status == 201
    after = [one for one in api.get(f"zones/{zone}").json["rrsets"] if one["type"] != "SOA"]
    assert after == [one for one in before if one["type"] != "SOA"]


def test_cryptokeys(api: Api, zone: str):
    assert (api.get(f"zones/{zone}/cryptokeys").status, api.get(f"zones/{zone}/cryptokeys").json) == (200, [])
    assert api.get(f"zones/{zone[:-1]}/cryptokeys").json == []
    made = api.call("POST", f"zones/{zone}/cryptokeys", {"keytype": "csk", "active": True, "published": True})
    assert made.status == 422 and "signing" in made.json["error"]
    assert [api.call(method, f"zones/{zone}/cryptokeys/1").status for method in ("GET", "PUT", "DELETE")] == [404] * 3


def test_metadata_of_programs_is_kept(api: Api, zone: str):
    path = f"zones/{zone}/metadata"
    known = {"kind": "SOA-EDIT-API", "metadata": ["DEFAULT"], "type": "Metadata"}
    assert api.get(path).json == [known] and api.get(f"{path}/SOA-EDIT-API").json == known
    assert api.get(f"{path}/X-OWNER").json == {"kind": "X-OWNER", "metadata": [], "type": "Metadata"}
    made = api.call("POST", path, {"kind": "X-OWNER", "metadata": ["a", "b"], "type": "Metadata"})
    assert (made.status, made.json) == (201, {"kind": "X-OWNER", "metadata": ["a", "b"], "type": "Metadata"})
    assert api.call("POST", path, {"kind": "X-OWNER", "metadata": ["c", "a"]}).json["metadata"] == ["a", "b", "c"]
    changed = api.call("PUT", f"{path}/X-OTHER", {"metadata": ["z\u0000\u00fc"]})
    assert changed.status == 200 and changed.json["metadata"] == ["z\u0000\u00fc"]
    assert [one["kind"] for one in api.get(path).json] == ["SOA-EDIT-API", "X-OTHER", "X-OWNER"]
    assert api.call("PUT", f"{path}/X-OWNER", {"metadata": []}).json["metadata"] == []
    for _ in range(2):
        assert api.call("DELETE", f"{path}/X-OTHER").status == 204
    assert api.get(path).json == [known]


def test_metadata_goes_and_comes_with_its_zone(api: Api, zone: str):
    path = f"zones/{zone}/metadata/X-OWNER"
    assert api.call("PUT", path, {"metadata": ["ops"]}).status == 200
    entry = api.get(f"zones/{zone}/journal").json[0]
    assert entry["properties"] == [{"name": "metadata", "before": {}, "after": {"X-OWNER": ["ops"]}}]
    assert api.call("PUT", f"zones/{zone}", {"account": "x"}).status == 204 and api.get(path).json["metadata"] == [
        "ops"
    ]
    assert api.call("POST", f"zones/{zone}/undo", {"serial": entry["serial"]}).status == 200
    assert api.get(path).json["metadata"] == []
    api.call("PUT", path, {"metadata": ["dev"]})
    assert api.call("PUT", f"{path}?dry_run=true", {"metadata": []}).json["properties"][0]["after"] == {}
    assert api.call("DELETE", f"zones/{zone}").status == 204 and api.get(path).status == 404
    serial = api.get(f"zones/{zone}/journal").json[0]["serial"]
    assert api.call("POST", f"zones/{zone}/undo", {"serial": serial}).status == 200
    assert api.get(path).json["metadata"] == ["dev"]


def test_metadata_at_once_is_all_kept(api: Api, zone: str):
    def add(number: int) -> int:
        return api.call("POST", f"zones/{zone}/metadata", {"kind": "X-N", "metadata": [str(number)]}).status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(add, range(12))) == {201}
    assert sorted(api.get(f"zones/{zone}/metadata/X-N").json["metadata"], key=int) == [str(one) for one in range(12)]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("ALLOW-AXFR-FROM", "not transferred yet"),
        ("ALSO-NOTIFY", "nobody is notified"),
        ("TSIG-ALLOW-DNSUPDATE", "updates are not taken"),
        ("NSEC3PARAM", "signing"),
        ("SOA-EDIT", "PUT zones/{id} changes it as soa_edit"),
        ("OWNER", "begins with X-"),
        ("x-owner", "begins with X-"),
        ("X-\u00fc", "begins with X-"),
    ],
)
def test_metadata_that_something_should_act_on_is_refused(api: Api, zone: str, kind: str, word: str):
    reply = api.call("POST", f"zones/{zone}/metadata", {"kind": kind, "metadata": ["1"]})
    assert reply.status == 422 and word in reply.json["error"]
    path = f"zones/{zone}/metadata/{quote(kind)}"
    assert api.call("PUT", path, {"metadata": ["1"]}).status == 422
    assert api.get(path).json["metadata"] == [] and api.call("DELETE", path).status == 204


@pytest.mark.parametrize("body", [{}, {"metadata": None}, {"metadata": "a"}, {"metadata": [1]}])
def test_metadata_are_strings(api: Api, zone: str, body: dict):
    assert api.call("PUT", f"zones/{zone}/metadata/X-OWNER", body).status == 422
    assert api.call("POST", f"zones/{zone}/metadata", {"kind": "X-OWNER", **body}).status == 422


def test_search(api: Api, zone: str):
    name = f"needle.{zone}"
    api.patch(zone, rrset(name, "A", "192.0.2.1", comments=[{"content": "a thread"}]))
    (found,) = api.get(f"search-data?q=needle.{zone[:-1]}&max=10").json
    assert found == {
        "content": "192.0.2.1",
        "disabled": False,
        "name": name,
        "object_type": "record",
        "ttl": 3600,
        "type": "A",
        "zone": zone,
        "zone_id": zone,
    }
    assert [one["object_type"] for one in api.get(f"search-data?q={zone}&object_type=zone").json] == ["zone"]
    assert [one["name"] for one in api.get("search-data?q=a%20th*&object_type=comment").json] == [name]
    assert len(api.get(f"search-data?q=*{zone}&max=2").json) == 2
    assert api.get("search-data?q=x&max=0").status == 422 and api.get("search-data").status == 422
