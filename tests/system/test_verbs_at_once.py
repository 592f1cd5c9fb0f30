"""Several verbs at once, as pipelines run them: each is carried out, whoever was there first."""

import subprocess
import sys

import pytest
from process import PATIENCE, TRUENAME, ServerProcess, environment, wait_until
from test_verbs import CHAIN, Verbs

from clients.api import Api, rrset, running

SIX = [f"host{number}" for number in range(6)]
MINUTE = 60.0  # seconds; six processes on a busy machine


def begin(verbs: Verbs, *words: str) -> subprocess.Popen[str]:
    """`truename WORDS` as a process that goes on by itself."""
    return subprocess.Popen(
        [*TRUENAME, *words, "--data", str(verbs.directory)],
        cwd=verbs.cwd, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ends(process: subprocess.Popen[str]) -> tuple[int, str]:
    """(status, what it said). Never waits for ever."""
    try:
        out, errors = process.communicate(timeout=MINUTE)
    finally:
        process.kill()
    return process.returncode, out + errors


@pytest.fixture(params=["server", "offline"])
def example(request, tmp_path):
    verbs = Verbs(tmp_path, request.getfixturevalue("serve")() if request.param == "server" else None)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    return verbs


def test_six_edits_of_different_names_are_all_taken(example):
    started = [begin(example, "record", "set", "example.com", name, "A", "192.0.2.9", "--yes") for name in SIX]
    ended = [ends(one) for one in started]
    assert [status for status, _ in ended] == [0] * 6, ended
    assert {f"{name}.example.com." for name in SIX} <= {owner for owner, _ in example.contents()}
    serials = [one["serial"] for one in example.json("zone", "history", "example.com")]
    assert len(serials) == len(set(serials)) == 7


def test_six_edits_of_one_name_do_not_overwrite_each_other_unseen(example):
    started = [
        begin(example, "record", "set", "example.com", "www", "CNAME", "ns1", "--ttl", str(ttl), "--yes")
        for ttl in range(60, 66)
    ]
    ended = [ends(one) for one in started]
    for status, said in ended:
        assert status in (0, 1) and "Traceback" not in said
        assert status == 0 or "Changed in between:\n  www.example.com." in said
    done = sum(status == 0 for status, _ in ended)
    assert done and len(example.json("zone", "history", "example.com")) == 1 + done


def test_a_verb_beside_a_server_that_is_just_starting(tmp_path):
    verbs = Verbs(tmp_path)
    verbs.change("zone", "create", "example.com", "--ns", "ns1.example.net.")
    server = ServerProcess([], cwd=tmp_path)
    try:
        wait_until((verbs.directory / "lock").exists)
        ended = [
            ends(begin(verbs, "record", "set", "example.com", name, "A", "192.0.2.9", "--yes")) for name in SIX[:2]
        ]
        server.wait_ready()
        assert [status for status, _ in ended] == [0, 0], ended
        assert Verbs(tmp_path, server).contents()["host0.example.com.", "A"] == ["192.0.2.9"]
    finally:
        server.kill()


def test_a_server_that_starts_beside_a_verb(tmp_path):
    """The verb holds the directory while it asks; it is done before the server gives up."""
    verbs = Verbs(tmp_path)
    verbs.change("zone", "create", "example.com", "--ns", "ns1.example.net.")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(verbs.directory)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    server = None
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        server = ServerProcess([], cwd=tmp_path)
        holder.communicate("", timeout=PATIENCE)
        server.wait_ready()
    finally:
        holder.kill()
        if server:
            server.kill()


HOLD = """
import sys, time
from truename.serve.data_directory import DataDirectory
directory = DataDirectory(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
time.sleep(1)
directory.close()
"""


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found


def test_the_api_still_says_that_a_zone_has_moved_on(api: Api):
    """It is the verb that plans again: over the API whoever sends base_serial decides."""
    assert api.create("example.com.", rrset("www.example.com.", "A", "192.0.2.1")).status == 201
    seen = api.get("zones/example.com.?rrsets=false").json["serial"]
    body = {"rrsets": [rrset("a.example.com.", "A", "192.0.2.1")]}
    assert api.call("PATCH", f"zones/example.com.?base_serial={seen}", body).status == 204
    body = {"rrsets": [rrset("b.example.com.", "A", "192.0.2.1")]}
    stale = api.call("PATCH", f"zones/example.com.?base_serial={seen}", body)
    assert stale.status == 409 and stale.json["changed"] == ["a.example.com."]
