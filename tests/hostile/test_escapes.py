"""Nothing gets out of the sandbox: `escapes` tries, as root and as anybody, and docs/security.md tells of each try."""

import contextlib
import errno
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from . import escapes
from .escapes import ATTEMPTS, NOBODY, ROOT, WORKS, Plan

PAGE = (Path(__file__).parents[2] / "docs/security.md").read_text()
SHUT = (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EXDEV)
MODES = ("closed", "tcp", "unix")
# Where the database is a server, landlock alone shuts these: with the version that knows of it.
NEEDS = {
    "tcp": {"tcp-connect": 4, "tcp-connect-of-an-old-socket": 4, "fastopen-by-an-option": 4},
    "unix": {
        **dict.fromkeys(("tcp-connect-of-an-old-socket", "fastopen-by-an-option"), 4),
        "unix-abstract": 6,
        "unix-stream": 9,
    },
}
# The client of a database server finds out who it is and where that server is.
OPEN = {"tcp": {"read-passwd"}, "unix": {"read-passwd"}}


def lay_out(base: Path) -> None:
    for name in ("zones", "data", "outside"):
        (base / name).mkdir()
    files = ("zones/a.zone", "zones/new", "zones/empty", "zones/gone0", "zones/gone1", "data/mine")
    outside = ("secret", "held", "moved", "from0", "from1")
    for name in (*files, *(f"outside/{one}" for one in outside)):
        (base / name).write_text("text")


@contextlib.contextmanager
def listening(base: Path) -> Iterator[Plan]:
    """What an attempt would reach."""
    directory = base / "database"
    directory.mkdir()
    abstract = f"truename-test-{os.getpid()}"
    with contextlib.ExitStack() as ends:
        servers = [ends.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64)) for _ in range(2)]
        for path in (str(base / "stream"), str(directory / ".s.PGSQL.5432"), "\0" + abstract):
            server = ends.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            server.bind(path)
            server.listen(64)
        ends.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)).bind(str(base / "datagram"))
        victim = ends.enter_context(subprocess.Popen(["sleep", "600"], start_new_session=True))
        ends.callback(victim.kill)
        ports = [server.getsockname()[1] for server in servers]
        yield Plan(
            *(str(base), victim.pid, *ports, str(directory), str(base / "stream"), str(base / "datagram"), abstract)
        )


@pytest.fixture(scope="module")
def came(tmp_path_factory):
    """What each attempt came to in each mode: 0 or an error's number."""
    found = {}
    for mode in ("open", *MODES):
        base = tmp_path_factory.mktemp(mode)
        lay_out(base)
        with listening(base) as plan:
            command = [sys.executable, escapes.__file__, mode, json.dumps(asdict(plan))]
            run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=base / "data")
        lines = run.stdout.splitlines()
        assert lines, run.stderr
        found[mode] = json.loads(lines[-1])
        if mode != "open":
            assert not [path for path in base.rglob("*") if path.is_file() and path.read_text() != "text"]
            assert (base / "zones/gone0").exists() and not (base / "outside/to").exists()
    return found


def landlock(words: list) -> int:
    found = re.fullmatch(r"landlock (\d+)", words[0])
    return int(found[1]) if found else 0


TRIED = [(name, mode) for name in ATTEMPTS for mode in MODES if name not in OPEN.get(mode, ())]
# Some ways out are only there for root.
SEEN = [name for name, one in ATTEMPTS.items() if one.seen != NOBODY and (one.seen != ROOT or os.geteuid() == 0)]


@pytest.mark.parametrize(("name", "mode"), TRIED)
def test_an_attempt_does_not_get_out(came, name, mode):
    needs, has = NEEDS.get(mode, {}).get(name, ATTEMPTS[name].needs), landlock(came[mode]["words"])
    if has < needs:  # this kernel cannot shut it, and the log says so
        assert any(f"landlock {needs}" in word or word == "files" for word in came[mode]["words"][2])
        return
    for where in ("", "thread: "):
        assert came[mode][where + name] in (*SHUT, errno.EAFNOSUPPORT), f"{where}{name}: {came[mode][where + name]}"


@pytest.mark.parametrize("name", SEEN)
def test_an_attempt_would_get_out_without_a_sandbox(came, name):
    assert came["open"][name] == 0, os.strerror(came["open"][name])


@pytest.mark.parametrize("mode", MODES)
def test_what_a_server_needs_goes_on(came, mode):
    wanted = [f"{where}works: {name}" for where in ("", "thread: ") for name in (*WORKS, "database")]
    assert {name: came[mode][name] for name in wanted} == dict.fromkeys(wanted, 0)


@pytest.mark.parametrize("mode", MODES)
def test_calls_of_32_bits(came, mode):
    assert came[mode].get("int80", errno.EPERM) == errno.EPERM  # left out: a kernel that has none ended the process


def test_the_words_for_the_log(came):
    assert re.fullmatch(r"landlock \d+", came["closed"]["words"][0]) and came["closed"]["words"][1:] == ["seccomp", []]
    has = landlock(came["unix"]["words"])
    assert ("UNIX sockets by path (landlock 9)" in came["unix"]["words"][2]) == (has < 9)


def test_the_page_tells_of_every_attempt():
    table = PAGE.partition("| way out |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z0-9_-]+)`", row.split("|")[3])]
    assert sorted(named) == sorted(ATTEMPTS)
