"""What another zone's edits wait for while one zone changes as a whole.

    quiet      nothing else happens
    import     POST zones with a text of 1,000,000 records
    replace    PUT zones/{id}/text: the same names with other addresses (500,000 RRsets differ)
    undo       of the replacement
    delete     DELETE of a zone of 500,000 names
    restore    the undo of that deletion
    unmake     the undo of an import

A client in a process of its own changes one record of a small zone all the time, one edit after the other.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from subjects import ROOT
from zones import Files, fan, million

QUIET = 3.0  # seconds
OTHER = "example.net."
HEAD = f"$ORIGIN {OTHER}\n@ 300 SOA ns1 h 1 2 3 4 5\n@ 300 NS ns1\nns1 300 A 192.0.2.53\nwww 300 A 192.0.2.1\n"
Spans = list[tuple[float, float]]


def _edit(port: int, key: str, pipe: Connection) -> None:
    """Edit until told to stop; give (begin, seconds) of each edit."""
    from editing import Client

    client, spans = Client(port, key), []
    while not pipe.poll():
        record = {"content": f"198.51.100.{len(spans) % 250}", "disabled": False}
        rrset = {"name": f"www.{OTHER}", "type": "A", "ttl": 300, "changetype": "REPLACE", "records": [record]}
        begin = time.perf_counter()
        client.call("PATCH", f"zones/{OTHER}", {"rrsets": [rrset]})
        spans.append((begin, time.perf_counter() - begin))
    pipe.send(spans)


def beside(client: Any, work: Callable[[], object]) -> dict[str, float]:
    """Figures of the edits that were under way during *work*."""
    here, there = multiprocessing.Pipe()
    editor = multiprocessing.get_context("fork").Process(target=_edit, args=(client.port, client.key, there))
    editor.start()
    time.sleep(0.3)
    begin = time.perf_counter()
    work()
    end = time.perf_counter()
    here.send("stop")
    spans: Spans = here.recv()
    editor.join()
    return figures([seconds for start, seconds in spans if start < end and start + seconds > begin], end - begin)


def figures(seconds: Sequence[float], whole: float) -> dict[str, float]:
    """Of the edits, in milliseconds; and of the work beside them."""
    done = sorted(seconds)
    at = {"p50_ms": 0.5, "p99_ms": 0.99, "max_ms": 1.0}
    found = {name: done[min(len(done) - 1, int(len(done) * share))] * 1000 for name, share in at.items()}
    return found | {"edits": len(done), "work_s": whole}


def measure_beside(
    client: Any, zone: Files, other: Files, say: Callable[[str], None], only: Sequence[str] = ()
) -> dict[str, Any]:
    """By kind of work. The database is empty at the start."""
    from importing import imported, replaced

    client.call("POST", "zones?rrsets=false", {"name": OTHER, "kind": "Native", "zone": HEAD})
    text = zone.zone.read_bytes()
    differing = text.replace(b"\tA\t10.", b"\tA\t11.")

    def undone(origin: str) -> None:
        client.call("POST", f"zones/{origin}/undo", {})

    works: dict[str, Callable[[], object]] = {
        "quiet": lambda: time.sleep(QUIET),
        "import": lambda: imported(client, zone),
        "replace": lambda: replaced(client, zone, differing),
        "undo": lambda: undone(zone.origin),
        "fan": lambda: imported(client, other),
        "delete": lambda: client.call("DELETE", f"zones/{other.origin}"),
        "restore": lambda: undone(other.origin),
        "unmake": lambda: undone(other.origin),
    }
    results = {}
    for name, work in ((name, works[name]) for name in only or works):
        found = results[name] = beside(client, work)
        say(
            f" beside {name:>8} {found['p50_ms']:8.1f} ms median {found['p99_ms']:8.1f} p99 {found['max_ms']:8.1f} max"
            f" of {found['edits']:5} edits; the work takes {found['work_s']:6.2f} s"
        )
    return results


def main() -> None:
    """This section alone: python bench/beside.py [DATABASE URL] [WORK..]."""
    import subprocess

    from editing import truename
    from zones import folder_for, plain

    work = ROOT / "bench" / "work"
    zones = folder_for(work, "plain")
    folder = work / "beside"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(parents=True)
    database, only = "", sys.argv[1:]
    if only and "://" in only[0]:
        database, *only = only
    with truename(folder, database=database) as (client, server):
        say = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
        found = measure_beside(client, million(zones, plain), fan(zones), say, only)
        found["peak_mb"] = server.peak() / 2**20
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
