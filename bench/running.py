"""A subject that answers: its process, its port, and what became of its zones."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dns import await_answer, question
from process import Process, free_port
from subjects import Subject
from zones import Files

SERVER_CORE = 0
CLIENT_CORE = 1
ALL_CORES = {SERVER_CORE, CLIENT_CORE}


@dataclass(frozen=True)
class Running:
    """A started subject that has given its first right answer."""

    subject: Subject
    process: Process
    port: int
    load_seconds: float  # from exec to that answer


@contextmanager
def running(subject: Subject, folder: Path, zones: Sequence[Files], cores: set[int]) -> Iterator[Running]:
    """Start *subject* on *cores* and wait until it answers for the first of *zones*; stop it on the way out.

    Raises: RuntimeError when it ends or does not answer.
    """
    for zone in zones:
        zone.zone.read_bytes()  # in the page cache for everybody
    port = free_port()
    argv = subject.command(folder / subject.name, port, zones)
    with Process(argv, folder / f"{subject.name}.log", cores) as process:
        seconds = await_answer(process, port, zones[0].last) if subject.answers else await_echo(process, port)
        yield Running(subject, process, port, seconds)


def await_echo(process: Process, port: int, patience: float = 10.0) -> float:
    """Seconds until a packet comes back from *port*. Raises: RuntimeError when none does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.01)
        client.connect(("127.0.0.1", port))
        while (waited := time.monotonic() - process.started) < patience and process.is_alive:
            try:
                client.send(question("echo.example", "A", 1))
                client.recv(512)
                return waited
            except OSError:
                time.sleep(0.002)
    raise RuntimeError(f"the echo does not answer; see {process.log}")
