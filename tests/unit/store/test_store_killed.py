"""kill -9 under a stream of commits: what was acknowledged is there, nothing is there by half, and it goes on."""

import os
import random
import signal
import subprocess
import sys
import time

from zones_kept import ZONE

from truename.store import Store

ROUNDS = 5
# Commits numbered edits, each to two zones and to several owners of one, and says so after each.
PROGRAM = """
import sys, time
from truename.store import Store, ZoneWrite
from truename.zone import Entry, Record, RRset, ZoneInfo

store = Store.open(sys.argv[1])
zones = ("example.com.", "example.org.")
if store.is_empty():
    first = [Entry(zone, 1, 0, 0.0, "x", "cli") for zone in zones]
    store.commit([ZoneWrite(ZoneInfo(one.zone, serial=1), is_new=True, entry=one) for one in first])
print("ready", flush=True)
while True:
    number = store.zone(zones[0]).serial + 1
    writes = []
    for zone in zones:
        owners = [f"n{number % 7}.{zone}", f"n{number % 5}.below.{zone}"]
        # An alias one time, an address the next: the owner's kind changes with its set.
        new = [RRset(owner, "CNAME", number, (Record(f"t{number}.{zone}"),)) if number % 2
               else RRset(owner, "A", number, (Record(f"192.0.2.{number % 256}"),)) for owner in owners]
        old = [one for owner in owners for one in store.rrsets(zone, owner=owner)]
        gone = tuple((one.owner, one.type, None) for one in old)
        added = tuple(line for one in new for line in one.lines())
        removed = tuple(line for one in old for line in one.lines())
        entry = Entry(zone, number, number - 1, time.time(), "x", "cli", added, removed)
        sets = gone + tuple((one.owner, one.type, one) for one in new)
        writes.append(ZoneWrite(ZoneInfo(zone, serial=number), sets=sets, entry=entry))
    store.commit(writes)
    print(number, flush=True)
"""


def test_everything_acknowledged_is_there(url: str):
    chance = random.Random(20261126)
    last = 1
    for _ in range(ROUNDS):
        acknowledged = _run_and_kill(url, chance.randint(1, 40), chance.uniform(0, 0.02))
        with Store.open(url) as store:
            serial = store.zone(ZONE).serial
            assert last <= acknowledged <= serial <= acknowledged + 1  # one may be durable whose word did not get out
            for zone in (ZONE, "example.org."):
                _is_whole(store, zone, serial)
        last = serial


def _run_and_kill(url: str, edits: int, seconds: float) -> int:
    """The number of the last edit that was acknowledged. Killed *seconds* after the first *edits* of them."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    said = [process.stdout.readline() for _ in range(edits)]
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    said += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return max(int(line) for line in said if line.endswith("\n"))


def _is_whole(store: Store, zone: str, serial: int) -> None:
    assert store.zone(zone).serial == serial
    entries = store.journal(zone, limit=100_000)[::-1]
    assert [entry.serial for entry in entries] == list(range(1, serial + 1))  # none missing, none twice, none back
    lines: set[str] = set()
    for entry in entries:
        assert lines >= set(entry.removed)
        lines = lines - set(entry.removed) | set(entry.added)
    assert lines == {line for one in store.rrsets(zone) for line in one.lines()}
