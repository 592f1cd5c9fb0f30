"""Packets that break one rule each, rule by rule; with every packet the rcodes that answer it rightly.

A kind is a function from a random source to packets. The ID of a packet is filled in when it is sent; whether it may be
answered at all follows from its header and is not said here.
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import dns.name
import dns.rdataclass
import dns.rdatatype

from rfc.client import entry, message, opt

NOERROR, FORMERR, NXDOMAIN, NOTIMP, REFUSED, YXDOMAIN, NOTAUTH, BADVERS, BADCOOKIE = 0, 1, 3, 4, 5, 6, 9, 16, 23
ANSWERED = frozenset({NOERROR, NXDOMAIN, YXDOMAIN, REFUSED})
# SERVFAIL is not among them: no query may lead to a fault inside.
ANY = ANSWERED | {FORMERR, NOTIMP, NOTAUTH, BADVERS, BADCOOKIE}
BROKEN = frozenset({FORMERR})
SIGNED = frozenset({NOTAUTH, FORMERR})

NAMES = (
    "www.aliases.example", "host.aliases.example", "aliases.example", "one.aliases.example", "x.back.aliases.example",
    "x.grow.aliases.example", "no.aliases.example", "a.any.aliases.example", "ns.glued.aliases.example",
    "a.apex.example", "mail.large.example", "chain0.large.example", "elsewhere.example", ".",
    "alias1.nsec.example", "overwild.salted.example", "a.b.no.salted.example", "x.thrice.nsec.example",
    "a.plain.under.above.salted.example",
)  # fmt: skip
QUESTION = entry("www.aliases.example")
COOKIE, NSID, ECS, KEEPALIVE, PADDING, KEYTAG = 10, 3, 8, 11, 12, 14


@dataclass(frozen=True, slots=True)
class Packet:
    """One datagram. *kind* tells a reader of a failure what it was meant to be."""

    kind: str
    octets: bytes
    rcodes: frozenset[int] = ANY


def record(
    owner: bytes, rtype: int, *, rclass: int = 1, ttl: int = 0, data: bytes = b"", length: int | None = None
) -> bytes:
    """A resource record, its length true unless *length* says otherwise."""
    return owner + struct.pack("!HHIH", rtype, rclass, ttl, len(data) if length is None else length) + data


def option(code: int, data: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("!HH", code, len(data) if length is None else length) + data


def with_opt(*options: bytes, **fields: int) -> bytes:
    return message(QUESTION + opt(data=b"".join(options), **fields), counts=(1, 0, 0, 1))


def counts(rng: random.Random) -> Iterator[Packet]:
    """Section counts that are not those of the packet."""
    for four, (tail, true) in product(product((0, 1, 2, 255, 65535), repeat=4), ((b"", 0), (opt(), 1))):
        right = ANSWERED if four == (1, 0, 0, true) else BROKEN
        yield Packet("counts", message(QUESTION + tail, counts=four), right)


def labels(rng: random.Random) -> Iterator[Packet]:
    """Labels whose length octet has a type that does not exist (RFC 6891 5), in every place of the name."""
    for octet in range(64, 256):
        for before in (b"", b"\x03www", b"\x03www\x07aliases"):
            body = rng.randbytes(rng.randrange(0, 80))
            yield Packet("labels", message(before + bytes([octet]) + body + b"\0\0\1\0\1"), BROKEN)


def names(rng: random.Random) -> Iterator[Packet]:
    """Names around 255 octets and far beyond, of long labels and of short ones, and names that do not end."""
    for size in (*range(230, 280), 300, 400, 511, 512, 513, 1000, 2000, 4000):
        for step in (1, 2, 30, 63):
            wire = name_of(size, step)
            yield Packet("names", message(wire + b"\0\1\0\1"), ANSWERED if len(wire) <= 255 else BROKEN)
    for count in range(1, 140):
        yield Packet("names", message(b"\1a" * count), BROKEN)
    for _ in range(400):
        label = rng.randbytes(rng.randrange(1, 64))
        yield Packet("names", message(bytes([len(label)]) + label + QUESTION), ANSWERED)


def name_of(size: int, step: int) -> bytes:
    """A name of *size* octets or one less, in labels of *step* octets and a last one that fits."""
    wire = b""
    while len(wire) + 1 < size - 1:
        length = min(step, size - 2 - len(wire))
        wire += bytes([length]) + b"n" * length
    return wire + b"\0"


def pointers(rng: random.Random) -> Iterator[Packet]:
    """Compression where there is nothing to point to, forwards, at itself, in circles, into a header."""
    places = [*range(64), 255, 256, 511, 512, 0x3FFF]
    for before, target in product((b"", b"\1a", b"\3www\7aliases"), places):
        pointer = struct.pack("!H", 0xC000 | target)
        yield Packet("pointers", message(before + pointer + b"\0\1\0\1"), BROKEN)
        yield Packet("pointers", message(before + pointer + b"\0\1\0\1" + opt(), counts=(1, 0, 0, 1)), BROKEN)
    behind = 12 + len(QUESTION)
    for target, section in product((*places, behind, behind + 1, behind + 12, behind + 24), range(3)):
        circle = struct.pack("!H", 0xC000 | target)
        pair = record(circle, 1, data=b"1234") + record(b"\1b" + struct.pack("!H", 0xC000 | behind), 5, data=circle)
        four = [1, 0, 0, 0]
        four[section + 1] = 2
        yield Packet("pointers", message(QUESTION + pair, counts=(four[0], four[1], four[2], four[3])))


def edns(rng: random.Random) -> Iterator[Packet]:
    """OPT records: several, misplaced, of every version and size, with options that do not end where they say."""
    for version in range(256):
        right = ANSWERED if version == 0 else frozenset({BADVERS})
        yield Packet("edns version", with_opt(version=version), right)
    for size, do in product((*range(0, 1300, 13), 511, 512, 513, 1231, 1232, 1233, 4096, 65535), (0, 0x8000)):
        for name in rng.sample(NAMES, 5):
            query = message(
                entry(name, rng.choice((1, 15, 16, 255))) + opt(payload=size, flags=do), counts=(1, 0, 0, 1)
            )
            yield Packet("edns size", query, ANSWERED)
    for several in range(2, 30):
        yield Packet("edns twice", message(QUESTION + opt() * several, counts=(1, 0, 0, several)), BROKEN)
    for owner in (b"\1a\0", b"\7example\0", b"\xc0\x0c", b"\xc0\x10", b"\x3f" + b"o" * 63 + b"\0"):
        yield Packet("edns owner", message(QUESTION + opt(owner=owner), counts=(1, 0, 0, 1)), BROKEN)
    for four in ((1, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 1), (1, 0, 1, 1)):
        yield Packet("edns section", message(QUESTION + opt() * sum(four[1:]), counts=four), BROKEN)
    for flags in range(0, 65536, 257):
        yield Packet("edns flags", with_opt(flags=flags), ANSWERED)
    yield from broken_options(rng)


def proofs(rng: random.Random) -> Iterator[Packet]:
    """DO with names that have to be denied, made or hashed, of every length, at every size."""
    tops = (
        "nsec", "salted", "wild.nsec", "thrice.salted", "dname.nsec", "fardname.salted", "hollow.nsec", "secure.salted",
        "insecure.nsec", "under.above.salted", "starry.nsec",
    )  # fmt: skip
    for _ in range(3000):
        label = bytes(rng.choice((rng.randrange(256), 42, 97)) for _ in range(rng.choice((1, 1, 2, 20, 63))))
        question = (
            bytes([len(label)])
            + label
            + entry(f"{rng.choice(tops)}.example", rng.choice((1, 5, 39, 43, 46, 47, 50, 255)))
        )
        query = question + opt(payload=rng.choice((0, 512, 700, 1232, 4096)), flags=0x8000)
        yield Packet("proofs", message(query, counts=(1, 0, 0, 1)), ANSWERED)


def broken_options(rng: random.Random) -> Iterator[Packet]:
    for code, size, said in product((*range(16), 20, 26946, 65001, 65535), (0, 1, 7, 8, 40), (0, 1, 3, 9, 255, 65535)):
        is_right = said == size and code != COOKIE
        yield Packet("edns options", with_opt(option(code, rng.randbytes(size), said)), ANSWERED if is_right else ANY)
    for size in range(1, 4):
        yield Packet("edns options", with_opt(bytes(size)), BROKEN)
    for said in (0, 1, 5, 11, 12, 13, 255, 256, 65535):
        tail = opt(data=option(NSID, b"12345678"))
        wrong = tail[:9] + struct.pack("!H", said) + tail[11:]
        yield Packet("edns length", message(QUESTION + wrong, counts=(1, 0, 0, 1)), ANSWERED if said == 12 else BROKEN)
    for count in (2, 10, 100, 1000):
        yield Packet(
            "edns many options", with_opt(*[option(rng.choice((NSID, ECS, KEEPALIVE, KEYTAG, 65001)))] * count)
        )


def cookies(rng: random.Random) -> Iterator[Packet]:
    """Cookies of every length (RFC 7873 5.2.2: 8, or 16 to 40), one and several; a cookie without a question."""
    for size in range(70):
        proper = size == 8 or 16 <= size <= 40
        for _ in range(6):
            right = ANSWERED | {BADCOOKIE} if proper else ANSWERED | BROKEN
            yield Packet("cookies", with_opt(option(COOKIE, rng.randbytes(size))), right)
    for first, second in product((0, 7, 8, 24, 40, 41), repeat=2):
        yield Packet("cookies", with_opt(option(COOKIE, rng.randbytes(first)), option(COOKIE, rng.randbytes(second))))
    for size in (0, 8, 24, 41):
        only = opt(data=option(COOKIE, rng.randbytes(size)))
        yield Packet("cookies", message(only, counts=(0, 0, 0, 1)), frozenset({NOERROR, FORMERR, BADCOOKIE}))


def tsig(rng: random.Random) -> Iterator[Packet]:
    """TSIG and SIG(0): cut anywhere, misplaced, twice, with wrong classes, keys and algorithms, and well formed."""
    algorithms = [
        dns.name.from_text(text).to_wire() for text in ("hmac-sha256.", "hmac-md5.sig-alg.reg.int.", ".", "x.y.")
    ]
    whole = [tsig_data(algorithm, rng) for algorithm in (*algorithms, b"\xc0\x0c", b"\x41a\0", b"\x3f")]
    keys = (b"\0", b"\3key\0", b"\xc0\x0c", b"\xc0\xff")
    for data, key, rclass in product(whole, keys, (255, 1, 0)):
        signature = record(key, 250, rclass=rclass, data=data)
        yield Packet("tsig", message(QUESTION + signature, counts=(1, 0, 0, 1)), SIGNED)
        yield Packet("tsig", message(QUESTION + opt() + signature, counts=(1, 0, 0, 2)), SIGNED)
        yield Packet("tsig misplaced", message(QUESTION + signature + opt(), counts=(1, 0, 0, 2)), BROKEN)
        yield Packet("tsig misplaced", message(QUESTION + signature, counts=(1, 1, 0, 0)), BROKEN)
        yield Packet("tsig twice", message(QUESTION + signature * 2, counts=(1, 0, 0, 2)), BROKEN)
    for cut, key in product(range(len(whole[0])), keys):
        signature = record(key, 250, rclass=255, data=whole[0][:cut])
        yield Packet("tsig cut", message(QUESTION + signature, counts=(1, 0, 0, 1)), SIGNED)
        lying = record(key, 250, rclass=255, data=whole[0][:cut], length=len(whole[0]) + 1)
        yield Packet("tsig cut", message(QUESTION + lying, counts=(1, 0, 0, 1)), BROKEN)
    for covered, rtype in product((0, 1, 250), (24, 46)):
        data = struct.pack("!HBBIIIH", covered, 8, 0, 0, 2**31, 0, 1) + b"\0" + rng.randbytes(64)
        yield Packet("sig(0)", message(QUESTION + record(b"\0", rtype, rclass=255, data=data), counts=(1, 0, 0, 1)))


def tsig_data(algorithm: bytes, rng: random.Random) -> bytes:
    """RFC 8945 4.2 with a MAC of random octets."""
    return algorithm + bytes(6) + struct.pack("!HH", 300, 32) + rng.randbytes(32) + struct.pack("!HHH", 0x1234, 0, 0)


def opcodes(rng: random.Random) -> Iterator[Packet]:
    """All sixteen, with every other bit of the flags; and bodies that belong to NOTIFY, UPDATE, IQUERY and DSO."""
    for opcode, low in product(range(16), range(256)):
        flags = opcode << 11 | rng.randrange(8) << 8 | low
        yield Packet(f"opcode {opcode}", message(QUESTION, flags=flags), opcode_rcodes(opcode))
    soa = record(b"\xc0\x0c", 6, data=b"\0\0" + bytes(20))
    bodies = {
        1: record(b"\0", 1, data=b"\xc0\0\2\1"),
        4: soa,
        5: soa + record(b"\xc0\x0c", 255, rclass=255),
        6: b"\0\1\0\4abcd",
    }
    for opcode, (four, _) in product(bodies, product(product((0, 1, 2), repeat=4), range(3))):
        body = message(
            entry("aliases.example", 6) + bodies[opcode],
            flags=opcode << 11,
            counts=(four[0], four[1], four[2], four[3]),
        )
        yield Packet(f"opcode {opcode}", body, opcode_rcodes(opcode))


def opcode_rcodes(opcode: int) -> frozenset[int]:
    if opcode == 0:
        return ANSWERED
    return frozenset({REFUSED, NOTAUTH, NOTIMP, FORMERR}) if opcode in (4, 5) else frozenset({NOTIMP})


def types(rng: random.Random) -> Iterator[Packet]:
    """Every type that has a name, at names of every shape; and a sample of all others."""
    defined = {int(rtype) for rtype in dns.rdatatype.RdataType} | {0, 3, 4, 128, 254, 255, 65534, 65535}
    for rtype, name in product(sorted(defined), NAMES):
        yield Packet(f"type {rtype}", message(entry(name, rtype)), ANSWERED)
    for rtype in rng.sample(range(65536), 3000):
        yield Packet(f"type {rtype}", message(entry(rng.choice(NAMES), rtype)), ANSWERED)


def classes(rng: random.Random) -> Iterator[Packet]:
    """Every class that has a name with the types that mean something there; and a sample of all others."""
    defined = {int(rclass) for rclass in dns.rdataclass.RdataClass} | {0, 2, 254, 255, 65535}
    for rclass, rtype, name in product(
        sorted(defined - {1}), (1, 5, 13, 16, 255), (*NAMES, "version.bind", "id.server")
    ):
        yield Packet(f"class {rclass}", message(entry(name, rtype, rclass)), frozenset({REFUSED}))
    for rclass in rng.sample(range(2, 65536), 1500):
        yield Packet(f"class {rclass}", message(entry(rng.choice(NAMES), 1, rclass)), frozenset({REFUSED}))


def trailing(rng: random.Random) -> Iterator[Packet]:
    """Octets behind the message, and records of data that say more or less than is there."""
    for size in range(1, 400):
        yield Packet("trailing", message(QUESTION) + rng.randbytes(size), BROKEN)
    for rtype, said in product((1, 2, 5, 6, 15, 16, 33, 41, 43, 46, 250, 65280), (0, 1, 2, 3, 5, 255, 65535)):
        body = record(b"\xc0\x0c", rtype, data=b"1234", length=said)
        yield Packet("record data", message(QUESTION + body, counts=(1, 0, 0, 1)), BROKEN)


def sizes(rng: random.Random) -> Iterator[Packet]:
    """Datagrams up to the largest there are."""
    for size in (4095, 4096, 4097, 8192, 16384, 32768, 65000, 65507):
        yield Packet("large", message(QUESTION) + bytes(size - 12 - len(QUESTION)), BROKEN)
        padded = with_opt(option(PADDING, bytes(size - 12 - len(QUESTION) - 15)))
        yield Packet("large", padded, ANSWERED | BROKEN)


CRAFTED = (counts, labels, names, pointers, edns, proofs, cookies, tsig, opcodes, types, classes, trailing, sizes)
