"""Verbs and the API with what nobody should type: said in words, with the status of what it is, and nothing stored."""

import json

import pytest
from test_verbs import CHAIN, Verbs

from clients.api import Api, rrset, running

ZONE = "example.com."
SOA = "ns1.example.com. h.example.com. 1 2 3 4 5"


@pytest.fixture
def example(tmp_path):
    """example.com, without a server."""
    verbs = Verbs(tmp_path)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin=ZONE)))
    return verbs


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running(tmp_path_factory.mktemp("hostile")) as found:
        assert found.create(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.1")).status == 201
        yield found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("zone", "create", "https://example.org/"), "is a URL"),
        (("zone", "create", "a b.example"), "has a space"),
        (("zone", "create", "exa\nmple.org"), "has a space"),
        (("zone", "create", "192.0.2.1"), "is an address"),
        (("zone", "create", "@"), "stands for a zone"),
        (("zone", "create", "a\\"), "ends in a backslash"),
        (("zone", "set", "example.com", b"account=\xff"), "not UTF-8: octet 0xff"),
        (("zone", "set", "example.com", "account=a\x1b[1m"), "cannot be shown"),
        (("zone", "set", "example.com", "masters=nonsense"), "is no address"),
        (("record", "set", "example.com", "a\\", "A", "192.0.2.1"), "ends in a backslash"),
        (("record", "set", "example.com", "a", "CNAME", "b\\"), "ends in a backslash"),
        (("alias", "point", "a.example.com", "a..b"), "empty label"),
        (("alias", "point", "@", "example.com"), "stands for a zone"),
        (("alias", "rename", "www.example.com", "b\\"), "ends in a backslash"),
    ],
)
def test_what_was_hardly_meant_is_wrong_usage(example, words, said):
    before = example.contents(), example.json("zone", "list")
    for more in ((), ("--json",)):
        run = example.change(*words, *more, status=2)
        assert said in run.stderr and run.stderr.startswith("error: ") and run.stdout == ""
    assert (example.contents(), example.json("zone", "list")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("www2", "TYPE99999", "\\# 0"), '"TYPE99999" is no record type'),
        (("@", "SOA", SOA, SOA.replace("1 2", "2 2")), "has a second SOA record"),
        (("t", "TXT", '"' + "x" * 70_000 + '"'), "..."),
    ],
)
def test_what_no_zone_can_hold_is_refused(example, words, said):
    before = example.contents()
    run = example.change("record", "set", "example.com", *words, status=1)
    assert said in run.stderr and len(run.stderr) < 1000
    assert example.contents() == before


def test_a_type_that_is_none_is_not_just_absent(example):
    assert "is no record type" in example.change("record", "delete", "example.com", "www", "CNAMEE", status=1).stderr
    assert example.change("record", "delete", "example.com", "www", "TXT").stdout == "No changes.\n"
    assert example.change("record", "delete", "example.com", "www", "TYPE700").stdout == "No changes.\n"
    for words, said in (
        (("www", "TXT"), "www.example.com. has no TXT; it has CNAME\n"),
        (("wwww", "A"), "wwww.example.com. has no records\n"),
        (("ns1", "A", "192.0.2.254"), "ns1.example.com. A has no such record\n"),
    ):
        assert example.change("record", "delete", "example.com", *words).stderr == said
    for words, said in (
        (("--owner", "wwww"), "wwww.example.com. has no records\n"),
        (("--type", "LOC"), "has no LOC\n"),
    ):
        run = example("record", "list", "example.com", *words, status=0)
        assert run.stdout == "" and run.stderr.endswith(said)


def test_files_that_are_hardly_zones(example):
    for name, octets in (("empty.example.zone", b""), ("said.example.zone", b"; nothing yet\r\n\r\n")):
        (example.cwd / name).write_bytes(octets)
        assert "holds no record" in example.change("zone", "import", example.cwd / name, status=1).stderr
    text = CHAIN.format(origin="example.net.").encode()
    (example.cwd / "crlf.zone").write_bytes(text.replace(b"\n", b"\r\n") + b'caf\xe9 TXT "caf\xe9"\r\n')
    run = example.change("zone", "import", example.cwd / "crlf.zone", status=1)
    assert "[odd-owner]" in run.stdout and "--accept odd-owner" in run.stderr
    example.change("zone", "import", example.cwd / "crlf.zone", "--accept", "odd-owner")
    assert example.contents("example.net")["caf\\233.example.net.", "TXT"] == ['"caf\\233"']
    for odd in (text.decode().encode("utf-16"), b"\x00" + text):
        (example.cwd / "odd.zone").write_bytes(odd)
        assert "[zone-malformed]" in example.change("zone", "import", example.cwd / "odd.zone", status=1).stdout


def test_one_file_twice(example):
    path = example.file("twice.zone", CHAIN.format(origin="example.net.").replace("$ORIGIN example.net.\n", ""))
    run = example.change("zone", "import", f"a.example={path}", f"a.example={path}", status=2)
    assert "are both the zone a.example." in run.stderr
    example.change("zone", "import", f"a.example={path}", f"b.example={path}")
    assert {one["name"] for one in example.json("zone", "list")} == {ZONE, "a.example.", "b.example."}


def test_undo_twice_and_undo_of_an_undo(example):
    example.change("record", "set", "example.com", r"a\.b", "A", "192.0.2.7")
    first = example.json("zone", "history", "example.com")[0]["serial"]
    example.change("zone", "undo", "example.com", first)
    run = example.change("zone", "undo", "example.com", first, status=1)
    assert r"error: a\.b.example.com. was changed since serial" in run.stderr and "take back the later" in run.stderr
    refused = example.json("zone", "undo", "example.com", first, "--yes", status=1)
    assert refused["changed"] == [r"a\.b.example.com."] and refused["serial"] == first + 1
    example.change("zone", "undo", "example.com", first + 1)
    assert example.contents()[r"a\.b.example.com.", "A"] == ["192.0.2.7"]


def test_a_long_history_comes_in_pages(example, monkeypatch):
    from truename.cli import zones

    for number in range(1, 7):
        example.change("record", "set", "example.com", "n", "A", f"192.0.2.{number}")
    whole = example.json("zone", "history", "example.com")
    assert len(whole) == 7
    monkeypatch.setattr(zones, "PAGE", 2)
    for most, expected in ((5, 5), (6, 6), (10_000, 7)):
        assert example.json("zone", "history", "example.com", "--limit", most) == whole[:expected]
    example.change("zone", "delete", "example.com")
    assert len(example.json("zone", "history", "example.com", "--limit", 10_000)) == 8


def test_who_reaches_a_name_from_zones_of_others_is_not_told(example):
    example.change("zone", "import", example.file("b.zone", CHAIN.format(origin="example.org.")))
    example.change("record", "set", "example.org", "a", "CNAME", "ns1.example.com.")
    key = example("key", "create", "bound", "--role", "editor", "--zone", "example.com").stdout.strip()
    shown = example("impact", "ns1.example.com", "--key", key).stdout
    assert "example.org" not in shown and "more: --limit" not in shown
    assert "not read" not in shown


def test_keys_that_are_none(example, api: Api):
    run = example("key", "create", "admin.key", "--role", "viewer", status=1)
    assert "is the key in the data directory" in run.stderr
    run = example("zone", "list", "--api", api.url, "--key", "a\nb", status=2)
    assert "cannot be asked" in run.stderr and "running" not in run.stderr


def test_an_soa_that_is_not_one(api: Api):
    """Two, none that is served, none at all: what would leave the zone unserved is refused, and it is served on."""
    disabled = {**rrset(ZONE, "SOA", SOA), "records": [{"content": SOA, "disabled": True}]}
    before = api.get(f"zones/{ZONE}").json
    for one in (rrset(ZONE, "SOA", SOA, SOA.replace("1 2", "2 2")), disabled, rrset(ZONE, "SOA", op="DELETE")):
        reply = api.patch(ZONE, one)
        assert reply.status == 422 and [found["rule"] for found in reply.json["findings"]] == ["zone-malformed"]
    assert api.get(f"zones/{ZONE}").json == before and api.ask(f"www.{ZONE}") == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("PUT", f"zones/{ZONE}", {"masters": ["192.0.2.1:0"]}, "is no address"),
        ("PUT", f"zones/{ZONE}", {"masters": ["192.0.2.1", ""]}, "is no address"),
        ("PUT", f"zones/{ZONE}", {"account": "a\x00b"}, "cannot be shown"),
        ("PUT", f"zones/{ZONE}", {"soa_edit_api": "a\nb"}, "cannot be shown"),
        ("POST", "zones", {"name": "x.example.", "zone": "; nothing"}, "holds no record"),
        ("PUT", f"zones/{ZONE}/text", b"", "holds no record"),
        ("POST", f"names/www.{ZONE}/point", {"target": "a..b"}, "empty label"),
        ("POST", f"zones/{ZONE}/undo", {"serial": "x"}, "Expected int"),
        ("PATCH", f"zones/{ZONE}?base_serial=x", {"rrsets": []}, "base_serial"),
        ("PATCH", f"zones/{ZONE}", {"rrsets": [rrset(f"www.{ZONE}", "BOGUS", op="DELETE")]}, "is no record type"),
    ],
)
def test_requests_that_are_refused(api: Api, method, path, body, said):
    reply = api.call(method, path, body)
    assert reply.status == 422 and said in reply.json["error"], reply.text


@pytest.mark.parametrize(("at", "status"), [(-1, 422), (0, 200), (2**53 - 1, 200), (2**53, 422), (2**70, 422)])
def test_times_of_comments(api: Api, at: int, status: int):
    comments = [{"content": "\x00 \x1b", "account": "x", "modified_at": at}]
    reply = api.patch(ZONE, rrset(f"www.{ZONE}", "A", "192.0.2.1", comments=comments), flags="?dry_run=true")
    assert reply.status == status, reply.text
    if status == 200:
        assert json.loads(reply.body)["changes"][0]["after"]["comments"] == comments


def test_masters_that_are_addresses(api: Api):
    masters = ["192.0.2.1", "192.0.2.1:5300", "2001:db8::1", "[2001:db8::1]:53"]
    assert api.call("PUT", f"zones/{ZONE}", {"masters": masters}).status == 204
    assert api.get(f"zones/{ZONE}").json["masters"] == masters
