"""The zones that are served and the queries that are asked, the same on every machine.

    seed -> million.zone  500,000 hosts (A), 500,000 aliases (CNAME to a random host), SOA, NS and its address
         -> fan.zone      500,000 aliases of one name, and its address
         -> chains.zone   10,000 chains of 12 aliases, each with a host of its own
         -> *.queries     lines of "NAME TYPE" for dnsperf and the latency client
         -> *.sample      queries with the answer that is right: "NAME TYPE RCODE RECORD|RECORD.."

A zone is written as a name server would export it: canonical order, relative owners, a TTL on every line. Owners are
a letter and a number (``a271828``, an alias), the shape whose figures are quoted elsewhere; ``--names words`` puts a
word before the number, which scatters neighbours and costs servers that keep names in a tree more.
"""

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

HOSTS = 500_000
ALIASES = 500_000
FAN = 500_000
CHAINS = 10_000
HOPS = 12
QUERIES = 250_000  # so many that a server which keeps whole answers does not live on them
SAMPLE = 300
TTL = 3600
ALIAS_TTL = 32600

WORDS = ("app", "web", "shop", "blog", "mail", "api", "cdn", "static", "img", "media", "node", "edge", "store", "cloud")


@dataclass(frozen=True)
class Files:
    """Where one zone and what belongs to it lies."""

    origin: str  # absolute, with the final dot
    zone: Path
    last: tuple[str, str]  # (owner of an A record near the end of the file, its address): the sign that all was read


def address(number: int) -> str:
    """An IPv4 address of its own for every *number* below 2**24."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def plain(kind: str, number: int) -> str:
    """A label of 2 to 7 octets; *kind* keeps hosts, aliases and absent names apart."""
    return f"{kind}{number}"


def words(kind: str, number: int) -> str:
    """A label of 5 to 13 octets that starts with one of 14 words."""
    return f"{WORDS[number * 7919 % len(WORDS)]}-{number:x}{kind}"


Label = Callable[[str, int], str]
NAMES: dict[str, Label] = {"plain": plain, "words": words}


def head(serial: int = 1) -> list[str]:
    """SOA, NS and its address; the owners are relative to $ORIGIN."""
    return [
        f"@\t{TTL}\tIN\tSOA\tns1 hostmaster {serial} 7200 900 1209600 300",
        f"@\t{TTL}\tIN\tNS\tns1",
        f"ns1\t{TTL}\tIN\tA\t192.0.2.53",
    ]


def write(path: Path, origin: str, lines: list[str]) -> None:
    """Write one zone file, in one move so that no half file is ever taken for whole."""
    draft = path.with_suffix(".draft")
    draft.write_text(text_of(origin, lines))
    draft.replace(path)


def text_of(origin: str, lines: list[str]) -> str:
    """A master file of *lines*, whose owners are relative, and of the records at the apex."""
    lines.sort(key=lambda line: line.partition("\t")[0])
    return "\n".join([f"$ORIGIN {origin}", *head(), *lines, ""])


def million(folder: Path, label: Label) -> Files:
    """The zone of 1,000,000 records, its mix of queries (70 % alias, 20 % host, 10 % absent) and the sample."""
    origin, zone = "example.com.", folder / "million.zone"
    files = Files(origin, zone, (f"zz-last.{origin}", "192.0.2.99"))
    if zone.exists():
        return files
    rng = random.Random(2)
    targets = [rng.randrange(HOSTS) for _ in range(ALIASES)]
    lines = [f"{label('h', i)}\t{TTL}\tIN\tA\t{address(i)}" for i in range(HOSTS - 1)]
    lines += [f"zz-last\t{TTL}\tIN\tA\t192.0.2.99"]
    targets = [t if t < HOSTS - 1 else 0 for t in targets]
    lines += [f"{label('a', i)}\t{ALIAS_TTL}\tIN\tCNAME\t{label('h', t)}" for i, t in enumerate(targets)]
    mix = list(mixed(rng, origin, targets, HOSTS - 1, label))
    (folder / "million.queries").write_text("".join(f"{line.split(' ')[0]} A\n" for line in mix))
    (folder / "million.sample").write_text("".join(f"{line}\n" for line in mix[:SAMPLE]))
    write(zone, origin, lines)
    return files


def mixed(rng: random.Random, origin: str, targets: list[int], hosts: int, label: Label) -> Iterator[str]:
    """Sample lines in the order they are asked: which kind comes next is chance, so no kind comes in runs.

    *targets*: by number of the alias, the number of its host, which is below *hosts*.
    """
    for _ in range(QUERIES):
        draw = rng.random()
        if draw < 0.7:
            alias = rng.randrange(len(targets))
            owner, target = f"{label('a', alias)}.{origin}", f"{label('h', targets[alias])}.{origin}"
            records = f"{owner} CNAME {target}|{target} A {address(targets[alias])}"
            yield f"{owner} A NOERROR {records}"
        elif draw < 0.9:
            host = rng.randrange(hosts)
            owner = f"{label('h', host)}.{origin}"
            yield f"{owner} A NOERROR {owner} A {address(host)}"
        else:
            yield f"{label('x', rng.randrange(hosts))}.{origin} A NXDOMAIN "


def fan(folder: Path) -> Files:
    """The zone in which 500,000 aliases have one target, ``true``."""
    origin, zone = "example.org.", folder / "fan.zone"
    if not zone.exists():
        lines = [f"a{i}\t{ALIAS_TTL}\tIN\tCNAME\ttrue" for i in range(FAN)]
        write(zone, origin, [*lines, f"true\t{TTL}\tIN\tA\t192.0.2.1"])
    return Files(origin, zone, (f"true.{origin}", "192.0.2.1"))


def chains(folder: Path) -> Files:
    """The zone of 10,000 chains of 12 aliases; ``chains.queries`` asks for their first names, ``direct.queries`` for
    their hosts.

    Labels are short enough for the 13 records to fit 512 octets: the queries carry no EDNS, as in the main mix.
    """
    origin, zone = "example.net.", folder / "chains.zone"
    files = Files(origin, zone, (f"zz-last.{origin}", "192.0.2.99"))
    if zone.exists():
        return files
    rng = random.Random(12)
    lines = [f"zz-last\t{TTL}\tIN\tA\t192.0.2.99"]
    firsts, hosts = [], []
    for number in range(CHAINS):
        names = [f"{rng.randrange(16**6):06x}{number:04x}{chr(97 + hop)}" for hop in range(HOPS + 1)]
        links = list(pairwise(names))
        lines += [f"{alias}\t{ALIAS_TTL}\tIN\tCNAME\t{target}" for alias, target in links]
        lines.append(f"{names[-1]}\t{TTL}\tIN\tA\t{address(number)}")
        last = f"{names[-1]}.{origin} A {address(number)}"
        hops = [f"{alias}.{origin} CNAME {target}.{origin}" for alias, target in links]
        firsts.append(f"{names[0]}.{origin} A NOERROR {'|'.join([*hops, last])}")
        hosts.append(f"{names[-1]}.{origin} A NOERROR {last}")
    rng.shuffle(firsts)
    rng.shuffle(hosts)
    for name, asked in (("chains", firsts), ("direct", hosts)):
        (folder / f"{name}.queries").write_text("".join(f"{line.split(' ')[0]} A\n" for line in asked))
        (folder / f"{name}.sample").write_text("".join(f"{line}\n" for line in asked[:SAMPLE]))
    write(zone, origin, lines)
    return files


@dataclass(frozen=True)
class Asked:
    """One question of a sample and its right answer; records as "owner TYPE data", in the order they must come."""

    name: str
    kind: str
    rcode: str
    records: tuple[str, ...]


def read_sample(path: Path) -> list[Asked]:
    """The lines of a ``.sample`` file, in their order."""
    asked = []
    for line in path.read_text().splitlines():
        name, kind, rcode, records = line.split(" ", 3)
        asked.append(Asked(name, kind, rcode, tuple(filter(None, records.split("|")))))
    return asked


def folder_for(work: Path, names: str) -> Path:
    """A folder named after this very source; what an older generator wrote is removed, never measured by mistake."""
    folder = work / f"zones-{names}-{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}"
    for older in set(work.glob(f"zones-{names}-*")) - {folder}:
        shutil.rmtree(older)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
