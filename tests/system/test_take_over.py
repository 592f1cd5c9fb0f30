"""From files to the database, and back: no question goes without its answer, and one of both holds, which is said."""

import signal
import threading

import pytest
from process import wait_until
from test_api_access import key_of
from test_verbs import Verbs

from clients.api import Api, rrset

ZONE = "example.com."
TEXT = """\
$ORIGIN example.com.
$TTL 300
@ SOA ns1 hostmaster {serial} 7200 3600 1209600 300
@ NS ns1
ns1 A 192.0.2.53
www A 192.0.2.80
Mixed MX 10 Mail.Example.net.
text TXT "As Written"
"""
SHOP = """\
$ORIGIN example.net.
$TTL 300
@ SOA ns1.example.com. hostmaster 3 7200 3600 1209600 300
@ NS ns1.example.com.
www CNAME www.example.com.
"""


class Asking:
    """Asks for a name again and again, and keeps what was no answer."""

    def __init__(self, api: Api, name: str) -> None:
        self._api, self._name = api, name
        self._is_over = threading.Event()
        self.seen: list[list[str]] = []
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._is_over.is_set():
            self.seen.append(self._api.ask(self._name))

    def __enter__(self) -> "Asking":
        self._thread.start()
        wait_until(lambda: self.seen)
        return self

    def __exit__(self, *_: object) -> None:
        before = len(self.seen)
        wait_until(lambda: len(self.seen) > before + 3)
        self._is_over.set()
        self._thread.join()


@pytest.fixture
def verbs(serve, tmp_path):
    """A server of two zone files, and the verbs beside it."""
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / "com.zone").write_text(TEXT.format(serial=7))
    (tmp_path / "zones" / "net.zone").write_text(SHOP)
    return Verbs(tmp_path, serve("zones"))


def file_of(verbs: Verbs, zone: str = ZONE) -> str:
    return {one["name"]: one.get("file", "") for one in verbs.json("zone", "list")}[zone]


def test_without_the_flag_it_is_refused(verbs):
    run = verbs.change("zone", "import", "zones", status=1)
    assert "--take-over" in run.stderr and "com.zone" in run.stderr and file_of(verbs)
    run = verbs.change("record", "set", "example.com", "www", "A", "192.0.2.81", status=1)
    assert "--take-over" in run.stderr
    body = {"zones": [{"name": ZONE, "text": TEXT.format(serial=8)}]}
    refused = Api(verbs.server).call("POST", "import", body)
    assert refused.status == 409 and "--take-over" in refused.json["hint"]


def test_no_answer_is_missing_while_it_is_taken_over(verbs):
    api = Api(verbs.server)
    with Asking(api, "www.example.net.") as asking:
        plan = verbs("zone", "import", "zones", "--take-over", "--dry-run").stdout
        assert "com.zone is not read any more" in plan and "net.zone is not read any more" in plan
        assert "Plan: 0 to add, 0 to change, 0 to delete in 2 zones" in plan and file_of(verbs)
        run = verbs.change("zone", "import", "zones", "--take-over")
        assert "example.com. is at serial 7" in run.stderr and file_of(verbs) == ""
        verbs.change("record", "set", "example.com", "new", "A", "192.0.2.9")
    assert set(map(tuple, asking.seen)) == {("www.example.com.", "192.0.2.80")}
    assert verbs.json("zone", "show", "example.com")["serial"] == 8
    assert api.ask("new.example.com.") == ["192.0.2.9"] and verbs.server.health()["status"] == "ok"
    assert verbs.contents("example.com")["text.example.com.", "TXT"] == ['"As Written"']
    (verbs.cwd / "zones" / "com.zone").write_text(TEXT.format(serial=99).replace("192.0.2.80", "192.0.2.99"))
    wait_until(lambda: "zone file not read" in verbs.server.errors())
    verbs.server.signal(signal.SIGHUP)
    wait_until(lambda: "all zone files read" in verbs.server.errors())
    assert api.ask("www.example.com.") == ["192.0.2.80"] and verbs.server.health()["status"] == "ok"


def test_all_of_them_as_they_are_served(verbs):
    plan = verbs.json("zone", "import", "--take-over", "--yes")
    assert [(one["zone"], one["read"]) for one in plan["files"]] == [(ZONE, False), ("example.net.", False)]
    assert plan["changes"] == [] and plan["saved"] and all("file" not in one for one in verbs.json("zone", "list"))
    run = verbs.change("zone", "import", "--take-over", status=1)
    assert "no zone is read from a file there" in run.stderr
    run = verbs.change("zone", "import", "--take-over", "--origin", "example.net", status=1)
    assert "example.net. is not read from a file there" in run.stderr


def test_what_differs_from_the_file_is_shown_and_has_a_new_serial(verbs):
    verbs.file("new.zone", TEXT.format(serial=7).replace("192.0.2.80", "192.0.2.81"))
    run = verbs.change("zone", "import", "new.zone", "--take-over")
    assert "~  www.example.com.  A" in run.stdout and "Plan: 0 to add, 1 to change, 0 to delete" in run.stdout
    assert "serial 7 -> 8" in run.stdout and Api(verbs.server).ask("www.example.net.")[-1] == "192.0.2.81"
    assert "www.example.net." in run.stdout or "1 alias" in run.stdout


def test_who_may_not_make_zones_takes_none_over(verbs):
    api = Api(verbs.server)
    bound = key_of(api, "bound", "editor", ZONE)
    body = {"zones": [{"name": ZONE, "text": TEXT.format(serial=8)}]}
    assert bound.call("POST", "import?take_over=true", body).status == 403 and file_of(verbs)


def test_the_file_comes_back_when_the_zone_is_deleted_and_goes_when_that_is_taken_back(verbs):
    api = Api(verbs.server)
    verbs.change("zone", "import", "--take-over", "--origin", "example.com")
    assert file_of(verbs, "example.net.")
    verbs.change("record", "set", "example.com", "www", "A", "192.0.2.81")
    with Asking(api, "www.example.net.") as asking:
        run = verbs.change("zone", "delete", "example.com")
        assert "com.zone is read again: its version, serial 7, is served from now on" in run.stdout
        assert "~  www.example.com.  A" in run.stdout and file_of(verbs)
        (verbs.cwd / "zones" / "com.zone").write_text(TEXT.format(serial=9).replace("192.0.2.80", "192.0.2.82"))
        wait_until(lambda: api.ask("www.example.com.") == ["192.0.2.82"])
        verbs.change("zone", "undo", "example.com")
        assert api.ask("www.example.com.") == ["192.0.2.81"] and file_of(verbs) == ""
    answers = {one[-1] for one in asking.seen if len(one) == 2}
    assert len([one for one in asking.seen if len(one) != 2]) == 0
    assert answers == {"192.0.2.80", "192.0.2.81", "192.0.2.82"}


def test_a_file_that_cannot_be_read_does_not_come_back(verbs):
    verbs.change("zone", "import", "--take-over")
    (verbs.cwd / "zones" / "com.zone").write_text("this is no zone\n")
    run = verbs("zone", "delete", "example.com", "--dry-run", status=1)
    assert "com.zone cannot be read as it stands" in run.stdout
    verbs.change("zone", "delete", "example.com", "--accept", "zone-still-named")
    assert Api(verbs.server).ask("www.example.com.") == []
    wait_until(lambda: verbs.server.health()["status"] == "degraded")
    (verbs.cwd / "zones" / "com.zone").write_text(TEXT.format(serial=7))
    wait_until(lambda: Api(verbs.server).ask("www.example.com.") == ["192.0.2.80"])


def test_a_start_with_both_says_which_holds(verbs, serve):
    verbs.change("zone", "import", "zones", "--take-over")
    verbs.change("record", "set", "example.com", "www", "A", "192.0.2.81")
    assert verbs.server.stop() == 0
    again = serve("--strict", "zones")
    assert "the zone is kept in the database, which is served" in again.errors() and "com.zone" in again.errors()
    assert Api(again).ask("www.example.com.") == ["192.0.2.81"] and again.health()["status"] == "ok"
    assert Api(again).patch(ZONE, rrset("www.example.com.", "A", "192.0.2.82")).status == 204
    assert Api(again).ask("www.example.net.")[-1] == "192.0.2.82"
