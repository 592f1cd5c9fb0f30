"""`make soak`: 200,000 edits through one server; its memory, descriptors, threads and the database's log stay flat."""

import http.client
import json
import os
import random
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / "system"), str(Path(__file__).parents[1])]

from clients.api import BASE, Api, rrset, running

EDITS = int(os.environ.get("SOAK_EDITS", "200000"))
PARTS = 20  # of the run; what is measured after the first is where it has to stay
NAMES = 5_000
ZONE = "example.com."
GROWTH = 1.15  # memory: allocators and SQLite's cache find their level, a leak of an edit's objects is far more
LOG = 64 << 20  # octets of SQLite's log


@dataclass(frozen=True)
class Held:
    """What the process holds after so many *edits*; memory and the database's log in MiB."""

    memory: float
    descriptors: int
    threads: int
    log: float
    edits: int

    def __str__(self) -> str:
        return (
            f"{self.edits} edits: memory {self.memory:.0f} MiB, {self.descriptors} descriptors, "
            f"{self.threads} threads, log {self.log:.1f} MiB"
        )


def held(api: Api, edits: int) -> Held:
    """What the server of *api* holds now."""
    process = Path(f"/proc/{api.server.process.pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    log = next((api.server.cwd / "truename-data").glob("*-wal")).stat().st_size
    return Held(
        int(status["VmRSS"].split()[0]) / 1024,
        len(list((process / "fd").iterdir())),
        int(status["Threads"]),
        log / (1 << 20),
        edits,
    )


class Editor:
    """One connection on which edits go, one after the other."""

    def __init__(self, api: Api, chance: random.Random) -> None:
        self._api = api
        self._chance = chance
        self._wire = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=30)
        self.number = 0

    def edit(self) -> None:
        """A name gets an address, becomes an alias, or goes; now and then it is taken back."""
        self.number += 1
        if self.number % 100 == 0:
            self._call("POST", f"zones/{ZONE}/undo", {}, 200)
            return
        name = f"n{self._chance.randrange(NAMES)}.{ZONE}"
        address = f"198.51.{self.number // 250 % 250}.{self.number % 250}"
        other = {"A": "CNAME", "CNAME": "A"}
        rtype = self._chance.choice(["A", "CNAME"])
        content = address if rtype == "A" else f"ns.{ZONE}"
        sets = [rrset(name, other[rtype], op="DELETE"), rrset(name, rtype, content, ttl=300 + self.number % 7)]
        self._call("PATCH", f"zones/{ZONE}", {"rrsets": sets if self._chance.random() < 0.9 else sets[:1]}, 204)

    def close(self) -> None:
        """The end of the connection."""
        self._wire.close()

    def _call(self, method: str, path: str, body: object, wanted: int) -> None:
        headers = {"X-API-Key": self._api.key, "Content-Type": "application/json"}
        self._wire.request(method, f"{BASE}/{path}", json.dumps(body), headers)
        reply = self._wire.getresponse()
        said = reply.read()
        # An edit that changed nothing leaves nothing to take back twice: undo says so.
        assert reply.status == wanted or (method == "POST" and reply.status == 422), (reply.status, said)


@pytest.mark.soak
def test_what_is_held_stays_flat(tmp_path: Path) -> None:
    with running(tmp_path) as api, closing(Editor(api, random.Random(7))) as editor:
        assert api.create(ZONE).status == 201
        rows = []
        for _ in range(PARTS):
            for _ in range(EDITS // PARTS):
                editor.edit()
            assert api.ask(ZONE, "SOA")[0].split()[2] == str(api.get(f"zones/{ZONE}?rrsets=false").json["serial"])
            rows.append(held(api, editor.number))
            print(rows[-1])
        warm, last = rows[len(rows) // 4], rows[-1]
        assert last.memory <= warm.memory * GROWTH
        assert last.descriptors <= warm.descriptors + 8  # connections that are just being closed
        assert last.threads <= warm.threads
        assert max(row.log for row in rows) * (1 << 20) <= LOG
        assert api.server.health()["status"] == "ok"
