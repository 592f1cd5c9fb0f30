"""The sandbox: its filter run by hand, its numbers beside the kernel's headers, and its effect on a process."""

import errno
import json
import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

import pytest

from truename.errors import ServeError
from truename.serve import privileges
from truename.serve.sandbox import reach, seccomp
from truename.serve.sandbox.links import Walker
from truename.serve.sandbox.reach import Reach, reach_of

HEADERS = {0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), 1: Path("/usr/include/asm-generic/unistd.h")}
ALLOWED = seccomp.ALLOW


def verdict(column: int, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """What the filter says, by running it as the kernel would."""
    own = next(machine[1] for machine in seccomp.MACHINES.values() if machine[0] == column)
    data = {seccomp.NUMBER: number, seccomp.ARCHITECTURE: architecture or own, seccomp.ARGUMENT: argument}
    program, at, held = seccomp.filter_for(column, own), 0, 0
    while True:
        code, true, false, operand = program[at]
        at += 1
        match code:
            case seccomp.LOAD:
                held = data[operand]
            case seccomp.RETURN:
                return operand
            case seccomp.EQUAL:
                at += true if held == operand else false
            case seccomp.AT_LEAST:
                at += true if held >= operand else false
            case seccomp.HAS_BITS:
                at += true if held & operand else false


def refused(why: int) -> int:
    return seccomp.REFUSE + why


@pytest.mark.parametrize("column", [0, 1], ids=["x86-64", "arm64"])
class TestFilter:
    def test_every_refused_call(self, column):
        for name, numbers in seccomp.REFUSED.items():
            if numbers[column]:
                assert verdict(column, numbers[column]) == refused(errno.EPERM), name

    def test_every_other_call(self, column):
        special = {*(numbers[column] for numbers in seccomp.REFUSED.values()), seccomp.CLONE[column]}
        special |= {seccomp.CLONE3[column], seccomp.SOCKET[column]}
        for number in set(range(600)) - special:
            assert verdict(column, number) == ALLOWED, number

    def test_threads_and_processes(self, column):
        assert verdict(column, seccomp.CLONE[column], seccomp.CLONE_THREAD | 0x3D0F00) == ALLOWED
        assert verdict(column, seccomp.CLONE[column], 17) == refused(errno.EPERM)
        assert verdict(column, seccomp.CLONE3[column]) == refused(errno.ENOSYS)

    @pytest.mark.parametrize("family", range(46))
    def test_socket_families(self, column, family):
        expected = ALLOWED if family in (1, 2, 10) else refused(errno.EAFNOSUPPORT)
        assert verdict(column, seccomp.SOCKET[column], family) == expected

    def test_calls_made_another_way(self, column):
        assert verdict(column, 0, architecture=0x4000_0003) == refused(errno.EPERM)
        assert verdict(column, seccomp.X32_CALLS + 520) == refused(errno.EPERM)

    def test_numbers_are_those_of_the_kernel(self, column):
        found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[column].read_text())
        numbers = {name: int(number) for name, number in found}
        ours = {name: row[column] for name, row in seccomp.REFUSED.items()}
        ours |= {"clone": seccomp.CLONE[column], "clone3": seccomp.CLONE3[column]}
        ours |= {"socket": seccomp.SOCKET[column], "seccomp": seccomp.SECCOMP[column]}
        assert {name: number for name, number in ours.items() if number} == {
            name: numbers[name] for name in ours if name in numbers
        }


def test_reach_covers_what_lies_below(tmp_path):
    for name in ("zones", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("zones")
    one = Reach((str(tmp_path / "zones"), "/absent"), (str(tmp_path / "data"),))
    for inside in ("zones", "zones/a", "zones/b/c", "data/x", "link/a", "zones/../zones/a"):
        assert one.covers(str(tmp_path / inside)), inside
    for outside in ("", "zones2", "zone", "zones/../a", "/", "/absent/a"):
        assert not one.covers(str(tmp_path / outside)), outside
    (tmp_path / "zones").rename(tmp_path / "old")
    (tmp_path / "zones").mkdir()
    assert not one.covers(str(tmp_path / "zones/a")) and one.covers(str(tmp_path / "old/a"))


def test_reach_of_files(tmp_path):
    for name in ("releases/5", "elsewhere", "zones", "www"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "www/current").symlink_to("../releases/5")
    (tmp_path / "zones/linked.zone").symlink_to("../elsewhere/linked.zone")
    data = [str(tmp_path / "data")]
    read = reach_of([str(tmp_path / "zones/linked.zone")], [str(tmp_path / "www/current")], data).readable
    assert {str(tmp_path / name) for name in ("zones", "elsewhere", "releases/5", "releases", "www")} <= set(read)
    assert str(tmp_path) not in read
    assert reach_of(["/file"], [], ["data"]).readable[0] == "/file" and "/" not in read


# link: what it says, and what is opened when the path `etc/link` or a file below it is served; all below one base.
OPENED = {
    "no link": (None, {"etc/link"}),
    "to what is beside it": ("v5", {"etc", "etc/v5"}),
    "to what is below it": ("releases/5", {"etc", "etc/releases", "etc/releases/5"}),
    "to elsewhere": ("../srv/blue", {"etc", "srv", "srv/blue"}),
    "absolutely": ("{base}/srv/5", {"etc", "srv", "srv/5"}),
    "into a version": ("{base}/srv/r/2026-11/zones", {"etc", "srv/r", "srv/r/2026-11", "srv/r/2026-11/zones"}),
    "to a name of its own in a version": ("../srv/r/v5/link", {"etc", "srv/r", "srv/r/v5", "srv/r/v5/link"}),
    "to one that is no version": ("../srv/k8s/zones", {"etc", "srv/k8s", "srv/k8s/zones"}),
}


@pytest.mark.parametrize("name", OPENED)
def test_what_is_opened_for_a_link(tmp_path, name):
    said, expected = OPENED[name]
    (tmp_path / "etc").mkdir()
    if said is None:
        (tmp_path / "etc/link").mkdir()
    else:
        (tmp_path / "etc/link").symlink_to(said.format(base=tmp_path))
    for files, directories in (([], ["etc/link"]), (["etc/link/a.zone"], []), (["etc/./../etc//link/b"], [])):
        found = reach_of([str(tmp_path / f) for f in files], [str(tmp_path / d) for d in directories], []).readable
        inside = {os.path.relpath(path, tmp_path) for path in found if path.startswith(f"{tmp_path}/")}
        assert inside == expected


def test_the_kernels_way_behind_a_link(tmp_path):
    """`..` leaves the directory that the link led to, not the one that holds the link."""
    (tmp_path / "srv/5").mkdir(parents=True)
    (tmp_path / "link").symlink_to("srv/5")
    assert Walker().way(f"{tmp_path}/link/../6/a").real == f"{tmp_path}/srv/6/a"


def test_the_root_is_not_opened_for_a_link(tmp_path):
    for name, said in (("b", "/run"), ("c", "/../nothing"), ("d", "d"), ("e", "f"), ("f", "e")):
        (tmp_path / name).symlink_to(said)
        read = reach_of(
            [str(tmp_path / name / "x.zone"), str(tmp_path / name)], [str(tmp_path / name / "zones")], []
        ).readable
        assert "/" not in read, name


def test_the_working_directory_is_no_place_to_import_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), "", "/", *sys.path])
    assert not {str(tmp_path), "/"} & set(reach.interpreter())


# What a process finds that closed the sandbox around `zones` (read) and `data` (write) and then tries things.
TRIES = """
import ctypes, errno, importlib, json, os, signal, socket, subprocess, sys, threading
from truename.serve import sandbox
from truename.serve.sandbox import kernel

base, number, listener, parent = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
held = open(f"{base}/outside/held", "r+")
closed = sandbox.close(sandbox.reach_of([f"{base}/zones/a.zone"], [], [f"{base}/data"]))
found = {"words": [closed.files, closed.calls]}

def tried(name, action):
    try:
        action()
        found[name] = 0
    except OSError as wrong:
        found[name] = wrong.errno

def write(path, mode="w"):
    with open(path, mode) as out:
        out.write("x")

def all_tries(prefix):
    tried(prefix + "read zone", lambda: open(f"{base}/zones/a.zone").close())
    tried(prefix + "read new include", lambda: open(f"{base}/zones/new").close())
    tried(prefix + "list zones", lambda: os.listdir(f"{base}/zones"))
    tried(prefix + "write data", lambda: write(f"{base}/data/file"))
    tried(prefix + "rename data", lambda: os.rename(f"{base}/data/file", f"{base}/data/other"))
    tried(prefix + "remove data", lambda: os.unlink(f"{base}/data/other"))
    tried(prefix + "write what was open", lambda: (held.write("x"), held.flush()))
    tried(prefix + "read outside", lambda: open(f"{base}/outside/secret").close())
    tried(prefix + "list outside", lambda: os.listdir(f"{base}/outside"))
    tried(prefix + "read passwd", lambda: open("/etc/passwd").close())
    tried(prefix + "write zone", lambda: write(f"{base}/zones/a.zone"))
    tried(prefix + "append zone", lambda: write(f"{base}/zones/a.zone", "a"))
    tried(prefix + "truncate zone", lambda: os.truncate(f"{base}/zones/a.zone", 0))
    tried(prefix + "new zone", lambda: write(f"{base}/zones/b.zone"))
    tried(prefix + "remove zone", lambda: os.unlink(f"{base}/zones/a.zone"))
    tried(prefix + "write outside", lambda: write(f"{base}/outside/new"))
    tried(prefix + "link out of data", lambda: os.link(f"{base}/zones/a.zone", f"{base}/data/a"))
    tried(prefix + "symlink in data", lambda: os.symlink("/etc/passwd", f"{base}/data/link"))
    tried(prefix + "mkdir in data", lambda: os.mkdir(f"{base}/data/directory"))
    tried(prefix + "exec", lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]))
    tried(prefix + "spawn", lambda: subprocess.run([sys.executable, "-c", "pass"]))
    tried(prefix + "fork", os.fork)
    for name, call in number.items():
        tried(prefix + name, lambda: kernel.syscall(call, 0, 0, 0, 0, 0))
    tried(prefix + "netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
    tried(prefix + "packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
    tried(prefix + "connect", lambda: socket.create_connection(("127.0.0.1", listener), 5))
    tried(prefix + "bind tcp", lambda: socket.create_server(("127.0.0.1", 0)))
    tried(prefix + "bind udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("127.0.0.1", 0)))
    tried(prefix + "socket pair", socket.socketpair)
    tried(prefix + "signal outside", lambda: os.kill(parent, 0))
    tried(prefix + "signal self", lambda: os.kill(os.getpid(), 0))
    tried(prefix + "setuid", lambda: os.setuid(65534))

all_tries("")
thread = threading.Thread(target=all_tries, args=("thread: ",))
thread.start()
thread.join()
for module in ("sqlite3", "ssl", "xml.etree.ElementTree", "uvicorn", "fastapi", "asyncio", "mimetypes"):
    importlib.import_module(module)
import mimetypes
mimetypes.guess_type("a.css")
print(json.dumps(found))
"""
WORKS = {
    *("read zone", "read new include", "list zones", "write data", "rename data", "remove data", "write what was open"),
    *("bind udp", "socket pair", "signal self"),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """What each try came to: 0 or an errno."""
    import socket

    base = tmp_path_factory.mktemp("sandbox")
    for name in ("zones", "data", "outside"):
        (base / name).mkdir()
    for name in ("zones/a.zone", "zones/new", "outside/secret", "outside/held"):
        (base / name).write_text("text")
    column = seccomp.MACHINES[os.uname().machine][0]
    numbers = {name: row[column] for name, row in seccomp.REFUSED.items() if row[column]}
    # These would end or stop the process if they were let through; that execv and fork fail is seen above them.
    harmless = {name: number for name, number in numbers.items() if name not in ("vfork", "fork", "vhangup", "reboot")}
    with socket.create_server(("127.0.0.1", 0)) as server:
        arguments = [str(base), json.dumps(harmless), str(server.getsockname()[1]), str(os.getpid())]
        command = [sys.executable, "-c", TRIES, *arguments]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=base / "data")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_kernel_goes_along(tried):
    assert re.fullmatch(r"landlock \d+", tried["words"][0]) and tried["words"][1] == "seccomp"


@pytest.mark.parametrize("where", ["", "thread: "], ids=["main", "thread"])
def test_what_still_works(tried, where):
    assert {name: tried[where + name] for name in WORKS} == dict.fromkeys(WORKS, 0)


@pytest.mark.parametrize("where", ["", "thread: "], ids=["main", "thread"])
def test_what_is_refused(tried, where):
    version = int(tried["words"][0].split()[1])
    newer = {"signal outside": 6, "connect": 4, "bind tcp": 4, "truncate zone": 3}  # landlock learnt them over time
    rest = {
        name.removeprefix("thread: "): number
        for name, number in tried.items()
        if name != "words" and name.startswith("thread: ") == bool(where)
    }
    names = [name for name in rest if name not in WORKS and version >= newer.get(name, 0)]
    assert len(names) > 80
    assert {
        name: rest[name] for name in names if rest[name] not in (errno.EACCES, errno.EPERM, errno.EAFNOSUPPORT)
    } == {"link out of data": errno.EXDEV}


def test_nothing_was_written(tried, tmp_path_factory):
    base = tmp_path_factory.getbasetemp() / "sandbox0"
    assert (base / "zones/a.zone").read_text() == "text"
    assert sorted(path.name for path in base.rglob("*")) == sorted(
        ["zones", "a.zone", "new", "data", "outside", "held", "secret"]
    )


def test_capabilities_are_given_up():
    script = """
from truename.serve import privileges
privileges.drop_capabilities()
print([thread[which] for thread in privileges.threads() for which in privileges.CAPABILITIES])
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str([["0" * 16]] * 4)


def test_to_have_become_somebody_else_is_made_sure_of():
    somebody = pwd.struct_passwd(("somebody", "x", os.getuid() + 1, os.getgid() + 1, "", "/", "/bin/false"))
    with pytest.raises(ServeError, match="cannot go on as somebody: a thread is user"):
        privileges._make_sure(somebody)


def test_a_kernel_that_does_not_go_along_is_told_and_no_failure():
    """A filter that refuses both, as an old kernel would; in a process of its own, because it cannot be undone."""
    script = """
import errno, struct
from truename.serve import sandbox
from truename.serve.sandbox import kernel, landlock, seccomp
import os
column = seccomp.MACHINES[os.uname().machine][0]
missing = seccomp.REFUSE + errno.ENOSYS
program = [(seccomp.LOAD, 0, 0, seccomp.NUMBER)]
for number in (landlock.CREATE_RULESET, seccomp.SECCOMP[column]):
    program += [(seccomp.EQUAL, 0, 1, number), (seccomp.RETURN, 0, 0, missing)]
program.append((seccomp.RETURN, 0, 0, seccomp.ALLOW))
octets = kernel.in_place(b"".join(struct.pack("=HBBI", *one) for one in program))
kernel.prctl(38, 1)
kernel.syscall(seccomp.SECCOMP[column], 1, 0, kernel.program(octets, len(program)))
print(sandbox.close(sandbox.Reach()))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    words = "not here: Function not implemented"
    assert run.stdout.strip() == f"Closed(files='{words}', calls='{words}')", run.stderr
