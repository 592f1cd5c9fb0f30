"""A random-subdomain flood: how many honest questions lose their answer when nine of ten names do not exist?

One flood of the same names for everybody, at the same rate, which is more than a server on the other core can take:
what does not fit its socket is dropped by the kernel, whoever asked. So the share of good answers that is lost tells
how fast a server gets rid of the rest. In turns, without EDNS and with DO (``flood.rs`` beside the echo).

The rate is found once, at the start: each server is flooded as fast as the client can, several times what it takes, and
all are offered half more from then on than the fastest of them took. A try counts when that rate was reached and the
server seldom waited for its core; when not, another one follows, and a turn of all servers in which one of them never
got a fair try is left out.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answering import Results, start_all
from dnsperf import spread
from running import CLIENT_CORE, Running
from settings import Settings
from signing import good_names, signed_zone
from subjects import Subject

FLOODED = ("truename", "nsd", "knot")
BASE = "nsd"  # whose losses are the measure of the others'
KINDS = {"plain": [], "signed": ["do"]}
OVERLOAD = 1.5  # questions offered for each one that the fastest server takes
OFF = 0.03  # how far the offered rate may lie from what it should be
WAITED = 0.1  # share of a try in which threads of the server were ready to run and the core was with others
TRIES = 4

Figures = dict[str, float]
Turn = dict[str, Figures]  # by server


@dataclass(frozen=True)
class Flood:
    """What is sent, and how long and how fast."""

    tool: Path
    names: Path  # of the honest questions
    origin: str
    seconds: float
    qps: float  # 0 knows no waiting

    def command(self, port: int, kind: str) -> list[str]:
        where = ["taskset", "-c", str(CLIENT_CORE), str(self.tool), f"127.0.0.1:{port}"]
        return [*where, str(self.names), self.origin, f"{self.seconds:g}", f"{self.qps:g}", *KINDS[kind]]


def measure_flood(subjects: Sequence[Subject], settings: Settings, tool: Path) -> dict[str, Any]:
    """``qps`` that was aimed at, and by kind of question and server: share of good answers lost, that share over NSD's
    in the same turn, and what was offered a second. Raises: RuntimeError when no turn of a kind counts.
    """
    zone, names = signed_zone(settings, "nsec"), good_names(settings, "nsec")
    with ExitStack() as stack:
        servers, failed = start_all(stack, [s for s in subjects if s.name in FLOODED], settings.work, zone)
        if not servers:
            raise RuntimeError("no server to flood")
        enough = find_rate(servers, Flood(tool, names, zone.origin, settings.warm_up, 0.0))
        flood = Flood(tool, names, zone.origin, settings.seconds, settings.flood_qps or enough)
        settings.say(f"{'all':>9}         {flood.qps:9,.0f} questions a second")
        turns: dict[str, list[Turn]] = {kind: [] for kind in KINDS}
        for _ in range(settings.flood_rounds):
            for kind in KINDS:
                turns[kind] += one_turn(servers, flood, kind, settings)
    return {"qps": flood.qps} | {kind: failed | summary(kind, turns[kind]) for kind in KINDS}


def find_rate(servers: Sequence[Running], unpaced: Flood) -> float:
    """A rate that is too much for each of *servers*; finding it warms them up, too."""
    tries = [one_try(server, unpaced, kind) for kind in KINDS for server in servers]
    return max(1000.0, round(OVERLOAD * max((1 - t["lost"]) * t["offered_qps"] for t in tries), -3))


def one_turn(servers: Sequence[Running], flood: Flood, kind: str, settings: Settings) -> Iterator[Turn]:
    """The figures of all *servers*, or nothing when one of them was never measured undisturbed."""
    turn: Turn = {}
    for server in servers:
        name = server.subject.name
        for tries in range(1, TRIES + 1):
            done = one_try(server, flood, kind)
            why = disturbance(done, flood.qps)
            rate = f"{done['offered_qps']:9,.0f} offered a second"
            settings.say(f"{name:>9} {kind:<7} {done['lost']:7.2%} lost {rate}{why and f'; again: {why}'}")
            if not why:
                turn[name] = done | {"tries": tries}
                break
        else:
            return
    yield turn


def disturbance(done: Figures, qps: float) -> str:
    """Why a try does not count; empty when it does."""
    if abs(done["offered_qps"] / qps - 1) > OFF:
        return f"{done['offered_qps'] / qps:.1%} of the rate"
    if done["waited"] > WAITED:
        return f"the server waited for its core for {done['waited']:.1%} of the time"
    return ""


def one_try(server: Running, flood: Flood, kind: str) -> Figures:
    """The tool's figures, the server's CPU time, and the share of the time in which it waited for its core.

    Raises: RuntimeError when the tool fails.
    """
    cpu, waited = server.process.cpu_seconds(), server.process.waited_seconds()
    command = flood.command(server.port, kind)
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"the flood failed: {done.stderr.strip()}")
    figures: Figures = json.loads(done.stdout)
    cpu, waited = server.process.cpu_seconds() - cpu, server.process.waited_seconds() - waited
    return figures | {"server_cpu_s": cpu, "waited": waited / flood.seconds}


def summary(kind: str, turns: Sequence[Turn]) -> Results:
    """By server, over all *turns*. ``lost_to_nsd`` leaves out turns in which NSD lost nothing."""
    if not turns:
        raise RuntimeError(f"{kind}: the machine was too busy for every turn")
    results: Results = {}
    for name in turns[0]:
        rounds = [turn[name] for turn in turns]
        beside = [turn[name]["lost"] / turn[BASE]["lost"] for turn in turns if turn.get(BASE, {}).get("lost")]
        results[name] = {
            "lost": spread([r["lost"] for r in rounds]),
            "offered_qps": spread([r["offered_qps"] for r in rounds]),
            "lost_to_nsd": spread(beside) if beside else None,
            "waited": spread([r["waited"] for r in rounds]),
            "unread": sum(r["unread"] for r in rounds),
            "tries": sum(r["tries"] for r in rounds),
            "rounds": rounds,
        }
    return results
