"""PostgreSQL stopped in the middle of everything, as a crash would, under a stream of edits by several writers.

Every writer has a zone of its own and a name in one that all share; each of its edits puts another number there. In the
end the judges are the journal, the API and DNS, which have to agree, and an edit of every zone.
"""

import itertools
import random
import signal
import threading
import time
from collections import Counter

from clients.api import Api, rrset
from system.postgres import Cluster
from system.process import wait_until

SHARED = "shared.example."
WRITERS = 6


class Writer:
    """Edits one after the other, until it is told to stop. Whatever is no answer of the API ends it (`wrong`)."""

    def __init__(self, api: Api, number: int) -> None:
        self._api = api
        self.zone = f"zone{number}.example."
        self.name = f"writer{number}.{SHARED}"
        self.acknowledged: dict[str, list[int]] = {self.zone: [], SHARED: []}
        self.told: Counter[str] = Counter()
        self.wrong: Exception | None = None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            for number in itertools.count(1):
                if self.is_over.is_set():
                    return
                self._edit(self.zone, f"own.{self.zone}", number)
                self._edit(SHARED, self.name, number)
                self._set_account(number)
        except Exception as wrong:
            self.wrong = wrong

    def _edit(self, zone: str, name: str, number: int) -> None:
        reply = self._api.patch(zone, rrset(name, "TXT", f'"{number}"'))
        if self._is_done(reply.status, reply.text):
            self.acknowledged[zone].append(number)

    def _set_account(self, number: int) -> None:
        reply = self._api.call("PUT", f"zones/{self.zone}", {"account": f"a{number}"})
        self._is_done(reply.status, reply.text)

    def _is_done(self, status: int, text: str) -> bool:
        assert status in (204, 503), text
        self.told["done" if status == 204 else "unknown" if "not known" in text else "refused"] += 1
        return status == 204

    @property
    def count(self) -> int:
        """The edits that were acknowledged."""
        return sum(map(len, self.acknowledged.values()))


def stop_again_and_again(api: Api, postgres: Cluster, rounds: int, seed: int) -> Counter[str]:
    """Returns: how often writers were told what. Raises: AssertionError for whatever was lost, or is stuck"""
    chance = random.Random(seed)
    writers = [Writer(api, number) for number in range(WRITERS)]
    for zone in (SHARED, *(one.zone for one in writers)):
        assert api.create(zone).status == 201
    for one in writers:
        one.thread.start()
    try:
        for _ in range(rounds):
            before = [one.count for one in writers]
            wait_until(lambda before=before: _are_on(writers, before), "a writer is stuck")
            time.sleep(chance.uniform(0.0, 0.3))
            postgres.stop(signal.SIGQUIT)
            time.sleep(chance.choice([0.0, 0.5]))
            postgres.start()
    finally:
        for one in writers:
            one.is_over.set()
        for one in writers:
            one.thread.join()
    wait_until(lambda: api.server.health()["status"] == "ok", api.server.health()["database"])
    for one in writers:
        assert_whole(api, one.zone, {f"own.{one.zone}": one.acknowledged[one.zone]})
    assert_whole(api, SHARED, {one.name: one.acknowledged[SHARED] for one in writers})
    assert api.server.health()["database"] == "ok"
    return sum((one.told for one in writers), Counter())


def _are_on(writers: list[Writer], before: list[int]) -> bool:
    for one in writers:
        if one.wrong:
            raise one.wrong
    return all(one.count > count for one, count in zip(writers, before, strict=True))


def assert_whole(api: Api, zone: str, acknowledged: dict[str, list[int]]) -> None:
    """*zone* takes an edit; what its journal, the API and DNS say is one thing; what was *acknowledged* is in it."""
    served = {name: api.ask(name, "TXT") for name in acknowledged}  # before the edit, which might bring it up
    assert served == {name: api.contents(zone, name, "TXT") for name in acknowledged}
    assert api.patch(zone, rrset(f"last.{zone}", "TXT", '"last"')).status == 204
    assert api.ask(f"last.{zone}", "TXT") == ['"last"']
    entries = journal(api, zone)
    lines: set[str] = set()
    added: Counter[str] = Counter()
    serial = 0
    for entry in entries:
        assert entry["previous"] == serial and set(entry["removed"]) <= lines
        lines = lines - set(entry["removed"]) | set(entry["added"])
        added.update(entry["added"])
        serial = entry["serial"]
    stored = {
        f"{name} {one['ttl']} IN {rtype} {record['content']}"
        for (name, rtype), one in api.rrsets(zone).items()
        for record in one["records"]
    }
    assert lines == stored and api.get(f"zones/{zone}?rrsets=false").json["serial"] == serial
    assert int(api.ask(zone, "SOA")[0].split()[2]) == serial
    for name, numbers in acknowledged.items():
        missing = [number for number in numbers if added[f'{name} 3600 IN TXT "{number}"'] != 1]
        assert not missing, (name, missing)


def journal(api: Api, zone: str) -> list[dict]:
    """All entries, the oldest first."""
    found: list[dict] = []
    before = ""
    while page := api.get(f"zones/{zone}/journal?limit=1000{before}").json:
        found += page
        before = f"&before={page[-1]['number']}"
    return found[::-1]
