"""The verbs that read and change zones: with a server that runs, and with the database alone. Both must be the same."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

import pytest
from process import truename

from truename import cli

CHAIN = """\
$ORIGIN {origin}
$TTL 3600
@     SOA   ns1 hostmaster 1 7200 3600 1209600 3600
      NS    ns1
ns1   A     192.0.2.53
@     A     192.0.2.1
www   CNAME @
shop  CNAME www
"""


def here(words, input=""):  # noqa: A002 - as subprocess.run has it
    """What `truename WORDS` does, in this process: without a server, each verb imports what a server does."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(errors), mock.patch.object(sys, "stdin", io.StringIO(input)):
        status = cli.run([os.fsdecode(word) if isinstance(word, bytes) else str(word) for word in words])
    texts = []
    for stream in (out, errors):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return subprocess.CompletedProcess(words, status, *texts)


class Verbs:
    """`truename VERB ...` about one data directory, with or without a server over it."""

    def __init__(self, tmp_path, server=None):
        self.directory = tmp_path / "truename-data"
        self.cwd = tmp_path
        self.server = server

    def __call__(self, *words, status=0, **options):
        arguments = [*words, "--data", self.directory]
        if self.server is None and not options.keys() - {"input"}:
            run = here(arguments, **options)
        else:
            run = truename(*arguments, cwd=self.cwd, **options)
        assert "Traceback" not in run.stderr, run.stderr
        assert run.returncode == status, (run.returncode, run.stdout, run.stderr)
        return run

    def json(self, *words, status=0, **options):
        return json.loads(self(*words, "--json", status=status, **options).stdout)

    def change(self, *words, **options):
        return self(*words, "--yes", **options)

    def contents(self, zone="example.com", *words):
        return {
            (one["name"], one["type"]): sorted(record["content"] for record in one["records"])
            for one in self.json("record", "list", zone, *words)
        }

    def file(self, name, text):
        (self.cwd / name).write_text(text)
        return self.cwd / name


@pytest.fixture(params=["server", "offline"])
def verbs(request, tmp_path):
    if request.param == "offline":
        return Verbs(tmp_path)
    return Verbs(tmp_path, request.getfixturevalue("serve")())


@pytest.fixture
def example(verbs):
    """The same with example.com in it."""
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    return verbs


def test_a_zone_from_its_making_to_its_end(verbs):
    new = ("zone", "create", "example.com", "--ns", "ns1")
    assert "--accept target-missing" in verbs.change(*new, status=1).stderr and verbs.json("zone", "list") == []
    assert "--ns NAME=ADDRESS" in verbs(*new, "--dry-run", status=1).stdout
    assert verbs.json(*new, "--yes", "--accept", "target-missing")["saved"] is True
    verbs.change("zone", "create", "example.net", "--ns", "ns1=192.0.2.53,2001:db8::53", "--ns", "ns2.example.org")
    assert verbs.contents("example.net")["example.net.", "NS"] == ["ns1.example.net.", "ns2.example.org."]
    assert verbs.contents("example.net")["ns1.example.net.", "AAAA"] == ["2001:db8::53"]
    assert "no address" in verbs.change("zone", "create", "example.org", "--ns", "ns1=mail", status=2).stderr
    verbs.change("zone", "delete", "example.net")
    (listed,) = verbs.json("zone", "list")
    assert (listed["name"], listed["kind"]) == ("example.com.", "Native")
    assert "example.com." in verbs("zone", "list").stdout
    shown = verbs("zone", "show", "Example.COM").stdout
    assert ["kind", "Native"] in [line.split() for line in shown.splitlines()]
    assert verbs.contents()["example.com.", "NS"] == ["ns1.example.com."]
    assert "exists" in verbs.change("zone", "create", "example.com", status=1).stderr
    verbs.change("zone", "set", "example.com", "kind=Master", "account=ann")
    assert verbs.json("zone", "show", "example.com")["account"] == "ann"
    assert verbs.change("zone", "set", "example.com", "account=ann").stdout == "No changes.\n"
    verbs.change("zone", "delete", "example.com")
    assert verbs.json("zone", "list") == []
    gone = verbs("zone", "show", "example.com", status=2)
    assert gone.stdout == "" and "error: no zone example.com." in gone.stderr
    assert len(verbs.json("zone", "history", "example.com")) >= 2


def test_records_are_set_and_deleted(example):
    run = example.change("record", "set", "example.com", "new", "A", "192.0.2.8", "192.0.2.9", "--ttl", "60")
    assert "new.example.com.  A  60" in run.stdout and "Plan: 1 to add, 0 to change, 0 to delete" in run.stdout
    assert "example.com. is at serial" in run.stderr
    assert example.contents()["new.example.com.", "A"] == ["192.0.2.8", "192.0.2.9"]
    example.change("record", "delete", "example.com", "new", "A", "192.0.2.8")
    assert example.contents("example.com", "--owner", "new") == {("new.example.com.", "A"): ["192.0.2.9"]}
    example.change("record", "set", "example.com", "new", "A", "192.0.2.7")
    (one,) = example.json("record", "list", "example.com", "--owner", "new", "--type", "a")
    assert one["ttl"] == 60, "the TTL that was there stays"
    example.change("record", "delete", "example.com", "new", "A")
    assert ("new.example.com.", "A") not in example.contents()
    assert example.change("record", "delete", "example.com", "new", "A").stdout == "No changes.\n"


def test_records_are_added(example):
    words = ("record", "add", "example.com", "new", "TXT")
    run = example.change(*words, "one", "two", "--ttl", "5m", "--comment", "why")
    assert "Plan: 1 to add" in run.stdout and "; why" in run.stdout
    example.change(*words, "three", "--comment", "and more", "--disabled")
    (there,) = example.json("record", "list", "example.com", "--owner", "new")
    assert there["ttl"] == 300 and [one["content"] for one in there["comments"]] == ["why", "and more"]
    assert [(one["content"], one["disabled"]) for one in there["records"]] == [
        ('"one"', False),
        ('"two"', False),
        ('"three"', True),
    ]
    rows = [
        line.split(None, 2) for line in example("record", "list", "example.com", "--owner", "new").stdout.splitlines()
    ]
    assert ["new.example.com.", "300", 'TXT  "three"  (disabled)'] in rows
    assert ["new.example.com.", "TXT", "; and more"] in rows
    assert example.change(*words, "one").stdout == "No changes.\n"
    example.change(*words, "one", "--ttl", "1h")
    assert example.json("record", "list", "example.com", "--owner", "new")[0]["ttl"] == 3600
    run = example.change("record", "set", "example.com", "new", "TXT", "three", "four", "--comment", "")
    assert "2 records go from new.example.com. TXT, which `record add` would keep:" in run.stdout
    assert sorted(run.stdout.splitlines()[-2:]) == ['  "one"', '  "two"']
    (there,) = example.json("record", "list", "example.com", "--owner", "new")
    assert there["comments"] == [] and [one["disabled"] for one in there["records"]] == [False, False]


def test_names_are_read_one_way(example):
    example.change("zone", "create", "corp.internal", "--ns", "ns1.example.com")
    assert example.contents("corp.internal")["corp.internal.", "NS"] == ["ns1.example.com."]
    example.change("record", "add", "corp.internal", "web.corp.internal", "A", "192.0.2.7")
    example.change("record", "add", "example.com", "in.example.com", "CNAME", "web.corp.internal")
    example.change("alias", "point", "out.example.com", "www.example.org")
    example.change("alias", "point", "near.example.com", "www")
    there = example.contents()
    assert there["in.example.com.", "CNAME"] == ["web.corp.internal."]
    assert there["out.example.com.", "CNAME"] == ["www.example.org."]
    assert there["near.example.com.", "CNAME"] == ["www.example.com."]
    for words in (
        ("record", "set", "example.com", "a", "CNAME", "mail.lan"),
        ("record", "add", "example.com", "a", "MX", "10 mail.lan"),
        ("alias", "point", "a.example.com", "mail.lan"),
        ("alias", "rename", "near.example.com", "mail.lan"),
        ("alias", "retire", "www.example.com", "--repoint", "mail.lan"),
        ("zone", "create", "example.net", "--ns", "mail.lan"),
    ):
        run = example.change(*words, status=2)
        assert "mail.lan. or mail.lan.example." in run.stderr and run.stdout == ""
    example.change("alias", "rename", "near.example.com", "far")
    assert ("far.example.com.", "CNAME") in example.contents()


def test_data_are_typed_as_in_a_zone_file(example):
    for words, owner, rtype, content in [
        (("m", "MX", "10 mail.example.net"), "m", "MX", "10 mail.example.net."),
        (("m2", "MX", "10 ns1"), "m2", "MX", "10 ns1.example.com."),
        (("@", "TXT", "v=spf1 -all"), "", "TXT", '"v=spf1 -all"'),
        (("k._domainkey", "TXT", "v=DKIM1; p=" + "A" * 300), "k._domainkey.", "TXT", None),
        (("c", "CNAME", "@"), "c", "CNAME", "example.com."),
        (("bücher", "CNAME", "www"), "xn--bcher-kva", "CNAME", "www.example.com."),
        (("abs.example.com.", "AAAA", "2001:DB8::1"), "abs", "AAAA", "2001:db8::1"),
        (("@", "ALIAS", "www.example.net."), "", "ALIAS", "www.example.net."),
    ]:
        run = example.change("record", "set", "example.com", *words)
        name = f"{owner.rstrip('.')}.example.com." if owner else "example.com."
        found = example.contents()[name, rtype]
        assert content is None or found == [content], run.stdout
    assert example.contents()["k._domainkey.example.com.", "TXT"] == [f'"v=DKIM1; p={"A" * 244}" "{"A" * 56}"']
    assert "xn--bcher-kva.example.com. (bücher.example.com.)" in example("record", "list", "example.com").stdout


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("blog", "CNAME", "192.0.2.1"), "target-is-address"),
        (("blog", "CNAME", "https://example.net/"), "target-malformed"),
        (("www", "A", "192.0.2.1"), "alias-with-other-data"),
        (("@", "CNAME", "www.example.net."), "alias-at-apex"),
        (("@", "MX", "10 www"), "mx-target-is-alias"),
    ],
)
def test_a_refused_change_says_why_and_stores_nothing(example, words, rule):
    before = example.contents()
    run = example.change("record", "set", "example.com", *words, status=1)
    assert f"[{rule}]" in run.stdout and "hint: " in run.stdout
    assert run.stderr.startswith("error: ")
    refused = example.json("record", "set", "example.com", *words, "--yes", status=1)
    assert rule in [finding["rule"] for finding in refused["findings"]]
    assert example.contents() == before


def test_what_does_not_exist_is_asked_about_and_accepted_by_name(example):
    words = ("record", "set", "example.com", "blog", "CNAME", "nowhere")
    for more in (("--yes",), ("--dry-run",), ("--yes", "--accept", "glue-missing")):
        run = example(*words, *more, status=1)
        assert "[target-missing]" in run.stdout
        assert run.stderr.endswith("let it through as it is: --accept target-missing\n")
    assert ("blog.example.com.", "CNAME") not in example.contents()
    assert example.json(*words, "--dry-run", "--accept", "target-missing")["let_through"] == ["target-missing"]
    run = example.change(*words, "--accept", "glue-missing,target-missing")
    assert "[target-missing]" in run.stdout
    assert "target-missing" in example.json("zone", "history", "example.com")[0]["accepted"]
    found = example("zone", "check", "example.com", status=1)
    assert "error[target-missing] blog.example.com. CNAME" in found.stdout
    assert "target-missing" in [one["rule"] for one in example.json("zone", "check", "example.com", status=1)]


@pytest.mark.parametrize(
    "words",
    [
        ("record", "delete", "example.com", "ns1", "A"),
        ("record", "set", "example.com", "@", "MX", "10 nowhere"),
        ("alias", "point", "shop.example.com", "nowhere.example.com"),
        ("alias", "retire", "ns1.example.com", "--repoint", "nowhere.example.com"),
        ("zone", "create", "example.org", "--ns", "ns1"),
    ],
    ids=" ".join,
)
def test_yes_accepts_nothing(example, words):
    before = example.json("zone", "history", "example.com")
    refused = example.json(*words, "--yes", status=1)
    assert refused["asks"] and refused["saved"] is False
    assert {finding["rule"] for finding in refused["findings"]} >= set(refused["asks"])
    assert example.json("zone", "history", "example.com") == before and len(example.json("zone", "list")) == 1
    assert example.json(*words, "--yes", "--accept", ",".join(refused["asks"]))["saved"] is True


@pytest.mark.parametrize("rule", ["target-is-address", "alias-with-other-data", "zone-malformed"])
def test_what_refuses_is_accepted_by_nobody(example, rule):
    words = ("record", "set", "example.com", "blog", "CNAME", "192.0.2.1", "--yes", "--accept", rule)
    run = example(*words, status=1)
    assert f"--accept {rule} is of no use" in run.stderr and run.stderr.endswith("hint: nothing was stored\n")
    path = example.file("example.org.zone", CHAIN.format(origin="example.org.") + "a CNAME 192.0.2.1\nb CNAME nobody\n")
    run = example.change("zone", "import", path, "--accept", f"{rule},target-missing", status=1)
    assert "error[target-is-address]" in run.stdout and "hint: nothing was stored; mend the zone" in run.stderr
    assert ("blog.example.com.", "CNAME") not in example.contents() and len(example.json("zone", "list")) == 1


def test_a_zone_without_name_servers_is_made_and_says_so(verbs):
    run = verbs.change("zone", "create", "example.com")
    assert "[zone-malformed]" in run.stdout and "no NS record" in run.stdout
    assert verbs.json("zone", "show", "example.com")["name"] == "example.com."


def test_dry_run_changes_nothing(example):
    before = example.contents(), example.json("zone", "show", "example.com")["serial"]
    for words in (
        ("record", "set", "example.com", "new", "A", "192.0.2.8"),
        ("record", "delete", "example.com", "shop", "CNAME"),
        ("alias", "point", "shop.example.com", "ns1.example.com"),
        ("alias", "rename", "www.example.com", "web.example.com"),
        ("alias", "retire", "www.example.com", "--repoint", "example.com"),
        ("zone", "delete", "example.com"),
        ("zone", "create", "example.org", "--ns", "ns1.example.com."),
    ):
        assert "Plan: " in example(*words, "--dry-run").stdout
        assert example.json(*words, "--dry-run")["saved"] is False
    assert before == (example.contents(), example.json("zone", "show", "example.com")["serial"])
    assert len(example.json("zone", "list")) == 1


def test_nobody_to_ask_is_no_yes(example):
    before = example.contents()
    run = example("record", "set", "example.com", "new", "A", "192.0.2.8", status=1, stdin=-3)
    assert run.stdout == "" and "--yes" in run.stderr and before == example.contents()


def test_who_notices_is_shown(example):
    run = example("record", "set", "example.com", "@", "A", "192.0.2.99", "--dry-run")
    rows = [line.split() for line in run.stdout.splitlines()]
    assert ["shop.example.com.", "CNAME", "192.0.2.1", "->", "192.0.2.99", "after", "1", "h"] in rows
    assert ["example.com.", "A", "192.0.2.1", "->", "192.0.2.99", "after", "1", "h"] in rows
    assert rows[-1][-3:] == ["2", "aliases", "move"]
    found = example.json("impact", "example.com")
    assert found["count"] >= 2
    assert {one["name"] for one in found["reached_by"]} >= {"www.example.com.", "shop.example.com."}
    shown = example("impact", "example.com").stdout
    assert "shop.example.com." in shown and "www.example.com. -> example.com." in shown
    assert example("impact", "shop.example.com").stdout.startswith("nothing reaches shop.example.com.")


def test_point_rename_and_retire(example):
    example.change("alias", "point", "shop.example.com", "ns1.example.com", "--ttl", "77")
    (shop,) = example.json("record", "list", "example.com", "--owner", "shop")
    assert (shop["ttl"], shop["records"][0]["content"]) == (77, "ns1.example.com.")
    run = example.change("alias", "rename", "ns1.example.com", "ns2.example.com.")
    there = example.contents()
    assert there["shop.example.com.", "CNAME"] == ["ns2.example.com."] and ("ns1.example.com.", "A") not in there
    assert there["example.com.", "NS"] == ["ns2.example.com."], run.stdout
    run = example.change("alias", "retire", "ns2.example.com", status=1)
    assert "shop.example.com." in run.stdout + run.stderr
    example.change("alias", "retire", "shop.example.com")
    assert ("shop.example.com.", "CNAME") not in example.contents()


def test_history_and_undo(example):
    before = example.contents()
    example.change("record", "set", "example.com", "www", "CNAME", "ns1")
    example.change("record", "set", "example.com", "new", "A", "192.0.2.8")
    newest, changed, *_ = example.json("zone", "history", "example.com")
    assert newest["door"] == "cli" and newest["previous"] == changed["serial"]
    text = example("zone", "history", "example.com").stdout
    assert f"\n{changed['serial']}  " in text and "- www.example.com. 3600 IN CNAME example.com." in text
    example.change("zone", "undo", "example.com", changed["serial"])
    example.change("zone", "undo", "example.com", newest["serial"])
    after = example.contents()
    assert {key: value for key, value in after.items() if key[1] != "SOA"} == {
        key: value for key, value in before.items() if key[1] != "SOA"
    }
    assert example.change("zone", "undo", "example.com", "4000000000", status=1).stderr.startswith("error: ")


def test_undo_brings_back_properties_and_a_zone_with_them(example):
    before = example.json("zone", "show", "example.com")
    run = example.change("zone", "set", "example.com", "kind=Master", "account=ann", "masters=192.0.2.1,192.0.2.2")
    assert "~ masters: none -> 192.0.2.1,192.0.2.2" in run.stdout and "is at serial" in run.stderr
    newest = example.json("zone", "history", "example.com")[0]
    assert {"name": "kind", "before": "Native", "after": "Master"} in newest["properties"]
    assert "~ account: none -> ann" in example("zone", "history", "example.com").stdout
    kept = example.json("zone", "show", "example.com")
    example.change("zone", "delete", "example.com")
    gone = example.json("zone", "history", "example.com")[0]
    example.change("zone", "undo", "example.com", gone["serial"])
    again = example.json("zone", "show", "example.com")
    serials = {key: again[key] for key in ("serial", "edited_serial")}
    assert again == {**kept, **serials} and again["serial"] > kept["serial"]
    run = example.change("zone", "undo", "example.com", newest["serial"])
    assert "~ kind: Master -> Native" in run.stdout
    after = example.json("zone", "show", "example.com")
    assert [after[key] for key in ("kind", "account", "masters")] == [
        before[key] for key in ("kind", "account", "masters")
    ]


def test_keys_and_users(verbs):
    secret = verbs("key", "create", "ci", "--role", "viewer").stdout.strip()
    assert len(secret) > 20
    assert "ci" in verbs("key", "list").stdout and secret not in verbs("key", "list", "--json").stdout
    assert verbs.json("zone", "list", "--key", secret) == []
    refused = verbs("zone", "create", "example.com", "--yes", "--key", secret, status=1)
    assert refused.stderr.startswith("error: ")
    assert "ci" in verbs("key", "create", "ci", "--role", "viewer", status=1).stderr
    verbs("key", "revoke", "ci")
    assert verbs("zone", "list", "--key", secret, status=2).stderr.startswith("error: ")
    assert verbs("key", "revoke", "ci", status=2).stderr.startswith("error: ")
    verbs("user", "create", "ann", "--role", "editor", input="correct horse battery staple\n")
    assert verbs.json("user", "list")[0]["name"] == "ann"
    verbs("user", "passwd", "ann", input="another good passphrase\n")
    verbs("user", "delete", "ann")
    assert verbs.json("user", "list") == []
    assert verbs("user", "passwd", "ann", input="", status=2).stderr.startswith("error: ")


@pytest.mark.parametrize(
    "words",
    [
        ("record", "set", "example.com", "www", "CNAME", "www.internal", "--yes"),
        ("record", "set", "example.com", "new", "A", "192.0.2.1", "--ttl", "5x", "--yes"),
        ("record", "set", "example.com", "new", "A", "--yes"),
        ("record", "set", "example.com", "new", "A", "192.0.2.1", "--ttl", "-1", "--yes"),
        ("record", "set", "example.net", "new", "A", "192.0.2.1", "--yes"),
        ("record", "set", "example.com", "a..b", "A", "192.0.2.1", "--yes"),
        ("record", "set", "example.com", "x" * 64, "A", "192.0.2.1", "--yes"),
        ("record", "set", "example.com", b"\xff", "A", "192.0.2.1", "--yes"),
        ("record", "list", "a..b"),
        ("zone", "show", "example.net"),
        ("zone", "export", "example.net"),
        ("zone", "import", "absent.zone", "--yes"),
        ("zone", "import", "--yes"),
        ("zone", "import", "--axfr", "127.0.0.1:1", "--yes"),
        ("zone", "set", "example.com", "kind=Slave", "--yes"),
        ("zone", "set", "example.com", "nonsense=1", "--yes"),
        ("zone", "undo", "example.com", "x", "--yes"),
        ("zone", "nonsense"),
        ("alias", "point", "a.example.com", "--yes"),
        ("alias", "point", "a..b", "x.example.com", "--yes"),
        ("impact", "a..b"),
        ("key", "create", "x", "--role", "king"),
        ("key", "create", "", "--role", "viewer"),
    ],
    ids=lambda words: " ".join(map(str, words))[:60],
)
def test_wrong_usage(tmp_path, words):
    verbs = Verbs(tmp_path)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    run = verbs(*words, status=2)
    assert run.stdout == ""
    assert all(line.startswith(("error: ", "hint: ")) for line in run.stderr.splitlines()) and run.stderr


@pytest.mark.parametrize(
    "words", [("NONSENSE", "x"), ("A", "nonsense"), ("MX", "mail"), ("A", "192.0.2.1", "192.0.2.300")]
)
def test_data_that_cannot_be_read_are_refused(tmp_path, words):
    verbs = Verbs(tmp_path)
    verbs.change("zone", "create", "example.com", "--ns", "ns1.example.net.")
    run = verbs.change("record", "set", "example.com", "new", *words, status=1)
    assert run.stderr.startswith("error: ") and ("new.example.com.", words[0]) not in verbs.contents()


def test_without_a_directory_nothing_is_made(tmp_path):
    run = Verbs(tmp_path)("zone", "list", status=2)
    assert "no such directory" in run.stderr and list(tmp_path.iterdir()) == []


def test_a_change_in_between_is_told(serve, tmp_path):
    """A person looks at a plan while a program changes the zone."""
    from terminal import Terminal

    verbs = Verbs(tmp_path, serve())
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    with Terminal("record", "set", "example.com", "new", "A", "192.0.2.8", cwd=tmp_path) as person:
        person.wait_for("[y/N]")
        verbs.change("record", "set", "example.com", "new", "A", "192.0.2.9")
        person.type("y\n")
        assert person.wait() == 1
    assert "new.example.com." in person.text and "run it again" in person.text
    assert verbs.contents()["new.example.com.", "A"] == ["192.0.2.9"]


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1), ("\x04", 1), ("\x03", 130)])
def test_a_person_is_asked_and_sees_colours(tmp_path, answer, status):
    from terminal import Terminal

    verbs = Verbs(tmp_path)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    with Terminal("record", "set", "example.com", "new", "A", "192.0.2.8", cwd=tmp_path) as person:
        person.wait_for("[y/N]")
        person.type(answer if answer < " " else f"{answer}\n")
        assert person.wait() == status
    assert "\x1b[32m+\x1b[0m" in person.text and "Traceback" not in person.text
    assert (("new.example.com.", "A") in verbs.contents()) == (status == 0)


def test_two_verbs_at_once_take_turns_or_say_so(tmp_path, monkeypatch):
    from truename.cli import patience
    from truename.serve.data_directory import DataDirectory

    monkeypatch.setattr(patience, "HELD", 1.5)  # test_verbs_at_once.py has the turns
    directory = DataDirectory(str(tmp_path / "truename-data"))
    try:
        run = Verbs(tmp_path)("zone", "list", status=2)
    finally:
        directory.close()
    assert "holds" in run.stderr and "try again" in run.stderr and "waiting for who is at work" in run.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_makes_belongs_to_the_owner_of_the_directory(tmp_path):
    verbs = Verbs(tmp_path)
    verbs.directory.mkdir()
    os.chown(verbs.directory, 65534, 65534)
    verbs.change("zone", "create", "example.com", "--ns", "ns1.example.net.")
    owners = {path.name: path.stat().st_uid for path in verbs.directory.iterdir()}
    assert {"truename.db", "admin.key"} <= set(owners) and set(owners.values()) == {65534}, owners


def test_a_server_that_died_leaves_its_directory_to_the_verbs(serve, tmp_path):
    server = serve()
    verbs = Verbs(tmp_path, server)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    server.kill()
    assert (verbs.directory / "server.json").exists()
    assert len(verbs.json("zone", "list")) == 1
    again = serve()
    assert again.addresses("shop.example.com") == ["192.0.2.1"]


def test_what_is_answered_follows_at_once(serve, tmp_path):
    server = serve()
    verbs = Verbs(tmp_path, server)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    assert server.addresses("shop.example.com") == ["192.0.2.1"]
    verbs.change("record", "set", "example.com", "@", "A", "192.0.2.77")
    assert server.addresses("shop.example.com") == ["192.0.2.77"]


def test_every_verb_helps_and_starts_in_time():
    import resource

    from truename.cli import app

    verbs = [(name,) for name in app.commands]
    verbs += [(name, part) for name, one in app.commands.items() for part in getattr(one, "commands", {})]
    for words in verbs:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = truename(*words, "--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert run.returncode == 0 and f"truename {' '.join(words)}" in run.stdout
        assert used <= 0.2, (words, used)
