"""Real DNS servers on loopback, each serving a set of zones out of a private directory.

    with nsd(zones, directory) as server:
        server.host, server.port

`truename` is the subject; `nsd`, `knot` and `bind` are other people's servers that read the same RFCs. Each runs as
the current user in the foreground, with its state in *directory* and no control channel, and is stopped by its
process id. A server that does not come up raises `NotStarted` with its log.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ports import free_port

START_SECONDS = 30.0
# What NSD and Knot make DNS cookies with; they are asked about them, and their cookies are tried on us.
COOKIE_SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"
# A DNS query for `. SOA`: any reply to it, REFUSED included, says that the server reads its socket.
PROBE = bytes.fromhex("0001 0000 0001 0000 0000 0000 00 0006 0001".replace(" ", ""))


class NotStarted(Exception):
    """A server ended or stayed silent; the text holds its log."""


@dataclass(frozen=True)
class ZoneFile:
    """A master file and the name of the zone in it (absolute, presentation form)."""

    origin: str
    path: Path


@dataclass
class Running:
    """A server that answers at (*host*, *port*), UDP and TCP."""

    name: str
    host: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path


def zone_files(directory: Path) -> list[ZoneFile]:
    """Every `ORIGIN.zone` file of *directory*."""
    return [ZoneFile(path.stem + ".", path) for path in sorted(directory.glob("*.zone"))]


@contextlib.contextmanager
def truename(zones: Sequence[ZoneFile], directory: Path, options: Sequence[str] = ()) -> Iterator[Running]:
    """`truename serve` of the virtual environment that runs the tests; its zones travel in a zone list."""
    program = Path(sys.executable).with_name("truename")
    listed = directory / "zones.list"
    listed.write_text("".join(f"{zone.origin}\t{zone.path.resolve()}\n" for zone in zones))

    def command(port: int) -> list[str]:
        listen = ["--listen", f"127.0.0.1:{port}", "--http", "off"]
        return [str(program), "serve", "--data", str(directory), *listen, "--zone-list", str(listed), *options]

    with _serve("truename", command, directory, is_ready=_said_ready) as running:
        yield running


@contextlib.contextmanager
def nsd(zones: Sequence[ZoneFile], directory: Path) -> Iterator[Running]:
    """NSD with its defaults, except that it does not limit the rate of loopback, and that it knows cookies."""

    def command(port: int) -> list[str]:
        config = directory / "nsd.conf"
        config.write_text(_nsd_config(zones, directory, port))
        return [_installed("nsd"), "-d", "-c", str(config)]

    with _serve("nsd", command, directory, is_ready=_answers) as running:
        yield running


def _nsd_config(zones: Sequence[ZoneFile], directory: Path, port: int) -> str:
    head = f"""
server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{directory}"
  database: ""
  pidfile: ""
  zonelistfile: "{directory}/zone.list"
  xfrdfile: "{directory}/xfrd.state"
  xfrdir: "{directory}"
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  answer-cookie: yes
  cookie-secret: "{COOKIE_SECRET}"
remote-control:
  control-enable: no
"""
    return head + "".join(f'zone:\n  name: "{zone.origin}"\n  zonefile: "{zone.path.resolve()}"\n' for zone in zones)


@contextlib.contextmanager
def knot(zones: Sequence[ZoneFile], directory: Path) -> Iterator[Running]:
    """Knot DNS with its defaults, without a journal, with cookies."""

    def command(port: int) -> list[str]:
        config = directory / "knot.conf"
        config.write_text(_knot_config(zones, directory, port))
        return [_installed("knotd"), "-c", str(config)]

    with _serve("knot", command, directory, is_ready=_answers) as running:
        yield running


def _knot_config(zones: Sequence[ZoneFile], directory: Path, port: int) -> str:
    head = f"""
server:
  rundir: "{directory}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
control:
  listen: "knot.sock"
log:
  - target: stderr
    any: info
database:
  storage: "{directory}"
mod-cookies:
  - id: default
    secret: "0x{COOKIE_SECRET}"
template:
  - id: default
    global-module: mod-cookies/default
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
"""
    return head + "".join(f'  - domain: "{zone.origin}"\n    file: "{zone.path.resolve()}"\n' for zone in zones)


@contextlib.contextmanager
def bind(zones: Sequence[ZoneFile], directory: Path) -> Iterator[Running]:
    """BIND 9 without recursion; it is asked what a server with one tree of zones makes of a chain."""

    def command(port: int) -> list[str]:
        config = directory / "named.conf"
        config.write_text(_bind_config(zones, directory, port))
        return [_installed("named"), "-g", "-n", "1", "-c", str(config)]

    with _serve("bind", command, directory, is_ready=_answers) as running:
        yield running


def _bind_config(zones: Sequence[ZoneFile], directory: Path, port: int) -> str:
    head = f"""
options {{
  directory "{directory}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  managed-keys-directory "{directory}";
  recursion no;
  minimal-responses no-auth;
  check-names primary ignore;
  max-records-per-type 0;
}};
controls {{ }};
"""
    line = 'zone "{}" {{ type primary; file "{}"; check-integrity no; }};\n'
    return head + "".join(line.format(zone.origin, zone.path.resolve()) for zone in zones)


def _installed(program: str) -> str:
    """The path of *program*; Debian keeps servers in /usr/sbin, which not every PATH names."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise NotStarted(f"{program} is not installed (apt-get install nsd knot bind9)")
    return found


@contextlib.contextmanager
def _serve(
    name: str, command: Callable[[int], list[str]], directory: Path, *, is_ready: Callable[[Running], bool]
) -> Iterator[Running]:
    running = _start(name, command(port := free_port()), directory, port)
    try:
        _wait(running, is_ready)
        yield running
    finally:
        _stop(running)


def _start(name: str, arguments: list[str], directory: Path, port: int) -> Running:
    log = directory / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=directory)
    return Running(name, "127.0.0.1", port, process, log)


def _wait(running: Running, is_ready: Callable[[Running], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(running):
        if running.process.poll() is not None or time.monotonic() > deadline:
            text = running.log.read_text(errors="replace")
            raise NotStarted(f"{running.name} (status {running.process.poll()}) did not start:\n{text[-5000:]}")
        time.sleep(0.02)


def _said_ready(running: Running) -> bool:
    return any(line.startswith(b"ready dns=") for line in running.log.read_bytes().splitlines())


def _answers(running: Running) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(0.2)
        udp.connect((running.host, running.port))
        with contextlib.suppress(OSError):
            udp.send(PROBE)
            return len(udp.recv(512)) >= 12
    return False


def _stop(running: Running) -> None:
    process = running.process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


SERVERS: dict[str, Callable[..., contextlib.AbstractContextManager[Running]]] = {
    "truename": truename,
    "nsd": nsd,
    "knot": knot,
    "bind": bind,
}
