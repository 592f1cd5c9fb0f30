"""A real `truename serve` per test, on ports that the kernel chooses."""

import shutil
import subprocess
from pathlib import Path

import pytest
from process import ServerProcess

EXAMPLES = Path(__file__).parents[2] / "examples" / "zones"


@pytest.fixture(scope="session")
def read_only(tmp_path_factory) -> Path:
    """A library that makes files read-only, or the disk full, for the process it is loaded into (read_only.c)."""
    made = tmp_path_factory.mktemp("shim") / "read_only.so"
    compiler = shutil.which("cc") or "cc"
    source = Path(__file__).with_name("read_only.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source], check=True)
    return made


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    """A copy of the example zones that a test may change."""
    copy = tmp_path / "zones"
    copy.mkdir()
    for zone in EXAMPLES.glob("*.zone"):
        (copy / zone.name).write_bytes(zone.read_bytes())
    return copy


@pytest.fixture
def serve(tmp_path: Path):
    """Start `truename serve ARGUMENTS` and wait for its ready line; everything that was started is ended."""
    started: list[ServerProcess] = []

    def start(*arguments: object, **options) -> ServerProcess:
        options.setdefault("cwd", tmp_path)
        server = ServerProcess([str(argument) for argument in arguments], **options)
        started.append(server)
        return server.wait_ready()

    yield start
    for server in started:
        server.kill()
