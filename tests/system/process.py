"""Run `truename` as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TRUENAME = [sys.executable, "-m", "truename"]
READY = re.compile(
    r"ready dns=(?P<dns>\S+) http=(?P<http>\S+) zones=(?P<zones>\d+) records=(?P<records>\d+)"
    r" load=(?P<load>\d+\.\d\d)s\n"
)
PATIENCE = 20.0  # seconds; the machine may be busy with other things


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The test's own environment without settings of the person who runs it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRUENAME_")}
    return {**clean, **(extra or {})}


def truename(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Run one verb to its end."""
    env = environment(options.pop("env", None))
    options.setdefault("timeout", PATIENCE)
    words = [argument if isinstance(argument, bytes) else str(argument) for argument in arguments]
    return subprocess.run([*TRUENAME, *words], capture_output=True, text=True, env=env, check=False, **options)


def wait_until(is_so: Callable[[], object], what: str = "it did not come") -> None:
    """Wait for something that comes by itself."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.02)


class ServerProcess:
    """One `truename serve`. *command* stands before it: another way to start it."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        listen: Sequence[str] = ("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"),
        command: Sequence[str] = (),
        **options,
    ) -> None:
        self.cwd = cwd
        self._errors = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed by kill
        self.process = subprocess.Popen(
            [*command, *TRUENAME, "serve", *listen, *arguments],
            cwd=cwd,
            env=environment(env),
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            **options,
        )

    def wait_ready(self) -> "ServerProcess":
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        match = READY.fullmatch(line)
        assert match, f"no ready line but {line!r}; stderr: {self.errors()}"
        self.ready = match.groupdict()
        self.dns = self.ready["dns"].split(",")
        self.http = self.ready["http"]
        return self

    def errors(self) -> str:
        """What was written to stderr so far."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """(status, body) of a GET."""
        request = urllib.request.Request(self.http + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def health(self) -> dict:
        return json.loads(self.get("/healthz")[1])

    def explain(self, name: str, rtype: str = "A", data: str = "truename-data") -> dict:
        """The chain of *name* as the running server has it."""
        # In a directory without a truename.toml: what the server is configured with is not what the verb reads.
        return json.loads(truename("explain", name, rtype, "--json", "--data", self.cwd / data, cwd="/").stdout)

    def addresses(self, name: str) -> list[str]:
        return self.explain(name)["addresses"]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """SIGTERM; gives the status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
