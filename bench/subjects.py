"""What is measured: the echo, the product and four peers, each told to do the same.

Every server gets one UDP worker, no logs of queries, no rate limiting, no authority or additional records that the
question does not need, no statistics per zone; zones that are signed come signed, and nobody signs. Where a default
already says so it is not repeated.
All else, caches included, is the default of the Debian package.
"""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from process import free_port
from zones import Files

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Subject:
    """A server that can be started: *prepare* writes its configuration into a folder and gives the command line."""

    name: str
    program: str
    prepare: Callable[[Path, int, Sequence[Files]], list[str]]
    version: tuple[str, ...]
    answers: bool = True  # False for the echo, which sends the question back

    def path(self) -> str | None:
        """The program's path, or None when it is not installed. /usr/sbin is not in every user's PATH."""
        return shutil.which(self.program) or shutil.which(self.program, path="/usr/sbin:/sbin")

    def command(self, folder: Path, port: int, zones: Sequence[Files]) -> list[str]:
        """The command line, after writing what it reads into a new *folder*."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return [str(self.path()), *self.prepare(folder, port, zones)]

    def version_text(self) -> str:
        """First line of what the program says of itself; PowerDNS puts the time of day before it."""
        if not self.version:
            return "built here"
        done = subprocess.run([str(self.path()), *self.version], capture_output=True, text=True, check=False)
        text = (done.stdout + done.stderr).strip()
        return text.splitlines()[0][max(text.find("PowerDNS"), 0) :] if text else "?"


def echo(_folder: Path, port: int, _zones: Sequence[Files]) -> list[str]:
    return [str(port)]


def truename(folder: Path, port: int, zones: Sequence[Files]) -> list[str]:
    """The whole product, web server included: the memory of all of it counts."""
    pairs = [f"{zone.origin.rstrip('.')}={zone.zone.resolve()}" for zone in zones]
    http = f"127.0.0.1:{free_port()}"
    where = ["--data", str(folder / "data"), "--listen", f"127.0.0.1:{port}", "--http", http]
    return ["serve", *where, "--workers", "1", *pairs]


def nsd(folder: Path, port: int, zones: Sequence[Files]) -> list[str]:
    """``database: ""`` keeps the zones in memory only, NSD's own advice for zones that fit."""
    blocks = "".join(f'zone:\n  name: "{zone.origin}"\n  zonefile: "{zone.zone.resolve()}"\n' for zone in zones)
    conf = folder / "nsd.conf"
    conf.write_text(
        f"""server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: ""
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  verbosity: 0
  minimal-responses: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
{blocks}"""
    )
    return ["-d", "-c", str(conf)]


def knot(folder: Path, port: int, zones: Sequence[Files]) -> list[str]:
    """Without a journal: the zone file is all there is, as it is for the others."""
    blocks = "".join(f"  - domain: {zone.origin}\n    file: {zone.zone.resolve()}\n" for zone in zones)
    conf = folder / "knot.conf"
    conf.write_text(
        f"""server:
    rundir: {folder}
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: {folder}
template:
  - id: default
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
zone:
{blocks}"""
    )
    return ["-c", str(conf)]


def bind(folder: Path, port: int, zones: Sequence[Files]) -> list[str]:
    blocks = "".join(f'zone "{zone.origin}" {{ type primary; file "{zone.zone.resolve()}"; }};\n' for zone in zones)
    conf = folder / "named.conf"
    conf.write_text(
        f"""options {{
  directory "{folder}";
  pid-file none;
  session-keyfile none;
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  minimal-responses yes;
  notify no;
  querylog no;
}};
controls {{ }};
logging {{ category default {{ null; }}; category lame-servers {{ null; }}; }};
{blocks}"""
    )
    return ["-f", "-n", "1", "-U", "1", "-c", str(conf)]


def pdns(folder: Path, port: int, zones: Sequence[Files]) -> list[str]:
    """The bind backend, with the packet and query caches as they come."""
    blocks = [f'zone "{zone.origin}" {{ type master; file "{zone.zone.resolve()}"; }};\n' for zone in zones]
    (folder / "named.conf").write_text("".join(blocks))
    (folder / "pdns.conf").write_text(
        f"""launch=bind
bind-config={folder}/named.conf
local-address=127.0.0.1
local-port={port}
receiver-threads=1
distributor-threads=1
socket-dir={folder}
loglevel=3
disable-syslog=yes
security-poll-suffix=
"""
    )
    return [f"--config-dir={folder}", "--daemon=no", "--guardian=no"]


ALL = (
    Subject("echo", "echo-not-built", echo, (), answers=False),
    Subject("truename", str(ROOT / ".venv" / "bin" / "truename"), truename, ("--version",)),
    Subject("nsd", "nsd", nsd, ("-v",)),
    Subject("knot", "knotd", knot, ("--version",)),
    Subject("bind", "named", bind, ("-v",)),
    Subject("pdns", "pdns_server", pdns, ("--version",)),
)
