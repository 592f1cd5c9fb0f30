"""Connections that the running server yet makes. Without one, no socket is made and none is connected.

What a server needs is said by whoever needs it, and opens that and no more: a family and type of sockets, a TCP port, a
directory of UNIX sockets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from truename.serve.sandbox.calls import DATAGRAM, INET, INET6, STREAM, UNIX

Socket = tuple[int, int]  # family, type

STREAMS, DATAGRAMS = ((INET, STREAM), (INET6, STREAM)), ((INET, DATAGRAM), (INET6, DATAGRAM))


@dataclass(frozen=True)
class Outgoing:
    """What one kind of connection needs. *directories*: where its UNIX sockets are"""

    sockets: tuple[Socket, ...]
    ports: tuple[int, ...] = ()
    directories: tuple[str, ...] = ()
    is_abstract: bool = False  # its UNIX sockets have no path


def to_server(host: str, port: int) -> Outgoing:
    """To a server of streams: *host* is an address, a name, the directory of a UNIX socket, or @ and an abstract name.

    A name has to be asked for, over UDP, whenever it is connected to.
    """
    if host.startswith("/"):
        return Outgoing(((UNIX, STREAM),), directories=(host,))
    if host.startswith("@"):
        return Outgoing(((UNIX, STREAM),), is_abstract=True)
    try:
        version = ip_address(host.partition("%")[0]).version
    except ValueError:
        return Outgoing(STREAMS + DATAGRAMS, (port,))
    return Outgoing((STREAMS[version == 6],), (port,))


def sockets_of(outgoing: Iterable[Outgoing]) -> tuple[Socket, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys(one for each in outgoing for one in each.sockets))
