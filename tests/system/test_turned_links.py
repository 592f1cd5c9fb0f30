"""Zone files behind links that are turned to a new version, in the sandbox of a real server.

Each shape lays out version 1, serves it, and then three times makes the next version, turns one link with `mv -T`, and
removes the version before, as Kubernetes and git-sync do. All files have one date and one size.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from process import ServerProcess, wait_until
from test_start_and_end import ask

ZONE = "@ 60 SOA ns hostmaster {n} 7200 900 1209600 300\n@ 60 NS ns\nns 60 A 192.0.2.{n}\n"
NAME = "example.com.zone"


@dataclass(frozen=True)
class Shape:
    """*versions*: the directory of each, relative to the base. *turned*: the link, and what it says, {} for a version.

    *links*: others, that stay. {base} in any of them is the absolute base.
    """

    versions: Sequence[str]
    turned: tuple[str, str]
    served: Sequence[str]
    below: str = ""  # where in a version the zone files are
    links: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()  # what the link says for each version, where that is no pattern

    def says(self, base: Path, n: int) -> str:
        version = self.versions[n - 1]
        said = self.names[n - 1] if self.names else version.rpartition("/")[2]
        return self.turned[1].format(said, base=base)


RELEASES = ("releases/5", "releases/6", "releases/next", "releases/7")
SHAPES = {
    "a ConfigMap": Shape(
        ("m/..2026_01", "m/..2026_02", "m/..2026_03", "m/..2026_04"),
        ("m/..data", "{}"),
        ["m"],
        links={f"m/{NAME}": f"..data/{NAME}"},
    ),
    "a file of a ConfigMap": Shape(
        ("m/..1", "m/..2", "m/..3", "m/..4"), ("m/..data", "{}"), [f"m/{NAME}"], links={f"m/{NAME}": f"..data/{NAME}"}
    ),
    "a key with a path of a ConfigMap": Shape(
        ("m/..1", "m/..2", "m/..3", "m/..4"),
        ("m/..data", "{}"),
        ["m/zones"],
        below="zones",
        links={"m/zones": "..data/zones"},
    ),
    "git-sync": Shape(
        tuple(f"git/.worktrees/{commit * 8}" for commit in ("3f2a1", "bcdef", "0a1b2", "deadb")),
        ("git/current", ".worktrees/{}"),
        ["git/current/dns/zones"],
        below="dns/zones",
    ),
    "a release": Shape(RELEASES, ("current", "releases/{}"), ["current"]),
    "a release beside its link": Shape(
        RELEASES, ("releases/current", "{}"), [f"releases/current/zones/{NAME}"], below="zones"
    ),
    "a release, then something else": Shape(
        ("releases/5", "hotfix", "elsewhere/deep/x", "back/1"),
        ("current", "{}"),
        ["current"],
        names=("releases/5", "hotfix", "elsewhere/deep/x", "back/1"),
    ),
    "two colours": Shape(("blue", "green", "red", "white"), ("current", "{}"), ["current/zones"], below="zones"),
    "a link to a link": Shape(
        ("srv/1", "srv/2", "srv/3", "srv/4"),
        ("srv/current", "{}"),
        ["etc/zones"],
        links={"etc/zones": "../opt/zones", "opt/zones": "{base}/srv/current"},
    ),
    "the first of two links": Shape(
        ("srv/1", "srv/2", "srv/3", "srv/4"),
        ("etc/zones", "../opt/{}"),
        ["etc/zones"],
        names=("one", "two", "three", "four"),
        links={f"opt/{name}": f"../srv/{n}" for n, name in enumerate(("one", "two", "three", "four"), 1)},
    ),
    "an absolute link": Shape(("srv/v1", "srv/v2", "srv/v3", "srv/v4"), ("etc/zones", "{base}/srv/{}"), ["etc/zones/"]),
    "an absolute link into a release": Shape(
        ("srv/v1", "srv/v2", "srv/v3", "srv/v4"), ("etc/zones", "{base}/srv/{}/zones"), ["etc/zones"], below="zones"
    ),
    "an absolute link to a file": Shape(
        ("srv/v1", "srv/v2", "srv/v3", "srv/v4"), (f"etc/{NAME}", f"{{base}}/srv/{{}}/{NAME}"), [f"etc/{NAME}"]
    ),
    "a link to a file in a directory": Shape(
        ("srv/v1", "srv/v2", "srv/v3", "srv/v4"), (f"etc/{NAME}", f"../srv/{{}}/{NAME}"), ["etc"]
    ),
    "a zone list": Shape(
        RELEASES,
        ("current", "releases/{}"),
        ["--zone-list", "list"],
        files={"list": f"example.com\tcurrent/{NAME}\n"},
    ),
    "a zone list that is in the release itself": Shape(
        RELEASES,
        ("current", "{base}/releases/{}"),
        ["--zone-list", "current/list"],
        files={f"{release}/list": f"example.com\t{NAME}\n" for release in RELEASES},
    ),
    "the configuration": Shape(
        RELEASES, ("current", "releases/{}"), [], files={"truename.toml": f'[[zone]]\nfile = "current/{NAME}"\n'}
    ),
    "a file and its directory": Shape(RELEASES, ("current", "releases/{}"), [f"current/{NAME}", "current"]),
    "what is included": Shape(
        RELEASES,
        ("shared/current", "../releases/{}"),
        ["zones"],
        files={"zones/other.zone": f"$ORIGIN example.com.\n$INCLUDE ../shared/current/{NAME}\n"},
    ),
}


def lay_out(base: Path, shape: Shape, n: int) -> None:
    zone = base / shape.versions[n - 1] / shape.below / NAME
    write(zone, ZONE.format(n=n))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (0, 0))


def link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def turn(path: Path, target: str) -> None:
    link(path.with_name("..turning"), target)
    subprocess.run(["mv", "-T", path.with_name("..turning"), path], check=True)


def start(serve, base: Path, shape: Shape) -> ServerProcess:
    lay_out(base, shape, 1)
    for file, text in shape.files.items():
        write(base / file, text)
    for path, target in {**shape.links, shape.turned[0]: shape.says(base, 1)}.items():
        link(base / path, target.format(base=base))
    return serve("--data", base / "data", *shape.served, cwd=base)


def addresses(server: ServerProcess) -> list[str]:
    return [data.to_text() for rrset in ask(server.dns[0], "ns.example.com").answer for data in rrset]


@pytest.mark.parametrize("name", SHAPES)
def test_a_link_is_turned(serve, tmp_path, name):
    shape, base = SHAPES[name], tmp_path / "base"
    server = start(serve, base, shape)
    assert addresses(server) == ["192.0.2.1"]
    for n in (2, 3, 4):
        lay_out(base, shape, n)
        turn(base / shape.turned[0], shape.says(base, n))
        shutil.rmtree(base / shape.versions[n - 2])
        wait_until(lambda n=n: addresses(server) == [f"192.0.2.{n}"], f"version {n}: {server.health()}")
        assert server.health()["status"] == "ok"
    assert "refused" not in server.errors() and "is served from" not in server.errors()


def test_zones_come_and_go_with_a_version(serve, tmp_path):
    write(tmp_path / "releases/1" / NAME, ZONE.format(n=1))
    write(tmp_path / "releases/1/example.org.zone", ZONE.format(n=1))
    link(tmp_path / "current", "releases/1")
    server = serve(tmp_path / "current")
    write(tmp_path / "releases/2" / NAME, ZONE.format(n=1))
    write(tmp_path / "releases/2/example.net.zone", ZONE.format(n=2))
    turn(tmp_path / "current", "releases/2")
    wait_until(lambda: server.addresses("ns.example.net") == ["192.0.2.2"])
    wait_until(lambda: server.explain("ns.example.org")["end"] == "out-of-zone")
    assert server.addresses("ns.example.com") == ["192.0.2.1"] and server.health()["status"] == "ok"


def test_a_version_that_is_broken_leaves_the_one_before(serve, tmp_path):
    shape = SHAPES["a release"]
    server = start(serve, tmp_path, shape)
    write(tmp_path / "releases/6" / NAME, ZONE.format(n=2).replace("192.", "1920."))
    turn(tmp_path / "current", "releases/6")
    wait_until(lambda: server.health()["status"] == "degraded")
    assert addresses(server) == ["192.0.2.1"]
    lay_out(tmp_path, shape, 3)
    turn(tmp_path / "current", "releases/next")
    wait_until(lambda: addresses(server) == ["192.0.2.3"])
    assert server.health()["status"] == "ok"


def test_a_link_is_turned_to_another_colour(serve, tmp_path):
    """Nothing in their names says which part is the version; both are there at the start."""
    shape = Shape(("srv/blue", "srv/green"), ("etc/zones", "../srv/{}/zones"), ["etc/zones"], below="zones")
    lay_out(tmp_path, shape, 2)
    server = start(serve, tmp_path, shape)
    assert addresses(server) == ["192.0.2.1"]
    for n in (2, 1, 2):
        turn(tmp_path / "etc/zones", shape.says(tmp_path, n))
        wait_until(lambda n=n: addresses(server) == [f"192.0.2.{n}"], f"version {n}: {server.health()}")
        assert server.health()["status"] == "ok"


def test_what_lies_elsewhere_stays_closed(serve, tmp_path):
    """The link, the versions and what is beside them may be read; what a version then includes from outside may not."""
    base = tmp_path / "base"
    server = start(serve, base, SHAPES["an absolute link"])
    write(tmp_path / "secret", "secret 60 A 192.0.2.99\n")
    lay_out(base, SHAPES["an absolute link"], 2)
    with (base / "srv/v2" / NAME).open("a") as zone:
        zone.write(f"$INCLUDE {tmp_path}/secret\n")
    turn(base / "etc/zones", f"{base}/srv/v2")
    wait_until(lambda: server.health()["status"] == "degraded")
    (problem,) = server.health()["problems"]
    assert problem["message"].endswith("secret cannot be read: Permission denied")
    assert problem["hint"].startswith("the sandbox was closed without its directory")
