"""The sandbox: its filter run by hand, its numbers beside the kernel's headers, and its effect on a process."""

import errno
import os
import pwd
import re
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from truename.errors import ServeError
from truename.serve import privileges
from truename.serve.sandbox import calls, reach, seccomp
from truename.serve.sandbox.lacking import lacking
from truename.serve.sandbox.links import Walker
from truename.serve.sandbox.outgoing import to_server
from truename.serve.sandbox.reach import Reach, reach_of

HEADERS = {0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), 1: Path("/usr/include/asm-generic/unistd.h")}
ALLOWED = seccomp.ALLOW
PROCESS, OTHER = 4711, 4712
TO_SERVER = ((calls.INET, calls.STREAM), (calls.INET6, calls.DATAGRAM))
FASTOPEN = calls.FASTOPEN


def verdict(column: int, number: int, *arguments: int, architecture: int | None = None, sockets: object = ()) -> int:
    """What the filter says, by running it as the kernel would."""
    own = next(machine[1] for machine in seccomp.MACHINES.values() if machine[0] == column)
    data = {seccomp.NUMBER: number, seccomp.ARCHITECTURE: architecture or own}
    for at, argument in enumerate([*arguments, *[0] * 6][:6]):
        data[seccomp.ARGUMENTS + 8 * at] = argument & 0xFFFF_FFFF
        data[seccomp.ARGUMENTS + 8 * at + 4] = argument >> 32
    program, at, held = seccomp.filter_for(column, own, calls.rules(PROCESS, sockets)), 0, 0
    while True:
        code, true, false, operand = program[at]
        at += 1
        match code:
            case seccomp.LOAD:
                held = data[operand]
            case seccomp.AND:
                held &= operand
            case seccomp.RETURN:
                return operand
            case seccomp.EQUAL:
                at += true if held == operand else false
            case seccomp.AT_LEAST:
                at += true if held >= operand else false


def refused(why: int) -> int:
    return seccomp.REFUSE + why


EPERM = refused(errno.EPERM)
# (call, arguments, what the filter says of them)
JUDGED = (
    *(("clone", (flags,), ALLOWED) for flags in (0x10000, 0x10000 | 0x3D0F00)),
    *(("clone", (flags,), EPERM) for flags in (0, 17, 0x10000 | 0x40000000, 0x10000 | 0x20000)),
    *(("socket", (family, kind), EPERM) for family in range(46) for kind in range(1, 7)),
    *(("socketpair", (1, kind), ALLOWED) for kind in (1, 1 | 0o2000000, 1 | 0o4000)),
    *(("socketpair", what, EPERM) for what in ((1, 2), (1, 5), (30, 1))),
    ("connect", (3, 1, 16), EPERM),
    *((name, (3, 0, 0, 0), ALLOWED) for name in ("sendto", "sendmsg", "sendmmsg")),
    *(("sendto", what, EPERM) for what in ((3, 0, 0, FASTOPEN), (3, 0, 0, 0, 1), (3, 0, 0, 0, 1 << 32))),
    *(("sendmsg", (3, 0, flags), EPERM) for flags in (FASTOPEN, FASTOPEN | 0x4000)),
    ("sendmmsg", (3, 0, 9, FASTOPEN | 0x40), EPERM),
    *(("openat", (3, 0, flags), ALLOWED) for flags in (0, 0o1001, 0o1002, 0o2000000)),
    *(("openat", (3, 0, flags), EPERM) for flags in (0o1000, 0o2001000)),
    *(("fcntl", (3, command, PROCESS), EPERM) for command in (8, 10, 15, 1024)),
    *(("fcntl", (3, command), ALLOWED) for command in (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)),
    *(("ioctl", (3, command), ALLOWED) for command in (0x5401, 0x5421, 0x5451)),
    *(("ioctl", (3, command), EPERM) for command in (0x5412, 0x541C, 0x40086602, 0x8901, 0x8914, 0)),
    *((name, (PROCESS,), ALLOWED) for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64")),
    *((name, (OTHER,), EPERM) for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64")),
    *(("kill", (target,), EPERM) for target in (0, 2**32 - 1, 2**32 - PROCESS)),
    ("prlimit64", (0,), ALLOWED),
    *(("setpriority", what, EPERM) for what in ((0, OTHER), (1, 0), (2, 0))),
    ("setpriority", (0, 0, 19), ALLOWED),
    *(("sched_setscheduler", what, EPERM) for what in ((0, 1), (0, 2), (0, 0), (OTHER, 5))),
    ("sched_setscheduler", (0, 5), ALLOWED),
    *(("sched_setaffinity", (target,), said) for target, said in ((0, ALLOWED), (OTHER, EPERM))),
    *(("ioprio_set", what, said) for what, said in (((1, 0), ALLOWED), ((1, OTHER), EPERM), ((3, 0), EPERM))),
)


@pytest.mark.parametrize("column", [0, 1], ids=["x86-64", "arm64"])
class TestFilter:
    def test_every_refused_call(self, column):
        for name, numbers in calls.REFUSED.items():
            if numbers[column]:
                assert verdict(column, numbers[column]) == EPERM, name

    def test_every_other_call(self, column):
        tables = (calls.REFUSED, calls.JUDGED, calls.UNSEEN, calls.PRETENDED)
        special = {numbers[column] for table in tables for numbers in table.values() if numbers[column]}
        for number in set(range(600)) - special:
            assert verdict(column, number) == ALLOWED, number

    def test_every_call_whose_arguments_decide(self, column):
        assert {name for name, _, _ in JUDGED} | {"open"} == set(calls.JUDGED) == set(calls.rules(PROCESS))
        for name, arguments, said in JUDGED:
            if calls.JUDGED[name][column]:
                assert verdict(column, calls.JUDGED[name][column], *arguments) == said, (name, arguments)

    def test_calls_that_hide_what_they_do(self, column):
        assert verdict(column, calls.UNSEEN["clone3"][column]) == refused(errno.ENOSYS)
        assert verdict(column, calls.UNSEEN["openat2"][column]) == refused(errno.ENOSYS)

    def test_to_listen_is_only_said(self, column):
        assert verdict(column, calls.PRETENDED["listen"][column], 3, 128) == refused(0)

    def test_sockets_of_a_connection_that_is_yet_made(self, column):
        """Those, by any of the flags of a type, and no protocol but the family's own."""
        taken = {(2, 1, 0), (2, 1, 6), (10, 2, 0), (10, 2, 17)}
        for family in range(46):
            for kind in range(1, 7):
                for protocol in (0, 1, 6, 17, 132, 136, 255, 256, 262):
                    said = verdict(
                        column, calls.JUDGED["socket"][column], family, kind | 0o2004000, protocol, sockets=TO_SERVER
                    )
                    assert said == (ALLOWED if (family, kind, protocol) in taken else EPERM), (family, kind, protocol)
        assert verdict(column, calls.JUDGED["connect"][column], 3, sockets=TO_SERVER) == ALLOWED
        assert verdict(column, calls.JUDGED["sendto"][column], 3, 0, 0, FASTOPEN, sockets=TO_SERVER) == EPERM

    def test_calls_made_another_way(self, column):
        assert verdict(column, 0, architecture=0x4000_0003) == EPERM
        assert verdict(column, seccomp.X32_CALLS + 520) == EPERM

    def test_numbers_are_those_of_the_kernel(self, column):
        found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[column].read_text())
        numbers = {name: int(number) for name, number in found}
        tables = {**calls.REFUSED, **calls.JUDGED, **calls.UNSEEN, **calls.PRETENDED}
        ours = {name: row[column] for name, row in tables.items()} | {"seccomp": seccomp.SECCOMP[column]}
        known = {name: number for name, number in ours.items() if number and name in numbers}
        assert known == {name: numbers[name] for name in known} and len(known) > 100
        # Those that the headers do not know yet are the same on every architecture.
        assert all(row[0] == row[1] > 430 for name, row in tables.items() if name not in numbers and row[1])
        assert {name for name, row in tables.items() if not row[column]} & set(numbers) == set()

    def test_every_jump_fits(self, column):
        program = seccomp.filter_for(column, seccomp.AARCH64, calls.rules(PROCESS, TO_SERVER * 5))
        assert len(program) < 4096 and all(max(true, false) < 256 for _, true, false, _ in program)


TO_NAME = ((2, 1), (10, 1), (2, 2), (10, 2))
SERVERS = {
    "127.0.0.1": (((2, 1),), (5432,), (), False),
    "2001:db8::1": (((10, 1),), (5432,), (), False),
    "fe80::1%eth0": (((10, 1),), (5432,), (), False),
    "db.example.com": (TO_NAME, (5432,), (), False),
    "localhost": (TO_NAME, (5432,), (), False),
    "/run/postgresql": (((1, 1),), (), ("/run/postgresql",), False),
    "@abstract": (((1, 1),), (), (), True),
}


@pytest.mark.parametrize("host", SERVERS)
def test_what_a_connection_opens(host):
    assert astuple(to_server(host, 5432)) == SERVERS[host]


@pytest.mark.parametrize("version", range(11))
def test_what_a_kernel_lacks(version):
    to_tcp, to_unix = [to_server("127.0.0.1", 1)], [to_server("/run", 1)]
    files = () if version else ("files",)
    assert lacking(version, [], has_calls=True) == files
    assert lacking(version, to_tcp, has_calls=True) == (*files, *(["TCP to other ports (landlock 4)"] * (version < 4)))
    local = ["abstract UNIX sockets (landlock 6)"] * (version < 6) + ["UNIX sockets by path (landlock 9)"] * (
        version < 9
    )
    assert lacking(version, to_unix, has_calls=True) == (*files, *local)
    without = lacking(version, [], has_calls=False)
    assert without[len(files)] == "system calls" and len(without) == len(files) + 1 + sum(
        version < since for since in (3, 4, 5, 6, 6, 9)
    )


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

# Directories that are there as well, and which of them is opened besides.
OTHERS = {
    "beside, of the same name": ("{base}/srv/blue/zones", ["srv/green/zones", "srv/red/other"], {"srv/green/zones"}),
    "farther up": (
        "../srv/blue/dns/zones", ["srv/green/dns/zones", "srv/red/zones", "srv/blue/x/zones"],
        {"srv/green/dns/zones", "srv/blue/x/zones"},
    ),
    "of another name": ("{base}/srv/blue/zones", ["srv/blue2/other", "other/blue"], set()),
    "too many": ("{base}/srv/blue/zones", [f"srv/{number}/zones" for number in range(120)], set()),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_opened_where_names_do_not_tell_the_version(tmp_path, name):
    said, there, expected = OTHERS[name]
    for one in ("etc", "srv/blue/zones", "srv/blue/dns/zones", *there):
        (tmp_path / one).mkdir(parents=True, exist_ok=True)
    (tmp_path / "etc/zones").symlink_to(said.format(base=tmp_path))
    found = reach_of([], [str(tmp_path / "etc/zones")], []).readable
    inside = {os.path.relpath(path, tmp_path) for path in found if path.startswith(f"{tmp_path}/")}
    leads = os.path.relpath(os.path.realpath(tmp_path / "etc/zones"), tmp_path)
    assert inside == {"etc", leads, os.path.dirname(leads)} | expected


def test_a_file_beside_opens_its_directory(tmp_path):
    for one in ("blue", "green", "red"):
        (tmp_path / "srv" / one).mkdir(parents=True)
    for one in ("blue", "green"):
        (tmp_path / "srv" / one / "a.zone").write_text("")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/a.zone").symlink_to("../srv/blue/a.zone")
    read = set(reach_of([str(tmp_path / "etc/a.zone")], [], []).readable)
    assert str(tmp_path / "srv/green") in read and not {str(tmp_path / "srv"), str(tmp_path / "srv/red")} & read


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
    assert run.stdout.startswith(f"Closed(files='{words}', calls='{words}', lacks=('files', 'system calls', "), (
        run.stderr
    )
