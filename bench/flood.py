"""A random-subdomain flood: how many honest questions lose their answer when nine of ten names do not exist?

One flood of the same names for everybody, as fast as one core can send, which is more than a server on the other core
can take: what does not fit its socket is dropped by the kernel, whoever asked. So the share of good answers that is
lost tells how fast a server gets rid of the rest. In turns, without EDNS and with DO (``flood.rs`` beside the echo).
"""

import json
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from answering import Results, start_all
from dnsperf import spread
from running import CLIENT_CORE, Running
from settings import Settings
from signing import good_names, signed_zone
from subjects import Subject

FLOODED = ("truename", "nsd")
KINDS = {"plain": [], "signed": ["do"]}


def measure_flood(subjects: Sequence[Subject], settings: Settings, tool: Path) -> dict[str, Results]:
    """By kind of question and server: share of good answers lost, and what was offered and answered a second."""
    zone = signed_zone(settings, "nsec")
    names = good_names(settings, "nsec")
    rounds: dict[tuple[str, str], list[dict[str, float]]] = {}
    with ExitStack() as stack:
        servers, failed = start_all(stack, [s for s in subjects if s.name in FLOODED], settings.work, zone)
        for kind in KINDS:
            for server in servers:  # one round each that does not count
                one_round(server, tool, names, zone.origin, kind, settings.warm_up)
        for _ in range(settings.rounds):
            for server in servers:
                for kind in KINDS:
                    done = one_round(server, tool, names, zone.origin, kind, settings.seconds)
                    rounds.setdefault((kind, server.subject.name), []).append(done)
                    rate = f"{done['offered_qps']:9,.0f} offered a second"
                    settings.say(f"{server.subject.name:>9} {kind:<7} {done['lost']:7.2%} lost {rate}")
    results: dict[str, Results] = {kind: dict(failed) for kind in KINDS}
    for (kind, name), done_rounds in rounds.items():
        results[kind][name] = {
            "lost": spread([r["lost"] for r in done_rounds]),
            "offered_qps": spread([r["offered_qps"] for r in done_rounds]),
            "rounds": done_rounds,
        }
    return results


def one_round(server: Running, tool: Path, names: Path, origin: str, kind: str, seconds: float) -> dict[str, float]:
    """The tool's figures. Raises: RuntimeError when it fails."""
    where = ["taskset", "-c", str(CLIENT_CORE), str(tool), f"127.0.0.1:{server.port}"]
    command = [*where, str(names), origin, f"{seconds:g}", *KINDS[kind]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"the flood failed: {done.stderr.strip()}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
