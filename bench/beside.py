"""What another zone's edits wait for while one zone changes as a whole, and what answers take meanwhile.

    quiet      nothing else happens
    import     POST zones with a text of 1,000,000 records
    replace    PUT zones/{id}/text: the same names with other addresses (500,000 RRsets differ)
    undo       of the replacement
    delete     DELETE of a zone of 500,000 names
    restore    the undo of that deletion
    unmake     the undo of an import

A client in a process of its own changes one record of a small zone all the time, one edit after the other; another one
asks for names of that zone (`asking`). The line ``quiet`` comes first in every run.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from asking import COLUMNS, WARM_UP, Asking, latency_client, questions, shown
from subjects import ROOT
from zones import Files, fan, million

QUIET = 3.0  # seconds
OTHER = "example.net."
HEAD = f"$ORIGIN {OTHER}\n@ 300 SOA ns1 h 1 2 3 4 5\n@ 300 NS ns1\nns1 300 A 192.0.2.53\nwww 300 A 192.0.2.1\n"
Spans = list[tuple[float, float]]
PLACES = {"p50_ms": 0.5, "p99_ms": 0.99, "max_ms": 1.0}


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


def beside(client: Any, work: Callable[[], object], asking: Asking) -> dict[str, Any]:
    """Figures of the edits that were under way during *work*, and of the answers."""
    here, there = multiprocessing.Pipe()
    editor = multiprocessing.get_context("fork").Process(target=_edit, args=(client.port, client.key, there))
    editor.start()  # before the client that asks: a fork would hold its stdin open
    client.close()  # the server ends a connection that was silent for as long as the work before took
    with asking:
        time.sleep(WARM_UP)
        begin = time.perf_counter()
        work()
        end = time.perf_counter()
    here.send("stop")
    spans: Spans = here.recv()
    editor.join()
    during = [seconds for start, seconds in spans if start < end and start + seconds > begin]
    return figures(during, end - begin) | {"answers": asking.found}


def figures(seconds: Sequence[float], whole: float) -> dict[str, Any]:
    """Of the edits, in milliseconds; and of the work beside them."""
    done = sorted(seconds)
    found = {name: done[min(len(done) - 1, int(len(done) * share))] * 1000 for name, share in PLACES.items()}
    return found | {"edits": len(done), "work_s": whole}


def measure_beside(
    client: Any, folder: Path, files: tuple[Files, Files], say: Callable[[str], None], only: Sequence[str] = ()
) -> dict[str, Any]:
    """By kind of work, and a table of it. The database is empty at the start; *folder* is for files.

    Raises: SystemExit when the client that asks cannot be built
    """
    from importing import imported, replaced

    client.call("POST", "zones?rrsets=false", {"name": OTHER, "kind": "Native", "zone": HEAD})
    asker, queries, (zone, other) = latency_client(), questions(folder, OTHER), files
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
    say(f"{'ms beside':>10}{'edit p50':>10}{'p99':>10}{'max':>10}{'edits':>7}{COLUMNS}{'work, s':>9}")
    results: dict[str, Any] = {}
    for name in dict.fromkeys(["quiet", *(only or works)]):  # all else is read beside it
        found = results[name] = beside(client, works[name], Asking(asker, client.dns, queries))
        edits = "".join(f"{found[place]:10.2f}" for place in PLACES)
        say(f"{name:>10}{edits}{found['edits']:7}{shown(found['answers'])}{found['work_s']:9.2f}")
    return results


def main() -> None:
    """The table on stderr as it grows, all figures on stdout: python bench/beside.py [DATABASE URL] [WORK..]."""
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
        found = measure_beside(client, folder, (million(zones, plain), fan(zones)), say, only)
        found["peak_mb"] = server.peak() / 2**20
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
