"""Follows a reply as a validator would, with the keys of the zones in hand, and lists everything that is not proven.

    Trust(zones, keys)       what is served, and the DNSKEY of what is signed
    check(trust, reply, qname, qtype) -> problems; empty when every record is signed, every link stands beside its
                                         signature and everything that is said not to exist is denied

It asks more than a validator does: signatures stand right behind what they cover in the answer section, their TTL is
that of the RRset, and no NSEC or NSEC3 is sent that proves nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import dns.dnssec
import dns.exception
import dns.name
import dns.rcode
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rdata import Rdata
from dns.rdatatype import RdataType
from dns.rrset import RRset

import oracle

from .proofs import Denial, Unproven, nsec3_of, nsec_of

A, AAAA, NS, SOA, CNAME, DNAME = (RdataType[t] for t in ("A", "AAAA", "NS", "SOA", "CNAME", "DNAME"))
DS, RRSIG, NSEC, NSEC3, ANY = (RdataType[t] for t in ("DS", "RRSIG", "NSEC", "NSEC3", "ANY"))
MOST_HOPS = 16


@dataclass
class Trust:
    """What the checker knows beforehand.

    Shape: *zones* are all that the server holds, as the oracle reads them; *keys* has the DNSKEY RRset of each one
    that is signed.
    """

    zones: oracle.Zones
    keys: dict[Name, RRset]
    believed: set[tuple[object, ...]] = field(default_factory=set)

    def zone_of(self, name: Name, rtype: int = A) -> Name | None:
        """The apex of the zone that holds *name*; DS belongs to the parent's side, where the parent is served."""
        return oracle.nearest_zone(self.zones, name, rtype)

    def is_below_cut(self, apex: Name, name: Name) -> bool:
        """Whether *name* is a cut of the zone at *apex* or lies below one: NS and glue, which nobody signs there."""
        zone = self.zones[apex]
        return any(NS in zone.get(node, {}) for node in oracle.path_down(apex, name) if node != apex)

    def verify(self, rrset: RRset, signature: Rdata) -> str | None:
        """Why *signature* does not hold for *rrset*; None when it does. A signature is looked at once."""
        seen = (rrset.name, tuple(sorted(data.to_digestable() for data in rrset)), signature)
        if seen in self.believed:
            return None
        if signature.signer not in self.keys:
            return f"signed by {signature.signer}, which has no key"
        try:
            dns.dnssec.validate_rrsig(
                as_made(rrset, signature), signature, {signature.signer: self.keys[signature.signer]}
            )
        except dns.exception.DNSException as error:
            return f"signature of {signature.signer}: {error or type(error).__name__}"
        self.believed.add(seen)
        return None


def as_made(rrset: RRset, signature: Rdata) -> RRset:
    """The set with another first label, where a wildcard made it for a name that begins with an asterisk itself.

    The signature does not see that label (RFC 4035 5.3.2), but dnspython takes it for the wildcard's own.
    """
    if not rrset.name.is_wild() or signature.labels >= len(rrset.name.labels) - 2:
        return rrset
    made = rrset.copy()
    made.name = Name([b"x", *rrset.name.labels[1:]])
    return made


@dataclass
class Set:
    """An RRset of a section and the signatures that stand in that section for it."""

    rrset: RRset
    signatures: list[Rdata] = field(default_factory=list)

    @property
    def owner(self) -> Name:
        return self.rrset.name

    @property
    def rtype(self) -> int:
        return int(self.rrset.rdtype)

    @property
    def made_from(self) -> int | None:
        """How many labels the wildcard has that made this (RFC 4035 5.3.4); None when no wildcard did."""
        own = len(self.owner.labels) - 1 - self.owner.is_wild()
        labels = min((signature.labels for signature in self.signatures), default=own)
        return labels if labels < own else None

    def __str__(self) -> str:
        return f"{self.owner} {dns.rdatatype.to_text(self.rrset.rdtype)}"


def gather(section: list[RRset], problems: list[str], *, is_ordered: bool) -> list[Set]:
    """The sets of a section in their order; *is_ordered*: each signature right behind the set it covers."""
    sets: list[Set] = []
    for record in section:
        (data,) = record
        is_signature = record.rdtype == RRSIG
        rtype = data.type_covered if is_signature else record.rdtype
        candidates = sets[-1:] if is_ordered else sets
        known = next((s for s in candidates if s.owner == record.name and s.rtype == rtype), None)
        if is_signature and known is None:
            problems.append(
                f"a signature of {record.name} {dns.rdatatype.to_text(rtype)} stands where nothing is signed"
            )
        elif is_signature:
            known.signatures.append(data)
            if record.ttl != known.rrset.ttl:
                problems.append(f"{known}: TTL {known.rrset.ttl}, its signature's {record.ttl}")
        elif known is None:
            fresh = RRset(record.name, record.rdclass, record.rdtype)
            fresh.update(record)
            sets.append(Set(fresh))
        elif data in known.rrset:
            problems.append(f"{known} holds a record twice")
        else:
            known.rrset.add(data, record.ttl)
    return sets


def check(trust: Trust, reply: Message, qname: Name, qtype: int) -> list[str]:
    """Everything in *reply* (its records one by one) that a validator could not believe."""
    return Check(trust, reply, qname, qtype).run()


class Check:
    """One reply under examination."""

    def __init__(self, trust: Trust, reply: Message, qname: Name, qtype: int) -> None:
        self.trust, self.reply, self.qname, self.qtype = trust, reply, qname, qtype
        self.problems: list[str] = []
        self.answer = gather(reply.answer, self.problems, is_ordered=True)
        self.authority = gather(reply.authority, self.problems, is_ordered=False)
        self.additional = gather(reply.additional, self.problems, is_ordered=False)
        self.denials: dict[Name, Denial] = {}

    def run(self) -> list[str]:
        for found in self.authority:
            self.note_denial(found)
        made = self.synthesised()
        for found in (*self.answer, *self.authority, *self.additional):
            if not any(found is one for one in made):
                self.check_signatures(found)
        self.walk()
        self.problems += [f"{self.says(record)} proves nothing" for d in self.denials.values() for record in d.unused()]
        return self.problems

    @staticmethod
    def says(record: object) -> str:
        return f"{type(record).__name__} of {getattr(record, 'owner', '')!s}"

    def note_denial(self, found: Set) -> None:
        """File an NSEC or NSEC3 under the zone that signed it."""
        if found.rtype not in (NSEC, NSEC3) or not found.signatures:
            return
        apex = found.signatures[0].signer
        denial = self.denials.setdefault(apex, Denial(apex))
        if found.made_from is not None:
            self.problems.append(f"{found} was made from a wildcard and denies nothing")
        elif found.rtype == NSEC:
            denial.nsecs.append(nsec_of(found.rrset))
        else:
            denial.nsec3s.append(nsec3_of(found.rrset))

    def synthesised(self) -> list[Set]:
        """CNAMEs that a DNAME before them makes: nobody can sign those (RFC 6672 5.3.1)."""
        made, dnames = [], []
        for found in self.answer:
            if found.rtype == DNAME:
                dnames.append(found)
            for dname in dnames if found.rtype == CNAME and not found.signatures else []:
                if found.owner != dname.owner and found.owner.is_subdomain(dname.owner):
                    self.check_made(found, dname)
                    made.append(found)
        return made

    def check_made(self, cname: Set, dname: Set) -> None:
        wanted = cname.owner.relativize(dname.owner).concatenate(dname.rrset[0].target)
        if cname.rrset[0].target != wanted or cname.rrset.ttl != dname.rrset.ttl:
            self.problems.append(f"{cname} is not what {dname} makes")

    def check_signatures(self, found: Set) -> None:
        """RFC 4035 3.1.1 to 3.1.4: authoritative data comes with good signatures, nothing else with any."""
        apex = self.signer_of(found)
        if apex is None or apex not in self.trust.keys or self.is_unsigned_by_nature(found, apex):
            if found.signatures:
                self.problems.append(f"{found} has a signature, but nobody could have made one")
            return
        if not found.signatures:
            self.problems.append(f"{found} has no signature")
        for signature in found.signatures:
            if signature.signer != apex:
                self.problems.append(f"{found} is signed by {signature.signer} instead of {apex}")
            elif problem := self.trust.verify(found.rrset, signature):
                self.problems.append(f"{found}: {problem}")
            elif found.rrset.ttl > signature.original_ttl:
                self.problems.append(f"{found}: TTL {found.rrset.ttl} above the signed {signature.original_ttl}")

    def signer_of(self, found: Set) -> Name | None:
        """The zone that should have signed it. At the apex of a zone whose parent is served too, DS and the NSEC
        without SOA in it are the parent's."""
        apex = self.trust.zone_of(found.owner)
        is_parents = found.rtype == DS or (found.rtype == NSEC and SOA not in nsec_of(found.rrset).types)
        return self.trust.zone_of(found.owner, DS) if is_parents and found.owner == apex else apex

    def is_unsigned_by_nature(self, found: Set, apex: Name) -> bool:
        if found.rtype in (DS, NSEC, NSEC3):
            return False
        return self.trust.is_below_cut(apex, found.owner)

    def walk(self) -> None:
        """From the question along the answer section to whatever ends it."""
        name, passed, rest, is_loop = self.qname, [self.qname], list(self.answer), False
        while rest:
            found = rest[0]
            if found.rtype == DNAME and name != found.owner and name.is_subdomain(found.owner):
                self.check_expansion(rest.pop(0))
                continue
            if not (found.rtype == CNAME and found.owner == name and self.qtype not in (CNAME, ANY)):
                break
            self.check_expansion(rest.pop(0))
            name = found.rrset[0].target
            if is_loop := name in passed:
                break
            passed.append(name)
        self.check_end(name, rest, hops=len(passed) - 1, is_loop=is_loop)

    def check_expansion(self, found: Set) -> None:
        """A record that a wildcard made needs the proof that nothing closer exists (RFC 4035 3.1.3.3)."""
        if found.made_from is not None:
            with_denial = self.denial(found.signatures[0].signer)
            self.prove(lambda: with_denial.prove_expansion(found.owner, found.made_from or 0), str(found))

    def check_end(self, name: Name, rest: list[Set], *, hops: int, is_loop: bool) -> None:
        if rest:
            for found in rest:
                if found.owner != name or self.qtype not in (found.rtype, ANY):
                    self.problems.append(f"{found} does not belong to an answer about {name}")
                self.check_expansion(found)
            return
        soa = next((found for found in self.authority if found.rtype == SOA), None)
        cut = next((found for found in self.authority if found.rtype == NS), None)
        if soa:
            self.check_negative(name, soa.owner)
        elif cut:
            self.check_referral(cut.owner)
        elif self.reply.rcode() == dns.rcode.NOERROR and not self.may_end(name, hops, is_loop=is_loop):
            self.problems.append(f"nothing is said about {name}")

    def may_end(self, name: Name, hops: int, *, is_loop: bool) -> bool:
        """A chain ends without a word in a ring, when it gets too long, and where nobody here knows more."""
        return is_loop or hops >= MOST_HOPS or self.trust.zone_of(name, self.qtype) is None

    def check_negative(self, name: Name, apex: Name) -> None:
        if apex != self.trust.zone_of(name, self.qtype):
            self.problems.append(f"the SOA of {apex} says nothing about {name}")
        elif apex not in self.trust.keys:
            return
        elif self.reply.rcode() == dns.rcode.NXDOMAIN:
            self.prove(lambda: self.denial(apex).prove_no_name(name), f"NXDOMAIN for {name}")
        else:
            self.prove(lambda: self.denial(apex).prove_no_type(name, self.qtype), f"no data for {name}")

    def check_referral(self, cut: Name) -> None:
        """RFC 4035 3.1.4: DS, or the proof that there is none."""
        parent = self.trust.zone_of(cut, DS)
        if parent in self.trust.keys and not any(s.rtype == DS and s.owner == cut for s in self.authority):
            self.prove(lambda: self.denial(parent).prove_no_ds(cut), f"the referral to {cut}")

    def denial(self, apex: Name) -> Denial:
        return self.denials.setdefault(apex, Denial(apex))

    def prove(self, proof: Callable[[], None], what: str) -> None:
        try:
            proof()
        except Unproven as missing:
            self.problems.append(f"{what}: {missing}")
