"""Who notices a change, by brute force: what the oracle answers for every name before and after.

    Change(before, after) ── rows that must be there, rows that may be there ── how long caches hold the old answer

A row is an owner of a link (a record that names a name) that did not change itself. It *must* be there when it is
answered otherwise, or when the name that it names is. It *may* be there when a way leads from it, over links that
resolvers or clients follow, to a name that is answered otherwise by itself. Nothing here looks at the product's graph.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import dns.name
import dns.rdatatype
from dns.name import Name

import oracle

from .worlds import ALIAS, Line, World, rdtype

# (zone, owner, TTL, type, target): a record that names a name.
Link = tuple[Name, Name, int, str, Name]
# An RRset as its owner is answered with it: type, TTL, data.
Told = tuple[int, int, frozenset[bytes]]

NAMING = ("CNAME", "DNAME", "ALIAS", "NS", "MX", "SRV", "HTTPS", "PTR")
ASKED = [
    int(rdtype(rtype)) for rtype in ("A", "AAAA", "TXT", "MX", "SRV", "HTTPS", "NS", "DS", "CNAME", "DNAME", "PTR")
]
ROOT = dns.name.root
MOST = 300  # names on all ways from one: DNAMEs make names without end
ADDRESSES = {int(rtype) for rtype in oracle.ADDRESSES}


def links(world: World) -> Iterator[Link]:
    for origin, lines in world.lines.items():
        for owner, ttl, rtype, data in lines:
            target = named(rtype, data)
            if target is not None:
                yield dns.name.from_text(origin), dns.name.from_text(owner), ttl, rtype, target


def named(rtype: str, data: str) -> Name | None:
    """The name in *data*; None where it says "none" or the owner itself."""
    if rtype not in NAMING:
        return None
    target = dns.name.from_text(data.split(" ")[-1])
    means_none = rtype in ("SRV", "HTTPS") or (rtype == "MX" and data == "0 .")
    return None if target == ROOT and means_none else target


@dataclass(frozen=True)
class Own:
    """What a name is answered with by itself. *kind*: outside, absent, match, referral, redirect."""

    kind: str
    owner: Name | None = None
    sets: frozenset[Told] = frozenset()
    ds: frozenset[Told] | None = None


class Side:
    """The world before a change, or after it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.zones = world.zones()
        self.links = list(links(world))
        self.by_owner: dict[tuple[Name, Name], list[Link]] = {}
        for link in self.links:
            self.by_owner.setdefault((link[0], link[1]), []).append(link)
        self._own: dict[Name, Own] = {}

    def find(self, name: Name, qtype: int = oracle.A) -> tuple[Name | None, oracle.Found | None]:
        apex = oracle.nearest_zone(self.zones, name, qtype)
        return apex, None if apex is None else oracle.match_down(self.zones[apex], apex, name, qtype)

    def own(self, name: Name) -> Own:
        if name not in self._own:
            self._own[name] = self._found(name)
        return self._own[name]

    def _found(self, name: Name) -> Own:
        _, found = self.find(name)
        if found is None:
            return Own("outside")
        ds = self._at_parent(name)
        if found.kind == "absent":
            return Own("absent")
        if found.kind == "match":
            return Own("match", None, told(found.sets, set(found.sets) - {oracle.SOA}), ds)
        of = oracle.NS if found.kind == "referral" else oracle.DNAME
        return Own(found.kind, found.owner, told(found.sets, {of}), ds)

    def _at_parent(self, name: Name) -> frozenset[Told] | None:
        """What who asks for the DS of a name is told; None where it is not there."""
        _, parent = self.find(name, oracle.DS)
        if parent is None or parent.kind == "absent":
            return None
        of = {"referral": {oracle.NS}, "redirect": {oracle.DNAME}}.get(parent.kind, {oracle.DS})
        return told(parent.sets, set(parent.sets) if parent.kind == "match" and parent.owner != name else of)

    def has_parent_side(self, name: Name) -> bool:
        return name in self.zones or any(oracle.NS in zone.get(name, {}) for zone in self.zones.values())

    def next(self, name: Name) -> list[Name]:
        """The names that *name* leads to in one step."""
        apex, found = self.find(name)
        if found is None:
            return []
        if found.kind == "redirect":
            made = oracle.synthesise(found.sets[oracle.DNAME], name)
            return [oracle.target_of(made)] if made else []
        return self._forwarded(apex, found) if found.kind == "match" else []

    def _forwarded(self, apex: Name | None, found: oracle.Found) -> list[Name]:
        assert apex is not None
        all_links = self.by_owner.get((apex, found.owner), [])
        has_both = all(rtype in found.sets for rtype in oracle.ADDRESSES)
        targets = [link[4] for link in all_links if link[3] == "CNAME"]
        alias = [] if has_both else self._first(found, ALIAS)
        return [*targets, *alias, *self._first(found, int(oracle.HTTPS))]

    def _first(self, found: oracle.Found, rtype: int) -> list[Name]:
        """The target of the first record of an RRset, in the order of its octets, that hands questions on."""
        if rtype not in found.sets:
            return []
        wires = sorted(data.to_digestable() for data in found.sets[rtype].data)
        if rtype == ALIAS:
            return [dns.name.from_wire(wires[0], 0)[0].canonicalize()]
        modes = [wire for wire in wires if wire[:2] == b"\0\0" and wire[2] != 0]
        return [dns.name.from_wire(modes[0], 2)[0].canonicalize()] if modes else []

    def ways(self, name: Name) -> set[Name]:
        """All names on the ways from *name*, itself among them."""
        seen: set[Name] = set()
        left = [name]
        while left and len(seen) < MOST:
            passed = left.pop(0)
            if passed not in seen:
                seen.add(passed)
                left += self.next(passed)
        return seen

    def walk(self, name: Name) -> list[Name]:
        """The names that a question for an address passes."""
        passed = [name]
        while len(passed) <= 16:
            apex, found = self.find(passed[-1])
            if found is None:
                break
            has_both = found.kind == "match" and all(rtype in found.sets for rtype in oracle.ADDRESSES)
            follows = [link[4] for link in self.by_owner.get((apex, found.owner), []) if link[3] == "CNAME"]
            if found.kind == "match":
                step = follows or ([] if has_both else self._first(found, ALIAS))
            else:
                step = self.next(passed[-1])
            if not step or step[0] in passed:
                break
            passed.append(step[0])
        return passed

    def is_visible(self, zone: Name, owner: Name, rtype: str) -> bool:
        """Whether questions reach a record of a zone."""
        *above, _ = oracle.path_down(zone, owner)
        for node in above:
            sets = self.zones[zone].get(node, {})
            if oracle.DNAME in sets or (node != zone and (oracle.NS in sets or node in self.zones)):
                return False
        if owner == zone:
            return True
        is_cut = oracle.NS in self.zones[zone].get(owner, {})
        if owner.labels[0] == b"*":
            return True
        if is_cut:
            return rtype == "NS"
        return owner not in self.zones

    def reply(self, name: Name, qtype: int) -> object:
        answer = oracle.answer(self.zones, name, qtype)
        shown = [*answer.chain, *answer.final, *(answer.authority if answer.end == "referral" else [])]
        return answer.rcode, answer.end, {(rrset.owner, *one(rrset)) for rrset in shown}

    def negative(self, name: Name) -> int | None:
        """The TTL of negative answers of the zone of *name*."""
        apex = oracle.nearest_zone(self.zones, name, oracle.A)
        return None if apex is None else oracle.negative_soa(self.zones[apex], apex).ttl


def one(rrset: oracle.RRset) -> Told:
    return int(rrset.rtype), rrset.ttl, frozenset(data.to_digestable() for data in rrset.data)


def told(sets: dict[int, oracle.RRset], rtypes: set[int]) -> frozenset[Told]:
    return frozenset(one(rrset) for rtype, rrset in sets.items() if rtype in rtypes)


class Noticed:
    """A change between two worlds, and who notices it."""

    def __init__(self, before: World, after: World) -> None:
        self.before, self.after = Side(before), Side(after)
        self.changed = {dns.name.from_text(owner) for owner in changed_owners(before, after)}

    def differs(self, name: Name) -> bool:
        return self.before.own(name) != self.after.own(name)

    @cached_property
    def owners(self) -> dict[Name, list[Link]]:
        """Owners of links that did not change, with their links before."""
        owners: dict[Name, list[Link]] = {}
        for link in self.before.links:
            if link[1] not in self.changed:
                owners.setdefault(link[1], []).append(link)
        return owners

    def must(self) -> set[Name]:
        """Owners that are answered otherwise, or name a name that is."""
        return {owner for owner, links in self.owners.items() if any(self._must(link) for link in links)}

    def _must(self, link: Link) -> bool:
        zone, owner, _, rtype, target = link
        was = self.before.is_visible(zone, owner, rtype)
        if not was and not self.after.is_visible(zone, owner, rtype):
            return False
        return self._answers_otherwise(owner if rtype == "CNAME" or not was else target)

    def _answers_otherwise(self, name: Name) -> bool:
        return any(self.before.reply(name, qtype) != self.after.reply(name, qtype) for qtype in ASKED)

    def may(self, owner: Name) -> bool:
        """Whether a way leads from *owner* to a name that is answered otherwise."""
        links = [link for link in self.owners[owner] if self.before.is_visible(link[0], owner, link[3])]
        is_shown = links or any(self.after.is_visible(link[0], owner, link[3]) for link in self.owners[owner])
        if is_shown and self.differs(owner):
            return True
        for zone, _, _, rtype, target in links:
            if any(self.differs(name) for name in self.before.ways(target)):
                return True
            if rtype == "DNAME" and any(self._leads_on(name) for name in self.below(owner)):
                return True
            if rtype == "NS" and owner != zone and self._has_other_glue(zone, owner, target):
                return True
        return False

    def _leads_on(self, name: Name) -> bool:
        return any(self.differs(passed) for made in self.before.next(name) for passed in self.before.ways(made))

    def below(self, dname: Name) -> Iterator[Name]:
        """Names that *dname* makes names of: those that anybody knows, and those that lead to such."""
        for name in self.universe:
            own = self.before.own(name)
            if own.kind == "redirect" and own.owner == dname:
                yield name

    @cached_property
    def universe(self) -> set[Name]:
        """Names of both worlds, those above them, and some below."""
        names: set[Name] = set()
        for side in (self.before, self.after):
            names |= {owner for zone in side.zones.values() for owner in zone} | {link[4] for link in side.links}
        for name in list(names):
            while name != ROOT:
                names.add(name)
                name = name.parent()
        for _ in range(3):
            names |= {made for name in names for made in self._made_into(name)}
        return names

    def know(self, names: Iterable[Name]) -> None:
        """Look at what DNAMEs make *names* of, too."""
        self.universe.update(made for name in names for made in self._made_into(name))

    def _made_into(self, name: Name) -> Iterator[Name]:
        """Names that a DNAME may make *name* of."""
        for _, dname, _, rtype, target in self.before.links:
            if rtype == "DNAME" and name != target and name.is_subdomain(target):
                labels = name.labels[: len(name.labels) - len(target.labels)]
                if sum(len(label) + 1 for label in labels) + len(dname.to_wire()) <= 255:
                    yield Name([*labels, *dname.labels])

    def _has_other_glue(self, zone: Name, owner: Name, host: Name) -> bool:
        own = self.before.own(owner)
        if own.kind != "referral" or own.owner != owner or host not in self.changed:
            return False
        if "referral" not in (self.before.own(host).kind, self.after.own(host).kind) or self.differs(host):
            return False
        return self.glue(zone, host, self.before) != self.glue(zone, host, self.after)

    def glue(self, zone: Name, host: Name, side: Side) -> frozenset[Told]:
        return told(side.zones.get(zone, {}).get(host, {}), ADDRESSES)

    def stale(self, names: list[Name]) -> int:
        """Seconds for which caches may hold the old answers of *names*, one of which leads to the next."""
        return max((self._stale(name) for name in [*names, *self.before.walk(names[-1])]), default=0)

    def _stale(self, name: Name) -> int:
        was, now = self.before.own(name), self.after.own(name)
        negative = self.before.negative(name)
        negative = (self.after.negative(name) or 0) if negative is None else negative
        seconds = 0
        if self.before.has_parent_side(name) or self.after.has_parent_side(name):
            seconds = negative if (was.ds is None) != (now.ds is None) else 0
            seconds = max(seconds, lapse(was.ds or frozenset(), now.ds or frozenset(), negative))
        if was.kind in ("referral", "redirect"):
            return max(seconds, lapse(was.sets, now.sets, None))
        nothing = negative if not was.sets and (was.kind, was.sets) != (now.kind, now.sets) else 0
        return max(seconds, nothing, lapse(was.sets, now.sets, negative))


def lapse(was: frozenset[Told], now: frozenset[Told], negative: int | None) -> int:
    """The largest old TTL of what differs; *negative* where there was none."""
    had = {rtype for rtype, _, _ in was}
    old = [ttl for rtype, ttl, data in was if (rtype, ttl, data) not in now]
    new = [negative for rtype, _, _ in now if rtype not in had and negative is not None]
    return max([*old, *new], default=0)


def changed_owners(before: World, after: World) -> set[str]:
    """Owners of which anything but the SOA differs in a zone."""
    changed: set[str] = set()
    for origin in {*before.lines, *after.lines}:
        was, now = (rrsets(world.lines.get(origin)) for world in (before, after))
        is_edit = origin in before.lines and origin in after.lines
        differing = {key for key in {*was, *now} if was.get(key) != now.get(key)}
        changed |= {owner for owner, rtype in differing if not (is_edit and rtype == "SOA" and owner == origin)}
    return changed


def rrsets(lines: list[Line] | None) -> dict[tuple[str, str], tuple[int, frozenset[str]]]:
    sets: dict[tuple[str, str], tuple[int, frozenset[str]]] = {}
    for owner, ttl, rtype, data in lines or []:
        sets[owner, rtype] = (ttl, sets.get((owner, rtype), (ttl, frozenset()))[1] | {data})
    return sets
