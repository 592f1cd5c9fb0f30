"""What is said of zones that are files, of those that are broken, and to whoever says too little."""

import os
import urllib.request

import pytest
from process import ServerProcess, truename, wait_until
from test_start_and_end import ask, assert_refused
from test_verbs import CHAIN, Verbs

from ports import free_port

BROKEN = CHAIN.replace("192.0.2.1\n", "192.0.2.999\n")


@pytest.fixture
def mixed(serve, zones, tmp_path):
    """A server with two files, a broken one, and a zone of its own."""
    (zones / "broken.example.zone").write_text(BROKEN.format(origin="broken.example."))
    server = serve(zones)
    verbs = Verbs(tmp_path, server)
    verbs("zone", "create", "own.example", "--ns", "ns1.example.com.", "--yes")
    return server, verbs, zones


def test_files_and_stored_zones_are_told_apart(mixed):
    _, verbs, zones = mixed
    lines = {line.split()[0]: line for line in verbs("zone", "list").stdout.splitlines()}
    assert lines["ZONE"].endswith("KEPT IN") and lines["own.example."].endswith("database")
    assert lines["example.com."].endswith(f"file {zones}/example.com.zone")
    assert f"file {zones}/example.com.zone" in verbs("zone", "show", "example.com").stdout
    assert "database" in verbs("zone", "show", "own.example").stdout
    run = verbs("zone", "history", "example.com")
    assert run.stdout == "" and f"is read from {zones}/example.com.zone" in run.stderr
    run = verbs("zone", "history", "own.example")
    assert run.stdout and not run.stderr
    run = verbs("zone", "undo", "example.com", 7, "--yes", status=1)
    assert "is read from" in run.stderr and "hint: edit " in run.stderr


def test_a_zone_whose_file_is_broken_is_not_fine(mixed):
    server, verbs, zones = mixed
    (finding,) = verbs.json("zone", "check", "broken.example", status=1)
    assert (finding["rule"], finding["line"], finding["file"]) == (
        "zone-malformed",
        6,
        str(zones / "broken.example.zone"),
    )
    assert f"{zones}/broken.example.zone:6:" in verbs("zone", "show", "broken.example", status=2).stderr
    assert "no findings" in verbs("zone", "check", "own.example").stdout
    # One that is served, and breaks.
    text = (zones / "example.com.zone").read_text()
    (zones / "example.com.zone").write_text(text + "www A 192.0.2.1\n")
    wait_until(lambda: len(server.health()["problems"]) == 2)
    found = verbs.json("zone", "check", "example.com", status=1)
    assert {one["rule"] for one in found} == {"zone-malformed", "alias-chain"}
    assert "not served" in verbs("zone", "show", "example.com").stdout
    (zones / "example.com.zone").write_text(text)
    wait_until(lambda: len(server.health()["problems"]) == 1)
    assert [one["rule"] for one in verbs.json("zone", "check", "example.com")] == ["alias-chain"]
    (zones / "example.com.zone").chmod(0)
    (zones / "example.com.zone").unlink()
    wait_until(lambda: server.health()["zones"] == 2)


def test_a_file_and_the_database_are_listed_in_the_same_order(mixed):
    _, verbs, zones = mixed
    rows = verbs.json("record", "list", "example.com")
    text = verbs("zone", "export", "example.com").stdout
    assert text.startswith("$ORIGIN example.com.\n$TTL 3600\nexample.com. 3600 IN SOA ")
    copy = zones.parent / "copy.zone"
    copy.write_text(text.replace("example.com.", "example.net.").replace("$TTL 3600", "$TTL 5"))
    verbs("zone", "import", copy, "--yes")
    copied = verbs.json("record", "list", "example.net")
    names = [(one["name"].replace("example.net.", "example.com."), one["type"]) for one in copied]
    assert names == [(one["name"], one["type"]) for one in rows]
    assert [name for name, _ in names if name.startswith(("b", "m", "s", "w"))] == [
        "blog.example.com.",
        "mail.example.com.",
        "shop.example.com.",
        "www.example.com.",
    ]


def test_the_last_thing_in_an_export_is_read_as_it_seems(mixed, tmp_path):
    """A line that is added by hand is below the zone, and has its usual TTL."""
    _, verbs, _ = mixed
    (tmp_path / "own.zone").write_text(verbs("zone", "export", "example.org").stdout + "new A 192.0.2.7\n")
    run = truename("explain", "new.example.org", "--json", tmp_path / "own.zone")
    assert '"192.0.2.7"' in run.stdout and '"ttl": 3600' in run.stdout


def test_a_key_for_a_zone_that_is_not_there(mixed):
    _, verbs, _ = mixed
    run = verbs("key", "create", "ci", "--role", "editor", "--zone", "own.example", "--zone", "own.exmaple")
    assert len(run.stdout.split()) == 1
    assert "warning: there is no zone own.exmaple. here" in run.stderr and "own.example. " not in run.stderr


def test_the_front_page_leads_on(mixed):
    server, _, _ = mixed
    status, body = server.get("/")
    assert status == 200 and '"docs": "/api/docs"' in body
    request = urllib.request.Request(f"{server.http}/", headers={"Accept": "text/html,*/*"})
    with urllib.request.urlopen(request) as reply:
        page = reply.read().decode()
    paths = [part.partition('"')[0] for part in page.split('href="')[1:]]
    assert len(paths) >= 5
    for path in paths:
        assert server.get(path)[0] in (200, 401), path  # the API itself asks for a key
    status, body = server.get("/nothing")
    assert status == 404 and "/api/docs" in body


def test_a_user_cannot_sign_in_yet(mixed):
    _, verbs, _ = mixed
    run = verbs("user", "create", "ann", "--role", "viewer", input="a secret of hers\n")
    assert "can sign in" not in run.stderr and "no pages" in run.stderr and "truename key create" in run.stderr


@pytest.mark.parametrize("verb", ["", "zone", "record", "alias", "key", "user"])
def test_a_verb_alone_shows_its_help(verb):
    words = [verb] if verb else []
    run = truename(*words)
    help_text = truename(*words, "--help").stdout
    assert run.returncode == 2 and run.stdout == ""
    assert run.stderr.startswith(help_text) and "error: a verb is missing\nhint: truename" in run.stderr


def test_strict_wants_a_zone_in_every_place(zones, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "list").write_text("\n")
    flags = ("--listen", "127.0.0.1:0", "--http", "off", "--strict")
    for places in (["empty"], [zones, "empty"], ["--zone-list", "list"], ["--zone-list", "list", zones]):
        run = truename("serve", *flags, *places, cwd=tmp_path)
        assert_refused(run, "with --strict every place must hold a zone: ")
    (tmp_path / "empty/other").touch()
    assert_refused(truename("serve", *flags, "empty", cwd=tmp_path), "empty has no *.zone file in it")


def test_strict_takes_a_named_file_for_what_its_directory_holds(serve, zones):
    assert serve("--strict", zones, zones / "example.com.zone").ready["zones"] == "2"


def test_a_directory_that_is_still_empty_is_served_with_a_word(serve, zones, tmp_path):
    (tmp_path / "empty").mkdir()
    server = serve("empty")
    assert 'event="no zone files yet" place="empty has no *.zone file in it"' in server.errors()
    (zones / "example.com.zone").rename(tmp_path / "empty/example.com.zone")
    wait_until(lambda: server.health()["zones"] == 1)


def test_a_port_alone_is_every_address(zones, tmp_path):
    port = free_port()
    server = ServerProcess([str(zones)], cwd=tmp_path, listen=("--listen", f":{port}", "--http", "127.0.0.1:0"))
    try:
        server.wait_ready()
        assert server.dns == [f"0.0.0.0:{port}", f"[::]:{port}"]
        for host in ("127.0.0.1", "127.0.0.2", "::1"):
            assert ask(f"{host}:{port}", "www.example.com").answer, host
            assert ask(f"{host}:{port}", "www.example.com", tcp=True).answer, host
    finally:
        server.kill()
    run = truename("serve", zones, "--listen", "127.0.0.1:0", "--http", f":{free_port()}", cwd=tmp_path)
    assert_refused(run, "would be reached from outside without encryption")


def test_a_database_elsewhere_needs_no_data_directory(serve, tmp_path):
    (tmp_path / "there").mkdir()
    there = Verbs(tmp_path / "there")
    path = tmp_path / "example.com.zone"
    path.write_text(CHAIN.format(origin="example.com."))
    there("zone", "import", path, "--yes")
    (tmp_path / "here").mkdir()
    url = f"sqlite:///{there.directory}/truename.db"
    run = truename("zone", "list", "--database", url, cwd=tmp_path / "here")
    assert run.returncode == 0 and "example.com." in run.stdout, run.stderr
    run = truename("zone", "list", cwd=tmp_path / "here", env={"TRUENAME_SERVE_DATABASE": url})
    assert run.returncode == 0 and "example.com." in run.stdout, run.stderr
    assert_refused(truename("zone", "list", "--database", f"{url}x", cwd=tmp_path / "here"), "there is no database")
    assert os.listdir(tmp_path / "here") == [] and not os.path.exists(f"{there.directory}/truename.dbx")


def test_all_zones_are_exported_at_once(mixed, tmp_path):
    _, verbs, _ = mixed
    there = tmp_path / "a" / "saved"
    run = verbs("zone", "export", "--all", there)
    named = {f"{line.split()[0]}zone" for line in verbs("zone", "list").stdout.splitlines()[1:]}
    assert {path.name for path in there.iterdir()} == named and f"{len(named)} zones written" in run.stderr
    (there / "mine.txt").write_text("stays")
    (there / "own.example.zone").write_text("is replaced")
    verbs("zone", "export", "--all", there)
    assert (there / "own.example.zone").read_text() == verbs("zone", "export", "own.example").stdout
    assert (there / "mine.txt").read_text() == "stays" and len(list(there.iterdir())) == len(named) + 1
    assert verbs("zone", "import", there / "own.example.zone", "--yes").stdout == "No changes.\n"
    for wrong in (("own.example", "--all", there), ()):
        assert verbs("zone", "export", *wrong, status=2).stdout == ""
    refused = verbs("zone", "export", "--all", there / "mine.txt", status=2)
    assert_refused(refused, "mine.txt")
