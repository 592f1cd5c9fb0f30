"""A zone from a running server: AXFR over TCP (RFC 5936).

The transfer is read message by message and written as lines at once: nothing but the text grows, and that has a limit.
Whatever a server sends, it ends: each wait and the whole have their time, and a transfer is between two SOAs.
"""

import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from truename.errors import UpstreamError
from truename.imports import TEXT_LIMIT, Taken

if TYPE_CHECKING:
    import dns.message
    import dns.name
    import dns.rrset

PORT = 53
WAIT = 15.0  # seconds for a connection, and for each message
WHOLE = 600.0  # seconds for all of it


def fetch(host: str, zone: str, *, wait: float = WAIT, limit: int = TEXT_LIMIT) -> Taken:
    """The *zone* that the server *host* (HOST, HOST:PORT, [V6]:PORT) gives away.

    Raises: UpstreamError when it does not, with what it says
    """
    import dns.exception
    import dns.name

    where = f"AXFR of {zone} from {host}"
    try:
        with socket.create_connection(address(host), timeout=wait) as connection:
            lines = list(_bounded(_transfer(connection, dns.name.from_text(zone), wait), limit))
    except (TimeoutError, dns.exception.Timeout):
        raise UpstreamError(f"{where}: no answer within {wait:g} s", hint="--axfr HOST:PORT of a server") from None
    except EOFError:
        raise UpstreamError(f"{where}: the server closed the connection", hint=ALLOW) from None
    except (OSError, dns.exception.DNSException) as wrong:
        said = getattr(wrong, "strerror", None) or str(wrong) or type(wrong).__name__
        raise UpstreamError(f"{where}: {said}", hint=ALLOW) from None
    except _Refused as wrong:
        raise UpstreamError(f"{where}: {wrong}", hint=ALLOW) from None
    return Taken(zone, "".join(lines).encode(), f"{host} (AXFR)")


ALLOW = "the server must be one that holds the zone, and allow transfers to this address"


class _Refused(Exception):
    """The server answers, and not with the zone."""


def address(host: str) -> tuple[str, int]:
    """(host, port). Raises: UpstreamError for what is neither"""
    name, colon, port = host.rpartition(":")
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        colon, port = rest[:1], rest[1:]
    elif not colon or ":" in name:  # without a port, or an IPv6 address
        name, colon, port = host, "", ""
    if not name or (colon and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise UpstreamError(f'"{host}" is no HOST[:PORT]', hint="--axfr 192.0.2.1, --axfr ns1.example.com:53")
    return name, int(port or PORT)


def _bounded(lines: Iterator[str], limit: int) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > limit:
            raise _Refused(f"the zone is larger than {limit >> 20} MiB, which is all that one zone may be")
        yield line


def _transfer(connection: socket.socket, zone: "dns.name.Name", wait: float) -> Iterator[str]:
    """The lines of the transfer, the first SOA and all behind it up to the second."""
    import dns.message
    import dns.query

    query = dns.message.make_query(zone, "AXFR")
    end = time.time() + WHOLE
    connection.setblocking(False)  # dns.query waits by itself, on the clock
    dns.query.send_tcp(connection, query, expiration=min(time.time() + wait, end))
    seen = 0
    while seen < 2:
        message, _ = dns.query.receive_tcp(connection, expiration=min(time.time() + wait, end), one_rr_per_rrset=True)
        _check(query, message)
        for rrset in message.answer:
            seen += _is_soa(rrset, zone)
            if seen == 0:
                raise _Refused("the answer does not begin with an SOA")
            if seen == 2:
                break
            yield f"{rrset.to_text()}\n"


def _check(query: "dns.message.Message", message: "dns.message.Message") -> None:
    import dns.rcode

    if message.id != query.id:
        raise _Refused("the answer is not to this question")
    if message.rcode() != dns.rcode.NOERROR:
        raise _Refused(f"refused: {dns.rcode.to_text(message.rcode())}")
    if not message.answer:
        raise _Refused("the answer is empty")


def _is_soa(rrset: "dns.rrset.RRset", zone: "dns.name.Name") -> bool:
    import dns.rdatatype

    return rrset.rdtype == dns.rdatatype.SOA and rrset.name == zone
