"""Sockets before and beside the DNS listeners: is a port free, the HTTP socket, what systemd hands over.

A port that is taken is found before the zones are loaded, which may take long. The trial binds without SO_REUSEPORT:
with it a second server would share the port in silence and the kernel would split the queries between two graphs.
"""

import errno
import os
import socket
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from ipaddress import ip_address

from truename.errors import ServeError
from truename.settings_check import host_port, spread
from truename.whole import whole

FIRST_FD = 3  # SD_LISTEN_FDS_START of sd_listen_fds(3)
MOST_FDS = 4096  # more than any unit hands over
BACKLOG = 128  # connections of the API that wait to be taken


@dataclass(frozen=True)
class Inherited:
    """Sockets handed over by systemd: *dns* as file descriptors, *http* by its name in LISTEN_FDNAMES."""

    dns: tuple[int, ...] = ()
    http: socket.socket | None = None


def inherited(environ: MutableMapping[str, str]) -> Inherited:
    """What sd_listen_fds(3) describes; the variables are taken out, so that no child takes the sockets for its own."""
    taken = {name: environ.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")}
    if taken["LISTEN_PID"] != str(os.getpid()) or not (count := whole(taken["LISTEN_FDS"], MOST_FDS)):
        return Inherited()
    names = [*taken["LISTEN_FDNAMES"].split(":"), *[""] * count]
    dns: list[int] = []
    http: socket.socket | None = None
    for fd, name in zip(range(FIRST_FD, FIRST_FD + count), names, strict=False):
        os.set_inheritable(fd, False)
        if name == "http" and http is None:
            http = _http_fd(fd)
        else:
            dns.append(fd)
    return Inherited(tuple(dns), http)


def _http_fd(fd: int) -> socket.socket:
    try:
        given = socket.socket(fileno=fd)
    except OSError as wrong:
        raise ServeError(f"the socket named http (descriptor {fd}) cannot be used: {wrong.strerror}") from None
    if given.type != socket.SOCK_STREAM or given.family not in (socket.AF_INET, socket.AF_INET6):
        raise ServeError("the socket named http is no TCP socket", hint="ListenStream= in the .socket unit")
    given.listen(BACKLOG)  # whoever only bound it: in the sandbox nothing begins to listen
    return given


def addresses(listen: Iterable[str]) -> list[str]:
    """What is bound for *listen*: `:PORT` is two addresses, or one on a machine without IPv6."""
    bound: list[str] = []
    for one in listen:
        all_of_it = spread(one)
        bound += all_of_it if len(all_of_it) == 1 or _has_ipv6() else all_of_it[:1]
    return bound


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as tried:
            tried.bind(("::", 0))
    except OSError:
        return False
    return True


def check_free(addresses: Iterable[str]) -> None:
    """Bind each of *addresses* once, UDP and TCP, and let go again.

    Raises: ServeError for the first that cannot be bound
    """
    for address in addresses:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            _bound(address, kind, "--listen").close()


def http_socket(address: str) -> socket.socket:
    """The bound TCP socket of the API. Raises: ServeError"""
    return _bound(spread(address)[0], socket.SOCK_STREAM, "--http")


def is_loopback(bound: socket.socket) -> bool:
    """Whether only this machine can reach *bound*."""
    return ip_address(bound.getsockname()[0].partition("%")[0]).is_loopback


def url(bound: socket.socket, *, tls: bool) -> str:
    """Where a client on this machine reaches *bound*: an address that means "all" is asked on loopback."""
    host, port = bound.getsockname()[:2]
    address = ip_address(host.partition("%")[0])
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == 4 else "::1"
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if address.version == 6 else f"{scheme}://{host}:{port}"


def _bound(address: str, kind: socket.SocketKind, flag: str) -> socket.socket:
    host, port = host_port(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio turns Nagle's algorithm off only where it is: a reply in two parts would
    # wait for the client's delayed acknowledgement, 40 ms.
    opened = socket.socket(family, kind, socket.IPPROTO_TCP if kind == socket.SOCK_STREAM else 0)
    try:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections in TIME_WAIT do not count
        opened.bind(socket.getaddrinfo(host, port, family, kind)[0][4])
        if kind == socket.SOCK_STREAM:
            opened.listen(BACKLOG)
    except OSError as wrong:
        opened.close()
        raise bind_error(address, wrong, flag) from None
    return opened


def bind_error(address: str, wrong: OSError, flag: str = "--listen") -> ServeError:
    """What keeps *address* from being bound, and what to do about it."""
    port = address.rpartition(":")[2]
    hints = {
        errno.EADDRINUSE: f"`ss -lntup sport = :{port}` tells who; choose another with {flag} HOST:PORT",
        errno.EACCES: f"ports below 1024 need root or CAP_NET_BIND_SERVICE; or choose a higher one with {flag}",
        errno.EADDRNOTAVAIL: f"no interface has this address; `ip address` lists them, {flag} chooses",
    }
    said = "the port is taken" if wrong.errno == errno.EADDRINUSE else (wrong.strerror or str(wrong)).lower()
    return ServeError(f"cannot listen on {address}: {said}", hint=hints.get(wrong.errno or 0, ""))
