"""SIGKILL under a stream of edits, over HTTP and DNS: what was acknowledged is there after the restart.

Each edit changes two zones' worth of trust at once: two owners of a zone get the same number in one PATCH, as a record
and as a comment beside it, so half an edit shows. The next start is the judge: DNS, the API and the journal have to
agree.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from clients.api import Api, rrset
from system.process import ServerProcess

ZONE = "example.com."


class UntilGone:
    """Something that is done again and again in a thread, until it was *refused* or the server is gone."""

    def __init__(self) -> None:
        self.refused = ""
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def once(self) -> None:
        """Do it once, and note it when it was refused."""
        raise NotImplementedError

    def _run(self) -> None:
        with suppress(OSError):  # the end of the server, seen from the client
            while not self.refused:
                self.once()


class Stream(UntilGone):
    """Edits one after the other."""

    def __init__(self, api: Api, first: int) -> None:
        super().__init__()
        self._api = api
        self.acknowledged = first - 1
        self.sent = first - 1

    def once(self) -> None:
        self.sent += 1
        reply = self._api.patch(ZONE, *edit(self.sent))
        if reply.status == 204:
            self.acknowledged = self.sent
        else:
            self.refused = reply.text


def edit(number: int) -> list[dict]:
    """Two owners that say *number*; each is an alias one time and a text the next."""
    said = []
    for owner in ("one", "two"):
        name = f"{owner}.{ZONE}"
        rtype, other, content = ("TXT", "CNAME", f'"{number}"') if number % 2 else ("CNAME", "TXT", f"n{number}.{ZONE}")
        comments = [{"content": f"edit {number}", "account": owner, "modified_at": number}]
        said += [rrset(name, other, op="DELETE"), rrset(name, rtype, content, comments=comments)]
    return said


@contextmanager
def started(where: Path) -> Iterator[Api]:
    server = ServerProcess(["--data", str(where / "data")], cwd=where)
    try:
        yield Api(server.wait_ready(), (where / "data" / "admin.key").read_text().strip())
    finally:
        server.kill()


def kill_again_and_again(where: Path, rounds: int, seed: int) -> None:
    """*rounds* times: a server, edits, SIGKILL at a random moment. Raises: AssertionError for whatever was lost"""
    chance = random.Random(seed)
    with started(where) as api:
        assert api.create(ZONE, *edit(1)).status == 201
        sent = acknowledged = 1
        replayed = Replayed()
    for _ in range(rounds + 1):
        with started(where) as api:
            number = stored_number(api)
            assert acknowledged <= number <= sent
            assert_whole(api, replayed)
            with Stream(api, number + 1) as stream:
                time.sleep(chance.uniform(0.0, 0.4))
                api.server.kill()
            assert not stream.refused, stream.refused
            acknowledged, sent = stream.acknowledged, stream.sent


def stored_number(api: Api) -> int:
    """The last edit that was carried out, which must be there whole, in the API as in DNS."""
    found = {}
    for owner in ("one", "two"):
        name = f"{owner}.{ZONE}"
        texts, targets = api.contents(ZONE, name, "TXT"), api.contents(ZONE, name, "CNAME")
        assert len(texts) + len(targets) == 1, (texts, targets)
        asked = api.ask(name, "TXT")[:1]
        assert asked == (texts or targets), (asked, texts, targets)
        found[owner] = int((texts or targets)[0].strip('"').removeprefix("n").split(".")[0])
    assert found["one"] == found["two"], found
    return found["one"]


@dataclass
class Replayed:
    """The zone as the journal makes it, up to *serial*. What was replayed is not read again: a soak has many edits."""

    serial: int = 0
    lines: set[str] = field(default_factory=set)
    comments: dict[tuple[str, str], list[dict]] = field(default_factory=dict)

    def go_on(self, api: Api) -> None:
        """Replay the entries that came since. Raises: AssertionError when they do not follow"""
        for entry in self._later(api):
            assert entry["previous"] == self.serial and entry["serial"] > self.serial
            assert set(entry["removed"]) <= self.lines
            self.lines = self.lines - set(entry["removed"]) | set(entry["added"])
            for one in entry["comments"]:
                assert self.comments.get((one["name"], one["type"]), []) == one["before"]
                self.comments[one["name"], one["type"]] = one["after"]
            self.serial = entry["serial"]

    def _later(self, api: Api) -> list[dict]:
        """Entries behind the last one, which must still be there; the oldest first."""
        found: list[dict] = []
        while not found or found[-1]["serial"] > self.serial:
            before = f"&before={found[-1]['number']}" if found else ""
            page = api.get(f"zones/{ZONE}/journal?limit=1000{before}").json
            if not page:
                assert not self.serial, "an entry that was there is gone"
                break
            found += page
        return [entry for entry in found if entry["serial"] > self.serial][::-1]


def assert_whole(api: Api, replayed: Replayed) -> None:
    """The journal replayed is what is stored, and goes on from what it was."""
    replayed.go_on(api)
    sets = api.rrsets(ZONE)
    stored = {
        f"{name} {one['ttl']} IN {rtype} {record['content']}"
        for (name, rtype), one in sets.items()
        for record in one["records"]
    }
    assert replayed.lines == stored
    said = {key: one["comments"] for key, one in sets.items() if one["comments"]}
    assert {key: one for key, one in replayed.comments.items() if one} == said and len(said) == 2
    assert api.get(f"zones/{ZONE}?rrsets=false").json["serial"] == replayed.serial
