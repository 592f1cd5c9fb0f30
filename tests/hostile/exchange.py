"""Puts hostile packets to a server and judges what comes back, with good queries in between.

    prober = Prober(host, port)
    prober.put(packets)        AssertionError with the kind, the octets and the reply of one that is answered wrongly

Packets of one socket are answered in order, so that the good query behind a batch says that all of the batch's replies
have come: silence needs no waiting. IDs are given out here and tell the replies apart.
"""

import socket
import struct
from collections.abc import Iterable, Iterator

from rfc.client import entry, message, opt

from .crafted import ANY, NOERROR, NXDOMAIN, REFUSED, YXDOMAIN, Packet
from .reading import HEADER, Malformed, Message, offered, question_of, read

PATIENCE = 10.0  # seconds; the machine may be busy with other things
PLAIN, LARGEST = 512, 1232
# An error says what is wrong in an OPT record with one option of text, and sends nothing else that was not sent to it.
EXPLANATION = 64
BATCH = 64
# What the kernel holds for a socket at least: a batch must fit, or its loss would look like silence.
BATCH_OCTETS = 60_000
GOOD_EVERY = 8

GOOD = [
    message(entry("www.aliases.example")),
    message(entry("shop.aliases.example", 28)),
    message(entry("a.old.aliases.example")),
    message(entry("one.aliases.example")),
    message(entry("no.aliases.example", 16)),
    message(entry("a.glued.aliases.example")),
    message(entry("chain3.large.example") + opt(flags=0x8000), counts=(1, 0, 0, 1)),
    message(entry("mail.large.example", 15) + opt(), counts=(1, 0, 0, 1)),
]


class Prober:
    """Several sockets, so that every worker of the server has its share."""

    def __init__(self, host: str, port: int, sockets: int = 6) -> None:
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(sockets)]
        for sock in self.sockets:
            sock.connect((host, port))
            sock.settimeout(PATIENCE)
        self.ident = 0
        self.good: dict[bytes, bytes] = {}
        for query in GOOD:
            self.sockets[0].send(query)
            self.good[query] = self.sockets[0].recv(65535)[2:]

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()

    def put(self, packets: Iterable[Packet]) -> int:
        """Send all of *packets*; gives how many there were."""
        count = 0
        for number, batch in enumerate(batches(packets)):
            self.put_batch(batch, self.sockets[number % len(self.sockets)])
            count += len(batch)
        return count

    def put_batch(self, batch: list[Packet], sock: socket.socket) -> None:
        sent = list(self.numbered(batch))
        for _, octets in sent:
            sock.send(octets)
        last = sent[-1][1]
        replies: dict[bytes, bytes] = {}
        while last[:2] not in replies:
            reply = self.receive(sock, sent)
            assert reply[:2] not in replies, f"two replies with the ID {reply[:2].hex()}: {reply.hex()}"
            replies[reply[:2]] = reply
        for packet, octets in sent:
            reply = replies.pop(octets[:2], None) if len(octets) >= 2 else None
            wrong = self.wrong(packet, octets, reply)
            assert not wrong, f"{wrong}\nkind  {packet.kind if packet else 'good query'}\nquery {octets.hex()}\n" + (
                f"reply {reply.hex()}" if reply else "no reply"
            )
        assert not replies, f"replies to nothing that was sent: {[reply.hex() for reply in replies.values()]}"

    def numbered(self, batch: list[Packet]) -> Iterator[tuple[Packet | None, bytes]]:
        """The batch with IDs of its own and good queries (None) in between and behind."""
        for number, packet in enumerate(batch):
            yield packet, self.next_id()[: len(packet.octets)] + packet.octets[2:]
            if number % GOOD_EVERY == 0 or number == len(batch) - 1:
                yield None, self.next_id() + GOOD[self.ident % len(GOOD)][2:]

    def next_id(self) -> bytes:
        self.ident = (self.ident + 1) % 65536
        return struct.pack("!H", self.ident)

    def receive(self, sock: socket.socket, sent: list[tuple[Packet | None, bytes]]) -> bytes:
        try:
            return sock.recv(65535)
        except TimeoutError:
            kinds = sorted({packet.kind for packet, _ in sent if packet})
            raise AssertionError(f"no reply to a good query within {PATIENCE} s, behind {kinds}") from None

    def wrong(self, packet: Packet | None, query: bytes, reply: bytes | None) -> str:
        """What is wrong with a reply, in a word or two; "" when nothing is."""
        if packet is None:
            return (
                ""
                if reply and reply[2:] == self.good[b"\x12\x34" + query[2:]]
                else "a good query is not answered as before"
            )
        if len(query) < HEADER or query[2] & 0x80:
            return "answered what must not be answered" if reply else ""
        return complaint(packet, query, reply, limit(query)) if reply else "not answered"


def batches(packets: Iterable[Packet]) -> Iterator[list[Packet]]:
    batch: list[Packet] = []
    octets = 0
    for packet in packets:
        if batch and (len(batch) == BATCH or octets + len(packet.octets) > BATCH_OCTETS):
            yield batch
            batch, octets = [], 0
        batch.append(packet)
        octets += len(packet.octets) + 768
    if batch:
        yield batch


def limit(query: bytes) -> int:
    """Octets that a UDP reply may have (RFC 1035 4.2.1, RFC 6891 6.2.3)."""
    size = offered(query)
    return PLAIN if size is None else min(max(size, PLAIN), LARGEST)


def complaint(packet: Packet, query: bytes, reply: bytes, most: int) -> str:
    """What is wrong with *reply*; "" when nothing is."""
    try:
        said = read(reply)
    except Malformed as malformed:
        return f"the reply is malformed: {malformed}"
    if len(reply) > most:
        return f"{len(reply)} octets, at most {most} allowed"
    return (
        header_complaint(query, said) or rcode_complaint(packet, query, reply, said) or section_complaint(query, said)
    )


def header_complaint(query: bytes, said: Message) -> str:
    flags = struct.unpack_from("!H", query, 2)[0]
    if not said.flags & 0x8000:
        return "QR is not set"
    if said.flags & 0x7900 != flags & 0x7900:
        return "opcode or RD differ"
    return "RA, Z, AD or CD is set" if said.flags & 0x00F0 else ""


def rcode_complaint(packet: Packet, query: bytes, reply: bytes, said: Message) -> str:
    rcode = said.rcode()
    if rcode not in (packet.rcodes & ANY):
        return f"rcode {rcode}, expected one of {sorted(packet.rcodes)}"
    if rcode in (NOERROR, NXDOMAIN, YXDOMAIN):
        return ""
    if len(reply) > len(query) + EXPLANATION:
        return f"an error of {len(reply)} octets for {len(query)}"
    if any(record.rtype != 41 for record in said.records):
        return "an error with records"
    return "AA with an error" if said.flags & 0x0400 and rcode == REFUSED else ""


def section_complaint(query: bytes, said: Message) -> str:
    """The question is echoed octet for octet whenever it can be read; OPT answers OPT, once."""
    asked = question_of(query)
    is_single = struct.unpack_from("!H", query, 4)[0] == 1
    if said.questions > 1 or (said.questions == 1 and said.question != asked):
        return "the question is not the one that was asked"
    if asked is not None and is_single and said.questions == 0 and len(query) <= 4096:
        return "the question is missing"
    opts = said.opts()
    if len(opts) > 1 or any(record.section != "additional" or record.owner for record in opts):
        return "OPT twice or misplaced"
    return "OPT, and none was sent" if opts and b"\x00\x29" not in query else ""
