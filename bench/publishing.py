"""What a change costs, and what it costs those who ask meanwhile.

The changes go through ``truename._core`` in a process of their own (publisher.py), as the product's own publications
do. Latency is measured at half the rate that the same process can answer, in turns: without changes, with 1,000
changes a second in what is served, and with the same changes in a graph nobody asks.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from dnsperf import number, run_dnsperf, spread
from running import CLIENT_CORE
from settings import Settings
from subjects import ROOT
from zones import fan, million

RATE = 1000  # changes a second
MODES = ("quiet", "served", "apart")
PERCENTILES = ("p50_us", "p99_us", "p999_us")


@contextmanager
def publisher(verb: str, settings: Settings, count: int) -> Iterator["subprocess.Popen[str]"]:
    """Run publisher.py, in a session of its own; ended on the way out."""
    script = str(Path(__file__).with_name("publisher.py"))
    python = str(ROOT / ".venv" / "bin" / "python")
    argv = [python, script, verb, settings.names, str(settings.zones), str(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": None}
    child = subprocess.Popen(argv, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload]
    try:
        yield child
    finally:
        child.stdin.close()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def reply(child: "subprocess.Popen[str]") -> dict[str, float]:
    """Its next line. Raises: RuntimeError when it ended instead (what it said is on stderr)."""
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise RuntimeError(f"publisher.py ended with status {child.wait()}")
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
        with publisher(verb, settings, settings.changes) as child:
            results[verb] = reply(child)
        settings.say(f"{verb:>9} {results[verb]['median_us']:7.1f} us median {results[verb]['p99_us']:8.1f} us p99")
    return results


def measure_latency(settings: Settings, client: Path) -> dict[str, Any]:
    """Percentiles of the time to an answer by mode, medians over the rounds, and p99.9 over that of ``quiet``."""
    million(settings.zones, settings.label)
    queries = settings.zones / "million.queries"
    rounds: dict[str, list[dict[str, Any]]] = {mode: [] for mode in MODES}
    with publisher("serve", settings, RATE) as child:
        port = int(reply(child)["port"])
        run_dnsperf(port, queries, settings.warm_up)
        most = number(run_dnsperf(port, queries, settings.seconds), r"Queries per second:\s+([\d.]+)")
        for _ in range(settings.rounds):
            for mode in MODES:
                rounds[mode].append(one_round(child, client, port, queries, most / 2, settings.seconds, mode))
                last = rounds[mode][-1]
                settings.say(f"{mode:>9} p50 {last['p50_us']:6.1f}  p99 {last['p99_us']:7.1f}  p99.9 {last['p999_us']:8.1f} us")
    results: dict[str, Any] = {"rate_qps": most / 2, "changes_per_second": RATE, "rounds": rounds}
    for mode in MODES:
        results[mode] = {key: spread([r[key] for r in rounds[mode]]) for key in PERCENTILES}
        results[mode]["lost"] = sum(r["lost"] for r in rounds[mode])
    for mode in ("served", "apart"):
        results[mode]["rate"] = median(r["changing"]["rate"] for r in rounds[mode])
        results[mode]["p999_to_quiet"] = results[mode]["p999_us"]["median"] / results["quiet"]["p999_us"]["median"]
    return results


def one_round(
    child: "subprocess.Popen[str]", client: Path, port: int, queries: Path, rate: float, seconds: float, mode: str
) -> dict[str, Any]:
    """The client's percentiles while *child* does *mode*; the changes begin before the client and end after it.

    Raises: RuntimeError when the client fails.
    """
    child.stdin.write(f"{mode} {seconds + 1.2}\n")  # the client's warm-up (0.3 s) and wait for stragglers (0.5 s)
    child.stdin.flush()
    where = ["taskset", "-c", str(CLIENT_CORE), str(client), f"127.0.0.1:{port}"]
    done = subprocess.run([*where, str(queries), f"{rate:.0f}", str(seconds)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the latency client failed: {done.stderr.strip()}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result | {"changing": reply(child)}
