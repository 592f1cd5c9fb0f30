"""What a change costs, and what it costs those who ask meanwhile.

The changes go through ``truename._core`` in a process of their own (publisher.py), as the product's own publications
do. Latency is measured at half the rate that the same process can answer, in turns: without changes, with 1,000
changes a second in what is served, and with the same changes in a graph nobody asks.
"""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any, Self

from dnsperf import PER_SECOND, number, run_dnsperf, spread
from running import CLIENT_CORE
from settings import Settings
from subjects import ROOT
from zones import fan, million

RATE = 1000  # changes a second
MODES = ("quiet", "served", "apart")
PERCENTILES = ("p50_us", "p99_us", "p999_us")


class Publisher:
    """publisher.py in a process of its own: told on its stdin, answering a line at a time. Use with ``with``."""

    def __init__(self, verb: str, settings: Settings, number: int) -> None:
        script = str(Path(__file__).with_name("publisher.py"))
        python = str(ROOT / ".venv" / "bin" / "python")
        argv = [python, script, verb, settings.names, str(settings.zones), str(number)]
        self._child = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The end of its stdin ends it; when it is busy with something that failed here, a signal does."""
        with suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self._child.communicate(timeout=5)
        self._child.kill()
        self._child.wait()

    def tell(self, line: str) -> None:
        """Raises: BrokenPipeError when it has ended."""
        if self._child.stdin:
            self._child.stdin.write(f"{line}\n")
            self._child.stdin.flush()

    def reply(self) -> dict[str, float]:
        """Its next line. Raises: RuntimeError when it ended instead (what it said is on stderr)."""
        line = self._child.stdout.readline() if self._child.stdout else ""
        if not line:
            raise RuntimeError(f"publisher.py ended with status {self._child.wait()}")
        result: dict[str, float] = json.loads(line)
        return result


def measure_publishing(settings: Settings) -> dict[str, Any]:
    """Microseconds of the call for one record of a million, and for the address under 500,000 aliases.

    ``unseen`` counts changes that explain() did not show at once from an alias, and must be 0.
    """
    million(settings.zones, settings.label)
    fan(settings.zones)
    results = {}
    for verb in ("single", "fan"):
        with Publisher(verb, settings, settings.changes) as publisher:
            results[verb] = publisher.reply()
        settings.say(f"{verb:>9} {results[verb]['median_us']:7.1f} us median {results[verb]['p99_us']:8.1f} us p99")
    return results


def measure_latency(settings: Settings, client: Path) -> dict[str, Any]:
    """Percentiles of the time to an answer by mode, medians over the rounds, and p99.9 over that of ``quiet``."""
    million(settings.zones, settings.label)
    queries = settings.zones / "million.queries"
    rounds: dict[str, list[dict[str, Any]]] = {mode: [] for mode in MODES}
    with Publisher("serve", settings, RATE) as publisher:
        port = int(publisher.reply()["port"])
        rate = half_load(port, queries, settings)
        asking = ["taskset", "-c", str(CLIENT_CORE), str(client), f"127.0.0.1:{port}", str(queries), f"{rate:.0f}"]
        for _ in range(settings.rounds):
            for mode in MODES:
                done = one_round(publisher, mode, asking, settings.seconds)
                rounds[mode].append(done)
                settings.say(f"{mode:>9} " + "  ".join(f"{key} {done[key]:.1f}" for key in PERCENTILES))
    return {"rate_qps": rate, "changes_per_second": RATE, "rounds": rounds} | by_mode(rounds)


def half_load(port: int, queries: Path, settings: Settings) -> float:
    """Half of the best rate of three runs, after one that fills the caches; in questions a second."""
    run_dnsperf(port, queries, settings.warm_up)
    return max(number(run_dnsperf(port, queries, settings.seconds / 2), PER_SECOND) for _ in range(3)) / 2


def one_round(publisher: Publisher, mode: str, asking: list[str], seconds: float) -> dict[str, Any]:
    """The client's percentiles while *publisher* does *mode*; the changes begin before the client and end after it.

    Raises: RuntimeError when the client fails.
    """
    publisher.tell(
        f"{mode} {seconds + 1.2}"
    )  # the client's warm-up (0.3 s), its wait for stragglers (0.5 s), its start
    done = subprocess.run([*asking, str(seconds)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the latency client failed: {done.stderr.strip()}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result | {"changing": publisher.reply()}


def by_mode(rounds: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Spread of each percentile over the rounds; for modes that change, p99.9 beside ``quiet`` and the rate kept."""
    modes: dict[str, dict[str, Any]] = {}
    for mode, done in rounds.items():
        modes[mode] = {key: spread([r[key] for r in done]) for key in PERCENTILES}
        modes[mode]["lost"] = sum(r["lost"] for r in done)
        if mode != "quiet":
            modes[mode]["rate"] = median(r["changing"]["rate"] for r in done)
            modes[mode]["p999_to_quiet"] = modes[mode]["p999_us"]["median"] / modes["quiet"]["p999_us"]["median"]
    return modes
