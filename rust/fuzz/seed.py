"""Make the first inputs of the corpora: questions to the zones that the tests serve, and those zones themselves.

python rust/fuzz/seed.py     adds what is missing; what the fuzzer found beside it stays
"""

import hashlib
import random
from pathlib import Path

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring

HERE = Path(__file__).parent
TESTS = HERE.parents[1] / "tests"
TYPES = ["A", "AAAA", "ANY", "CNAME", "DNAME", "DS", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "AXFR", "IXFR"]
APEX = b"$ORIGIN example.\n$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns\n"
OPTIONS = [
    dns.edns.GenericOption(dns.edns.NSID, b""),
    dns.edns.GenericOption(dns.edns.COOKIE, bytes(8)),
    dns.edns.GenericOption(dns.edns.COOKIE, bytes(24)),
    dns.edns.GenericOption(12, bytes(100)),  # padding
    dns.edns.ECSOption("192.0.2.0", 24),
]


def keep(target: str, octets: bytes) -> None:
    directory = HERE / "corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    (directory / hashlib.sha1(octets).hexdigest()).write_bytes(octets)  # as libFuzzer names them


def names() -> list[str]:
    """Owners of the zone that most tests ask, and some that are not there."""
    text = (TESTS / "rfc/zones/example.com.zone").read_text()
    owners = {line.split()[0] for line in text.splitlines() if line[:1].strip(" ;$@\t")}
    return sorted([*owners, "x.wild", "x.y.walias", "x.moved", "x.cut", "x.child", "absent", "x.chained.moved"])


def packets() -> None:
    chance = random.Random(1)
    for name in names():
        message = dns.message.make_query(f"{name}.example.com.", chance.choice(TYPES), id=0)
        if chance.random() < 0.7:
            options = chance.sample(OPTIONS, chance.choice([0, 0, 1, 2]))
            message.use_edns(chance.choice([0, 0, 0, 1]), payload=chance.choice([512, 1232, 4096]), options=options)
            message.want_dnssec(chance.random() < 0.5)
        keep("packet", message.to_wire())
    for opcode in (dns.opcode.NOTIFY, dns.opcode.UPDATE, dns.opcode.STATUS, 6):
        message = dns.message.make_query("example.com.", "SOA", id=0)
        message.set_opcode(opcode)
        keep("packet", message.to_wire())
    signed = dns.message.make_query("example.com.", "A", id=0)
    signed.use_tsig(dns.tsigkeyring.from_text({"key.": "MTIzNDU2Nzg="}))
    keep("packet", signed.to_wire())
    keep("packet", dns.message.make_query("big.example.net.", "TXT", rdclass=dns.rdataclass.ANY, id=0).to_wire())
    keep("packet", dns.message.make_response(dns.message.make_query("example.com.", "A", id=0)).to_wire())


def zone_files() -> None:
    for zone in (TESTS / "rfc/zones").glob("*.zone"):
        text = zone.read_bytes()
        keep("zonefile", text[:4000].rpartition(b"\n")[0] + b"\n")
    lines = (TESTS / "cases/alltypes.zone").read_bytes().splitlines(keepends=True)
    for at in range(0, len(lines), 6):
        keep("zonefile", APEX + b"".join(lines[at : at + 6]))
    keep(
        "zonefile",
        b"@ 1h IN SOA ns h (\n 1 1d 2w 3m 4s ) ; text\n\tNS ns\n$TTL 1\n$GENERATE 0-9/2 ${0,3,x}.h A 1.2.3.$\n",
    )
    keep("zonefile", b'a\\.b\\000 60 CLASS1 TXT "a;b" c\\"d (\n"e" )\n a 60 TYPE65400 \\# 3 01 02 03\n* CNAME @\n')


def histories() -> None:
    for number in range(24):
        keep("changes", random.Random(number).randbytes(64 + 16 * number))


if __name__ == "__main__":
    packets()
    zone_files()
    histories()
