"""A zone from a running server: AXFR over TCP (RFC 5936), signed with a TSIG key where one is given (RFC 8945).

The transfer is read message by message and written as lines at once: nothing but the text grows, and that has a limit.
Whatever a server sends, it ends: each wait and the whole have their time, and a transfer is between two SOAs.
Records are read by the core (`transfer`). What it cannot read is told with its owner and type, and is not in the text.
"""

import socket
import time
from collections.abc import Iterator

from truename.errors import UpstreamError
from truename.imports import TEXT_LIMIT, Problem, Taken, transfer
from truename.imports.tsig import Key, Signing, Unverified

PORT = 53
WAIT = 15.0  # seconds for a connection, and for each message
WHOLE = 600.0  # seconds for all of it


def fetch(host: str, zone: str, *, key: Key | None = None, wait: float = WAIT, limit: int = TEXT_LIMIT) -> Taken:
    """The *zone* that the server *host* (HOST, HOST:PORT, [V6]:PORT) gives away.

    Raises: UpstreamError when it does not, with what it says
    """
    where = f"AXFR of {zone} from {host}"
    source = f"{host} (AXFR)"
    problems: list[Problem] = []
    try:
        with socket.create_connection(address(host), timeout=wait) as connection:
            records = _transfer(_Exchange(connection, zone, key, wait))
            lines = list(_bounded(_readable(records, source, problems), limit))
    except TimeoutError:
        raise UpstreamError(f"{where}: no answer within {wait:g} s", hint="--axfr HOST:PORT of a server") from None
    except EOFError:
        raise UpstreamError(f"{where}: the server closed the connection", hint=ALLOW) from None
    except OSError as wrong:
        raise UpstreamError(f"{where}: {wrong.strerror or wrong}", hint=ALLOW) from None
    except (_Refused, transfer.Broken) as wrong:
        raise UpstreamError(f"{where}: {wrong}", hint=ALLOW) from None
    except Unverified as wrong:
        raise UpstreamError(f"{where}: {wrong}", hint="compare name, algorithm and secret with the server's") from None
    return Taken(zone, "".join(lines).encode(), source, tuple(problems))


ALLOW = (
    "the server must be one that holds the zone, and allow transfers to this address or to the key of --tsig KEYFILE"
)


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


def _readable(records: Iterator[transfer.Record], source: str, problems: list[Problem]) -> Iterator[str]:
    """The lines of the records that can be read; the others come to *problems*."""
    for record in records:
        if record.fault:
            problems.append(Problem(source, 0, 0, f"{record.owner} {record.type}: {record.fault}", LEAVE_OUT))
        else:
            yield record.line()


LEAVE_OUT = "--leave-out-unreadable takes the rest"


def _bounded(lines: Iterator[str], limit: int) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > limit:
            raise _Refused(f"the zone is larger than {limit >> 20} MiB, which is all that one zone may be")
        yield line


class _Exchange:
    """One question on one connection, and the messages that answer it, verified where a key is given."""

    def __init__(self, connection: socket.socket, zone: str, key: Key | None, wait: float) -> None:
        import dns.message

        self.zone = zone
        self._connection = connection
        self._wait = wait
        self._asked = f", asked with the key {key.name} ({key.algorithm})" if key else ""
        self._end = time.monotonic() + WHOLE
        self._signing = Signing(key) if key else None
        query = dns.message.make_query(zone, "AXFR")
        wire = self._signing.sign(query) if self._signing else query.to_wire()
        self._id = query.id
        self._connection.settimeout(wait)
        self._connection.sendall(len(wire).to_bytes(2) + wire)

    def messages(self) -> Iterator[transfer.Message]:
        """The messages as they come, without end. Raises: _Refused, Broken, Unverified, OSError, EOFError"""
        is_first = True
        while True:
            wire = self._octets(int.from_bytes(self._octets(2)))
            message = transfer.split(wire)
            if message.id != self._id:
                raise _Refused("the answer is not to this question")
            if self._signing and (message.rcode == 0 or message.tsig_at is not None):
                self._signing.verify(wire, message.tsig_at, is_first=is_first)
            self._check(message)
            yield message
            is_first = False

    def finish(self) -> None:
        """The last message was read. Raises: Unverified"""
        if self._signing:
            self._signing.finish()

    def _check(self, message: transfer.Message) -> None:
        import dns.rcode

        if message.rcode != dns.rcode.NOERROR:
            raise _Refused(f"refused: {dns.rcode.to_text(dns.rcode.Rcode(message.rcode))}{self._asked}")
        if not message.answer:
            raise _Refused("the answer is empty")

    def _octets(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            self._connection.settimeout(max(0.001, min(self._wait, self._end - time.monotonic())))
            part = self._connection.recv(count)
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def _transfer(exchange: _Exchange) -> Iterator[transfer.Record]:
    """The records of the transfer, the first SOA and all behind it up to the second."""
    seen = 0
    for message in exchange.messages():
        for record in message.answer:
            seen += record.number == transfer.SOA and record.owner.lower() == exchange.zone
            if seen == 0:
                raise _Refused("the answer does not begin with an SOA")
            if seen == 2:
                exchange.finish()
                return
            yield record
