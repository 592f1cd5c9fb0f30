"""One run of dnsperf on the client's core, and the server's CPU time while it ran."""

import re
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from running import CLIENT_CORE, Running

# Ten sockets, one sending and one receiving thread, 200 questions on the way: enough to keep a server in batches, and
# few enough for the default receive buffer of its one socket (212,992 octets, some 270 small packets as the kernel
# counts them), so that no question is lost: with 250, Knot and BIND lost one in 3,000.
PER_SECOND = r"Queries per second:\s+([\d.]+)"
PARAMETERS = ("-c", "10", "-T", "1", "-q", "200", "-t", "2")


@dataclass(frozen=True)
class Round:
    """What one run of dnsperf saw, and what it cost the server."""

    cpu_us: float  # server CPU per answer, user and system, all threads and processes
    qps: float  # answers a second
    answers: int
    lost: int  # questions without an answer within two seconds
    rcodes: dict[str, float]  # share of the answers by rcode


def measure(server: Running, queries: Path, seconds: float, *options: str) -> Round:
    """Ask *server* the lines of *queries*, over and over, as fast as it answers; *options* are more of dnsperf's.

    Raises: RuntimeError when dnsperf fails or nothing was answered.
    """
    before = server.process.cpu_seconds()
    text = run_dnsperf(server.port, queries, seconds, *options)
    spent = server.process.cpu_seconds() - before
    answers = number(text, r"Queries completed:\s+(\d+)")
    if not answers:
        raise RuntimeError(f"{server.subject.name} answered nothing; see {server.process.log}")
    counts = {rcode: int(count) for rcode, count in re.findall(r"([A-Z]+) (\d+) \(", line_of(text, "Response codes:"))}
    rcodes = {rcode: count / answers for rcode, count in counts.items()}
    lost = int(number(text, r"Queries lost:\s+(\d+)"))
    return Round(spent / answers * 1e6, number(text, PER_SECOND), int(answers), lost, rcodes)


def run_dnsperf(port: int, queries: Path, seconds: float, *options: str) -> str:
    """Its report. Raises: RuntimeError with what it said when it fails."""
    where = ["taskset", "-c", str(CLIENT_CORE), "dnsperf", "-s", "127.0.0.1", "-p", str(port)]
    command = [*where, "-d", str(queries), "-l", f"{seconds:g}", *PARAMETERS, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"dnsperf failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def number(text: str, pattern: str) -> float:
    """The number that *pattern* catches in dnsperf's report; 0 when it is not there."""
    match = re.search(pattern, text)
    return float(match[1]) if match else 0.0


def line_of(text: str, start: str) -> str:
    """The line of dnsperf's report that begins with *start*, or nothing."""
    return next((line for line in text.splitlines() if line.strip().startswith(start)), "")


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest of *values*."""
    return {"median": median(values), "min": min(values), "max": max(values)}


def summary(rounds: list[Round]) -> dict[str, Any]:
    """Medians beside all raw rounds, and the share of questions that were answered."""
    answers, lost = sum(r.answers for r in rounds), sum(r.lost for r in rounds)
    return {
        "cpu_us": spread([r.cpu_us for r in rounds]),
        "qps": spread([r.qps for r in rounds]),
        "answered": answers / (answers + lost),
        "rcodes": {rcode: median(r.rcodes.get(rcode, 0.0) for r in rounds) for rcode in rounds[0].rcodes},
        "rounds": [asdict(r) for r in rounds],
    }
