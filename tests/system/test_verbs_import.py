"""A running world is taken over: files and folders, octoDNS, a server; and given away again."""

import contextlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from test_verbs import CHAIN, Verbs

from truename import _core

CASES = Path(__file__).parents[1] / "cases"
EXAMPLES = Path(__file__).parents[2] / "examples" / "zones"


@pytest.fixture
def verbs(tmp_path):
    return Verbs(tmp_path)


def canonical(text: bytes, origin: str) -> list[bytes]:
    """Lines in an order of their own, without the serial."""
    found = _core.read_text(text, origin)
    assert [problem.message for problem in found.problems] == []
    lines = found.lines().splitlines()
    return sorted(
        b" ".join(w for at, w in enumerate(line.split(b" ")) if at != 6) if b" IN SOA " in line else line
        for line in lines
    )


def exported(verbs, zone):
    return verbs("zone", "export", zone).stdout.encode()


def checkzone(zone, path):
    run = subprocess.run(
        ["named-checkzone", "-i", "none", "-k", "ignore", zone, path], capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout + run.stderr


def test_examples_there_and_back(verbs, tmp_path):
    run = verbs.change("zone", "import", EXAMPLES)
    assert "example.com.  new zone" in run.stdout and "example.org.  new zone" in run.stdout
    for zone in ("example.com", "example.org"):
        text = exported(verbs, zone)
        assert canonical(text, zone) == canonical((EXAMPLES / f"{zone}.zone").read_bytes(), zone)
        (tmp_path / "out").write_bytes(text)
        status, said = checkzone(zone, tmp_path / "out")
        assert status == 0, said
        assert verbs.change("zone", "import", tmp_path / "out").stdout == "No changes.\n"
        assert exported(verbs, zone) == text


def test_every_type_there_and_back(verbs, tmp_path):
    """What we export, BIND accepts; and it is what was imported."""
    path = CASES / "alltypes.zone"
    verbs.change("zone", "import", path, "--accept", ACCEPTED)
    text = exported(verbs, ALL)
    assert canonical(text, ALL) == canonical(path.read_bytes(), ALL)
    (tmp_path / "out").write_bytes(text)
    # BIND looks into ATMA, for which RFC 1035's successors have no presentation form, and wants digits there.
    known = [line for line in text.splitlines(keepends=True) if b" ATMA " not in line]
    (tmp_path / "known").write_bytes(b"".join(known))
    status, said = checkzone(ALL, tmp_path / "known")
    assert status == 0, said
    again = Verbs(tmp_path / "again")
    again.cwd.mkdir()
    again.change("zone", "import", tmp_path / "out", "--accept", ACCEPTED)
    assert canonical(exported(again, ALL), ALL) == canonical(text, ALL)


ALL = "alltypes.example"
ACCEPTED = ",".join(
    [
        *("target-missing", "target-without-data", "mx-target-is-alias", "srv-target-is-alias", "ns-target-is-alias"),
        *("glue-missing", "missing-trailing-dot", "target-malformed", "target-is-address", "alias-below-cut"),
    ]
)


def test_all_findings_at_once_and_nothing_stored(verbs):
    text = CHAIN.format(origin="example.com.") + "a CNAME 192.0.2.1\nb CNAME nowhere\nwww TXT x\n"
    path = verbs.file("example.com.zone", text)
    run = verbs.change("zone", "import", path, status=1)
    for rule in ("target-is-address", "target-missing", "alias-with-other-data"):
        assert f"[{rule}]" in run.stdout
    assert run.stderr.endswith("hint: nothing was stored; mend the zone, and import it again\n")
    assert verbs.json("zone", "list") == []
    shown = verbs.json("zone", "import", path, "--yes", status=1)
    assert len({finding["rule"] for finding in shown["findings"]}) == 3


def test_what_is_accepted_is_let_through_and_kept_in_the_history(verbs):
    path = verbs.file("example.com.zone", CHAIN.format(origin="example.com.") + "b CNAME nowhere\n")
    assert "[target-missing]" in verbs.change("zone", "import", path, status=1).stdout
    verbs.change("zone", "import", path, "--accept", "target-missing")
    assert verbs.json("zone", "history", "example.com")[0]["accepted"] == ["target-missing"]


def test_unreadable_text_is_told_with_its_place(verbs):
    first = verbs.file("example.com.zone", CHAIN.format(origin="example.com.") + "a A nonsense\n\nb NONSENSE x\n")
    second = verbs.file("example.org.zone", CHAIN.format(origin="example.org.") + "$INCLUDE absent\n")
    run = verbs.change("zone", "import", first, second, status=1)
    places = re.findall(r"/(example\....\.zone:\d+):\d+: error\[zone-malformed\]", run.stdout)
    assert places == ["example.com.zone:9", "example.com.zone:11", "example.org.zone:9"]
    assert "   9 | a A nonsense\n     |     ^^^^^^^^\n" in run.stdout
    assert run.stderr.startswith("error: 3 places") and verbs.json("zone", "list") == []
    shown = verbs.json("zone", "import", first, "--yes", status=1)
    assert [finding["line"] for finding in shown["findings"]] == [9, 11]


def test_zones_that_name_each_other_come_together(verbs):
    one = verbs.file("example.com.zone", CHAIN.format(origin="example.com.") + "x CNAME x.example.org.\n")
    other = verbs.file("example.org.zone", CHAIN.format(origin="example.org.") + "x CNAME x.example.com.\n")
    run = verbs.change("zone", "import", one, other, status=1)
    assert "[alias-loop]" in run.stdout and verbs.json("zone", "list") == []
    verbs.file("example.org.zone", CHAIN.format(origin="example.org.") + "x A 192.0.2.3\n")
    verbs.change("zone", "import", one, other)
    assert len(verbs.json("zone", "list")) == 2


def test_one_zone_twice(verbs):
    one = verbs.file("example.com.zone", CHAIN.format(origin="example.com."))
    other = verbs.file("other", CHAIN.format(origin="example.com."))
    run = verbs.change("zone", "import", one, other, status=2)
    assert "are both the zone example.com." in run.stderr


def test_a_file_called_by_addresses_is_asked_about(verbs):
    text = "$TTL 60\n@ SOA ns1.example.com. h.example.com. 1 2 3 4 5\n@ NS ns1.example.com.\n1 PTR www.example.com.\n"
    file = verbs.file("db.192.0.2", text)
    run = verbs.change("zone", "import", file, status=2)
    assert f"2.0.192.in-addr.arpa={file}" in run.stderr
    verbs.change("zone", "import", f"2.0.192.in-addr.arpa={file}")
    assert [one["name"] for one in verbs.json("zone", "list")] == ["2.0.192.in-addr.arpa."]


def test_a_second_import_replaces(verbs):
    path = verbs.file("example.com.zone", CHAIN.format(origin="example.com."))
    verbs.change("zone", "import", path)
    serial = verbs.json("zone", "show", "example.com")["serial"]
    path.write_text(CHAIN.format(origin="example.com.").replace("shop  CNAME www", "store CNAME www"))
    run = verbs.change("zone", "import", path)
    assert "-  shop.example.com." in run.stdout and "+  store.example.com." in run.stdout
    assert "Plan: 1 to add, 0 to change, 1 to delete" in run.stdout
    assert verbs.json("zone", "show", "example.com")["serial"] > serial


def test_includes_and_octets_that_are_no_text(verbs):
    verbs.file("hosts", "a A 192.0.2.1\n")
    path = verbs.cwd / "example.com.zone"
    path.write_bytes(CHAIN.format(origin="example.com.").encode() + b'$INCLUDE hosts\nt TXT "\xe9\xff" ; \xe9\n')
    verbs.change("zone", "import", path)
    assert verbs.contents()["a.example.com.", "A"] == ["192.0.2.1"]
    assert verbs.contents()["t.example.com.", "TXT"] == ['"\\233\\255"']


def test_octodns(verbs, tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "production.yaml").write_text("zones: {}\n")
    (folder / "example.com.yaml").write_text(
        "'':\n  - type: A\n    value: 192.0.2.1\n  - type: NS\n    values: [ns1.example.com., ns2.example.net.]\n"
        "  - type: TXT\n    value: v=DMARC1\\; p=none\nns1: {type: A, value: 192.0.2.53}\n"
        "www: {type: CNAME, ttl: 60, value: example.com.}\n"
    )
    verbs.change("zone", "import", folder)
    there = verbs.contents()
    assert there["example.com.", "TXT"] == ['"v=DMARC1; p=none"']
    assert there["example.com.", "SOA"][0].startswith("ns1.example.com. hostmaster.example.com. ")
    soa = there["example.com.", "SOA"]
    assert verbs.change("zone", "import", folder).stdout == "No changes.\n"
    assert verbs.contents()["example.com.", "SOA"] == soa
    (folder / "example.com.yaml").write_text("www: {type: URLFWD, values: []}\n")
    run = verbs.change("zone", "import", folder, status=1)
    assert "URLFWD is no DNS record" in run.stdout and ":1:" in run.stdout


@contextlib.contextmanager
def transferring(tmp_path, texts):
    """An NSD that gives its zones away."""
    import servers

    directory = tmp_path / "nsd"
    directory.mkdir()
    zones = []
    for zone, text in texts.items():
        (directory / f"{zone}.zone").write_text(text)
        zones.append(servers.ZoneFile(zone, directory / f"{zone}.zone"))

    def command(port):
        config = directory / "nsd.conf"
        text = servers._nsd_config(zones, directory, port)
        config.write_text(text.replace("  zonefile:", "  provide-xfr: 127.0.0.1 NOKEY\n  zonefile:"))
        return [servers._installed("nsd"), "-d", "-c", str(config)]

    with servers._serve("nsd", command, directory, is_ready=servers._answers) as running:
        yield f"127.0.0.1:{running.port}"


def test_axfr(verbs, tmp_path):
    text = (EXAMPLES / "example.com.zone").read_text()
    with transferring(tmp_path, {"example.com.": text}) as where:
        verbs.change("zone", "import", "--axfr", where, "--origin", "example.com")
        refused = verbs.change("zone", "import", "--axfr", where, "--origin", "example.net", status=2)
    assert "AXFR of example.net." in refused.stderr and "allow transfers" in refused.stderr
    assert canonical(exported(verbs, "example.com"), "example.com") == canonical(text.encode(), "example.com")


def test_a_million_records_come_and_go_through_the_same_door(serve, tmp_path):
    """A smaller number of them: the time of a million is the bench's to tell."""
    verbs = Verbs(tmp_path, serve())
    hosts = "".join(f"h{i} A 192.0.{i % 250}.{i // 250 % 250}\n" for i in range(20_000))
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.") + hosts))
    assert exported(verbs, "example.com").count(b"\n") > 20_000
    plan = json.loads(verbs("zone", "delete", "example.com", "--dry-run", "--json").stdout)
    assert plan["change_count"] > 20_000
