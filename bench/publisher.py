"""Publish changes in a process that holds the graph, and time every call; publishing.py runs it.

    publisher.py single NAMES ZONES COUNT   change COUNT single records of the zone of a million, one publication each
    publisher.py fan NAMES ZONES COUNT      change the address of the name under 500,000 aliases, COUNT times
    publisher.py serve NAMES ZONES RATE     serve the zone of a million with one worker on core 0 and obey stdin:
        quiet SECONDS    change nothing
        served SECONDS   publish RATE changes a second in the graph that is served
        apart SECONDS    the same in a second graph that nobody asks: what the changing thread itself takes from a
                         machine of two cores, without any effect on what is served

Each result is one line of JSON on stdout. NAMES is a key of zones.NAMES, ZONES the folder of the generated zones.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from zones import FAN, HOSTS, NAMES, TTL, Files, fan, million, read_sample

from truename._core import Graph, Server

SERVER_CORE = 0


@dataclass(frozen=True)
class Change:
    """One new address for *owner*, and a name whose answer must then end in it (*owner* or an alias of it)."""

    owner: str
    address: str
    seen_from: str


def single_changes(files: Files, folder: Path, names: str, count: int) -> Iterator[Change]:
    """New addresses for *count* hosts: first those that the sample knows an alias of, then others all over the zone."""
    sample = read_sample(folder / "million.sample")
    known = {asked.records[-1].split(" ")[0]: asked.name for asked in sample if len(asked.records) == 2}
    label = NAMES[names]
    step = HOSTS // max(count, 1) or 1
    others = [f"{label('h', number)}.{files.origin}" for number in range(0, HOSTS - 1, step)]
    owners = list(known.items()) + [(owner, owner) for owner in others if owner not in known]
    for number, (owner, seen_from) in enumerate(owners[:count]):
        yield Change(owner, f"198.51.{number >> 8}.{number & 255}", seen_from)


def fan_changes(files: Files, count: int) -> Iterator[Change]:
    """One address after another for the one target, each looked at from another alias."""
    for number in range(count):
        seen_from = f"a{number * 7919 % FAN}.{files.origin}"
        yield Change(f"true.{files.origin}", f"198.51.{number >> 8}.{number & 255}", seen_from)


def publish(graph: Graph, zone: str, change: Change) -> float:
    """Seconds that the call took."""
    begin = time.perf_counter_ns()
    graph.change(zone, [(change.owner, "A", TTL, [change.address])])
    return (time.perf_counter_ns() - begin) / 1e9


def is_seen(graph: Graph, change: Change) -> bool:
    """Whether the name to look from leads to the new address, and only to that."""
    records = graph.explain(change.seen_from, "A").records
    return [tuple(record) for record in records] == [(change.owner, TTL, "A", change.address)]


def times(seconds: list[float]) -> dict[str, float]:
    """Microseconds: median, p99 and the longest."""
    ordered = sorted(seconds)
    return {
        "median_us": median(ordered) * 1e6,
        "p99_us": ordered[int((len(ordered) - 1) * 0.99)] * 1e6,
        "max_us": ordered[-1] * 1e6,
    }


def load(files: Files) -> Graph:
    """A graph that holds one zone. Raises: SystemExit when the zone is refused."""
    graph = Graph()
    loaded = graph.load_zone(str(files.zone), files.origin)
    if loaded.problems:
        raise SystemExit(f"the generated zone is refused: {loaded.problems[0].message}")
    return graph


def time_changes(graph: Graph, zone: str, changes: Iterator[Change]) -> dict[str, float]:
    """Publish each change, look whether it is seen, and sum up."""
    seconds, unseen = [], 0
    for change in changes:
        seconds.append(publish(graph, zone, change))
        unseen += not is_seen(graph, change)
    return {"changes": len(seconds), "unseen": unseen} | times(seconds)


def keep_changing(graph: Graph, zone: str, rate: float, length: float, changes: list[Change]) -> dict[str, float]:
    """Publish at fixed times, *rate* a second for *length* seconds; who is late catches up at once."""
    seconds: list[float] = []
    begin = time.monotonic()
    for number in range(int(rate * length)):
        wait = begin + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        seconds.append(publish(graph, zone, changes[number % len(changes)]))
    return {"changes": len(seconds), "rate": len(seconds) / (time.monotonic() - begin)} | times(seconds)


def serve(files: Files, changes: list[Change], rate: float) -> None:
    """Hold both graphs and the server until stdin ends.

    A worker keeps the cores of the thread that makes it, so this thread goes to the server's core for that moment and
    is free again afterwards: where it changes is the kernel's choice, as it is for who runs the product.
    """
    graph, apart = load(files), load(files)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER_CORE})
    server = Server(graph, listen=["127.0.0.1:0"], workers=1)
    os.sched_setaffinity(0, cores)
    tell({"port": int(server.addresses[0].rpartition(":")[2])})
    for line in sys.stdin:
        what, length = line.split()
        if what == "quiet":
            time.sleep(float(length))
            tell({"changes": 0})
        else:
            tell(keep_changing(graph if what == "served" else apart, files.origin, rate, float(length), changes))
    server.stop()


def tell(result: dict[str, float]) -> None:
    print(json.dumps(result), flush=True)


def main(verb: str, names: str, folder: Path, number: int) -> None:
    if verb == "fan":
        files = fan(folder)
        tell(time_changes(load(files), files.origin, fan_changes(files, number)))
        return
    files = million(folder, NAMES[names])
    if verb == "single":
        tell(time_changes(load(files), files.origin, single_changes(files, folder, names, number)))
    else:
        serve(files, list(single_changes(files, folder, names, 10 * number)), number)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
