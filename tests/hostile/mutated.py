"""Packets made from good queries by damage: cut, flipped, spliced; and packets made of nothing but chance."""

import random
import struct
from collections.abc import Callable, Iterator

from rfc.client import entry, message, opt

from .crafted import ANY, BROKEN, COOKIE, NAMES, NSID, QUESTION, Packet, option, record, tsig_data

# With what is left of them, mutated packets must come to the number that was promised.
TOTAL = 50_000


def originals() -> list[bytes]:
    """Good queries of every form: plain, with options, signed, for long names, for large answers."""
    cookie = option(COOKIE, b"12345678")
    signed = record(b"\3key\0", 250, rclass=255, data=tsig_data(b"\13hmac-sha256\0", random.Random(1)))
    queries = [message(entry(name, rtype)) for name in NAMES for rtype in (1, 5, 255)]
    queries += [message(entry(name) + opt(flags=0x8000), counts=(1, 0, 0, 1)) for name in NAMES]
    queries += [message(QUESTION + opt(data=cookie + option(NSID)), counts=(1, 0, 0, 1))]
    queries += [message(QUESTION + opt(data=cookie) + signed, counts=(1, 0, 0, 2))]
    queries += [message(entry(f"{'l' * 63}.{'m' * 63}.{'n' * 63}.x.back.aliases.example", 28))]
    queries += [message(entry("aliases.example", 6) + opt(), flags=4 << 11, counts=(1, 0, 0, 1))]
    return queries


def responses(rng: random.Random) -> Iterator[Packet]:
    """Every good and many a bad packet with QR set: none may be answered, or two servers answer each other forever."""
    queries = originals()
    for low in range(256):
        yield Packet("response", message(QUESTION, flags=0x8000 | rng.randrange(128) << 8 | low))
    for query in queries * 30:
        damaged = flipped(query, rng, rng.randrange(6))
        yield Packet("response", damaged[:2] + bytes([damaged[2] | 0x80]) + damaged[3:])


def cuts(rng: random.Random) -> Iterator[Packet]:
    """Queries that end after each of their octets."""
    for query in originals():
        for size in range(len(query)):
            yield Packet("cut", query[:size], ANY if query[2] & 0x78 else BROKEN)


def single_flips(rng: random.Random) -> Iterator[Packet]:
    """Each bit of a plain query, of one with options and of a signed one."""
    for query in (originals()[0], *originals()[-4:-2]):
        for bit in range(16, 8 * len(query)):
            damaged = bytearray(query)
            damaged[bit // 8] ^= 1 << bit % 8
            yield Packet("bit flip", bytes(damaged))


def flips(rng: random.Random) -> Iterator[Packet]:
    """A few bits anywhere behind the ID."""
    queries = originals()
    while True:
        yield Packet("bit flips", flipped(rng.choice(queries), rng, rng.randrange(1, 10)))


def splices(rng: random.Random) -> Iterator[Packet]:
    """The beginning of one query and the end of another, with octets between them lost, doubled or invented."""
    queries = originals()
    while True:
        head, tail = rng.choice(queries), rng.choice(queries)
        middle = rng.randbytes(rng.randrange(20)) if rng.random() < 0.3 else b""
        head = head[: rng.randrange(2, len(head))]
        yield Packet("splice", head + middle + tail[rng.randrange(len(tail)) :])


def numbers(rng: random.Random) -> Iterator[Packet]:
    """A good query with one 16-bit field replaced by a number at an edge."""
    edges = (0, 1, 63, 64, 255, 256, 0x3FFF, 0x4000, 0x7FFF, 0x8000, 0xC000, 0xC00C, 0xFFFE, 0xFFFF)
    queries = originals()
    while True:
        query = bytearray(rng.choice(queries))
        struct.pack_into("!H", query, rng.randrange(2, len(query) - 1), rng.choice(edges))
        yield Packet("number", bytes(query))


def junk(rng: random.Random) -> Iterator[Packet]:
    """Octets of chance; half of them with a header that says query."""
    while True:
        octets = bytearray(rng.randbytes(rng.randrange(600) if rng.random() < 0.8 else rng.randrange(40)))
        if len(octets) >= 12 and rng.random() < 0.5:
            octets[2:12] = rng.choice(originals_heads())
        yield Packet("junk", bytes(octets))


def originals_heads() -> list[bytes]:
    """Flags and counts of a query, of one with OPT, and of one with a record in each section."""
    return [struct.pack("!5H", 0, *four) for four in ((1, 0, 0, 0), (1, 0, 0, 1), (1, 1, 1, 1))]


def flipped(query: bytes, rng: random.Random, count: int) -> bytes:
    damaged = bytearray(query)
    for _ in range(count):
        damaged[rng.randrange(2, len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


MUTATED = (responses, cuts, single_flips)
# Each gives packets without end; (kind, its part of what is missing from TOTAL).
ENDLESS: tuple[tuple[Callable[[random.Random], Iterator[Packet]], float], ...] = (
    (flips, 0.4), (splices, 0.25), (numbers, 0.2), (junk, 0.15),
)  # fmt: skip
