"""Plan, look, ask, carry out: against an API that is written down here."""

import io
import json
import sys

import pytest
from plans import change, finding, plan, rrset

from truename import cli
from truename.cli import options, patience
from truename.cli.client import Client
from truename.cli.transport import Reply

PLAN = plan(change("add", "new.example.com.", "A", None, rrset("192.0.2.5")))
SET = ("record", "set", "example.com", "new", "A", "192.0.2.5")


class Api:
    """Answers in their order; remembers what was asked."""

    where = "the API"

    def __init__(self, *replies: tuple[int, object]) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, str, object]] = []
        self.is_closed = False

    def exchange(self, method, path, headers, body):
        self.asked.append((method, path, json.loads(body) if body else None))
        status, content = self.replies.pop(0)
        return Reply(status, b"" if content is None else json.dumps(content).encode())

    def close(self):
        self.is_closed = True


@pytest.fixture
def run(monkeypatch, capsys):
    def call(api: Api, *arguments: str, answer: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(options, "open_client", lambda *_, **__: Client(api, "key"))
        for verb in ("record", "zone", "alias", "key", "user", "impact"):
            monkeypatch.setattr(f"truename.cli.{verb}.open_client", options.open_client, raising=False)
        stdin = io.StringIO(answer or "")
        stdin.isatty = lambda: answer is not None
        monkeypatch.setattr(sys, "stdin", stdin)
        status = cli.run(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return status, said.out, said.err

    return call


def zone(*sets):
    return {"rrsets": list(sets)}


def test_yes_plans_and_carries_out_on_the_version_that_was_seen(run):
    api = Api((200, zone()), (200, PLAN), (204, None))
    status, out, err = run(api, *SET, "--yes")
    assert status == 0 and "Plan: 1 to add" in out and err == "example.com. is at serial 8\n"
    (_, read, _), (_, planned, body), (method, done, again) = api.asked
    assert "rrset_name=new.example.com.&rrset_type=A" in read
    assert planned.endswith("/zones/example.com.?strict=true&dry_run=true")
    assert (method, done[done.index("?") :]) == ("PATCH", "?strict=true&base_serial=7")
    assert body == again
    assert body["rrsets"][0] == {
        "name": "new.example.com.",
        "type": "A",
        "changetype": "REPLACE",
        "records": [{"content": "192.0.2.5", "disabled": False}],
        "ttl": 3600,
    }
    assert api.is_closed


def test_the_ttl_that_is_there_stays(run):
    api = Api((200, zone({"ttl": 42})), (200, PLAN))
    run(api, *SET, "--dry-run")
    assert api.asked[1][2]["rrsets"][0]["ttl"] == 42
    api = Api((200, PLAN))
    run(api, *SET, "--dry-run", "--ttl", "0")
    assert api.asked[0][2]["rrsets"][0]["ttl"] == 0


def test_dry_run_shows_and_ends(run):
    api = Api((200, zone()), (200, PLAN))
    status, out, err = run(api, *SET, "--dry-run")
    assert (status, err) == (0, "") and "+  new.example.com." in out


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_a_person_is_asked(run, answer, status):
    api = Api((200, zone()), (200, PLAN), (204, None))
    got, out, err = run(api, *SET, answer=answer)
    assert got == status and "Carry this out? [y/N]" in err and "Carry" not in out
    assert len(api.asked) == (3 if status == 0 else 2)
    assert ("nothing was changed" in err) == (status == 1)


def test_a_yes_accepts_what_the_question_names(run):
    asking = {**PLAN, "findings": [finding("target-missing", "error")], "asks": ["glue-missing", "target-missing"]}
    api = Api((200, zone()), (200, asking), (204, None))
    status, _, err = run(api, *SET, "--accept", "glue-missing,missing-trailing-dot", answer="y\n")
    assert status == 0 and "Carry this out, and accept glue-missing, target-missing? [y/N]" in err
    assert api.asked[1][1].endswith("?accept=glue-missing%2Cmissing-trailing-dot&dry_run=true")
    accepted = "?strict=true&accept=glue-missing%2Cmissing-trailing-dot%2Ctarget-missing&base_serial=7"
    assert api.asked[2][1].endswith(accepted)
    assert run(Api((200, zone()), (200, asking)), *SET, answer="n\n")[0] == 1


def test_a_rule_that_cannot_be_accepted(run):
    status, out, err = run(Api(), *SET, "--accept", "target-mising", "--yes")
    assert (status, out) == (2, "") and 'did you mean "target-missing"?' in err and "--accept" in err
    api = Api((200, zone()), (200, PLAN), (204, None))
    status, _, err = run(api, *SET, "--accept", "alias-loop", "--accept", "alias-chain,glue-missing", "--yes")
    assert status == 0 and "--accept alias-loop is of no use" in err and "--accept alias-chain is of no use" in err
    assert "accept=glue-missing&" in api.asked[1][1]


def test_without_a_terminal_nothing_is_asked_of_anybody(run):
    api = Api()
    status, out, err = run(api, *SET)
    assert (status, out) == (1, "") and not api.asked
    assert err.startswith("error: ") and "--yes" in err and "--dry-run" in err


def test_no_difference_is_no_question(run):
    api = Api((200, zone()), (200, plan()))
    status, out, _ = run(api, *SET, answer="n\n")
    assert (status, out) == (0, "No changes.\n")


def test_a_refusal_shows_its_findings(run):
    wrong = finding("alias-with-other-data", "error", hint="take one away")
    body = {"error": "refused: 1 error", "errors": ["x"], "findings": [wrong]}
    status, out, err = run(Api((200, zone()), (422, body)), *SET, "--yes")
    assert status == 1
    assert out == "error[alias-with-other-data] www.example.com. CNAME: an alias of an alias\n  hint: take one away\n"
    assert err == "error: refused: 1 error\nhint: nothing was stored\n"
    status, out, err = run(Api((200, zone()), (422, body)), *SET, "--yes", "--json")
    assert status == 1 and json.loads(out)["findings"] == [wrong]


def test_what_would_be_refused_is_shown_and_not_asked(run):
    refused = {**PLAN, "findings": [finding("alias-loop", "error")], "refused": ["a loop", "another"]}
    for words in (("--dry-run",), ("--yes",)):
        api = Api((200, zone()), (200, refused))
        status, out, err = run(api, *SET, *words)
        assert status == 1 and "error[alias-loop]" in out and "+  new.example.com." in out and len(api.asked) == 2
        assert err == "error: a loop (and 1 more)\nhint: nothing was stored\n"
    assert run(Api((200, zone()), (200, refused)), *SET, answer="y\n")[0] == 1
    asks = {**refused, "asks": ["target-missing"]}
    assert "--accept target-missing\n" in run(Api((200, zone()), (200, asks)), *SET, "--yes")[2]


def test_reasons_that_are_no_findings_are_listed(run):
    said = ["a.example.org. CNAME names it", "b.example.org. CNAME names it"]
    body = {"error": "2 records name it", "errors": said, "findings": [], "hint": "--repoint TARGET"}
    status, out, err = run(Api((422, body)), "alias", "retire", "x.example.com", "--yes")
    assert (status, out.splitlines()) == (1, said) and "hint: --repoint TARGET" in err


STALE = {"error": "the zone is at 9, not at 7", "serial": 9, "changed": ["www.example.com."]}
LATER = {**PLAN, "base_serial": 9, "serials": {"example.com.": {"before": 9, "after": 10}}}


def test_who_is_overtaken_by_another_change_plans_again(run):
    again = {**LATER, "impact": [], "impact_count": 3, "base_serial": 10}
    api = Api((200, zone()), (200, PLAN), (409, STALE), (200, LATER), (409, STALE), (200, again), (204, None))
    status, out, err = run(api, *SET, answer="y\n")
    assert status == 0 and err.count("Carry this out?") == 1 and out.count("Plan: ") == 1
    asked = [path.rpartition("&")[2].rpartition("?")[2] for _, path, _ in api.asked[1:]]
    assert asked == ["dry_run=true", "base_serial=7", "dry_run=true", "base_serial=9", "dry_run=true", "base_serial=10"]
    assert "example.com. is at serial 10" in err
    api = Api((200, zone()), (200, PLAN), (409, STALE), (200, LATER), (204, None))
    assert json.loads(run(api, *SET, "--yes", "--json")[1])["serials"] == LATER["serials"]


@pytest.mark.parametrize(
    "now",
    [
        {"changes": [change("change", "new.example.com.", "A", rrset("192.0.2.4"), rrset("192.0.2.5"))]},
        {"findings": [finding()]},
        {"refused": ["alias-loop"]},
        {"serials": {**LATER["serials"], "example.org.": {"before": 1, "after": 2}}},
    ],
    ids=lambda now: next(iter(now)),
)
def test_somebody_else_was_quicker_and_it_is_another_change(run, now):
    status, out, err = run(Api((200, zone()), (200, PLAN), (409, STALE), (200, {**LATER, **now})), *SET, "--yes")
    assert status == 1 and "www.example.com." in out.splitlines()[-1]
    assert "the zone is at 9" in err and "run it again" in err


def test_others_who_are_always_quicker_end_it(run, monkeypatch):
    monkeypatch.setattr(patience, "OVERTAKEN", 2)
    api = Api((200, zone()), (200, PLAN), (409, STALE), (200, LATER), (409, STALE), (200, LATER))
    assert run(api, *SET, "--yes")[0] == 1 and not api.replies


def test_json(run):
    api = Api((200, zone()), (200, PLAN), (204, None))
    status, out, _ = run(api, *SET, "--yes", "--json")
    shown = json.loads(out)
    assert status == 0 and shown == {**PLAN, "saved": True}
    shown = json.loads(run(Api((200, zone()), (200, PLAN)), *SET, "--dry-run", "--json")[1])
    assert shown == PLAN


@pytest.mark.parametrize(
    ("reply", "status", "words"),
    [
        ((401, {"error": "unknown key"}), 2, "--key"),
        ((403, {"error": "not yours"}), 1, "not yours"),
        ((404, {"error": "no zone example.com. is kept here"}), 2, "no zone"),
        ((409, {"error": "zone example.com. exists"}), 1, "exists"),
        ((422, {"error": "no such type"}), 2, "no such type"),
        ((429, {"error": "too many wrong keys"}), 2, "too many"),
        ((500, {"error": "internal error"}), 2, "internal error"),
        ((503, {"error": "database is locked"}), 2, "locked"),
        ((200, None), 2, "no Truename server"),
    ],
)
def test_what_the_api_may_answer(run, reply, status, words):
    got, out, err = run(Api(reply), "zone", "delete", "example.com", "--yes")
    assert got == status and err.startswith("error: ") and words in err and out == ""


@pytest.mark.parametrize(
    ("arguments", "method", "path", "body"),
    [
        (("zone", "create", "example.com", "--ns", "ns1"), "POST", "zones", ["name", "kind", "nameservers"]),
        (("zone", "delete", "0/25.2.0.192.in-addr.arpa"), "DELETE", "zones/0=2F25.2.0.192.in-addr.arpa.", None),
        (("zone", "undo", "example.com", "7"), "POST", "zones/example.com./undo", ["serial"]),
        (
            ("zone", "undo", "example.com", "7", "--only-this-zone"),
            "POST",
            "zones/example.com./undo",
            ["serial", "only_this_zone"],
        ),
        (("alias", "point", "a.example.com", "b.example.com", "--ttl", "5"), "POST", "point", ["target", "ttl"]),
        (("alias", "rename", "a.example.com", "b.example.com"), "POST", "names/a.example.com./rename", ["to"]),
        (("alias", "retire", "a.example.com"), "POST", "names/a.example.com./retire", []),
        (("alias", "retire", "a.example.com", "--repoint", "b.example.com"), "POST", "retire", ["repoint"]),
        (("record", "delete", "example.com", "www", "A"), "PATCH", "zones/example.com.", ["rrsets"]),
        (("record", "delete", "example.com", "www", "A", "192.0.2.1"), "PATCH", "zones/example.com.", ["rrsets"]),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else None,
)
def test_what_each_verb_asks_for(run, arguments, method, path, body):
    api = Api((200, PLAN), (200, {**PLAN, "saved": True}), (200, [{"serial": 8}]))
    status, _, _ = run(api, *arguments, "--yes")
    assert status == 0
    for asked, query in zip(api.asked, ("?strict=true&dry_run=true", "?strict=true&base_serial=7"), strict=False):
        assert asked[0] == method and f"{path}{query}" in asked[1]
        assert (list(asked[2]) if asked[2] is not None else None) == body


LAST = [{"serial": 8, "at": 1764172800.0, "by": "admin.key", "door": "cli"}]


def test_undo_without_a_serial_takes_the_last_change(run):
    api = Api((200, LAST), (200, PLAN), (200, PLAN))
    status, _, err = run(api, "zone", "undo", "example.com", "--yes")
    assert status == 0 and "the last change of example.com. is 8, 2025-11-26 16:00:00 UTC by admin.key (cli)" in err
    assert api.asked[0][1].endswith("/zones/example.com./journal?limit=1&lines=0")
    assert [body for _, _, body in api.asked[1:]] == [{"serial": 8}, {"serial": 8}]
    status, _, err = run(Api((200, [])), "zone", "undo", "example.com", "--yes")
    assert status == 1 and err.startswith("error: example.com. has no changes yet")


def test_what_is_deleted_can_be_brought_back(run, monkeypatch):
    gone = plan(
        change("delete", "example.com.", "SOA", rrset("x")), serials={"example.com.": {"before": 7, "after": 0}}
    )
    monkeypatch.setenv("TRUENAME_API", "http://127.0.0.1:1")
    for typed, shown in (
        ((), ""),
        (("--data", "my data"), " --data 'my data'"),
        (("--config", "t.toml", "--key", "tn_secret"), " --config t.toml --key KEY"),
        (("--api", "http://127.0.0.1:8053"), " --api http://127.0.0.1:8053"),
        (("--database", "postgresql://me:secret@db/x"), " --database URL"),
    ):
        api = Api((200, gone), (204, None), (200, LAST))
        status, _, err = run(api, "zone", "delete", "example.com", "--yes", *typed)
        assert status == 0 and err.splitlines() == [
            "example.com. is deleted",
            f"to bring it back: truename zone undo example.com. 8{shown}",
        ]
    status, _, err = run(Api((200, gone)), "zone", "delete", "example.com", "--dry-run")
    assert (status, err) == (0, "")


def test_the_history_names_the_other_zones(run):
    names = ["example.com.", *(f"{number}.example." for number in range(7))]
    entry = {**LAST[0], "zone": "example.com.", "previous": 0, "added": [], "removed": [], "zones": names}
    out = run(Api((200, [entry])), "zone", "history", "example.com")[1]
    assert "  together with 0.example., 1.example., 2.example., 3.example., 4.example. and 2 more\n" in out
    assert "together" not in run(Api((200, [{**entry, "zones": names[:1]}])), "zone", "history", "example.com")[1]


def test_properties_that_differ_are_shown(run):
    differing = [
        {"zone": "example.com.", "name": "kind", "before": "Native", "after": "Master"},
        {"zone": "example.com.", "name": "api_rectify", "before": False, "after": True},
    ]
    planned = plan(properties=differing, serials={"example.com.": {"before": 7, "after": 8}})
    api = Api((200, planned), (204, None))
    status, out, _ = run(api, "zone", "set", "example.com", "kind=Master", "api_rectify=true", "account=", "--yes")
    assert status == 0
    assert "~ kind: Native -> Master" in out and "~ api_rectify: false -> true" in out and "account" not in out
    assert api.asked[-1][1].endswith("/zones/example.com.?strict=true&base_serial=7")
    assert api.asked[-1][2] == {"kind": "Master", "api_rectify": True, "account": ""}
    status, _, err = run(Api(), "zone", "set", "example.com", "colour=red", "--yes")
    assert status == 2 and "colour=red" in err


def test_keys_and_users(run):
    made = {"name": "ci", "role": "editor", "zones": ["example.com."], "key": "secret"}
    api = Api((201, made), (200, [{"name": "example.com."}]))
    status, out, err = run(api, "key", "create", "ci", "--role", "editor", "--zone", "Example.com")
    assert (status, out, err) == (0, "secret\n", "")
    status, out, err = run(
        Api((201, made), (200, [])), "key", "create", "ci", "--role", "editor", "--zone", "Example.com"
    )
    assert (status, out) == (0, "secret\n") and "warning: there is no zone example.com. here" in err
    assert api.asked[0][2] == {"name": "ci", "role": "editor", "zones": ["example.com."]}
    assert run(Api((204, None)), "key", "revoke", "a/b")[0] == 0
    status, out, _ = run(Api((200, [{**made, "zones": None}])), "key", "list")
    assert out.splitlines()[1].split() == ["ci", "editor", "all", "zones"]
    status, _, err = run(Api(), "key", "create", "ci")
    assert status == 2 and "--role" in err
    status, _, err = run(Api(), "user", "create", "ann", "--role", "viewer")
    assert status == 2 and "password" in err
