"""What a server is made of while it runs: memory, descriptors, counters, life."""

import contextlib
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from servers import Running


@dataclass
class Victim:
    """A running server with its HTTP address."""

    running: Running
    http: str

    @classmethod
    def of(cls, running: Running) -> "Victim":
        ready = re.search(rb"^ready .*http=(\S+)", running.log.read_bytes(), re.MULTILINE)
        assert ready, "the server did not say where its metrics are"
        return cls(running, ready[1].decode())

    @property
    def address(self) -> tuple[str, int]:
        return self.running.host, self.running.port

    def resident(self) -> int:
        """Memory in kB."""
        status = Path(f"/proc/{self.running.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)[1])  # type: ignore[index]

    def sockets(self) -> int:
        """Open sockets. A file is no client's doing: the database opens one more when two threads read at once."""
        count = 0
        for path in Path(f"/proc/{self.running.process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                count += str(path.readlink()).startswith("socket:")
        return count

    def counter(self, metric: str) -> float:
        """The sum of a metric over its labels."""
        with urllib.request.urlopen(f"{self.http}/metrics", timeout=10) as reply:
            text = reply.read().decode()
        found = re.findall(rf"^{metric}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        assert found, f"there is no metric {metric}"
        return sum(float(value) for value in found)

    def assert_well(self) -> None:
        """The process lives, and nothing inside it has panicked."""
        status = self.running.process.poll()
        log = self.running.log.read_text(errors="replace")[-3000:]
        assert status is None, f"the server ended with {status}:\n{log}"
        assert self.counter("truename_dns_panics_total") == 0, log
