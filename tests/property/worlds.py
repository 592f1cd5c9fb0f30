"""Random worlds: a few small zones, dense with everything that bends the path of a query.

    World -> zone files for a server (`write`) and zones for the oracle (`zones`); `questions` to put to both

The alphabet of labels is tiny, so that owners, targets, wildcards, cuts and DNAMEs meet each other all the time. A
world is always loadable: one SOA per zone, a CNAME alone at its owner, one CNAME or DNAME per owner, no DNAME at a cut.
Data below a DNAME or a cut is wanted: nobody may see it (as glue at most).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.name import Name
from hypothesis import strategies as st

import oracle
from servers import ZoneFile

# TYPE65401 in the master files of servers that do not know the mnemonic.
ALIAS = 65401
LONG = "l" * 63
LABELS = ("a", "b", "c", "*", r"x\.y", LONG)
# (weight, kind of owner)
OWNERS = ((5, "data"), (5, "alias"), (2, "redirect"), (2, "cut"))
TYPES = ("A", "AAAA", "MX", "TXT", "NS", "SOA", "CNAME", "DNAME", "DS", "SRV", "HTTPS", "ANY")
# Types that no name has (OPT, MAILB, MAILA, TSIG, 0), RRSIG, and the type of flattened aliases.
ODD_TYPES = tuple(dns.rdatatype.from_text(f"TYPE{number}") for number in (41, 253, 254, 250, 0, 46, ALIAS))
OUTSIDE = "host.outside.test."

Line = tuple[str, int, str, str]  # owner, TTL in seconds, type, data; names absolute


@dataclass
class World:
    """Zones by origin, as records in presentation form."""

    lines: dict[str, list[Line]] = field(default_factory=dict)

    def zones(self) -> oracle.Zones:
        return {dns.name.from_text(origin): read(lines) for origin, lines in self.lines.items()}

    def write(self, directory: Path, *, know_alias: bool = True) -> list[ZoneFile]:
        files = []
        for number, (origin, lines) in enumerate(self.lines.items()):
            path = directory / f"{number}.zone"
            path.write_text(render(lines, know_alias=know_alias))
            files.append(ZoneFile(origin, path))
        return files

    def moved(self, new_top: Callable[[str], str]) -> "World":
        """The same world below other top labels, so that many fit into one server."""

        def move(text: str) -> str:
            return " ".join(new_top(word) if word.endswith((".t.", ".u.")) or word in ("t.", "u.") else word
                            for word in text.split(" "))  # fmt: skip

        return World(
            {
                move(origin): [(move(owner), ttl, rtype, move(data)) for owner, ttl, rtype, data in lines]
                for origin, lines in self.lines.items()
            }
        )

    def without_occluded(self) -> "World":
        """The same world with nothing below a DNAME in any zone, which NSD, Knot and BIND would refuse to load."""
        apexes = [dns.name.from_text(origin) for origin in self.lines]
        every = [line for lines in self.lines.values() for line in lines]
        dnames = [dns.name.from_text(line[0]) for line in every if line[2] == "DNAME"]
        free = [dname for dname in dnames if not any(is_strictly_below(apex, dname) for apex in apexes)]

        def is_kept(line: Line) -> bool:
            owner = dns.name.from_text(line[0])
            return not any(is_strictly_below(owner, dname) for dname in free) and (line[2] != "DNAME" or owner in free)

        return World({origin: [line for line in lines if is_kept(line)] for origin, lines in self.lines.items()})

    def without_shared_glue(self) -> "World":
        """The same world with no zone holding names that belong to another zone of it."""
        apexes = [dns.name.from_text(origin) for origin in self.lines]

        def is_kept(origin: str, line: Line) -> bool:
            owner, own = dns.name.from_text(line[0]), dns.name.from_text(origin)
            return not any(is_strictly_below(apex, own) and is_strictly_below(owner, apex) for apex in apexes)

        return World(
            {origin: [line for line in lines if is_kept(origin, line)] for origin, lines in self.lines.items()}
        )


def is_strictly_below(name: Name, other: Name) -> bool:
    return name != other and name.is_subdomain(other)


def render(lines: list[Line], *, know_alias: bool = True) -> str:
    """A master file."""
    known = [(owner, ttl, rtype, data) for owner, ttl, rtype, data in lines if know_alias or rtype != "ALIAS"]
    unknown = [line for line in lines if line not in known]
    return "".join(
        [f"{owner} {ttl} IN {rtype} {data}\n" for owner, ttl, rtype, data in known]
        + [f"{owner} {ttl} IN {as_unknown(rtype)} {as_generic(rtype, data)}\n" for owner, ttl, rtype, data in unknown]
    )


def as_unknown(rtype: str) -> str:
    return f"TYPE{ALIAS}" if rtype == "ALIAS" else rtype


def as_generic(rtype: str, data: str) -> str:
    """RFC 3597 5: the data of a type that the reader does not know."""
    if rtype != "ALIAS":
        return data
    wire = dns.name.from_text(data).to_wire()
    return rf"\# {len(wire)} {wire.hex()}"


def read(lines: list[Line]) -> oracle.Zone:
    """The oracle's zone of the same records."""
    return oracle.make_zone(
        (dns.name.from_text(owner), int(rdtype(rtype)), ttl, rdata(as_unknown(rtype), as_generic(rtype, data)))
        for owner, ttl, rtype, data in lines
    )


def rdtype(rtype: str) -> dns.rdatatype.RdataType:
    return dns.rdatatype.from_text(as_unknown(rtype))


def rdata(rtype: str, data: str) -> dns.rdata.Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, rtype, data)


# Which zones a world has. Nested ones are delegated by their parent; "b.a.t." skips a level.
ORIGINS = (
    ("t.",),
    ("t.",),
    ("t.", "u."),
    ("t.", "a.t."),
    ("t.", "a.t.", "u."),
    ("t.", "b.a.t."),
    ("t.", "a.t.", "b.a.t.", "u."),
    ("a.t.", "b.t."),
    ("t.", r"x\.y.t."),
    ("t.", "*.t."),
    (".", "t."),
    (".",),
)


@st.composite
def worlds(draw: st.DrawFn, origins: tuple[tuple[str, ...], ...] = ORIGINS) -> World:
    chosen = draw(st.sampled_from(origins))
    targets = targets_near(chosen)
    world = World()
    for origin in chosen:
        cuts = [other for other in chosen if is_below(other, origin)]
        world.lines[origin] = draw(zone_lines(origin, targets, cuts))
    return world


# Strategies that are the same each time are made once: Hypothesis looks each new one over, which took half of the time.
@cache
def targets_near(origins: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(target_names(origins))


def target_names(origins: tuple[str, ...]) -> list[str]:
    """Where links point: mostly names that zones of the world may hold, now and then outside."""
    prefixes = ("", "a", "b", "c", "a.b", "b.a", "*", "c.c")
    near = [below(prefix, origin) for origin in origins for prefix in prefixes]
    return [*near, below(r"x\.y", origins[0]), below(f"{LONG}.a", origins[0]), OUTSIDE, "."]


def below(labels: str, origin: str) -> str:
    """*labels* in front of *origin*, which may be the root."""
    return origin if not labels else f"{labels}." if origin == "." else f"{labels}.{origin}"


def is_below(name: str, origin: str) -> bool:
    return is_strictly_below(dns.name.from_text(name), dns.name.from_text(origin))


@st.composite
def zone_lines(draw: st.DrawFn, origin: str, targets: st.SearchStrategy[str], cuts: list[str]) -> list[Line]:
    """The records of one loadable zone; *cuts* are apexes of other zones below it, delegated here."""
    owners = draw(owners_below(origin))
    owners |= dict.fromkeys(cuts, "cut")
    lines = draw(apex_lines(origin, targets))
    for owner, kind in owners.items():
        if kind == "cut" and owner.startswith("*") and owner not in cuts:
            kind = "data"  # NS at a wildcard means nothing that RFC 4592 4.2 would define
        lines += draw(MAKERS[kind](owner, targets))
    return tidy(lines)


def tidy(lines: list[Line]) -> list[Line]:
    """Glue may have met an alias or data at one owner: no glue there then, one TTL per RRset, no record twice."""
    aliases = {line[0] for line in lines if line[2] == "CNAME"}
    lines = [line for line in lines if line[2] == "CNAME" or line[0] not in aliases]
    first: dict[tuple[str, str], int] = {}
    even = [(owner, first.setdefault((owner, rtype), ttl), rtype, data) for owner, ttl, rtype, data in lines]
    return list(dict.fromkeys(even))


KINDS = st.sampled_from([kind for weight, kind in OWNERS for _ in range(weight)])
TTLS = st.sampled_from((0, 60, 3600))


@cache
def owners_below(origin: str) -> st.SearchStrategy[dict[str, str]]:
    """Names of one to three labels in front of *origin*, two make empty non-terminals; each with its kind."""
    labels = st.lists(st.sampled_from(LABELS[:5]), min_size=1, max_size=3)
    names = labels.map(lambda chosen: below(".".join(chosen), origin))
    return st.dictionaries(names, KINDS, min_size=2, max_size=14)


MINIMA = st.sampled_from((30, 7200))
APEX_TYPES = st.lists(st.sampled_from(("A", "MX", "HTTPS", "ALIAS")), max_size=2, unique=True)
DATA_TYPES = st.lists(
    st.sampled_from(("A", "A", "A", "AAAA", "TXT", "MX", "SRV", "HTTPS", "ALIAS")), min_size=1, max_size=3
)
ONE_IN_TWELVE, ONE_IN_FOUR, EITHER = st.integers(0, 11), st.integers(0, 3), st.booleans()


@cache
def one_or_two(rtype: str, targets: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(DATA[rtype](targets), min_size=1, max_size=2, unique=True)


@st.composite
def apex_lines(draw: st.DrawFn, origin: str, targets: st.SearchStrategy[str]) -> list[Line]:
    minimum = draw(MINIMA)
    soa = f"{below('ns', origin)} {below('hostmaster', origin)} 1 7200 3600 1209600 {minimum}"
    lines = [(origin, 3600, "SOA", soa), (origin, 3600, "NS", draw(targets))]
    for rtype in draw(APEX_TYPES):
        lines.append((origin, draw(TTLS), rtype, draw(DATA[rtype](targets))))
    if draw(ONE_IN_TWELVE) == 0:
        lines += draw(redirect_lines(origin, targets))[:1]
    return lines


@st.composite
def data_lines(draw: st.DrawFn, owner: str, targets: st.SearchStrategy[str]) -> list[Line]:
    rtypes = draw(DATA_TYPES)
    lines = []
    for rtype in dict.fromkeys(rtypes):
        ttl = draw(TTLS)
        values = draw(one_or_two(rtype, targets))
        lines += [(owner, ttl, rtype, value) for value in values]
    return lines


@st.composite
def alias_lines(draw: st.DrawFn, owner: str, targets: st.SearchStrategy[str]) -> list[Line]:
    return [(owner, draw(TTLS), "CNAME", draw(targets))]


@st.composite
def redirect_lines(draw: st.DrawFn, owner: str, targets: st.SearchStrategy[str]) -> list[Line]:
    """A DNAME, now and then beside other data; one in four of those that would grow without end may."""
    beside = draw(data_lines(owner, targets)) if draw(EITHER) else []
    target = draw(targets)
    if is_below(target, owner) and draw(ONE_IN_FOUR):
        target = draw(targets.filter(lambda other: not is_below(other, owner)))
    return [(owner, draw(TTLS), "DNAME", target), *beside]


INSIDE = st.sampled_from(("ns.{}", "a.{}", "{}"))


@st.composite
def cut_lines(draw: st.DrawFn, owner: str, targets: st.SearchStrategy[str]) -> list[Line]:
    """A delegation: its name servers lie below it with glue or without, or anywhere else; sometimes a DS."""
    ttl = draw(TTLS)
    inside = draw(INSIDE).format(owner)
    lines = [(owner, ttl, "NS", inside)]
    if draw(EITHER):
        lines.append((inside, draw(TTLS), "A", "192.0.2.53"))
    other = draw(targets)
    if other != inside and draw(EITHER):
        lines.append((owner, ttl, "NS", other))
    if draw(EITHER):
        lines.append((owner, draw(TTLS), "DS", "12345 13 2 " + "ab" * 32))
    return lines


def constant(*texts: str) -> Callable[[st.SearchStrategy[str]], st.SearchStrategy[str]]:
    strategy = st.sampled_from(texts)
    return lambda targets: strategy


def with_target(pattern: str) -> Callable[[st.SearchStrategy[str]], st.SearchStrategy[str]]:
    return cache(lambda targets: targets.map(pattern.format))


DATA: dict[str, Callable[[st.SearchStrategy[str]], st.SearchStrategy[str]]] = {
    "A": constant("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    "AAAA": constant("2001:db8::1"),
    "TXT": constant('"one"', '"two" "strings"'),
    "MX": with_target("10 {}"),
    "SRV": with_target("0 5 443 {}"),
    "HTTPS": cache(lambda targets: st.one_of(st.just("1 ."), targets.map("1 {}".format), targets.map("0 {}".format))),
    "ALIAS": with_target("{}"),
}
MAKERS = {"data": data_lines, "alias": alias_lines, "redirect": redirect_lines, "cut": cut_lines}


def questions(world: World, choose: random.Random, count: int) -> list[tuple[Name, int]]:
    """*count* different questions about names that the world holds, almost holds, or does not hold."""
    names = candidate_names(world)
    types = [dns.rdatatype.from_text(rtype) for rtype in ("A", "A", "A", "A", *TYPES)]
    pairs = {
        (choose.choice(names), int(choose.choice(ODD_TYPES) if choose.random() < 0.05 else choose.choice(types)))
        for _ in range(count)
    }
    return sorted(pairs)


def candidate_names(world: World) -> list[Name]:
    owners = {owner for lines in world.lines.values() for owner, *_ in lines}
    names = {dns.name.from_text(owner) for owner in owners}
    children = {child + name for name in names for child in PREFIXES}
    parents = {name.parent() for name in names if len(name.labels) > 2}
    return sorted(names | children | parents | {dns.name.from_text(OUTSIDE)})


PREFIXES = [Name(labels) for labels in ((b"a",), (b"*",), (b"d", b"c"), (b"x.y",))]
