"""The parts of the API that need no server: bodies, names in paths, RRsets that come in, wrong keys."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truename.errors import NoZone
from truename.web.answers import ApiError, to_json
from truename.web.api.bodies import NewZoneBody, PatchBody, RRsetBody, decode, schema
from truename.web.api.paths import name_of_id, zone_id
from truename.web.api.records import rrset_json, steps, steps_of_new, without_disabled
from truename.web.throttle import CLIENTS, FAILURES, WINDOW, Throttle, counted
from truename.zone import Comment, Record, RRset


def refusal(call, *arguments) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xef\xbb\xbf{}", 400),
        (b'{"rrsets": [{"name": "\xff", "type": "A"}]}', 400),
        (b'{"rrsets": [{"name": "\\ud800", "type": "A"}]}', 400),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "rrsets": []}', 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"rrsets": {}}', 422),
        (b'{"rrsets": [{"name": 1, "type": "A"}]}', 422),
        (b'{"rrsets": [{"name": "a.", "type": "A", "ttl": "1m"}]}', 422),
        (b'{"rrsets": [{"name": "a.", "type": "A", "ttl": 1e400}]}', 422),
        (b'{"rrsets": [{"name": "a.", "type": "A", "records": ["192.0.2.1"]}]}', 422),
    ],
)
def test_bodies_that_cannot_be_read(body, status):
    wrong = refusal(decode, body, PatchBody)
    assert wrong.status == status and wrong.message


def test_numbers_are_plain_when_they_are_passed_on():
    body = decode(b'{"rrsets": [{"name": "a.", "type": "A", "changetype": "DELETE", "ttl": "060"}]}', PatchBody)
    (step,) = steps("a.", body.rrsets)
    assert step.ttl == 60 and type(step.ttl) is int


def test_unknown_keys_are_ignored():
    body = b"""{"rrsets": [{"name": "a.", "type": "A", "kind": "", "set-ptr": true, "changetype": "REPLACE", "ttl": 60,
        "records": [{"content": "192.0.2.1", "name": "a.", "type": "A", "ttl": 60, "set-ptr": false}],
        "x": {"y": []}}]}"""
    (one,) = decode(body, PatchBody).rrsets
    assert one.records is not None and (one.records[0].content, one.records[0].disabled) == ("192.0.2.1", False)


def test_null_stands_for_nothing():
    body = b'{"name": "a.", "kind": null, "masters": null, "nameservers": null, "rrsets": null, "account": null}'
    assert decode(body, NewZoneBody).rrsets is None


def test_schemas_stand_alone():
    assert "$ref" not in str(schema(NewZoneBody)) and schema(PatchBody)["required"] == ["rrsets"]


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("example.com.", "example.com."),
        (".", "=2E"),
        ("0/25.2.0.192.in-addr.arpa.", "0=2F25.2.0.192.in-addr.arpa."),
        ("a_b.example.", "a=5Fb.example."),
        ("a\\061b.example.", "a=5C061b.example."),
    ],
)
def test_ids(zone, written):
    assert zone_id(zone) == written and name_of_id(written) == name_of_id(zone)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Example.COM", "example.com."),
        ("0=2f25.example.", "0/25.example."),
        ("bücher.example", "xn--bcher-kva.example."),
        ("=2E", "."),
    ],
)
def test_names_in_paths(text, name):
    assert name_of_id(text) == name


@pytest.mark.parametrize("text", ["a..b", "x" * 64 + ".", "=00=ff..", ".a", ""])
def test_what_is_no_name(text):
    if text != "":
        assert refusal(name_of_id, text).status == 422


def change(rtype="A", changetype="REPLACE", ttl=60, records=("192.0.2.1",), **more):
    content = None if records is None else [{"content": one} for one in records]
    body = {"name": "www.example.com.", "type": rtype, "changetype": changetype, "ttl": ttl, "records": content, **more}
    return decode(to_json({"rrsets": [body]}), PatchBody).rrsets


@pytest.mark.parametrize(
    ("rrsets", "op", "records"),
    [
        (change(), "replace", 1),
        (change(changetype="replace"), "replace", 1),
        (change(records=()), "replace", 0),
        (change(changetype="DELETE", ttl=None, records=None), "delete", 0),
        (change(changetype="DELETE"), "delete", 0),
        (change(changetype="EXTEND"), "extend", 1),
        (change(changetype="PRUNE", ttl=None), "prune", 1),
        (change(records=None, comments=[{"content": "hello"}]), "extend", 0),
    ],
)
def test_steps(rrsets, op, records):
    (step,) = steps("example.com.", rrsets)
    assert (step.op, len(step.records), step.owner, step.zone) == (op, records, "www.example.com.", "example.com.")


def test_in_a_new_zone_every_changetype_is_a_record():
    (step,) = steps_of_new("example.com.", change(changetype="", ttl=60))
    assert step.op == "replace"


@pytest.mark.parametrize(
    ("rrsets", "word"),
    [
        (change(changetype=""), "changetype"),
        (change(changetype="MERGE"), "changetype"),
        (change(ttl=None), "ttl is missing"),
        (change(ttl=-1), "ttl is from 0"),
        (change(ttl=2**31), "ttl is from 0"),
        (change(ttl=10**40), "ttl is from 0"),
        (change(records=None), "records, comments or both"),
        (change(changetype="EXTEND", records=()), "EXTEND takes records"),
        (change("TXT", records=("v=spf1 -all",)), "in quotes"),
        (change("CNAME", records=("web",)), '"web" is not absolute'),
        (change("MX", records=("10 mail.example.com",)), "is not absolute"),
        (change("SRV", records=("1 2 3 host",)), "is not absolute"),
        (change("SOA", records=("ns.example.com. hostmaster 1 2 3 4 5",)), "is not absolute"),
        (change(name="www.example.com"), "is not absolute"),
        (change(name="\u00fc" * 64 + "."), "no label"),
    ],
)
def test_steps_that_are_refused(rrsets, word):
    wrong = refusal(steps, "example.com.", rrsets)
    assert wrong.status == 422 and word in wrong.message and wrong.more["errors"]


@pytest.mark.parametrize("target", ["192.0.2.1", "https://example.com/", "2001:db8::1", "web.example.com."])
def test_what_the_rules_explain_better_goes_on_to_them(target):
    assert steps("example.com.", change("CNAME", records=(target,)))


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ('"' + "x" * 300 + '"', f'"{"x" * 255}""{"x" * 45}"'),
        ('"' + "\\\\" * 256 + '" "b"', '"' + "\\\\" * 255 + '""\\\\" "b"'),
        ('"' + "\\195" * 256 + '"', '"' + "\\195" * 255 + '""\\195"'),
        ('"' + "\u00fc" * 128 + '"', '"' + "\\195\\188" * 127 + '\\195""\\188"'),
        ('"\u00fc" "' + "y" * 254 + '"', '"\u00fc" "' + "y" * 254 + '"'),
        ('"" "' + "y" * 255 + '"', '"" "' + "y" * 255 + '"'),
        ('"' + "z" * 255 + '"', '"' + "z" * 255 + '"'),
    ],
)
def test_long_texts_are_cut(content, stored):
    (step,) = steps("example.com.", change("TXT", records=(content,)))
    assert step.records[0].content == stored


def test_all_faults_are_told_at_once():
    wrong = refusal(steps, "example.com.", [*change(ttl=None), *change("TXT", records=("a", "b"))])
    assert len(wrong.more["errors"]) == 3


def test_rrset_json():
    rrset = RRset("a.", "TXT", 60, (Record('"x"', True),), (Comment("why", "me", 7),))
    assert json.loads(rrset_json(rrset)) == {
        "comments": [{"account": "me", "content": "why", "modified_at": 7}],
        "name": "a.",
        "records": [{"content": '"x"', "disabled": True}],
        "ttl": 60,
        "type": "TXT",
    }
    assert json.loads(rrset_json(RRset("a.", "A", 60, ())))["comments"] == []
    mixed = RRset("b.", "A", 60, (Record("192.0.2.1"), Record("192.0.2.2", True)))
    assert list(without_disabled([rrset, mixed])) == [RRset("b.", "A", 60, (Record("192.0.2.1"),))]


@given(name=st.text(), contents=st.lists(st.tuples(st.text(), st.booleans())), comment=st.text())
def test_any_text_comes_back_sorted_and_spaced_alike(name, contents, comment):
    rrset = RRset(name, "TXT", 1, tuple(Record(*one) for one in contents), (Comment(comment, name),))
    text = rrset_json(rrset)
    read = json.loads(text)
    assert (read["name"], [(one["content"], one["disabled"]) for one in read["records"]]) == (name, contents)
    assert read["comments"] == [{"account": name, "content": comment, "modified_at": 0}]
    assert json.dumps(read, sort_keys=True) == json.dumps(read)
    assert json.dumps(read, ensure_ascii=False) == text


def test_json_is_sorted_and_spaced_as_powerdns_writes_it():
    assert to_json({"b": [{"d": 1, "c": "ü"}], "a": {}}) == '{"a": {}, "b": [{"c": "ü", "d": 1}]}'.encode()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_client_that_is_wrong_too_often_waits_and_is_let_in_again():
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(FAILURES):
        assert throttle.wait("192.0.2.1") == 0
        throttle.count("192.0.2.1")
    assert throttle.wait("192.0.2.1") == WINDOW and throttle.wait("192.0.2.2") == 0
    clock.now += WINDOW - 0.1
    assert throttle.wait("192.0.2.1") == 1
    clock.now += 0.1
    assert throttle.wait("192.0.2.1") == 0
    throttle.count("192.0.2.1")
    assert throttle.wait("192.0.2.1") == 0


def test_what_is_remembered_is_bounded():
    throttle = Throttle(Clock())
    for number in range(CLIENTS + 10):
        throttle.count(str(number))
    assert len(throttle) == CLIENTS


@pytest.mark.parametrize(
    ("hosts", "client"),
    [
        (("192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201", "0:0:0:0:0:ffff:192.0.2.1"), "192.0.2.1"),
        (("2001:db8::1", "2001:db8:0:0:1::1", "2001:DB8:0:0:ffff::", "2001:db8::192.0.2.1"), "2001:db8::/64"),
        (("2001:db8:0:1::1", "2001:db8:0:1:2:3:4:5", "2001:db8::1:0:0:0:1"), "2001:db8:0:1::/64"),
        (("fe80::1%eth0", "fe80::2", "fe80::2%2"), "fe80::/64"),
        (("::1",), "::/64"),
        (("unknown",), "unknown"),
        (("x" * 10_000,), "x" * 64),
        (("",), ""),
    ],
)
def test_who_is_counted(hosts: tuple[str, ...], client: str):
    assert {counted(host) for host in hosts} == {client}


def test_errors_have_hints(monkeypatch):
    import asyncio

    import httpx
    from fastapi import FastAPI

    from truename.web import answers

    app = FastAPI()
    answers.install(app)

    @app.get("/")
    async def fail() -> None:
        raise NoZone("example.com.", hint="make it")

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            return await client.get("/")

    reply = asyncio.run(ask())
    assert (reply.status_code, reply.json()) == (404, {"error": "no zone example.com. is kept here", "hint": "make it"})
    assert isinstance(RRsetBody("a.", "A").ttl, type(None))


def test_threads_know_whether_they_are_at_work():
    import asyncio
    import threading

    from truename.web.threads import Threads

    async def watch() -> None:
        threads, goes_on = Threads(), threading.Event()
        work = asyncio.create_task(threads.edit(goes_on.wait, 10))
        while not threads.is_busy:
            await asyncio.sleep(0.001)
        work.cancel()
        with pytest.raises(ApiError):
            await work
        assert threads.is_busy  # a client that goes away does not end what it began
        goes_on.set()
        while threads.is_busy:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(watch(), 20))


def test_no_dependency_of_a_handler_goes_to_a_thread():
    """FastAPI runs one that is no coroutine in a thread: three of them were 0.6 ms of an edit."""
    import inspect

    from truename.web import access, context
    from truename.web.api import flags, paths

    for part in (access, context, flags, paths):
        asked = [one for one in vars(part).values() if "__metadata__" in dir(one)]
        calls = [meta.dependency for one in asked for meta in one.__metadata__ if hasattr(meta, "dependency")]
        assert calls and all(inspect.iscoroutinefunction(call) for call in calls), part
