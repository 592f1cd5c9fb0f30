"""`make soak`: queries, edits and reloads for SOAK_SECONDS (an hour), and nothing grows, fails or gets lost."""

import itertools
import os
import random
import signal
import sys
import time
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest

sys.path.append(str(Path(__file__).parents[1] / "system"))

from process import ServerProcess, wait_until

SECONDS = float(os.environ.get("SOAK_SECONDS", "3600"))
WARM = 0.1  # part of the time after which memory has found its level
NAMES = 20_000
GROWTH = 1.2  # allocators keep some of what a reload took; a leak of a version each time is far more


def write(zone: Path, version: int) -> None:
    """A zone of aliases whose one address tells its version."""
    lines = [f"@ 60 IN SOA ns h {version} 7200 900 1209600 300", "@ 60 IN NS ns", "ns 60 IN A 192.0.2.53"]
    lines += [f"target 60 IN A 198.51.{version // 256 % 256}.{version % 256}"]
    lines += [f"alias{number} 60 IN CNAME target" for number in range(NAMES)]
    beside = zone.with_suffix(".new")
    beside.write_text("\n".join(lines) + "\n")
    beside.replace(zone)


def resident(pid: int) -> int:
    """kB of memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def ask(server: ServerProcess, over=dns.query.udp) -> dns.message.Message:
    """The reply to a query for one of the aliases."""
    host, _, port = server.dns[0].rpartition(":")
    query = dns.message.make_query(f"alias{random.randrange(NAMES)}.soak.example", "A")
    return over(query, host, port=int(port), timeout=5)


@pytest.mark.soak
def test_hours_of_queries_and_reloads(tmp_path):
    zone = tmp_path / "soak.example.zone"
    write(zone, 1)
    server = ServerProcess([str(zone)], cwd=tmp_path)
    try:
        server.wait_ready()
        began = time.monotonic()
        warm = 0
        for version in itertools.count(2):
            write(zone, version)
            server.signal(signal.SIGHUP)
            expected = f"198.51.{version // 256 % 256}.{version % 256}"

            wait_until(lambda want=expected: ask(server).answer[-1][0].address == want, f"version {version} is missing")
            for number in range(500):
                reply = ask(server, dns.query.tcp if number % 50 == 0 else dns.query.udp)
                assert reply.rcode() == dns.rcode.NOERROR
                assert len(reply.answer) == 2 and reply.answer[-1][0].address == expected
            passed = time.monotonic() - began
            warm = warm or (resident(server.process.pid) if passed > SECONDS * WARM else 0)
            if passed > SECONDS:
                break
        assert resident(server.process.pid) <= warm * GROWTH
        assert "truename_dns_panics_total 0.0" in server.get("/metrics")[1]
        assert "refused" not in server.errors()
        assert server.stop() == 0
    finally:
        server.kill()
