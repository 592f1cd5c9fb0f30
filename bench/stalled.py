"""What clients that read nothing cost others: edits and reads beside 20 of them, and SQLite's log afterwards.

    python bench/stalled.py [--records 50000] [--edits 2000] [--readers 20]

Readers ask for the zone as JSON and as a text and take nothing. An edit changes one record of another zone, durable and
published; a read asks for that zone. Both are measured before the readers come and while they stall, one after the
other on one connection. Those that the server gives up meanwhile come again. All the time another client asks for names
of the small zone (`asking`); the columns of its answers are milliseconds too.
"""

import argparse
import json
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from asking import COLUMNS, WARM_UP, Asking, latency_client, questions, shown
from editing import Client, truename

LARGE, SMALL = "large.example.", "example.com."
ROOM = 4096  # octets that the kernel takes for a reader


@dataclass(frozen=True)
class Figures:
    """Milliseconds of calls that were made one after the other."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Figures":
        done = sorted(seconds)
        return cls(done[len(done) // 2] * 1000, done[int(len(done) * 0.99)] * 1000)


class Reader:
    """A client that asks and takes nothing."""

    def __init__(self, client: Client, path: str) -> None:
        self._where, self._path = client, path
        self._open()

    def come_again(self) -> None:
        """When it was sent away."""
        self._connection.setblocking(False)
        try:
            is_gone = len(self._connection.recv(1 << 20, socket.MSG_PEEK)) == 0
        except BlockingIOError:
            is_gone = False
        except OSError:
            is_gone = True
        if is_gone:
            self.close()
            self._open()

    def close(self) -> None:
        self._connection.close()

    def _open(self) -> None:
        self._connection = socket.socket()
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
        self._connection.connect(("127.0.0.1", self._where.port))
        head = f"Host: a\r\nX-API-Key: {self._where.key}\r\n\r\n"
        self._connection.sendall(f"GET /api/v1/servers/localhost/{self._path} HTTP/1.1\r\n{head}".encode())
        self._connection.settimeout(120)
        self._connection.recv(1, socket.MSG_PEEK)


def main() -> None:
    """Measure, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--records", type=int, default=50_000, help="RRsets of the zone that is read")
    asked.add_argument("--edits", type=int, default=2_000)
    asked.add_argument("--readers", type=int, default=20)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="truename-bench-") as folder, truename(Path(folder)) as (client, process):
        make(client, options.records)
        database = Path(folder) / "data" / "truename.db"
        log = database.with_name(database.name + "-wal")
        with closing(sqlite3.connect(database)) as connection:  # what the import has left
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asker, queries = latency_client(), questions(Path(folder), SMALL)
        asking = [Asking(asker, client.dns, queries) for _ in range(2)]
        with asking[0]:
            time.sleep(WARM_UP)
            found = measured(client, options.edits)
        quiet = found, process.peak() >> 20, log.stat().st_size >> 10
        paths = [f"zones/{LARGE}", f"zones/{LARGE}/export"]
        readers = [Reader(client, paths[number % 2]) for number in range(options.readers)]
        with asking[1]:
            time.sleep(WARM_UP)
            found = measured(client, options.edits, readers)
        stalled = found, process.peak() >> 20, log.stat().st_size >> 10
        for reader in readers:
            reader.close()
        print(f"{options.readers} readers of {options.records} records, {options.edits} edits, as many reads")
        print(f"{'':>8} {'edit p50':>10} {'p99':>10} {'read p50':>10} {'p99':>10} {'peak':>8} {'log':>9}{COLUMNS}")
        for name, asked, ((edits, reads), peak, size) in zip(
            ("quiet", "stalled"), asking, (quiet, stalled), strict=True
        ):
            row = f"{edits.p50:7.2f} ms {edits.p99:7.2f} ms {reads.p50:7.2f} ms {reads.p99:7.2f} ms"
            print(f"{name:>8} {row} {peak:4} MiB {size:5} KiB{shown(asked.found)}")


def make(client: Client, records: int) -> None:
    """The zone that is read, and the one that is edited."""
    lines = "".join(f"h{number} TXT {'x' * 250}\n" for number in range(records))
    for zone, more in ((LARGE, lines), (SMALL, "h0 A 192.0.2.1\n")):
        text = f"$TTL 300\n@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n{more}"
        client.call("POST", "zones?rrsets=false", {"name": zone, "kind": "Native", "zone": text})


def edit(client: Client, number: int) -> None:
    """One record, another one each time."""
    record = {"content": f"198.51.100.{number % 250}", "disabled": False}
    name = f"h{number % 500}.{SMALL}"
    rrset = {"name": name, "type": "A", "ttl": 300, "changetype": "REPLACE", "records": [record]}
    client.call("PATCH", f"zones/{SMALL}", {"rrsets": [rrset]})


def measured(client: Client, edits: int, readers: list[Reader] | None = None) -> tuple[Figures, Figures]:
    """(edits, reads), in turns."""
    spent: dict[str, list[float]] = {"edit": [], "read": []}

    def timed(what: str, call: Callable[[], object]) -> None:
        begin = time.perf_counter()
        call()
        spent[what].append(time.perf_counter() - begin)

    for number in range(edits):
        if number % 100 == 0:
            for reader in readers or []:
                reader.come_again()
            client.close()  # the server has, if that took long
            edit(client, number)
        timed("edit", lambda number=number: edit(client, number))
        timed("read", lambda: json.loads(client.call("GET", f"zones/{SMALL}?rrset_name=h0.{SMALL}")))
    return Figures.of(spent["edit"]), Figures.of(spent["read"])


if __name__ == "__main__":
    main()
