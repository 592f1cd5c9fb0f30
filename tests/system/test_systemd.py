"""What systemd gives and expects: sockets by number, and datagrams about how far we are."""

import re
import signal
import socket
import sys

import pytest
from process import ServerProcess, wait_until
from test_start_and_end import ask

# Puts the sockets at 3, 4, .. as systemd does and tells their names; LISTEN_PID is the process that goes on.
LAUNCHER = """
import os, sys
count, names, *command = sys.argv[1:]
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=count, LISTEN_FDNAMES=names)
os.execvp(command[0], command)
"""


@pytest.fixture
def notifications(tmp_path):
    """A socket as in $NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.settimeout(20)
        yield receiver


def test_notifications(serve, zones, tmp_path, notifications):
    server = serve(zones, env={"NOTIFY_SOCKET": str(tmp_path / "notify")})
    assert notifications.recv(4096).decode().split("\n")[0] == "READY=1"
    server.signal(signal.SIGHUP)
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", notifications.recv(4096).decode())
    assert notifications.recv(4096).startswith(b"READY=1")
    assert server.stop() == 0
    assert notifications.recv(4096) == b"STOPPING=1"


def start_with(sockets: list[tuple[str, socket.socket]], zones, tmp_path) -> ServerProcess:
    """`truename serve` with *sockets* at 3 and up. A shell moves them there: numbers are not kept by pass_fds."""
    moves = " ".join(f"{3 + at}<&{one.fileno()}" for at, (_, one) in enumerate(sockets))
    names = ":".join(name for name, _ in sockets)
    command = ["bash", "-c", f'exec "$@" {moves}', "bash", sys.executable, "-c", LAUNCHER, str(len(sockets)), names]
    fds = [one.fileno() for _, one in sockets]
    return ServerProcess([str(zones)], cwd=tmp_path, command=command, listen=(), pass_fds=fds)


def test_socket_activation(zones, tmp_path):
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.create_server(("127.0.0.1", 0)) as http,
    ):
        udp.bind(("127.0.0.1", 0))
        # High numbers first, so that moving one does not close another.
        high = [(name, one) for name, one in (("dns", udp), ("dns", tcp), ("http", http))]
        moved = [(name, socket.fromfd(one.fileno(), one.family, one.type)) for name, one in high]
        wanted = [f"127.0.0.1:{one.getsockname()[1]}" for _, one in high]
        import fcntl

        numbered = [(name, socket.socket(fileno=fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, 50))) for name, one in moved]
        server = start_with(numbered, zones, tmp_path)
        for _, one in (*moved, *numbered):
            one.close()
        try:
            server.wait_ready()
            assert server.dns == wanted[:2]
            assert server.http == f"http://{wanted[2]}"
            assert ask(wanted[0], "www.example.com").answer
            assert ask(wanted[1], "www.example.com", tcp=True).answer
            assert server.get("/readyz")[0] == 200
            assert server.stop() == 0
        finally:
            server.kill()


def test_a_notify_socket_that_went_away_does_no_harm(serve, zones, tmp_path):
    server = serve(zones, env={"NOTIFY_SOCKET": str(tmp_path / "absent")})
    server.signal(signal.SIGHUP)
    wait_until(lambda: "changed=0" in server.errors())
    assert server.stop() == 0
