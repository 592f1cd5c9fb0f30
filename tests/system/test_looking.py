"""`impact` and `search`, over zones of the database and of files."""

import json

import pytest
from process import truename

STORED = """\
$TTL 3600
@      SOA   ns1 hostmaster 1 7200 3600 1209600 300
       NS    ns1
ns1    A     192.0.2.53
web    A     192.0.2.80
web    AAAA  2001:db8::80
www    CNAME web
shop   CNAME www
80.rev PTR   web
xn--bcher-kva A 192.0.2.81
child  NS    ns.child
ns.child A   192.0.2.80
"""
FROM_FILE = """\
$ORIGIN example.org.
$TTL 600
@    SOA   ns1.example.com. hostmaster 1 7200 3600 1209600 300
     NS    ns1.example.com.
own  A     192.0.2.80
svc  HTTPS 1 . ipv4hint=192.0.2.80
www  CNAME web.example.com.
"""


@pytest.fixture
def look(serve, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "example.org.zone").write_text(FROM_FILE)
    stored = tmp_path / "example.com.zone"
    stored.write_text(STORED)
    serve(tmp_path / "files")

    def run(*words, status=0):
        done = truename(*words, "--data", tmp_path / "truename-data", cwd=tmp_path)
        assert done.returncode == status, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    run("zone", "import", stored, "--yes")
    return run


def test_impact_of_an_address(look):
    found = json.loads(look("impact", "192.0.2.80", "--json").stdout)
    rows = {(one["name"], one["type"], one["zone"]): one["path"][1:] for one in found["reached_by"]}
    assert (found["name"], found["count"], len(rows)) == ("192.0.2.80", 9, 9)
    assert rows["own.example.org.", "A", "example.org."] == ["192.0.2.80"]
    assert rows["svc.example.org.", "HTTPS", "example.org."] == ["192.0.2.80"]
    assert rows["ns.child.example.com.", "A", "example.com."] == ["192.0.2.80"]
    assert rows["www.example.org.", "CNAME", "example.org."] == ["web.example.com.", "192.0.2.80"]
    assert rows["80.rev.example.com.", "PTR", "example.com."] == ["web.example.com.", "192.0.2.80"]
    six = look("impact", "2001:0DB8:0::80").stdout
    assert six.startswith("5 names have 2001:db8::80") and "shop.example.com." in six
    assert look("impact", "192.0.2.99").stdout == "no name has 192.0.2.99\n"


def test_a_name_that_does_not_exist_is_said_not_to(look):
    assert look("impact", "nothere.example.com").stdout == "nothere.example.com. does not exist in example.com.\n"
    assert look("impact", "www.example.net").stdout == "www.example.net. is in no zone kept here\n"
    assert look("impact", "x.child.example.com").stdout == "x.child.example.com. is delegated away by example.com.\n"
    assert look("impact", "shop.example.com").stdout == "nothing reaches shop.example.com.\n"
    assert look("impact", "rev.example.com").stdout == "nothing reaches rev.example.com.\n"
    found = json.loads(look("impact", "nothere.example.com", "--json").stdout)
    assert (found["count"], found["reached_by"], found["exists"]) == (0, [], False)


def hits(look, text):
    return {(one["name"], one.get("type", "zone")) for one in json.loads(look("search", text, "--json").stdout)}


def test_search(look):
    assert hits(look, "192.0.2.8") >= {
        ("web.example.com.", "A"),
        ("own.example.org.", "A"),
        ("svc.example.org.", "HTTPS"),
    }
    assert hits(look, "2001:DB8:0:0::80") == {("web.example.com.", "AAAA")}
    assert hits(look, "WEB.example") >= {("80.rev.example.com.", "PTR"), ("www.example.org.", "CNAME")}
    assert hits(look, "*.org.") >= {("example.org.", "zone"), ("own.example.org.", "A")}
    for text in ("bücher", "BÜCH", "xn--bcher"):
        assert hits(look, text) == {("xn--bcher-kva.example.com.", "A")}
    shown = look("search", "büch").stdout
    assert "xn--bcher-kva.example.com. (bücher.example.com.)" in shown and "192.0.2.81" in shown


def test_search_that_finds_nothing(look):
    done = look("search", "nobody", status=1)
    assert (done.stdout, done.stderr) == ("", 'nothing here has "nobody" in it\n')
    assert json.loads(look("search", "nobody", "--json", status=1).stdout) == []
    assert "empty TEXT" in look("search", " ", status=2).stderr
    assert "there is more" in look("search", "example", "--limit", "2").stderr


def test_rename_that_keeps_an_alias(look):
    shown = look("alias", "rename", "www.example.com", "w3.example.com.", "--keep-alias", "--yes").stdout
    assert "Who notices:" in shown and "shop.example.com." in shown
    found = json.loads(look("impact", "w3.example.com", "--json").stdout)
    assert {(one["name"], one["type"]) for one in found["reached_by"]} == {
        ("www.example.com.", "CNAME"),
        ("shop.example.com.", "CNAME"),
    }
    assert json.loads(look("explain", "www.example.com", "--json").stdout)["canonical_name"] == "web.example.com."


def test_rename_to_a_name_that_others_name_asks(look):
    record = ("record", "set", "example.com", "api", "CNAME", "origin.example.com.", "--yes")
    look(*record, "--accept", "target-missing")
    refused = look("alias", "rename", "shop.example.com", "origin.example.com.", "--yes", status=1)
    assert "--accept name-already-named" in refused.stderr
    look("alias", "rename", "shop.example.com", "origin.example.com.", "--yes", "--accept", "name-already-named")
