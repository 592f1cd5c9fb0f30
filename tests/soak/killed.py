"""SIGKILL under changes of every kind (`changes`): what was acknowledged is there, and nothing is there half."""

import random
import time
from collections import Counter
from pathlib import Path

from clients.api import Api
from soak.changes import Book, Change, Changes, stored
from system.killing import UntilGone, started


class UnderWay(UntilGone):
    """Changes one after the other."""

    def __init__(self, api: Api, changes: Changes, count: Counter[str]) -> None:
        super().__init__()
        self._api, self._changes, self._count = api, changes, count
        self.last: Change | None = None  # sent, and nothing was heard of it

    def once(self) -> None:
        self.last = change = self._changes.next()
        reply = change.send(self._api)
        if reply.status >= 300:
            self.refused = f"{change.kind}: {reply.status} {reply.text}"
            return
        self._changes.happened(change)
        self._count[change.kind] += 1
        self.last = None


def kill_under_changes(where: Path, rounds: int, seed: int) -> Counter[str]:
    """*rounds* times: a server, changes, SIGKILL. Returns: changes that were acknowledged, by kind, and those that
    were found to have happened (`unheard`) or not (`undone`). Raises: AssertionError for whatever was lost"""
    chance = random.Random(seed)
    changes, count = Changes(chance), Counter[str]()
    last: Change | None = None
    with started(where) as api:
        changes.begin(api)
    for _ in range(rounds + 1):
        with started(where) as api:
            assert_kept(api, changes, last, count)
            with UnderWay(api, changes, count) as under_way:
                time.sleep(chance.uniform(0.0, 0.6))
                api.server.kill()
            assert not under_way.refused, under_way.refused
            last = under_way.last
    return count


def assert_kept(api: Api, changes: Changes, last: Change | None, count: Counter[str]) -> None:
    """The store has the book, or the book after *last*; DNS, journal and serials agree with it."""
    found = stored(api)
    if last is not None:
        happened = found == last.after != changes.book
        count["unheard" if happened else "undone"] += 1
        if happened:
            changes.happened(last)
    assert found == changes.book, _difference(changes.book, found)
    for zone, lines in found.items():
        serial = api.get(f"zones/{zone}?rrsets=false").json["serial"]
        assert api.ask(zone, "SOA")[0].split()[2] == str(serial)
        assert api.get(f"zones/{zone}/journal?limit=1").json[0]["serial"] == serial
        name, _, rtype, content = min(lines).split(" ", 3)
        assert content in api.ask(name, rtype)
    assert api.server.health()["status"] == "ok", api.server.health()


def _difference(wanted: Book, found: Book) -> dict[str, tuple[list[str], list[str]]]:
    """By zone: some of what is missing, some of what is too much."""
    return {
        zone: (sorted(wanted.get(zone, frozenset()) - lines)[:5], sorted(lines - wanted.get(zone, frozenset()))[:5])
        for zone in {**wanted, **found}
        if (lines := found.get(zone, frozenset())) != wanted.get(zone)
    }
