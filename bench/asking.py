"""Answers while something else happens: questions at random moments until they are stopped, and what answers took.

The client is the core's example ``latency``, which rests between questions here: on two cores one that never sleeps
would take half the machine from what it is to be beside. So a wake-up of its own is in each figure, when nothing else
happens too; figures are read beside that one.
"""

import json
import subprocess
from pathlib import Path
from typing import Any, Self

from machine import build_tools

RATE = 5000  # questions a second: a tenth of a core, client and server together
PATIENCE = 10.0  # seconds for its last answers
WARM_UP = 0.4  # seconds until answers count: those of the client and its start
PLACES = {"p50_ms": "p50_us", "p99_ms": "p99_us", "p999_ms": "p999_us"}


def latency_client() -> Path:
    """The program, built. Raises: SystemExit with what cargo says."""
    try:
        return build_tools(("latency",))["latency"]
    except (RuntimeError, OSError) as wrong:
        raise SystemExit(f"error: {wrong}") from None


def questions(folder: Path, zone: str) -> Path:
    """A file of questions for *zone*: half for a name that is there, half for names that are not."""
    path = folder / "asked.queries"
    path.write_text("".join(f"www.{zone} A\nx{number}.{zone} A\n" for number in range(1000)))
    return path


class Asking:
    """Questions from the beginning of a ``with`` to its end; `found` afterwards."""

    def __init__(self, program: Path, port: int, queries: Path) -> None:
        self._argv = [str(program), f"127.0.0.1:{port}", str(queries), str(RATE), "-"]
        self.found: dict[str, float] = {}  # milliseconds at the places, answers that counted and questions lost

    def __enter__(self) -> Self:
        self._child = subprocess.Popen(
            self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Raises: RuntimeError when the client failed (what it said is on stderr)."""
        try:
            said = self._child.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            self._child.kill()
            raise RuntimeError("the latency client does not end: has another process its stdin?") from None
        if self._child.returncode:
            raise RuntimeError(f"the latency client ended with status {self._child.returncode}")
        told: dict[str, Any] = json.loads(said)
        self.found = {name: told[place] / 1000 for name, place in PLACES.items()}
        self.found |= {"answers": told["counted"], "lost": told["lost"]}


def shown(found: dict[str, float]) -> str:
    """A line of the columns that `COLUMNS` names."""
    return "  " + "".join(f"{found[name]:10.2f}" for name in PLACES) + f"{found['lost']:6.0f}"


COLUMNS = f"{'answer p50':>12}{'p99':>10}{'p99.9':>10}{'lost':>6}"
