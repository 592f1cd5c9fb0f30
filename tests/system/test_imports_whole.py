"""An import of many records is there whole or not at all, whatever comes in between; what was there before stays."""

import http.client
import random
import threading
import time
from contextlib import suppress

import pytest

from clients.api import Api, rrset
from system.killing import started
from system.process import wait_until

ZONE = "example.net."
MANY = 60_000
HEAD = f"$ORIGIN {ZONE}\n@ 300 SOA ns1 h 1 2 3 4 5\n@ 300 NS ns1\nns1 300 A 192.0.2.53\n"
RECORDS = 3 + MANY
SEED = 5


def text_of(address: str, more: str = "") -> str:
    """A zone with all sorts of owners out of order, and each alias with a target."""
    numbers = list(range(MANY // 2))
    random.Random(SEED).shuffle(numbers)
    lines = [f"h{number} 300 A {address}\na{number}.below 300 CNAME h{number}" for number in numbers]
    return "\n".join([HEAD, *lines, more, ""])


def sent(api: Api, text: str, *, is_new: bool = True):
    if is_new:
        return api.call("POST", "zones?rrsets=false", {"name": ZONE, "kind": "Native", "zone": text})
    return api.call("PUT", f"zones/{ZONE}/text", text.encode(), headers={"Content-Type": "text/plain"})


def count(api: Api) -> int | None:
    """Records of the zone as the API has them; None when it is not there."""
    reply = api.get(f"zones/{ZONE}")
    return sum(len(one["records"]) for one in reply.json["rrsets"]) if reply.status == 200 else None


def goes_on(api: Api) -> None:
    """Edits are taken and what no zone can hold is refused: the database has its constraints."""
    assert api.create("example.org.").status == 201
    assert api.patch("example.org.", rrset("www.example.org.", "A", "192.0.2.1")).status == 204
    assert api.ask("www.example.org.") == ["192.0.2.1"]


def constraints(path) -> list[str]:
    import sqlite3

    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    finally:
        database.close()


def test_a_refused_import(serve, tmp_path):
    api = Api(serve())
    reply = sent(api, text_of("192.0.2.1", "x 300 CNAME y\ny 300 CNAME x"))
    assert reply.status == 422 and "loop" in reply.text
    assert count(api) is None and api.ask(f"h1.{ZONE}") == [] and api.get(f"zones/{ZONE}/journal").status == 404
    goes_on(api)
    assert sent(api, text_of("192.0.2.1")).status == 201
    assert count(api) == RECORDS and api.ask(f"a1.below.{ZONE}")[-1] == "192.0.2.1"
    reply = sent(api, text_of("192.0.2.2", "x 300 CNAME y\ny 300 CNAME x"), is_new=False)
    assert reply.status == 422 and api.ask(f"h1.{ZONE}") == ["192.0.2.1"]
    assert api.server.stop() == 0
    assert len(constraints(tmp_path / "truename-data" / "truename.db")) == 2


def test_a_full_disk(serve, tmp_path):
    """A limit on the size of files is a disk that is full, for this process alone."""
    api = Api(serve("--config", "/dev/null", command=["/bin/sh", "-c", 'ulimit -f 6000; exec "$@"', "sh"]))
    for _ in range(2):
        reply = sent(api, text_of("192.0.2.1"))
        assert reply.status == 503 and "disk" in reply.json["error"], reply.text
        assert count(api) is None and api.ask(f"h1.{ZONE}") == []
    goes_on(api)
    assert api.server.stop() == 0
    again = Api(serve())
    assert count(again) is None and sent(again, text_of("192.0.2.1")).status == 201 and count(again) == RECORDS
    assert again.server.stop() == 0
    assert len(constraints(tmp_path / "truename-data" / "truename.db")) == 2


@pytest.mark.parametrize("is_new", [True, False])
def test_sigkill_in_the_middle(tmp_path, is_new: bool):
    chance = random.Random(SEED)
    before = None
    addresses = ["192.0.2.1"]
    for number in range(6):
        with started(tmp_path) as api:
            found = count(api)
            assert found in (before, RECORDS), found
            if found:
                (address,) = api.ask(f"h1.{ZONE}")
                assert address in addresses and api.ask(f"h{MANY // 2 - 1}.{ZONE}") == [address]
                addresses = [address]
            if found and is_new:
                assert api.call("DELETE", f"zones/{ZONE}").status == 204
            elif not found and not is_new:
                assert sent(api, text_of("192.0.2.1")).status == 201
                before = RECORDS
            addresses.append(f"192.0.2.{10 + number}")
            importing = threading.Thread(target=_send, args=(api, text_of(addresses[-1]), is_new))
            importing.start()
            time.sleep(chance.uniform(0.1, 0.9))
            api.server.kill()
            importing.join()
        assert len(constraints(tmp_path / "data" / "truename.db")) == 2
    with started(tmp_path) as api:
        assert count(api) in (before, RECORDS)
        goes_on(api)
        wait_until(lambda: hidden(tmp_path / "data" / "truename.db") == 0, "what was left behind is still there")
        assert api.server.stop() == 0


def hidden(path) -> int:
    """Zones that nobody sees: they are coming, or going."""
    import sqlite3

    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return database.execute("SELECT count(*) FROM zones WHERE is_hidden").fetchone()[0]
    finally:
        database.close()


def test_edits_of_another_zone_do_not_wait(serve):
    """Most of the time of a large change nobody is kept waiting; a change that holds the lock lets one or two by."""
    api = Api(serve())
    assert api.create("example.org.").status == 201
    for work in (
        lambda: sent(api, text_of("192.0.2.1")).status == 201,
        lambda: api.call("DELETE", f"zones/{ZONE}").status == 204,
        lambda: api.call("POST", f"zones/{ZONE}/undo", {}).status == 200,
    ):
        ends: list[bool] = []
        large = threading.Thread(target=lambda: ends.append(work()))  # noqa: B023 - joined in this turn
        large.start()
        acknowledged = 0
        while not ends and large.is_alive():
            address = f"198.51.100.{acknowledged % 250}"
            assert api.patch("example.org.", rrset("www.example.org.", "A", address)).status == 204
            assert api.ask("www.example.org.") == [address]
            acknowledged += not ends
        large.join()
        assert ends == [True] and acknowledged >= 10, (ends, acknowledged)


def _send(api: Api, text: str, is_new: bool) -> None:
    with suppress(OSError, http.client.HTTPException):  # the server is killed meanwhile
        sent(api, text, is_new=is_new)
