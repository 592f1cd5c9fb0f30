"""A change is taken back whole, in all its zones, and what is printed for that works as it is printed."""

import shlex

import pytest
from process import truename
from test_verbs import Verbs

HOST = "$TTL 300\n@ SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\nwww A 192.0.2.1\n"
PARKED = (
    "$TTL 300\n@ SOA ns1.host.example. h 1 7200 3600 1209600 300\n@ NS ns1.host.example.\nwww CNAME www.host.example.\n"
)
ZONES = ("host.example.", "parked.example.", "other.example.")


@pytest.fixture(params=["server", "offline"])
def three(request, tmp_path):
    """Three zones, imported at once; names of two are aliases of the first one's."""
    server = request.getfixturevalue("serve")() if request.param == "server" else None
    verbs = Verbs(tmp_path, server)
    texts = dict.fromkeys(ZONES, PARKED) | {"host.example.": HOST}
    verbs.change("zone", "import", *(verbs.file(f"{zone}zone", text) for zone, text in texts.items()))
    return verbs


def kept(verbs):
    return {zone: verbs.contents(zone, "--owner", "www") for zone in ZONES}


def test_a_rename_over_zones(three):
    before = kept(three)
    three.change("alias", "rename", "www.host.example", "web.host.example")
    renamed = kept(three)
    assert renamed["parked.example."] == {("www.parked.example.", "CNAME"): ["web.host.example."]}
    run = three.change("zone", "undo", "parked.example")
    assert "Plan: 1 to add, 2 to change, 1 to delete in 3 zones" in run.stdout and kept(three) == before
    assert all(f"{zone} is at serial 3" in run.stderr for zone in ZONES)
    assert (
        "together with parked.example., host.example.\n"
        in three("zone", "history", "other.example", "--limit", "1").stdout
    )
    newest = [three.json("zone", "history", zone)[0] for zone in ZONES]
    assert len({one["change"] for one in newest}) == 1 and all(sorted(one["zones"]) == sorted(ZONES) for one in newest)
    three.change("zone", "undo", "host.example")  # what was taken back
    assert kept(three) == renamed


def test_a_part_of_it(three):
    before = kept(three)
    three.change("alias", "retire", "www.host.example", "--repoint", "ns1.host.example")
    retired = kept(three)
    three.change("record", "set", "parked.example", "www", "A", "192.0.2.9", "--ttl", "60", status=1)  # beside a CNAME
    three.change("record", "delete", "parked.example", "www", "CNAME")
    run = three.change("zone", "undo", "host.example", "2", status=1)
    assert "Changed in between:\n  www.parked.example." in run.stdout and "--only-this-zone" in run.stderr
    assert kept(three)["other.example."] == retired["other.example."]
    three.change("zone", "undo", "host.example", "2", "--only-this-zone")
    assert kept(three) == {**retired, "parked.example.": {}, "host.example.": before["host.example."]}


def test_an_import_of_several_zones(three):
    run = three("zone", "undo", "other.example", "--dry-run")
    assert all(f"{zone}  the zone is deleted, serial 1" in run.stdout for zone in ZONES)
    three.change("zone", "undo", "other.example", "1")
    assert three.json("zone", "list") == []
    three.change("zone", "undo", "host.example")
    assert sorted(one["name"] for one in three.json("zone", "list")) == sorted(ZONES)


def test_what_brings_a_zone_back_is_printed_as_it_is_typed(three):
    before = kept(three)
    run = three.change("zone", "delete", "parked.example")
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("to bring it back: ")]
    command = shlex.split(line.removeprefix("to bring it back: "))
    assert command[0] == "truename" and str(three.directory) in command
    again = truename(*command[1:], "--yes", cwd=three.cwd)
    assert again.returncode == 0, again.stderr
    assert kept(three) == before
