"""What a change of a zone in the database costs, over HTTP, beside PowerDNS with its sqlite3 backend.

    import    1,000,000 records of a master file into an empty database: POST zones with the text; pdnsutil load-zone;
              and over themselves, by the verb and into PostgreSQL (`importing`)
    patch     one record of that zone, another one each time: durable, published and answered
    restart   from exec to the first right answer
    impact    who reaches the one target of 500,000 aliases: the count and the first 100

Both are durable: SQLite syncs before the reply (synchronous = FULL, which is PowerDNS' default too). Edits of the two
take turns, a block each, so that both meet the same machine. By default PowerDNS rectifies a zone after each edit, for
which it reads all of it, and an edit takes seconds (`rectified`, a few edits only); the turns are without that.
"""

import http.client
import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from dns import await_answer
from importing import by_verb, imported, into_postgresql, measure_importing
from process import Process, free_port
from running import ALL_CORES
from settings import Settings
from subjects import ROOT
from zones import Files, address, fan, million

BLOCK = 20  # edits before the other has its turn
ENOUGH = 30.0  # seconds of edits after which a server gets no further turns
PATIENCE = 900.0
KEY = "bench"
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")


@dataclass
class Client:
    """One connection that is kept, as clients keep it."""

    port: int
    key: str
    dns: int = 0  # its port for questions
    _held: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: object = None, kind: str = "application/json") -> bytes:
        """The reply's body. Raises: RuntimeError for an error"""
        if self._held is None:
            self._held = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        head = {"X-API-Key": self.key, "Content-Type": kind}
        try:
            self._held.request(method, f"/api/v1/servers/localhost/{path}", sent, head)
            reply = self._held.getresponse()
            found = reply.read()
        except (OSError, http.client.HTTPException) as wrong:
            self.close()
            raise RuntimeError(f"{method} {path}: {wrong!r}") from None
        if reply.will_close:
            self.close()
        if reply.status >= 300:
            raise RuntimeError(f"{method} {path}: {reply.status} {found[:300]!r}")
        return found

    def close(self) -> None:
        """End the connection: a server ends one that was silent for too long."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def patch(self, number: int) -> float:
        """Seconds of the change of one address."""
        name = f"h{number}.example.com."
        record = {"content": f"198.51.100.{number % 250}", "disabled": False}
        rrset = {"name": name, "type": "A", "ttl": 300, "changetype": "REPLACE", "records": [record]}
        begin = time.perf_counter()
        self.call("PATCH", "zones/example.com.", {"rrsets": [rrset]})
        return time.perf_counter() - begin


@dataclass
class Edits:
    """Seconds of each edit."""

    seconds: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, float]:
        done = sorted(self.seconds)
        return {
            "median_ms": median(done) * 1000,
            "p99_ms": done[int(len(done) * 0.99)] * 1000,
            "thousand_s": sum(done) / len(done) * 1000,
            "edits": len(done),
        }


def measure_editing(settings: Settings) -> dict[str, Any]:
    """By server; without PowerDNS only the product. Raises: RuntimeError, OSError"""
    zone = million(settings.zones, settings.label)
    folder = settings.work / "editing"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(parents=True)
    results: dict[str, Any] = {}
    with truename(folder) as (mine, server):
        results["truename"] = {"import_s": imported(mine, zone)}
        settings.say(f" truename import {results['truename']['import_s']:6.1f} s")
        results["truename"] |= measure_importing(mine, server, zone, settings)
        with powerdns(folder, zone, settings, results) as peer:
            if peer:
                few = Edits([peer.patch(number) for number in range(3)])
                results["pdns"]["rectified"] = few.as_json()
                settings.say(f"     pdns patch {few.as_json()['median_ms']:6.0f} ms median, rectified")
                peer.call("PUT", "zones/example.com.", {"kind": "Native", "api_rectify": False})
            turns(mine, peer, settings, results)
        results["impact"] = measure_impact(mine, settings)
    results["truename"]["verb_s"] = by_verb(folder, zone, settings)
    results["truename"]["postgresql_s"] = into_postgresql(folder, zone, settings)
    results["truename"]["restart_s"] = restarted(folder, zone)
    settings.say(f" truename restart {results['truename']['restart_s']:5.2f} s")
    return results


def turns(mine: Client, peer: Client | None, settings: Settings, results: dict[str, Any]) -> None:
    """Edits of both, a block each. Names are spread over the zone."""
    clients = {"truename": mine} | ({"pdns": peer} if peer else {})
    edits = {name: Edits() for name in clients}
    for block in range(0, settings.changes, BLOCK):
        for name, client in clients.items():
            if sum(edits[name].seconds) > ENOUGH:
                continue
            client.close()
            numbers = ((block + step) * 389 % 499_000 for step in range(BLOCK))
            edits[name].seconds += [client.patch(number) for number in numbers]
    for name, done in edits.items():
        results.setdefault(name, {})["patch"] = done.as_json()
        figures = results[name]["patch"]
        settings.say(f"{name:>9} patch {figures['median_ms']:6.2f} ms median {figures['p99_ms']:7.2f} ms p99")


@contextmanager
def truename(folder: Path, *, database: str = "") -> Iterator[tuple[Client, Process]]:
    """The product with a database in *folder*, or the one at that URL; and its process."""
    dns, web = free_port(), free_port()
    data = folder / "data"
    argv = [str(ROOT / ".venv/bin/truename"), "serve", "--data", str(data), "--workers", "1"]
    argv += ["--listen", f"127.0.0.1:{dns}", "--http", f"127.0.0.1:{web}"]
    argv += ["--database", database] if database else []
    with Process(argv, folder / "truename.log", ALL_CORES) as process:
        await_http(process, web)
        yield Client(web, (data / "admin.key").read_text().strip(), dns), process


def measure_impact(client: Client, settings: Settings) -> dict[str, float]:
    """Milliseconds of the question who reaches the target of 500,000 aliases; the best of five, over HTTP."""
    imported(client, fan(settings.zones))
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        found = json.loads(client.call("GET", "names/true.example.org./impact"))
        seconds.append(time.perf_counter() - begin)
    settings.say(f" truename impact of {found['count']} names {min(seconds) * 1000:5.1f} ms")
    return {"count": found["count"], "shown": len(found["reached_by"]), "ms": median(seconds) * 1000}


def restarted(folder: Path, zone: Files) -> float:
    """Seconds from exec to the first right answer, with what `imported` left in the database."""
    port = free_port()
    argv = [str(ROOT / ".venv/bin/truename"), "serve", "--data", str(folder / "data"), "--workers", "1"]
    argv += ["--listen", f"127.0.0.1:{port}", "--http", f"127.0.0.1:{free_port()}"]
    with Process(argv, folder / "restart.log", ALL_CORES) as process:
        return await_answer(process, port, zone.last)


@contextmanager
def powerdns(folder: Path, zone: Files, settings: Settings, results: dict[str, Any]) -> Iterator[Client | None]:
    """PowerDNS with the same zone in its sqlite3 backend; None where it is not installed."""
    if not SCHEMA.exists():
        settings.say("     pdns has no sqlite3 backend here")
        yield None
        return
    dns, web = free_port(), free_port()
    database = folder / "pdns.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(SCHEMA.read_text())
        connection.execute("PRAGMA journal_mode = WAL")
    (folder / "pdns.conf").write_text(
        f"""launch=gsqlite3
gsqlite3-database={database}
local-address=127.0.0.1
local-port={dns}
receiver-threads=1
distributor-threads=1
socket-dir={folder}
loglevel=3
disable-syslog=yes
security-poll-suffix=
webserver=yes
webserver-address=127.0.0.1
webserver-port={web}
webserver-max-bodysize=100
api=yes
api-key={KEY}
"""
    )
    config = f"--config-dir={folder}"
    begin = time.perf_counter()
    load = ["pdnsutil", config, "load-zone", zone.origin.rstrip("."), str(zone.zone)]
    done = subprocess.run(load, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if done.returncode:
        raise RuntimeError(f"pdnsutil: {done.stderr.strip()[-300:]}")
    results["pdns"] = {"import_s": time.perf_counter() - begin}
    settings.say(f"     pdns import {results['pdns']['import_s']:6.1f} s (pdnsutil load-zone)")
    with Process(["pdns_server", config, "--daemon=no", "--guardian=no"], folder / "pdns.log", ALL_CORES) as process:
        await_http(process, web)
        client = Client(web, KEY)
        results["pdns"]["post_s"] = posted(folder, client, settings)
        yield client


def posted(folder: Path, client: Client, settings: Settings) -> float | None:
    """Seconds of a tenth of the zone by POST, times ten; None when PowerDNS does not take it."""
    lines = [f"h{number}\t300\tIN\tA\t{address(number)}" for number in range(100_000)]
    text = "\n".join(["$ORIGIN example.net.", "@ 300 IN SOA ns1 h 1 2 3 4 5", "@ 300 IN NS ns1", *lines, ""])
    begin = time.perf_counter()
    try:
        client.call(
            "POST", "zones?rrsets=false", {"name": "example.net.", "kind": "Native", "nameservers": [], "zone": text}
        )
    except RuntimeError as wrong:
        settings.say(f"     pdns POST: {wrong}")
        return None
    seconds = (time.perf_counter() - begin) * 10
    settings.say(f"     pdns POST of a tenth, times ten {seconds:6.1f} s")
    return seconds


def await_http(process: Process, port: int) -> None:
    """Raises: RuntimeError when nobody answers"""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.is_alive:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/api", headers={"X-API-Key": KEY})
                connection.getresponse().read()
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"no HTTP on port {port}; see {process.log}")


def main(arguments: Sequence[str]) -> None:
    """This section alone: python bench/editing.py [CHANGES]."""
    from zones import folder_for, plain

    work = ROOT / "bench" / "work"
    zones = folder_for(work, "plain")
    changes = int(arguments[0]) if arguments else 200
    settings = Settings(work, zones, "plain", 1, 1.0, 1.0, 1, 0.0, changes)
    assert settings.label is plain
    print(json.dumps(measure_editing(settings), indent=1))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
