"""RFC 1034 4.3.2, written to be compared with its text rather than to be fast.

    zones: apex -> owner -> type -> RRset        answer(zones, qname, qtype) -> Answer

The algorithm walks down the labels of a name from the apex of its zone, one step of the RFC after the other, with
what later documents put into it: wildcards (RFC 4592), DNAME (RFC 6672 3.2), negative answers (RFC 2308), the rcode
of a chain (RFC 6604 3), glue (RFC 9471) and DS at the parent's side of a cut (RFC 4035 3.1.4.1). Where those leave a
choice, docs/readings.md says which was taken. Nothing here is shared with the product: names and record data are
dnspython's, and a name "exists" when one looks through all owners of the zone and finds it or something below it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import dns.name
import dns.rcode
from dns.name import Name
from dns.rdata import Rdata
from dns.rdatatype import RdataType

A, NS, CNAME, SOA, MX, AAAA = (RdataType[t] for t in ("A", "NS", "CNAME", "SOA", "MX", "AAAA"))
SRV, DNAME, DS, SVCB, HTTPS, ANY = (RdataType[t] for t in ("SRV", "DNAME", "DS", "SVCB", "HTTPS", "ANY"))
ADDRESSES = (A, AAAA)
WILDCARD = dns.name.Name([b"*"])

# (owner, type, ttl in seconds, data in canonical wire form): what is compared with a record of a packet.
Record = tuple[Name, int, int, bytes]


@dataclass(frozen=True)
class RRset:
    """The records of one owner and type; *ttl* in seconds."""

    owner: Name
    rtype: int
    ttl: int
    data: tuple[Rdata, ...]

    def at(self, owner: Name) -> "RRset":
        """The same data at another owner: what a wildcard makes (RFC 4592 3.3.3)."""
        return RRset(owner, self.rtype, self.ttl, self.data)

    def records(self) -> list[Record]:
        return [(self.owner, int(self.rtype), self.ttl, data.to_digestable()) for data in self.data]


Zone = dict[Name, dict[int, RRset]]
Zones = dict[Name, Zone]


@dataclass
class Answer:
    """What a reply must hold.

    Shape:  the answer section is *chain*, in order, and then exactly one RRset of *final* (none when it is empty;
            several to choose from only for ANY). *additional* must be there when it fits; *may* is what else may.
    """

    rcode: int = dns.rcode.NOERROR
    aa: bool = True
    end: str = "data"  # data nodata nxdomain referral out-of-zone loop too-long yxdomain refused
    chain: list[RRset] = field(default_factory=list)
    final: list[RRset] = field(default_factory=list)
    authority: list[RRset] = field(default_factory=list)
    additional: list[RRset] = field(default_factory=list)
    may: list[RRset] = field(default_factory=list)
    hops: int = 0


@dataclass
class Found:
    """Where the walk of step 3 came to rest in one zone."""

    kind: str  # match, referral, redirect, absent
    owner: Name  # the owner of the data; for `absent` the closest encloser
    sets: dict[int, RRset]  # its data, already under the name asked for when a wildcard made it


def make_zone(records: Iterable[tuple[Name, int, int, Rdata]]) -> Zone:
    """Gather records into RRsets; an RRset has one TTL, its first (RFC 2181 5.2), and no duplicates (5)."""
    zone: Zone = {}
    for owner, rtype, ttl, data in records:
        sets = zone.setdefault(owner, {})
        known = sets.get(rtype, RRset(owner, rtype, ttl, ()))
        if data not in known.data:
            known = RRset(owner, rtype, known.ttl, (*known.data, data))
        sets[rtype] = known
    return zone


def answer(zones: Zones, qname: Name, qtype: int, *, max_chain: int = 16, follow: str = "served") -> Answer:
    """The reply to a question of class IN (QTYPE AXFR and IXFR are not questions for this algorithm).

    Source: RFC 1034 4.3.2
    """
    # Step 1 sets RA: recursion is not offered, so step 5 is never reached.
    reply = Answer()
    name, first, passed = qname, None, [qname]
    while True:
        # Step 2: "Search the available zones for the zone which is the nearest ancestor to QNAME."
        apex = nearest_zone(zones, name, qtype)
        first = apex if first is None else first
        if apex is None or (follow == "zone" and apex != first):
            return outside(reply)
        zone = zones[apex]
        # Step 3: "Start matching down, label by label, in the zone."
        found = match_down(zone, apex, name, qtype)
        link = find_link(found, name, qtype)
        if link is None:
            return finish(reply, zones, apex, found, qtype)
        # "change QNAME to the canonical name in the CNAME RR, and go back to step 1."
        if reply.hops == max_chain:
            reply.end = "too-long"
            return reply
        target = take(reply, link, name)
        if target is None or qtype in (CNAME, ANY):
            return reply
        if target in passed:
            reply.end = "loop"
            return reply
        passed.append(target)
        name = target


def nearest_zone(zones: Zones, name: Name, qtype: int) -> Name | None:
    """The apex of the zone that answers for *name*; a DS is its parent's data, if the parent is served here."""
    enclosing = [apex for apex in zones if name.is_subdomain(apex)]
    if qtype == DS and len(enclosing) > 1:
        enclosing = [apex for apex in enclosing if apex != name]
    return max(enclosing, key=lambda apex: len(apex.labels), default=None)


def outside(reply: Answer) -> Answer:
    """A name of no zone here: refused as a question, the end of the answer as a target."""
    if reply.hops == 0:
        return Answer(rcode=dns.rcode.REFUSED, aa=False, end="refused")
    reply.end = "out-of-zone"
    return reply


def match_down(zone: Zone, apex: Name, name: Name, qtype: int) -> Found:
    """Step 3 within one zone: stop at the name, at a cut, at a DNAME or where the next label is not there."""
    for node in path_down(apex, name):
        sets = zone.get(node, {})
        # 3b: "If a match would take us out of the authoritative data, we have a referral."
        if node != apex and NS in sets and not (node == name and qtype == DS):
            return Found("referral", node, sets)
        # 3a: "If the whole of QNAME is matched, we have found the node."
        if node == name:
            return Found("match", node, sets)
        # 3c, RFC 6672 3.2: "look to see whether the last label matched has a DNAME record."
        if DNAME in sets:
            return Found("redirect", node, sets)
        # 3c: "If at some label, a match is impossible (i.e., the corresponding label does not exist)"
        if not exists(zone, child_towards(node, name)):
            return match_wildcard(zone, node, name)
    raise AssertionError("the path ends at the name")


def path_down(apex: Name, name: Name) -> Iterator[Name]:
    """*apex*, then one label more each time, down to *name*."""
    below = len(name.labels) - len(apex.labels)
    for kept in range(below, -1, -1):
        yield Name(name.labels[kept:])


def child_towards(node: Name, name: Name) -> Name:
    return Name(name.labels[len(name.labels) - len(node.labels) - 1 :])


def exists(zone: Zone, name: Name) -> bool:
    """Whether *name* owns data or is an empty non-terminal (RFC 4592 2.2.2, RFC 8020)."""
    return any(owner.is_subdomain(name) for owner in zone)


def match_wildcard(zone: Zone, encloser: Name, name: Name) -> Found:
    """3c at the closest encloser: "look to see if the "*" label exists" (the source of synthesis, RFC 4592 3.3.1)."""
    source = WILDCARD + encloser
    if not exists(zone, source):
        return Found("absent", encloser, {})
    sets = {rtype: rrset.at(name) for rtype, rrset in zone.get(source, {}).items()}
    return Found("match", source, sets)


def find_link(found: Found, name: Name, qtype: int) -> RRset | None:
    """The alias that changes QNAME: a CNAME at the name, or the DNAME above it that makes one."""
    if found.kind == "redirect":
        return found.sets[DNAME]
    # NSEC may stand beside a CNAME (RFC 4035 2.5) and is then what matches.
    if found.kind == "match" and qtype not in (CNAME, ANY) and qtype not in found.sets:
        return found.sets.get(CNAME)
    return None


def take(reply: Answer, link: RRset, name: Name) -> Name | None:
    """Put *link* into the answer section and give the next QNAME; None when a DNAME makes it too long.

    A DNAME stands before the first CNAME that it makes, and once.
    """
    if link.rtype == DNAME:
        if link not in reply.chain:
            reply.chain.append(link)
        made = synthesise(link, name)
        if made is None:
            reply.rcode, reply.end = dns.rcode.YXDOMAIN, "yxdomain"
            return None
        link = made
    reply.chain.append(link)
    reply.hops += 1
    return target_of(link)


def synthesise(dname: RRset, name: Name) -> RRset | None:
    """The CNAME that *dname* makes at *name*, with its TTL (RFC 6672 3.1); None when it would exceed 255 octets."""
    prefix = name.relativize(dname.owner)
    try:
        target = prefix.concatenate(target_of(dname))
    except dns.name.NameTooLong:
        return None
    wire = dns.rdata.from_text("IN", "CNAME", target.to_text())
    return RRset(name, CNAME, dname.ttl, (wire,))


def target_of(link: RRset) -> Name:
    data: Any = link.data[0]
    return data.target  # type: ignore[no-any-return]


def finish(reply: Answer, zones: Zones, apex: Name, found: Found, qtype: int) -> Answer:
    """The end of the chain, which gives the reply its rcode, SOA or referral (RFC 6604 3, RFC 2308 2)."""
    zone = zones[apex]
    if found.kind == "referral":
        refer(reply, zones, apex, found)
    elif found.kind == "absent":
        reply.rcode, reply.end = dns.rcode.NXDOMAIN, "nxdomain"
        reply.authority = [negative_soa(zone, apex)]
    elif final := matching(found.sets, qtype):
        # A DNAME asked for below itself may already stand in the chain; no record is sent twice (RFC 2181 5).
        reply.final = [rrset for rrset in final if rrset not in reply.chain]
        if len(final) == 1:
            add_additional(reply, zones, apex, final[0])
    else:
        reply.end = "nodata"
        reply.authority = [negative_soa(zone, apex)]
    return reply


def matching(sets: dict[int, RRset], qtype: int) -> list[RRset]:
    """3a: "copy all RRs which match QTYPE"; for ANY one RRset is enough (RFC 8482 4.1)."""
    if qtype == ANY:
        return list(sets.values())
    return [sets[qtype]] if qtype in sets else []


def negative_soa(zone: Zone, apex: Name) -> RRset:
    """RFC 2308 3: the TTL of a negative answer is the smaller of the SOA's TTL and its MINIMUM."""
    soa = zone[apex][SOA]
    data: Any = soa.data[0]
    return RRset(apex, SOA, min(soa.ttl, data.minimum), soa.data)


def refer(reply: Answer, zones: Zones, apex: Name, found: Found) -> None:
    """3b: "Copy the NS RRs for the subzone into the authority section [and] whatever addresses are available"."""
    reply.end = "referral"
    # RFC 1035 4.1.1: AA speaks of the first owner name, so an alias of ours makes the reply authoritative.
    reply.aa = reply.hops > 0
    reply.authority = [found.sets[NS]]
    add_additional(reply, zones, apex, found.sets[NS])


def add_additional(reply: Answer, zones: Zones, apex: Name, rrset: RRset) -> None:
    """Step 6: "attempt to add other RRs which may be useful to the additional section of the query"."""
    is_referral = reply.end == "referral"
    given = {(shown.owner, shown.rtype) for shown in reply.chain + reply.final}
    for target in useful_names(rrset):
        must, may = addresses(zones, apex, target, with_glue=is_referral)
        if target == dns.name.root and rrset.rtype in (MX, SRV):
            # It says "none" (RFC 2782; RFC 7505 with preference 0); nobody needs its addresses.
            must, may = [], must + may
        reply.additional += [extra for extra in must if (extra.owner, extra.rtype) not in given]
        reply.may += may
    reply.additional = list(dict.fromkeys(reply.additional))


def useful_names(rrset: RRset) -> list[Name]:
    """The names in *rrset* whose addresses its reader asks for next (RFC 1035 3.3, RFC 2782, RFC 9460 4.1)."""
    values: list[Any] = list(rrset.data)
    if rrset.rtype == MX:
        return [data.exchange for data in values]
    if rrset.rtype in (NS, SRV):
        return [data.target for data in values]
    if rrset.rtype in (SVCB, HTTPS):
        # The root is the owner itself in ServiceMode and says "none" in AliasMode (RFC 9460 2.5).
        useful = [data for data in values if data.priority > 0 or data.target != dns.name.root]
        return [rrset.owner if data.target == dns.name.root else data.target for data in useful]
    return []


def addresses(zones: Zones, apex: Name, target: Name, *, with_glue: bool) -> tuple[list[RRset], list[RRset]]:
    """(what must be added, what may be added) for *target*, named by a record of the zone at *apex*.

    Required are the addresses that the zone itself holds for that name: authoritative ones, and in a referral also
    glue, below whichever cut of the zone (RFC 9471 2.1, 2.2). Allowed are others that are true: glue beside a positive
    answer or below a DNAME, what a wildcard makes, other zones served here, and the service records of RFC 9460 4.1.
    """
    must, may = [], []
    for holder, zone in zones.items():
        if not target.is_subdomain(holder):
            continue
        found = match_down(zone, holder, target, A)
        own = zone.get(target, {})
        is_required = holder == apex and (found.kind == "match" or (with_glue and found.kind == "referral"))
        is_synthesised = found.kind == "match" and found.owner != target
        for rrset in (found.sets if is_synthesised else own).values():
            if rrset.rtype in ADDRESSES:
                (must if is_required and not is_synthesised else may).append(rrset)
            elif rrset.rtype in (SVCB, HTTPS):
                may.append(rrset)
    return must, may
