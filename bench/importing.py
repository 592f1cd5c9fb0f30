"""What an import of many records costs, by every way that there is.

POST        the text into an empty database: the server, over HTTP
again       the same text over the zone that is there (PUT zones/{id}/text): nothing differs
almost      the text with one address changed
verb        `truename zone import` into an empty directory, without a server: start and end of the process are in it
postgresql  POST, into a PostgreSQL of our own that syncs; left out where none is installed
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from process import Process
from settings import Settings
from subjects import ROOT
from zones import Files

sys.path.insert(0, str(ROOT / "tests"))
from system import postgres

PATIENCE = 900.0


def imported(client: Any, zone: Files) -> float:
    """Seconds of the whole zone in one call."""
    body = {"name": zone.origin, "kind": "Native", "zone": zone.zone.read_text()}
    sent = json.dumps(body).encode()
    begin = time.perf_counter()
    client.call("POST", "zones?rrsets=false", sent)  # the reply need not hold the zone
    return time.perf_counter() - begin


def replaced(client: Any, zone: Files, text: bytes) -> float:
    """Seconds of *text* over the zone that is there."""
    begin = time.perf_counter()
    client.call("PUT", f"zones/{zone.origin}/text", text, "text/plain")
    return time.perf_counter() - begin


def measure_importing(client: Any, server: Process, zone: Files, settings: Settings) -> dict[str, float]:
    """The ways that need the server at *client*, which is *server* and has the zone already."""
    text = zone.zone.read_bytes()
    found = {"again_s": replaced(client, zone, text)}
    old, new = zone.last[1].encode(), b"192.0.2.98"
    found["almost_s"] = replaced(client, zone, text.replace(old, new))
    found["peak_mb"] = server.peak() / 2**20
    replaced(client, zone, text)
    settings.say(f" truename import over itself {found['again_s']:5.1f} s, with one change {found['almost_s']:5.1f} s")
    return found


def by_verb(folder: Path, zone: Files, settings: Settings) -> float:
    """Seconds of `zone import`, which opens the database itself. Raises: RuntimeError"""
    argv = [str(ROOT / ".venv/bin/truename"), "zone", "import", str(zone.zone), "--yes", "--data", str(folder / "verb")]
    begin = time.perf_counter()
    argv += ["--origin", zone.origin]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=folder)
    if done.returncode:
        raise RuntimeError(f"zone import: {done.stderr.strip()[-300:]}")
    seconds = time.perf_counter() - begin
    settings.say(f" truename zone import {seconds:5.1f} s")
    return seconds


def into_postgresql(folder: Path, zone: Files, settings: Settings) -> float | None:
    """Seconds of the zone in one call; None where there is no PostgreSQL."""
    from editing import truename

    try:
        with postgres.cluster(fsync="on", shared_buffers="128MB") as running:
            place = folder / "postgresql"
            place.mkdir()
            with truename(place, database=running.make_database()) as (client, _):
                seconds = imported(client, zone)
    except postgres.NotInstalled as why:
        settings.say(f" truename import: {why}")
        return None
    settings.say(f" truename import into PostgreSQL {seconds:5.1f} s")
    return seconds
