"""A server process that is being measured: started on one core, its cost read from /proc, always stopped.

Some servers are several processes (NSD: main, xfrd and one server child), so every figure is a sum over the process
and all its descendants.
"""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 10.0  # seconds a server has between SIGTERM and SIGKILL


def free_port() -> int:
    """A port of 127.0.0.1 that is free for UDP and TCP at this moment."""
    while True:
        with socket.socket(type=socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            with suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port


def stat_fields(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on; the second may hold spaces and is cut off."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def descendants(pid: int) -> list[int]:
    """*pid* and every process below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it ended since
                parents.setdefault(int(stat_fields(int(entry.name))[1]), []).append(int(entry.name))
    found = [pid]
    for parent in found:
        found += parents.get(parent, [])
    return found


def is_running(pid: int) -> bool:
    """Whether *pid* exists and is more than a dead child nobody waited for."""
    try:
        return stat_fields(pid)[0] not in "ZX"
    except OSError:
        return False


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)


class Process:
    """A running server and what it costs. Use with ``with``; leaving stops it and everything it started."""

    def __init__(self, argv: list[str], log: Path, cores: set[int]) -> None:
        """Start *argv* on *cores*; stdout and stderr go to *log*.

        A session of its own keeps Ctrl-C at the terminal from it: the bench stops it itself, after its last figure.
        """
        pin = ["taskset", "-c", ",".join(map(str, sorted(cores)))]
        self.log = log
        with log.open("wb") as out:
            self.started = time.monotonic()
            self._child = subprocess.Popen(
                pin + argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def peak(self) -> int:
        """The most octets that its processes have held in memory, each at its own time."""
        return sum(_peak(pid) for pid in descendants(self._child.pid))

    def cpu_seconds(self) -> float:
        """User and system time of all threads of all its processes; in steps of one clock tick (10 ms)."""
        total = 0
        for pid in descendants(self._child.pid):
            with suppress(OSError):
                fields = stat_fields(pid)
                total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def waited_seconds(self) -> float:
        """How long all its threads together were ready to run and did not: the second field of schedstat."""
        total = 0
        for pid in descendants(self._child.pid):
            for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with suppress(OSError):
                    total += int(thread.read_text().split()[1])
        return total / 1e9

    def pss_bytes(self) -> int:
        """Proportional set size: private pages, and of shared ones this process' part, so that the sum is honest."""
        total = 0
        for pid in descendants(self._child.pid):
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        return total

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for whoever is left, by pid."""
        family = descendants(self._child.pid) if self.is_alive else []
        if self.is_alive:
            self._child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(PATIENCE)
        for pid in family:
            if is_running(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._child.wait()
