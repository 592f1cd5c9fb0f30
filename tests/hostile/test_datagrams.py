"""50,000 hostile datagrams: no crash, no wrong word, and every good query in between answered as if nothing were.

HOSTILE_SEED=N repeats a run; the seed is printed with every failure.
"""

import os
import random
import struct
from collections.abc import Iterator
from itertools import islice

import pytest

from rfc.client import Subject, entry, message, opt

from .crafted import ANSWERED, CRAFTED, NAMES, Packet
from .exchange import Prober, limit
from .mutated import ENDLESS, MUTATED, TOTAL
from .reading import read
from .vitals import Victim

SEED = int(os.environ.get("HOSTILE_SEED", "20240229"))
# kB that a server may have grown by: its buffers are made at the start, so that hostile traffic leaves nothing behind.
GROWTH = 4_096
KINDS = (*CRAFTED, *MUTATED)


@pytest.fixture(scope="module")
def prober(victim: Victim) -> Iterator[Prober]:
    prober = Prober(*victim.address)
    yield prober
    prober.close()


@pytest.fixture(autouse=True)
def told() -> None:
    print(f"HOSTILE_SEED={SEED}")


def source(kind: object) -> random.Random:
    """Chance of its own for each kind, so that a change of one does not change the others."""
    return random.Random(f"{SEED} {getattr(kind, '__name__', kind)}")


def finite() -> list[Packet]:
    return [packet for kind in KINDS for packet in kind(source(kind))]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_packet_of_a_kind_is_answered_rightly_or_not_at_all(prober: Prober, kind: object) -> None:
    assert prober.put(kind(source(kind))) > 0  # type: ignore[operator]


def test_fifty_thousand_packets_leave_nothing_behind(victim: Victim, prober: Prober) -> None:
    """All kinds shuffled with mutated ones up to the promised number; memory and sockets are as before."""
    packets = finite()
    missing = max(TOTAL - len(packets), 0)
    for kind, part in ENDLESS:
        packets += islice(kind(source(kind)), round(missing * part) + 1)
    source("order").shuffle(packets)
    # What is made once, at the first query of its sort, is no leak.
    prober.put(packets[:2_000])
    memory, sockets, dropped = victim.resident(), victim.sockets(), victim.counter("truename_dns_dropped_total")
    assert prober.put(packets[2_000:]) + 2_000 >= TOTAL
    assert victim.resident() <= memory + GROWTH, f"{memory} kB before, {victim.resident()} kB after"
    assert victim.sockets() == sockets
    assert victim.counter("truename_dns_dropped_total") > dropped


def questions() -> list[tuple[bytes, int]]:
    """Questions of all sorts and the sizes offered with them; 0 is no EDNS."""
    rng = source("questions")
    every = [
        (entry(name, rtype), size) for name in (*NAMES, *BIG) for rtype in (1, 2, 6, 15, 16, 28, 255) for size in SIZES
    ]
    return rng.sample(every, 500)


BIG = (
    "hundred.large.example",
    "text.large.example",
    "a.cut.large.example",
    "alias1.large.example",
    "strangers.large.example",
)
SIZES = (0, 100, 512, 600, 800, 1000, 1232, 4096)


def test_tc_is_set_exactly_when_something_is_missing(victim: Victim) -> None:
    """TC with a reply of which TCP has more, and no more than the limit without; records of both compared by number."""
    subject = Subject("truename", *victim.address)
    truncated = 0
    for question, size in questions():
        query = (
            message(question + opt(payload=size, flags=len(question) % 2 << 15), counts=(1, 0, 0, 1))
            if size
            else message(question)
        )
        small, whole = subject.over_udp(query), read(subject.over_tcp(query))
        part = read(small)
        assert len(small) <= limit(query)
        # What no message holds is cut over TCP as well.
        is_missing = len(in_sections(part)) != len(in_sections(whole)) or bool(whole.flags & 0x0200)
        assert bool(part.flags & 0x0200) == is_missing, (question, size)
        truncated += bool(part.flags & 0x0200)
    assert 50 < truncated < 450


def in_sections(message: object) -> list[object]:
    """Records that a reply must not lack silently: answers and authority, and glue."""
    records = message.records  # type: ignore[attr-defined]
    is_referral = not any(record.section == "answer" for record in records)
    return [record for record in records if record.section != "additional" or (is_referral and record.rtype != 41)]


def test_errors_are_no_amplifier(victim: Victim) -> None:
    """Questions that are refused come back with as many octets as they had."""
    subject = Subject("truename", *victim.address)
    rng = source("refused")
    for _ in range(1000):
        name = ".".join("".join(rng.choices("abcdefghij", k=rng.randrange(1, 20))) for _ in range(rng.randrange(1, 8)))
        query = message(entry(name, rng.choice((1, 255, 16, 48)), rng.choice((1, 3, 255))))
        assert len(subject.over_udp(query)) == len(query)


def test_random_names_below_a_wildcard_and_beside_it(prober: Prober) -> None:
    """The flood that finds no cache: names that nobody has asked for before, half of them aliases."""
    rng = source("subdomains")
    zones = ("any.aliases.example", "aliases.example", "old.aliases.example", "wild.aliases.example", "large.example")

    def flood() -> Iterator[Packet]:
        for _ in range(3000):
            label = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 64)))
            question = bytes([len(label)]) + label + entry(rng.choice(zones), rng.choice((1, 28, 16)))
            yield Packet("subdomain", message(question), ANSWERED)

    prober.put(flood())


def test_one_socket_sends_what_another_one_spoofs(victim: Victim) -> None:
    """Replies go to the address of the query and nowhere else, also when all queries carry the same ID."""
    probers = [Prober(*victim.address, sockets=1) for _ in range(4)]
    for number, prober in enumerate(probers):
        prober.sockets[0].send(struct.pack("!H", 7) + message(entry(f"w{number}.any.aliases.example"))[2:])
    for number, prober in enumerate(probers):
        assert prober.sockets[0].recv(512)[12:].startswith(b"\x02w%d\x03any" % number)
        prober.close()
