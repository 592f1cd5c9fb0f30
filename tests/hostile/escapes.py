"""Ways out of the sandbox, each of which is tried by a process that has closed it (or, with MODE `open`, has not).

    python escapes.py MODE PLAN        MODE: open, closed, tcp, unix     PLAN: JSON, what `Plan` holds
    -> {"words": [files, calls, lacks], "NAME": 0 or the error's number, "thread: NAME": ..}

An attempt raises OSError when the way is shut. `needs` is the version of landlock that it relies on, 0 for the filter
of system calls alone. What nobody has `seen` succeed is not tried without a sandbox: this kernel may not have it, or it
would do harm.
"""

import array
import ctypes
import errno
import fcntl
import json
import mmap
import os
import pty
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ALL, ROOT, NOBODY = "all", "root", "nobody"  # for whom an attempt succeeds without a sandbox


@dataclass(frozen=True)
class Plan:
    """*base* holds zones, data and outside; *victim* is a process that may be harmed, *stream* .. what listens."""

    base: str
    victim: int
    port: int
    other_port: int
    directory: str  # of the UNIX socket of a database
    stream: str
    datagram: str
    abstract: str


@dataclass(frozen=True)
class Attempt:
    """One way. *needs*: the version of landlock that shuts it, where the database is not a server"""

    action: Callable[["Held"], Any]
    needs: int = 0
    seen: str = ALL


ATTEMPTS: dict[str, Attempt] = {}


def attempt(needs: int = 0, seen: str = ALL) -> Callable[[Callable[["Held"], Any]], Callable[["Held"], Any]]:
    def noted(action: Callable[["Held"], Any]) -> Callable[["Held"], Any]:
        ATTEMPTS[action.__name__.replace("_", "-")] = Attempt(action, needs, seen)
        return action

    return noted


class Held:
    """What was open before the sandbox was closed: old sockets must not lead out either."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.streams = [socket.socket() for _ in range(20)]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.outside = os.open(f"{plan.base}/outside/held", os.O_RDONLY)
        self.terminal = pty.openpty()[1]

    def stream(self) -> socket.socket:
        return self.streams.pop()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.plan.other_port

    def path(self, name: str) -> str:
        return f"{self.plan.base}/{name}"


libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(number: int, *arguments: Any) -> int:
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    done = libc.syscall(ctypes.c_long(number), *given)
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done


def numbered(name: str) -> int:
    from truename.serve.sandbox import calls, seccomp

    column = seccomp.MACHINES[os.uname().machine][0]
    return {**calls.REFUSED, **calls.JUDGED, **calls.UNSEEN, **calls.PRETENDED}[name][column]


# Connections


@attempt()
def tcp_connect(held: Held) -> None:
    socket.create_connection(held.address, 5).close()


@attempt()
def tcp_connect_of_an_old_socket(held: Held) -> None:
    held.stream().connect(held.address)


@attempt()
def fastopen_sendto(held: Held) -> None:
    held.stream().sendto(b"x", socket.MSG_FASTOPEN, held.address)


@attempt()
def fastopen_sendmsg(held: Held) -> None:
    held.stream().sendmsg([b"x"], [], socket.MSG_FASTOPEN, held.address)


@attempt()
def fastopen_sendmmsg(held: Held) -> None:
    held_socket, octets = held.stream(), ctypes.create_string_buffer(b"x")
    name = ctypes.create_string_buffer(
        socket.AF_INET.to_bytes(2, sys.byteorder) + held.address[1].to_bytes(2) + bytes([127, 0, 0, 1, *[0] * 8]), 16
    )
    part = (ctypes.c_uint64 * 2)(ctypes.addressof(octets), 1)
    message = (ctypes.c_uint64 * 8)(ctypes.addressof(name), 16, ctypes.addressof(part), 1)
    call(numbered("sendmmsg"), held_socket.fileno(), message, 1, socket.MSG_FASTOPEN)


@attempt()
def fastopen_of_a_new_socket(held: Held) -> None:
    with socket.socket() as made:
        made.sendto(b"x", socket.MSG_FASTOPEN, held.address)


@attempt(seen=NOBODY)
def fastopen_by_an_option(held: Held) -> None:
    with held.stream() as made:
        made.setsockopt(socket.IPPROTO_TCP, 30, 1)  # TCP_FASTOPEN_CONNECT
        made.connect(held.address)
        made.send(b"x")


@attempt(seen=NOBODY)
def mptcp(held: Held) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as made:
        made.connect(held.address)


@attempt(seen=NOBODY)
def smc(held: Held) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 256) as made:
        made.connect(held.address)


@attempt()
def udp_connect(held: Held) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.connect(held.address)


@attempt()
def udp_send_from_a_new_socket(held: Held) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"x", held.address)


@attempt()
def udp_sendto_from_an_old_socket(held: Held) -> None:
    held.udp.sendto(b"x", held.address)


@attempt()
def listen_without_bind(held: Held) -> None:
    with held.stream() as made:
        made.listen()
        if not made.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise OSError(errno.EPERM, "was said to be done, and was not")


@attempt()
def bind_tcp(held: Held) -> None:
    held.stream().bind(("127.0.0.1", 0))


@attempt()
def bind_udp(held: Held) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))


@attempt()
def bind_unix(held: Held) -> None:
    held.unix.bind(held.path(f"data/{threading.get_ident()}"))


@attempt()
def unix_stream(held: Held) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.connect(held.plan.stream)


@attempt()
def unix_datagram(held: Held) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.sendto(b"x", held.plan.datagram)


@attempt()
def unix_datagram_of_a_pair(held: Held) -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.sendmsg([b"x"], [], 0, held.plan.datagram)


@attempt()
def unix_abstract(held: Held) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.connect("\0" + held.plan.abstract)


def _family(name: str, family: int, kind: int, protocol: int = 0, seen: str = NOBODY) -> None:
    ATTEMPTS[name] = Attempt(lambda _: socket.socket(family, kind, protocol).close(), 0, seen)


for _name, _number in {
    "x25": 9, "key": 15, "netlink": 16, "rds": 21, "can": 29, "tipc": 30, "bluetooth": 31, "alg": 38, "vsock": 40,
    "kcm": 41, "qipcrtr": 42, "smc-family": 43, "xdp": 44, "mctp": 45,
}.items():  # fmt: skip
    _family(f"socket-{_name}", _number, {"netlink": 3, "alg": 5, "can": 3, "key": 3, "xdp": 3}.get(_name, 1))
ATTEMPTS["socket-netlink"] = Attempt(ATTEMPTS["socket-netlink"].action, 0, ALL)
_family("socket-packet", 17, 3, seen=ROOT)
_family("socket-raw", 2, 3, 255, seen=ROOT)
_family("socket-raw6", 10, 3, 255)
_family("socket-ping", 2, 2, 1)
_family("socket-udplite", 2, 2, 136)
_family("socket-sctp", 2, 1, 132)
_family("socket-sctp-many", 2, 5, 132)
_family("socket-dccp", 2, 6, 33)


# Files


@attempt(needs=1)
def read_outside(held: Held) -> None:
    open(held.path("outside/secret")).close()


@attempt(needs=1)
def list_outside(held: Held) -> None:
    os.listdir(held.path("outside"))


@attempt(needs=1)
def read_passwd(held: Held) -> None:
    open("/etc/passwd").close()


@attempt(needs=1)
def read_by_way_of_proc(held: Held) -> None:
    open(f"/proc/self/root{held.path('outside/secret')}").close()


@attempt(needs=1)
def read_another_process(held: Held) -> None:
    open(f"/proc/{held.plan.victim}/environ").close()


@attempt(needs=1)
def reopen_for_writing(held: Held) -> None:
    open(f"/proc/self/fd/{held.outside}", "w").close()


@attempt(needs=1)
def write_outside(held: Held) -> None:
    open(held.path("outside/held"), "a").close()


@attempt(needs=1)
def make_outside(held: Held) -> None:
    open(held.path("outside/new"), "w").close()


@attempt(needs=1)
def write_zone(held: Held) -> None:
    open(held.path("zones/a.zone"), "a").close()


@attempt(needs=1)
def make_zone(held: Held) -> None:
    open(held.path("zones/b.zone"), "w").close()


@attempt(needs=1)
def remove_zone(held: Held) -> None:
    os.unlink(held.path(f"zones/{_one_of('gone', held)}"))


@attempt(needs=1)
def rename_outside(held: Held) -> None:
    os.rename(held.path("outside/moved"), held.path("outside/moved"))
    os.rename(held.path(f"outside/{_one_of('from', held)}"), held.path("outside/to"))


@attempt(needs=1)
def rename_out_of_data(held: Held) -> None:
    os.rename(held.path("data/mine"), held.path("outside/mine"))
    os.rename(held.path("outside/mine"), held.path("data/mine"))


@attempt(needs=1)
def make_a_directory(held: Held) -> None:
    os.mkdir(held.path(f"data/d{threading.get_ident()}"))


@attempt()
def empty_a_zone(held: Held) -> None:
    os.truncate(held.path("zones/empty"), 0)


@attempt()
def empty_a_zone_by_reading(held: Held) -> None:
    os.close(os.open(held.path("zones/empty"), os.O_RDONLY | os.O_TRUNC))


@attempt()
def link(held: Held) -> None:
    os.link(held.path("zones/a.zone"), held.path(f"data/l{threading.get_ident()}"))


@attempt()
def symlink(held: Held) -> None:
    os.symlink("/etc/passwd", held.path(f"data/s{threading.get_ident()}"))


@attempt()
def make_a_fifo(held: Held) -> None:
    os.mkfifo(held.path(f"data/f{threading.get_ident()}"))


@attempt()
def chmod(held: Held) -> None:
    os.chmod(held.path("outside/held"), 0o644)


@attempt()
def chmod_of_what_is_open(held: Held) -> None:
    os.fchmod(held.outside, 0o644)


@attempt()
def chmod_of_a_zone(held: Held) -> None:
    os.chmod(held.path("zones/a.zone"), 0o644)


@attempt()
def chown(held: Held) -> None:
    os.chown(held.path("outside/held"), os.getuid(), os.getgid())


@attempt()
def chown_of_what_is_open(held: Held) -> None:
    os.fchown(held.outside, os.getuid(), os.getgid())


@attempt()
def chown_of_a_link(held: Held) -> None:
    os.lchown(held.path("outside/held"), os.getuid(), os.getgid())


@attempt()
def utime(held: Held) -> None:
    os.utime(held.path("outside/held"))


@attempt(seen=NOBODY)
def setxattr(held: Held) -> None:
    os.setxattr(held.path("outside/held"), "user.truename", b"x")


@attempt(seen=NOBODY)
def removexattr(held: Held) -> None:
    os.removexattr(held.path("outside/held"), "user.none")


@attempt(seen=NOBODY)
def make_immutable(held: Held) -> None:
    fcntl.ioctl(held.outside, 0x40086602, array.array("l", [0]))  # FS_IOC_SETFLAGS


@attempt()
def lease(held: Held) -> None:
    fcntl.fcntl(held.outside, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    fcntl.fcntl(held.outside, fcntl.F_SETLEASE, fcntl.F_UNLCK)


def _one_of(name: str, held: Held) -> str:
    """A file for each of the two threads."""
    return f"{name}{int(threading.current_thread() is not threading.main_thread())}"


# Processes


@attempt()
def fork(held: Held) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


@attempt()
def spawn(held: Held) -> None:
    subprocess.run(["/bin/true"], check=True)


@attempt(seen=NOBODY)
def execute(held: Held) -> None:
    os.execv("/nonexistent", ["nonexistent"])


@attempt()
def program_in_memory(held: Held) -> None:
    os.close(os.memfd_create("program"))


@attempt(seen=NOBODY)
def execute_what_is_open(held: Held) -> None:
    call(numbered("execveat"), held.outside, b"", None, None, 0x1000)


@attempt()
def signal_another(held: Held) -> None:
    os.kill(held.plan.victim, signal.SIGCONT)


@attempt()
def signal_a_group(held: Held) -> None:
    os.kill(-held.plan.victim, signal.SIGCONT)


@attempt()
def signal_everybody(held: Held) -> None:
    os.kill(-1, 0)


@attempt()
def signal_a_thread(held: Held) -> None:
    call(numbered("tgkill"), held.plan.victim, held.plan.victim, signal.SIGCONT)


@attempt()
def signal_by_thread(held: Held) -> None:
    call(numbered("tkill"), held.plan.victim, signal.SIGCONT)


@attempt()
def signal_by_descriptor(held: Held) -> None:
    fcntl.fcntl(held.udp, 8, held.plan.victim)  # F_SETOWN


@attempt()
def signal_by_control(held: Held) -> None:
    fcntl.ioctl(held.udp, 0x8901, array.array("i", [held.plan.victim]))  # FIOSETOWN


@attempt(seen=NOBODY)
def signal_with_a_value(held: Held) -> None:
    call(numbered("rt_sigqueueinfo"), held.plan.victim, int(signal.SIGCONT), bytes(128))


@attempt()
def handle_of_a_process(held: Held) -> None:
    os.close(os.pidfd_open(held.plan.victim))


@attempt()
def limits_of_another(held: Held) -> None:
    resource.prlimit(held.plan.victim, resource.RLIMIT_CORE, (0, 0))


@attempt()
def priority_of_another(held: Held) -> None:
    os.setpriority(os.PRIO_PROCESS, held.plan.victim, 19)


@attempt(seen=NOBODY)
def priority_of_a_user(held: Held) -> None:
    os.setpriority(os.PRIO_USER, 2**31 - 2, 0)  # of nobody's processes, should it be let through


@attempt()
def affinity_of_another(held: Held) -> None:
    os.sched_setaffinity(held.plan.victim, os.sched_getaffinity(held.plan.victim))


@attempt()
def class_of_another(held: Held) -> None:
    os.sched_setscheduler(held.plan.victim, os.SCHED_BATCH, os.sched_param(0))


@attempt(seen=ROOT)
def class_before_all_others(held: Held) -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@attempt()
def disk_priority_of_another(held: Held) -> None:
    call(numbered("ioprio_set"), 1, held.plan.victim, 3 << 13)


@attempt(seen=NOBODY)
def group_of_another(held: Held) -> None:
    call(numbered("setpgid"), held.plan.victim, held.plan.victim)


@attempt(seen=NOBODY)
def trace(held: Held) -> None:
    call(numbered("ptrace"), 16, held.plan.victim, 0, 0)  # PTRACE_ATTACH


@attempt(seen=NOBODY)
def memory_of_another(held: Held) -> None:
    call(numbered("process_vm_readv"), held.plan.victim, None, 0, None, 0, 0)


@attempt(needs=1, seen=NOBODY)
def memory_of_another_as_a_file(held: Held) -> None:
    open(f"/proc/{held.plan.victim}/mem", "rb").close()


@attempt(seen=NOBODY)
def pages_of_another(held: Held) -> None:
    call(numbered("move_pages"), held.plan.victim, 0, None, None, None, 0)


@attempt()
def shared_memory(held: Held) -> None:
    found = call(numbered("shmget"), 0, 4096, 0o600)
    call(numbered("shmctl"), found, 0, None)


@attempt()
def message_queue(held: Held) -> None:
    os.close(call(numbered("mq_open"), b"truename-test", os.O_RDWR | os.O_CREAT, 0o600, None))
    call(numbered("mq_unlink"), b"truename-test")


@attempt(seen=ROOT)
def user(held: Held) -> None:
    call(numbered("setresuid"), os.getuid(), os.getuid(), os.getuid())


@attempt()
def capabilities(held: Held) -> None:
    call(numbered("capset"), b"\x22\x05\x08\x20" + bytes(4), bytes(24))


# The kernel


def _kernel(*names: str) -> None:
    """Calls that with these arguments, none of which can be meant, do no harm where they are let through."""
    for name in names:
        ATTEMPTS[f"call-{name}"] = Attempt(lambda _, name=name: call(numbered(name), -1, -1, -1, -1, -1), 0, NOBODY)


_kernel(
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_submit", "vmsplice"),
    *("keyctl", "add_key", "request_key", "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount"),
    *("fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr", "setns", "unshare", "name_to_handle_at"),
    *("open_by_handle_at", "fanotify_init", "quotactl", "swapon", "swapoff", "acct", "init_module", "finit_module"),
    *("delete_module", "kexec_load", "kexec_file_load", "personality", "syslog", "sethostname", "setdomainname"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "setgroups", "pidfd_getfd", "process_madvise"),
)


@attempt(seen=NOBODY)
def type_into_the_terminal(held: Held) -> None:
    fcntl.ioctl(held.terminal, 0x5412, b"x")  # TIOCSTI


@attempt(seen=NOBODY)
def paste_into_the_terminal(held: Held) -> None:
    fcntl.ioctl(held.terminal, 0x541C, b"\x03")  # TIOCLINUX


@attempt(seen=NOBODY)
def namespace_of_a_thread(held: Held) -> None:
    call(numbered("clone"), 0x10000 | 0x40000000, 0, 0, 0, 0)  # CLONE_THREAD with CLONE_NEWNET


@attempt(seen=NOBODY)
def calls_of_x32(held: Held) -> None:
    if os.uname().machine != "x86_64":
        raise OSError(errno.EPERM, "has none")
    call(0x40000000 + 39)  # getpid


def int80(held: Held) -> None:
    """A call the way of 32-bit programs: getpid. Not among the others: a kernel without it ends the process."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))
    done = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    if done < 0:
        raise OSError(-done, os.strerror(-done))


# What goes on working

WORKS: dict[str, Callable[[Held], Any]] = {
    "read a zone": lambda held: open(held.path("zones/a.zone")).close(),
    "read an $INCLUDE that is new": lambda held: open(held.path("zones/new")).close(),
    "list zones": lambda held: os.listdir(held.path("zones")),
    "write data": lambda held: open(held.path("data/file"), "w").close(),
    "rename data": lambda held: os.rename(held.path("data/file"), held.path("data/other")),
    "remove data": lambda held: os.unlink(held.path("data/other")),
    "a pair of sockets": lambda held: [one.close() for one in socket.socketpair()],
    "signal ourselves": lambda held: os.kill(os.getpid(), 0),
    "signal a thread of ours": lambda held: signal.pthread_kill(threading.get_ident(), 0),
    "our limits": lambda held: resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(4)[1])),
    "our priority": lambda held: os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0)),
    "whether it is a terminal": lambda held: os.ttyname(held.terminal) and None,
    "a thread": lambda held: threading.Thread(target=int).start(),
}


def tried(action: Callable[[Held], Any], held: Held) -> int:
    try:
        action(held)
    except OSError as wrong:
        return wrong.errno or -1
    return 0


def outgoing(mode: str, plan: Plan) -> list[Any]:
    from truename.serve import sandbox

    if mode == "tcp":
        return [sandbox.to_server("127.0.0.1", plan.port)]
    return [sandbox.to_server(plan.directory, 0)] if mode == "unix" else []


def to_database(mode: str, plan: Plan) -> None:
    """The connection that the mode leaves open."""
    if mode == "tcp":
        socket.create_connection(("127.0.0.1", plan.port), 5).close()
    if mode == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
            made.connect(f"{plan.directory}/.s.PGSQL.5432")


def main(mode: str, plan: Plan) -> None:
    from truename.serve import sandbox

    held, found = Held(plan), {}
    if mode != "open":
        data, zones = [held.path("data")], [held.path("zones/a.zone")]
        made = outgoing(mode, plan)
        closed = sandbox.close(sandbox.reach_of(zones, [], data, made) if made else sandbox.reach_of(zones, [], data))
        found["words"] = [closed.files, closed.calls, closed.lacks]

    def all_of_it(where: str) -> None:
        for name, one in ATTEMPTS.items():
            if mode == "open" and (one.seen == NOBODY or where):
                continue
            found[where + name] = tried(one.action, held)
        for name, action in WORKS.items():
            found[f"{where}works: {name}"] = tried(action, held)
        found[f"{where}works: database"] = tried(lambda _: to_database(mode, plan), held)

    all_of_it("")
    thread = threading.Thread(target=all_of_it, args=("thread: ",))
    thread.start()
    thread.join()
    if mode == "open":
        print(json.dumps(found), flush=True)
        return
    for module in ("sqlite3", "ssl", "xml.etree.ElementTree", "uvicorn", "fastapi", "asyncio", "mimetypes"):
        __import__(module)
    print(json.dumps(found), flush=True)
    found["int80"] = tried(int80, held)
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Plan(**json.loads(sys.argv[2])))
