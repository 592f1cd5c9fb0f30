"""A zone from a running server: AXFR over TCP (RFC 5936), signed with a TSIG key where one is given (RFC 8945).

The transfer is read message by message and written as lines at once: nothing but the text grows, and that has a limit.
Whatever a server sends, it ends: each wait and the whole have their time, what was read is counted, and a transfer is
between two SOAs that say the same. Nothing is taken from a server that answers another question, or tells of names that
are not the zone's.
Records are read by the core (`transfer`). What it cannot read is told with its owner and type, and is not in the text.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import closing

from truename.errors import UpstreamError
from truename.imports import TEXT_LIMIT, Problem, Taken, transfer
from truename.imports.incoming import Incoming
from truename.imports.tsig import Key, Signing, Unverified
from truename.name import is_at_or_below, lower
from truename.whole import whole

PORT = 53
WAIT = 15.0  # seconds for a connection, and for each message
WHOLE = 600.0  # seconds for all of it
MOST_PROBLEMS = 1000  # records that cannot be read, each of which is told


def fetch(host: str, zone: str, *, key: Key | None = None, wait: float = WAIT, limit: int = TEXT_LIMIT) -> Taken:
    """The *zone* that the server *host* (HOST, HOST:PORT, [V6]:PORT) gives away.

    Raises: UpstreamError when it does not, with what it says
    """
    where = f"AXFR of {zone} from {host}"
    source = f"{host} (AXFR)"
    problems: list[Problem] = []
    try:
        with (
            socket.create_connection(address(host), timeout=wait) as connection,
            closing(_Exchange(connection, zone, key, (wait, limit))) as exchange,
        ):
            lines = list(_bounded(_readable(_transfer(exchange), source, problems), limit))
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
    number = whole(port, 65535) if colon else PORT
    if not name or not number:
        raise UpstreamError(f'"{host}" is no HOST[:PORT]', hint="--axfr 192.0.2.1, --axfr ns1.example.com:53")
    return name, number


def _readable(records: Iterator[transfer.Record], source: str, problems: list[Problem]) -> Iterator[str]:
    """The lines of the records that can be read; the others come to *problems*."""
    for record in records:
        if record.fault:
            if len(problems) == MOST_PROBLEMS:
                raise _Refused(f"more than {MOST_PROBLEMS} records of it cannot be read")
            problems.append(Problem(source, 0, 0, f"{record.owner} {record.type}: {record.fault}", LEAVE_OUT))
        else:
            yield record.line()


TIMES = 4  # octets that are read for each that a zone may have: names in messages may be longer than in lines
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

    def __init__(self, connection: socket.socket, zone: str, key: Key | None, limits: tuple[float, int]) -> None:
        import dns.message

        self._wait, self._limit = limits
        self._left = TIMES * self._limit
        self._asked = f", asked with the key {key.name} ({key.algorithm})" if key else ""
        self._end = time.monotonic() + WHOLE
        self._signing = Signing(key) if key else None
        query = dns.message.make_query(zone, "AXFR")
        self.zone = lower(query.question[0].name.to_text())
        self._question = [(self.zone, transfer.AXFR, transfer.CLASS_IN)]
        wire = self._signing.sign(query) if self._signing else query.to_wire()
        self._id = query.id
        connection.settimeout(self._wait)
        connection.sendall(len(wire).to_bytes(2) + wire)
        self._incoming = Incoming(connection, self._wait)

    def close(self) -> None:
        """Read no more."""
        self._incoming.close()

    def messages(self) -> Iterator[transfer.Message]:
        """The messages as they come, without end. Raises: _Refused, Broken, Unverified, OSError, EOFError"""
        is_first = True
        while True:
            wire = self._octets(int.from_bytes(self._octets(2)))
            message = transfer.split(wire)
            self._is_ours(message, is_first=is_first)
            if self._signing and (message.rcode == 0 or message.tsig_at is not None):
                self._signing.verify(wire, message.tsig_at, is_first=is_first)
            self._check(message)
            yield message
            is_first = False

    def finish(self) -> None:
        """The last message was read. Raises: Unverified"""
        if self._signing:
            self._signing.finish()

    def _is_ours(self, message: transfer.Message, *, is_first: bool) -> None:
        """Raises: _Refused for what answers something else: the question may be missing, as old servers do it"""
        if not message.is_response or message.opcode != 0:
            raise _Refused("what came is no answer to a question")
        if message.id != self._id or (message.questions and message.questions != self._question):
            which = "" if is_first else " any more"
            raise _Refused(f"the answer is not to this question{which}")

    def _check(self, message: transfer.Message) -> None:
        import dns.rcode

        if message.rcode != dns.rcode.NOERROR:
            raise _Refused(f"refused: {dns.rcode.to_text(dns.rcode.Rcode(message.rcode))}{self._asked}")
        if not message.answer:
            raise _Refused("the answer is empty")

    def _octets(self, count: int) -> bytes:
        self._left -= count
        if self._left < 0:
            raise _Refused(f"it does not end: more than {TIMES * self._limit >> 20} MiB were sent")
        if time.monotonic() > self._end:
            raise _Refused(f"it did not end within {WHOLE:g} s")
        return self._incoming.take(count, self._wait)


def _transfer(exchange: _Exchange) -> Iterator[transfer.Record]:
    """The records of the transfer, the first SOA and all behind it up to the second (RFC 5936 2.2)."""
    first: transfer.Record | None = None
    for message in exchange.messages():
        for record in message.answer:
            is_soa = record.number == transfer.SOA and lower(record.owner) == exchange.zone
            if first is None and not is_soa:
                raise _Refused("the answer does not begin with an SOA of the zone")
            if first is not None and is_soa:
                _must_agree(first, record)
                exchange.finish()
                return
            if not is_at_or_below(lower(record.owner), exchange.zone):
                raise _Refused(
                    f"{record.owner} {record.type} is not in the zone: what the server gives away is another"
                )
            first = first or record
            yield record


def _must_agree(first: transfer.Record, last: transfer.Record) -> None:
    """Raises: _Refused when the SOA at the end is another than at the beginning"""
    if (first.data.lower(), first.fault) != (last.data.lower(), last.fault):
        said = f"{first.data or first.fault} and {last.data or last.fault}"
        raise _Refused(f"the SOAs at both ends differ, the zone changed on the way: {said}; try again")
