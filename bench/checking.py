"""`truename check` with all rules beside the checkers of three servers, from exec to exit, in turns.

    clean    the zone of 1,000,000 records in which nothing is wrong
    faulty   a zone of 1,000,000 records with 50,000 findings, written as JSON; the peers are silent about most of them
    folder   200 zones of 1,000 records: one run over the folder; the peers read one zone a process, so 200 of them

Not pinned: a checker may use every core. What is printed goes to a file, since a pipe would be measured along with it.
The files were read before, so they are in the page cache for all.
"""

import json
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dnsperf import spread
from settings import Settings
from subjects import ROOT
from zones import ALIAS_TTL, TTL, Files, address, million, text_of, write

TRUENAME = str(ROOT / ".venv/bin/truename")
FAULTS = (("missing", 20_000), ("chain", 20_000), ("zero", 5_000), ("mail", 5_000))
FINDINGS = sum(count for _, count in FAULTS)
ALIASES = 450_000
ZONES = 200
RECORDS = 1_000  # in each zone of the folder, apart from SOA and NS


@dataclass(frozen=True)
class Checker:
    """A program that reads one zone file: *command* of origin and path."""

    name: str
    program: str
    command: Callable[[str, str], list[str]]

    def path(self) -> str | None:
        return shutil.which(self.program) or shutil.which(self.program, path="/usr/sbin:/sbin")


PEERS = (
    Checker("knot", "kzonecheck", lambda origin, path: ["-o", origin, path]),
    Checker("nsd", "nsd-checkzone", lambda origin, path: [origin, path]),
    Checker("bind", "named-checkzone", lambda origin, path: ["-i", "local", origin, path]),
)


def measure_checking(settings: Settings) -> dict[str, Any]:
    """By zone and checker: wall seconds of every run, in turns, and the ratio of the medians to Knot's.

    Raises: RuntimeError when `truename check` does not find what is in the zones
    """
    out = settings.work / "checked"
    clean = million(settings.zones, settings.label)
    sections = {"clean": [clean], "faulty": [faulty(settings.zones)], "folder": folder(settings.zones)}
    found: dict[str, Any] = {}
    for name, zones in sections.items():
        warm(zones)
        runs: dict[str, list[float]] = {}
        for _ in range(settings.rounds):
            runs.setdefault("truename", []).append(ours(name, zones, out))
            for peer in PEERS:
                if peer.path():
                    runs.setdefault(peer.name, []).append(theirs(peer, zones, out))
        found[name] = {who: {"seconds": spread(times), "rounds": times} for who, times in runs.items()}
        for who, result in found[name].items():
            settings.say(f"{name:<7} {who:<9} {result['seconds']['median']:6.2f} s")
    return found


def ours(name: str, zones: list[Files], out: Path) -> float:
    """Seconds of one run. Raises: RuntimeError when it is not what the zones hold"""
    what = str(zones[0].zone.parent if name == "folder" else zones[0].zone)
    seconds, status = timed([TRUENAME, "check", "--format", "json", what], out)
    findings = json.loads(out.read_bytes())
    wanted = FINDINGS if name == "faulty" else 0
    if len(findings) != wanted or status != (1 if wanted else 0):
        raise RuntimeError(f"truename check on {name}: status {status}, {len(findings)} findings in place of {wanted}")
    return seconds


def theirs(peer: Checker, zones: list[Files], out: Path) -> float:
    """Seconds of one run over all *zones*. What a peer says of them is its business."""
    commands = [[str(peer.path()), *peer.command(zone.origin, str(zone.zone))] for zone in zones]
    return sum(timed(command, out)[0] for command in commands)


def timed(command: list[str], out: Path) -> tuple[float, int]:
    """(wall seconds, exit status) of *command*, whose output goes to *out*."""
    with out.open("wb") as file:
        began = time.monotonic()
        status = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
        return time.monotonic() - began, status


def warm(zones: list[Files]) -> None:
    """Have all files in the page cache."""
    for zone in zones:
        zone.zone.read_bytes()


def faulty(into: Path) -> Files:
    """The zone with 50,000 findings: targets that do not exist, chains of two, aliases with TTL 0, mail to an alias."""
    origin, zone = "example.com.", into / "faulty.zone"
    if not zone.exists():
        rng = random.Random(4)
        kinds = [kind for kind, count in FAULTS for _ in range(count)] + ["good"] * (ALIASES - FINDINGS)
        rng.shuffle(kinds)
        hosts = 1_000_000 - ALIASES
        lines = [f"h{at}\t{TTL}\tIN\tA\t{address(at)}" for at in range(hosts)]
        firsts = [at for at, kind in enumerate(kinds) if kind == "good"]
        for at, kind in enumerate(kinds):
            lines.append(faulty_line(kind, at, rng.randrange(hosts), rng.choice(firsts)))
        write(zone, origin, lines)
    return Files(origin, zone, ("", ""))


def faulty_line(kind: str, at: int, host: int, alias: int) -> str:
    """One record of the faulty zone."""
    return {
        "good": f"a{at}\t{ALIAS_TTL}\tIN\tCNAME\th{host}",
        "missing": f"a{at}\t{ALIAS_TTL}\tIN\tCNAME\tnowhere{at}",
        "chain": f"a{at}\t{ALIAS_TTL}\tIN\tCNAME\ta{alias}",
        "zero": f"a{at}\t0\tIN\tCNAME\th{host}",
        "mail": f"a{at}\t{TTL}\tIN\tMX\t10 a{alias}",
    }[kind]


def folder(into: Path) -> list[Files]:
    """200 zones, half of each hosts and half aliases of them, some in the zone before."""
    place = into / "folder"
    place.mkdir(exist_ok=True)
    found = []
    for number in range(ZONES):
        origin, before = f"z{number}.example.", f"z{max(number - 1, 0)}.example."
        zone = Files(origin, place / f"{origin}zone", ("", ""))
        found.append(zone)
        if not zone.zone.exists():
            half = RECORDS // 2
            lines = [f"h{at}\t{TTL}\tIN\tA\t{address(at)}" for at in range(half)]
            lines += [f"a{at}\t{TTL}\tIN\tCNAME\th{at}{'.' + before if at % 10 == 0 else ''}" for at in range(half)]
            zone.zone.write_text(text_of(origin, lines))
    return found
