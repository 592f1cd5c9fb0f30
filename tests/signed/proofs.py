"""What NSEC and NSEC3 records prove: RFC 4035 5.4 and RFC 5155 8, written to be compared with their text.

A `Denial` holds the records of one zone in one reply (their signatures were looked at before). Each `prove_..` method
returns when the records prove the statement and raises `Unproven` with the missing piece when they do not. What a
proof needed is noted in `used`, so that records which prove nothing can be told apart.

    prove_no_name(name)            NXDOMAIN                                 5.4; 8.4
    prove_no_type(name, qtype)     NODATA, also at a wildcard or a cut      5.4; 8.5, 8.6, 8.7
    prove_expansion(name, labels)  the wildcard that made *name* applies    5.3.4; 8.8
    prove_no_ds(cut)               the delegation is not signed             5.2; 8.9
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from dns.name import Name
from dns.rdata import Rdata
from dns.rdatatype import RdataType
from dns.rrset import RRset

NS, SOA, CNAME, DNAME, DS = (RdataType[t] for t in ("NS", "SOA", "CNAME", "DNAME", "DS"))
ASTERISK = Name([b"*"])
HEX_TO_BASE32 = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


class Unproven(Exception):
    """What a proof lacks."""


@dataclass(frozen=True)
class Nsec:
    """RFC 4034 4: *owner* exists with *types*, and nothing between it and *next*."""

    owner: Name
    next: Name
    types: frozenset[int]


@dataclass(frozen=True)
class Nsec3:
    """RFC 5155 3: a name with the hash *owner* exists with *types*, and no hash between it and *next*."""

    owner: bytes
    next: bytes
    types: frozenset[int]
    opt_out: bool
    parameters: tuple[int, int, bytes]  # algorithm, iterations, salt

    def covers(self, hashed: bytes) -> bool:
        """RFC 5155 8.3: the hash lies between owner and next; the last record's next is the first hash."""
        if self.owner < self.next:
            return self.owner < hashed < self.next
        return hashed > self.owner or hashed < self.next


def types_of(data: Rdata) -> frozenset[int]:
    """RFC 4034 4.1.2: the types of a bitmap in windows of 256."""
    return frozenset(
        window * 256 + octet * 8 + bit
        for window, bitmap in data.windows
        for octet, byte in enumerate(bitmap)
        for bit in range(8)
        if byte & (0x80 >> bit)
    )


def nsec_of(rrset: RRset) -> Nsec:
    (data,) = rrset
    return Nsec(rrset.name, data.next, types_of(data))


def nsec3_of(rrset: RRset) -> Nsec3:
    (data,) = rrset
    owner = base64.b32decode(rrset.name.labels[0].upper().translate(HEX_TO_BASE32))
    return Nsec3(owner, data.next, types_of(data), bool(data.flags & 1), (data.algorithm, data.iterations, data.salt))


def hash_of(name: Name, iterations: int, salt: bytes) -> bytes:
    """RFC 5155 5: IH(salt, x, 0) = H(x || salt), IH(salt, x, k) = H(IH(salt, x, k-1) || salt)."""
    digest = hashlib.sha1(name.canonicalize().to_wire() + salt).digest()
    for _ in range(iterations):
        digest = hashlib.sha1(digest + salt).digest()
    return digest


def ancestors(name: Name, apex: Name) -> list[Name]:
    """*name*, then one label less each time, up to *apex*."""
    return [Name(name.labels[cut:]) for cut in range(len(name.labels) - len(apex.labels) + 1)]


def is_of_the_parent(types: frozenset[int]) -> bool:
    """RFC 6840 4.1, 4.4: the record stands at a cut (parent's side) or at a DNAME: it denies nothing below."""
    return (NS in types and SOA not in types) or DNAME in types


@dataclass
class Denial:
    """The records of the zone at *apex* that deny something, in one reply."""

    apex: Name
    nsecs: list[Nsec] = field(default_factory=list)
    nsec3s: list[Nsec3] = field(default_factory=list)
    used: set[Nsec | Nsec3] = field(default_factory=set)

    def unused(self) -> list[Nsec | Nsec3]:
        return [record for record in (*self.nsecs, *self.nsec3s) if record not in self.used]

    def prove_no_name(self, name: Name) -> None:
        (Hashed(self) if self.nsec3s else Ordered(self)).prove_no_name(name)

    def prove_no_type(self, name: Name, qtype: int) -> None:
        (Hashed(self) if self.nsec3s else Ordered(self)).prove_no_type(name, qtype)

    def prove_expansion(self, name: Name, labels: int) -> None:
        """*labels*: as in the RRSIG, the asterisk and the root not counted."""
        (Hashed(self) if self.nsec3s else Ordered(self)).prove_expansion(name, labels)

    def prove_no_ds(self, cut: Name) -> None:
        (Hashed(self) if self.nsec3s else Ordered(self)).prove_no_ds(cut)


def lacks(types: frozenset[int], qtype: int, name: Name, apex: Name) -> None:
    """The record at *name* says that there is no *qtype*, and is the right side's (RFC 6840 4.1, RFC 4035 5.2)."""
    if qtype in types or CNAME in types:
        raise Unproven(f"{name} has the type that is denied, or an alias")
    if NS in types and SOA not in types and qtype != DS:
        raise Unproven(f"{name}: the parent's record says nothing of the child's types")
    if SOA in types and qtype == DS and name != apex:
        raise Unproven(f"{name}: the child's record says nothing of the parent's DS")


class Ordered:
    """NSEC, RFC 4035 5.4."""

    def __init__(self, denial: Denial) -> None:
        self.denial = denial

    def matching(self, name: Name) -> Nsec | None:
        return self.note(record for record in self.denial.nsecs if record.owner == name)

    def covering(self, name: Name) -> Nsec:
        """The record that *name* lies behind, and before its next; the last one's next is the apex."""
        found = self.note(
            record for record in self.denial.nsecs
            if record.owner < name and (name < record.next or record.next == self.denial.apex)
            and not (name.is_subdomain(record.owner) and is_of_the_parent(record.types))
        )  # fmt: skip
        if found is None:
            raise Unproven(f"no NSEC covers {name}")
        return found

    def note(self, found: Iterable[Nsec]) -> Nsec | None:
        record = next(iter(found), None)
        if record:
            self.denial.used.add(record)
        return record

    def absent(self, name: Name) -> Name:
        """Prove that *name* does not exist, not even as an empty non-terminal; its closest encloser."""
        cover = self.covering(name)
        if cover.next.is_subdomain(name):
            raise Unproven(f"{name} is an empty non-terminal")
        shared = [name.fullcompare(other)[2] for other in (cover.owner, cover.next)]
        return Name(name.labels[len(name.labels) - max(shared) :])

    def prove_no_name(self, name: Name) -> None:
        self.absent(ASTERISK + self.absent(name))

    def prove_no_type(self, name: Name, qtype: int) -> None:
        if self.lacks_at(name, qtype):
            return
        encloser = self.absent(name)
        if not self.lacks_at(ASTERISK + encloser, qtype):
            raise Unproven(f"nothing is said about the wildcard of {encloser}")

    def lacks_at(self, name: Name, qtype: int) -> bool:
        """*name* is there without the type, or is an empty non-terminal; False when the records do not say."""
        if record := self.matching(name):
            lacks(record.types, qtype, name, self.denial.apex)
            return True
        inside = (r for r in self.denial.nsecs if r.owner < name and r.next != name and r.next.is_subdomain(name))
        return self.note(inside) is not None

    def prove_expansion(self, name: Name, labels: int) -> None:
        encloser = self.absent(name)
        if len(encloser.labels) - 1 != labels:
            raise Unproven(f"{name} was made from a wildcard of {labels} labels, but {encloser} exists")

    def prove_no_ds(self, cut: Name) -> None:
        record = self.matching(cut)
        if record is None:
            raise Unproven(f"no NSEC at the cut {cut}")
        is_delegation(record.types, cut)


def is_delegation(types: frozenset[int], cut: Name) -> None:
    """RFC 5155 8.9, RFC 6840 4.4: NS is there, DS and SOA are not."""
    if NS not in types or DS in types or SOA in types:
        raise Unproven(f"the record at {cut} is not that of a delegation without DS")


class Hashed:
    """NSEC3, RFC 5155 8. Needs at least one record."""

    def __init__(self, denial: Denial) -> None:
        self.denial = denial
        # 8.2: records with other parameters than those of the others are of another chain.
        if len({record.parameters for record in denial.nsec3s}) > 1:
            raise Unproven("NSEC3 records of different chains")
        _, self.iterations, self.salt = denial.nsec3s[0].parameters

    def hash(self, name: Name) -> bytes:
        return hash_of(name, self.iterations, self.salt)

    def matching(self, name: Name) -> Nsec3 | None:
        return next((record for record in self.denial.nsec3s if record.owner == self.hash(name)), None)

    def covering(self, name: Name) -> Nsec3:
        hashed = self.hash(name)
        found = next((record for record in self.denial.nsec3s if record.covers(hashed)), None)
        if found is None:
            raise Unproven(f"no NSEC3 covers {name}")
        return self.note(found)

    def note(self, record: Nsec3) -> Nsec3:
        self.denial.used.add(record)
        return record

    def closest_encloser(self, name: Name) -> tuple[Name, Nsec3]:
        """8.3: the longest ancestor that is matched, and the record that covers the next closer name."""
        chain = ancestors(name, self.denial.apex)
        for closer, encloser in pairwise(chain):
            if record := self.matching(encloser):
                if is_of_the_parent(record.types):
                    raise Unproven(f"{encloser} is a cut or a DNAME, nothing below it is denied")
                cover = self.covering(closer)
                self.note(record)
                return encloser, cover
        raise Unproven(f"no NSEC3 matches an encloser of {name}")

    def prove_no_name(self, name: Name) -> None:
        """8.4"""
        if self.matching(name):
            raise Unproven(f"{name} exists")
        encloser, _ = self.closest_encloser(name)
        self.covering(ASTERISK + encloser)

    def prove_no_type(self, name: Name, qtype: int) -> None:
        """8.5 and 8.6; 8.7 at a wildcard; with opt-out 8.6, read for empty non-terminals as for cuts."""
        if record := self.matching(name):
            lacks(record.types, qtype, name, self.denial.apex)
            self.note(record)
            return
        encloser, cover = self.closest_encloser(name)
        if record := self.matching(ASTERISK + encloser):
            lacks(record.types, qtype, ASTERISK + encloser, self.denial.apex)
            self.note(record)
        elif not cover.opt_out:
            raise Unproven(f"neither {name} nor a wildcard is said to lack the type, and nothing is opted out")

    def prove_expansion(self, name: Name, labels: int) -> None:
        """8.8: the next closer name of the wildcard's encloser is covered."""
        self.covering(ancestors(name, self.denial.apex)[len(name.labels) - labels - 2])

    def prove_no_ds(self, cut: Name) -> None:
        """8.9"""
        if record := self.matching(cut):
            is_delegation(record.types, cut)
            self.note(record)
            return
        if not self.closest_encloser(cut)[1].opt_out:
            raise Unproven(f"{cut} has no NSEC3, and nothing is opted out")
