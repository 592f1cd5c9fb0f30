"""RFC 4035 3.1 and RFC 5155 7.2, case by case, in four families of zones that deny in four ways.

A case says what the answer section holds (`*` behind a type: signed), and which records deny: `covers x` is the one
record of the zone whose span *x* falls into, `matches x` the one at *x* itself. Those records, looked up in the zone
file, must be sent with their signatures, and no others. Names are relative to the family's zone; `{next}` is the
zone its aliases lead into.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass

import dns.name
import dns.rcode
import dns.rdatatype
import pytest
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from servers import Running

from .asking import ask, question
from .checker import Trust, check
from .proofs import hash_of, nsec3_of
from .signing import Signed
from .sources import FAMILIES, Tree

NEGATIVE = "@ SOA*"


@dataclass(frozen=True)
class Case:
    """A question, its rcode and sections; *optout* is None where a zone with opt-out proves as other NSEC3 zones do."""

    asked: str
    answer: str
    authority: str = ""
    nsec: str = ""
    nsec3: str = ""
    optout: str | None = None
    rcode: str = "NOERROR"

    def denial(self, family: str) -> str:
        if family == "nsec":
            return self.nsec
        return self.optout if family == "optout" and self.optout is not None else self.nsec3


ABSENT = {"nsec": "covers missing, covers *", "nsec3": "matches @, covers missing, covers *"}
HOST = "host A*"
CASES = [
    # RFC 4035 3.1.1: every link of a chain beside its signature
    Case("host A", HOST),
    Case("alias1 A", f"alias1 CNAME*, alias2 CNAME*, alias3 CNAME*, {HOST}"),
    Case("alias1 CNAME", "alias1 CNAME*"),
    Case("ring1 A", "ring1 CNAME*, ring2 CNAME*"),
    Case("outside A", "outside CNAME*"),
    Case("@ MX", "@ MX*"),
    Case("@ DNSKEY", "@ DNSKEY*"),
    Case("MIXED A", "mixed A*"),
    Case("upper.case A", "upper.case CNAME*, mixed A*"),
    Case("svc SVCB", "svc SVCB*"),
    Case("web HTTPS", "web HTTPS*"),
    Case("odd TYPE65400", "odd TYPE65400*"),
    # 3.1.3.1, RFC 5155 7.2.3: no data
    Case("host MX", "", NEGATIVE, "matches host", "matches host"),
    Case("@ SRV", "", NEGATIVE, "matches @", "matches @"),
    Case("alias1 MX", "alias1 CNAME*, alias2 CNAME*, alias3 CNAME*", NEGATIVE, "matches host", "matches host"),
    Case("host NSEC3", "", NEGATIVE, "matches host", "matches host"),
    Case("host DS", "", NEGATIVE, "matches host", "matches host"),
    Case(r"b\000inary A", "", NEGATIVE, r"matches b\000inary", r"matches b\000inary"),
    Case(r"l\.abel A", "", NEGATIVE, r"matches l\.abel", r"matches l\.abel"),
    # empty non-terminals: NSEC covers them, NSEC3 has records for them
    Case("hollow A", "", NEGATIVE, "covers hollow", "matches hollow"),
    Case("b.c.hollow A", "", NEGATIVE, "covers b.c.hollow", "matches b.c.hollow"),
    Case("starry A", "", NEGATIVE, "covers starry", "matches starry"),
    # 3.1.3.2, RFC 5155 7.2.2: name error
    Case("missing A", "", NEGATIVE, **ABSENT, rcode="NXDOMAIN"),
    Case("deep.missing A", "", NEGATIVE, "covers deep.missing, covers *", ABSENT["nsec3"], rcode="NXDOMAIN"),
    Case("dangling A", "dangling CNAME*", NEGATIVE, **ABSENT, rcode="NXDOMAIN"),
    Case(
        "x.b.c.hollow A", "", NEGATIVE, "covers x.b.c.hollow, covers *.b.c.hollow",
        "matches b.c.hollow, covers x.b.c.hollow, covers *.b.c.hollow", rcode="NXDOMAIN",
    ),
    Case(
        "x.host A", "", NEGATIVE, "covers x.host, covers *.host",
        "matches host, covers x.host, covers *.host", rcode="NXDOMAIN",
    ),
    Case(
        "x.deeper.wild A", "", NEGATIVE, "covers x.deeper.wild, covers *.deeper.wild",
        "matches deeper.wild, covers x.deeper.wild, covers *.deeper.wild", rcode="NXDOMAIN",
    ),
    # 3.1.3.3, RFC 5155 7.2.6: wildcard answers
    Case("any.wild A", "any.wild A*", "", "covers any.wild", "covers any.wild"),
    Case("two.levels.wild A", "two.levels.wild A*", "", "covers two.levels.wild", "covers levels.wild"),
    Case("*.wild A", "*.wild A*"),
    Case("any.alias A", f"any.alias CNAME*, {HOST}", "", "covers any.alias", "covers any.alias"),
    Case("any.twice A", "any.twice CNAME*, once.wild A*", "", "covers any.twice, covers once.wild",
         "covers any.twice, covers once.wild"),
    Case("any.alias MX", "any.alias CNAME*", NEGATIVE, "covers any.alias, matches host",
         "covers any.alias, matches host"),
    Case("any.lost A", "any.lost CNAME*", NEGATIVE, f"covers any.lost, {ABSENT['nsec']}",
         f"covers any.lost, {ABSENT['nsec3']}", rcode="NXDOMAIN"),
    Case("any.alias CNAME", "any.alias CNAME*", "", "covers any.alias", "covers any.alias"),
    # 3.1.3.4, RFC 5155 7.2.5: no data at a wildcard, also where the wildcard has only something below it
    Case("any.wild MX", "", NEGATIVE, "covers any.wild, matches *.wild",
         "matches wild, covers any.wild, matches *.wild"),
    Case("any.starry A", "", NEGATIVE, "covers any.starry, covers *.starry",
         "matches starry, covers any.starry, matches *.starry"),
    Case("any.wild DS", "", NEGATIVE, "covers any.wild, matches *.wild",
         "matches wild, covers any.wild, matches *.wild"),
    # RFC 6672 5.3: the DNAME is signed, the CNAME that it makes is not
    Case("www.dname A", "dname DNAME*, www.dname CNAME, www.target A*"),
    Case("alias.dname A", f"dname DNAME*, alias.dname CNAME, alias.target CNAME*, {HOST}"),
    Case("none.dname A", "dname DNAME*, none.dname CNAME", NEGATIVE, "covers none.target, covers *.target",
         "matches target, covers none.target, covers *.target", rcode="NXDOMAIN"),
    Case("any.wilddname A", "wilddname DNAME*, any.wilddname CNAME, any.wild A*", "",
         "covers any.wild", "covers any.wild"),
    Case("dname MX", "", NEGATIVE, "matches dname", "matches dname"),
    # 3.1.4, RFC 5155 7.2.7: referrals
    Case("www.secure A", "", "secure NS, secure DS*"),
    Case("secure NS", "", "secure NS, secure DS*"),
    Case("intosecure A", "intosecure CNAME*", "secure NS, secure DS*"),
    Case("www.insecure A", "", "insecure NS", "matches insecure", "matches insecure", "matches @, covers insecure"),
    Case("intoinsecure A", "intoinsecure CNAME*", "insecure NS", "matches insecure", "matches insecure",
         "matches @, covers insecure"),
    Case("x.unsigned.only.below A", "", "unsigned.only.below NS", "matches unsigned.only.below",
         "matches unsigned.only.below", "matches @, covers below"),
    Case("plain.under.above A", "", "plain.under.above NS", "matches plain.under.above", "matches plain.under.above",
         "matches above, covers under.above"),
    # 3.1.4.1, RFC 5155 7.2.4: DS at the parent's side, also of zones served here
    Case("secure DS", "secure DS*"),
    Case("child DS", "child DS*"),
    Case("insecure DS", "", NEGATIVE, "matches insecure", "matches insecure", "matches @, covers insecure"),
    Case("island DS", "", NEGATIVE, "matches island", "matches island", "matches @, covers island"),
    Case("intochild A", "intochild CNAME*, host.child A*"),
    Case("intoisland A", "intoisland CNAME*, host.island A"),
    Case("intochildmissing A", "intochildmissing CNAME*", "child SOA*", "covers missing.child, covers *.child",
         "matches child, covers missing.child, covers *.child", rcode="NXDOMAIN"),
    # opt-out: an empty non-terminal that only unsigned delegations make has no record
    Case("only.below A", "", NEGATIVE, "covers only.below", "matches only.below", "matches @, covers below"),
    Case("only.above A", "", NEGATIVE, "covers only.above", "matches only.above"),
    # each zone that a chain passes through proves its own part
    Case("over A", "over CNAME*, host.{next} A*"),
    Case("overalias A", "overalias CNAME*, "
         "alias1.{next} CNAME*, alias2.{next} CNAME*, alias3.{next} CNAME*, host.{next} A*"),
    Case("fardname DNAME", "fardname DNAME*"),
    Case("host.fardname A", "fardname DNAME*, host.fardname CNAME, host.{next} A*"),
    Case("plainly A", "plainly CNAME*, host.plain.example. A"),
    Case("plainmissing A", "plainmissing CNAME*", "plain.example. SOA", rcode="NXDOMAIN"),
    Case("roundtrip A", "roundtrip CNAME*, to-{family}.plain.example. CNAME, "
         f"alias1 CNAME*, alias2 CNAME*, alias3 CNAME*, {HOST}"),
    Case("any.plain A", "any.plain CNAME*, host.plain.example. A", "", "covers any.plain", "covers any.plain"),
]  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.asked)
def test_sections_and_proofs(family: str, case: Case, ours: Running, signed: Tree, trust: Trust) -> None:
    place = Place(signed, family)
    name, rtype = case.asked.split(" ")
    asked = question(str(place.absolute(name)), rtype)
    ((_, reply),) = ask(ours, [asked])
    assert dns.rcode.to_text(reply.rcode()) == case.rcode
    assert sections(reply) == (place.lines(case.answer), set(place.lines(case.authority)))
    assert denying(reply) == place.denials(case.denial(family))
    assert check(trust, reply, *asked) == []


@dataclass
class Place:
    """A family's zone, the names around it, and where its records of denial stand."""

    tree: Tree
    family: str

    @property
    def zone(self) -> Signed:
        return self.tree.signed[f"{self.family}.example."]

    def following(self) -> str:
        every = list(FAMILIES)
        return f"{every[(every.index(self.family) + 1) % len(every)]}.example."

    def absolute(self, name: str) -> Name:
        return dns.name.from_text(name.format(next=self.following(), family=self.family), self.zone.name)

    def lines(self, text: str) -> list[str]:
        """`owner TYPE` with absolute owners, of a text with commas."""
        return [f"{self.absolute(owner)} {rtype}" for owner, rtype in (part.split(" ") for part in parts(text))]

    def denials(self, text: str) -> set[Name]:
        """Owners of the records that a text like `matches @, covers x` means."""
        found = set()
        for verb, name in (part.split(" ") for part in parts(text)):
            asked = self.absolute(name)
            zone = self.holder(asked)
            found.add(Span(zone).matching(asked) if verb == "matches" else Span(zone).covering(asked))
        return found

    def holder(self, name: Name) -> Signed:
        """The signed zone closest above *name*, but the parent for a name that is an apex of its own."""
        above = [zone for zone in self.tree.signed.values() if name.is_subdomain(zone.name)]
        return max(above, key=lambda zone: len(zone.name.labels))


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Span:
    """The chain of NSEC or NSEC3 records of one zone, in the order of their owners."""

    def __init__(self, zone: Signed) -> None:
        self.hashed = [found for found in zone.rrsets if found.rdtype == RdataType.NSEC3]
        self.plain = [found for found in zone.rrsets if found.rdtype == RdataType.NSEC]

    def places(self, name: Name) -> tuple[list[tuple[object, Name]], object]:
        """(place in the order, owner) of all records, sorted, and the place of *name* among them."""
        if self.plain:
            return sorted((found.name, found.name) for found in self.plain), name
        records = [(nsec3_of(found), found.name) for found in self.hashed]
        _, iterations, salt = records[0][0].parameters
        return sorted((record.owner, owner) for record, owner in records), hash_of(name, iterations, salt)

    def matching(self, name: Name) -> Name:
        places, wanted = self.places(name)
        (found,) = [owner for place, owner in places if place == wanted]
        return found

    def covering(self, name: Name) -> Name:
        places, wanted = self.places(name)
        keys = [place for place, _ in places]
        assert wanted not in keys, f"{name} has a record of its own"
        return places[bisect.bisect(keys, wanted) - 1][1]


def sections(reply: Message) -> tuple[list[str], set[str]]:
    """Answer in order and authority without order, as `owner TYPE`, signed ones with an asterisk; denials left out."""
    denials = (RdataType.NSEC, RdataType.NSEC3)
    authority = set(signed_lines(reply.authority, denials))
    return list(signed_lines(reply.answer, ())), authority


def signed_lines(section: list[dns.rrset.RRset], without: tuple[RdataType, ...]) -> Iterator[str]:
    signatures = {(r.name, r[0].type_covered) for r in section if r.rdtype == RdataType.RRSIG}
    seen = set()
    for record in section:
        key = (record.name, record.rdtype)
        if record.rdtype not in (RdataType.RRSIG, *without) and key not in seen:
            seen.add(key)
            mark = "*" if key in signatures else ""
            yield f"{str(record.name).lower()} {dns.rdatatype.to_text(record.rdtype)}{mark}"


def denying(reply: Message) -> set[Name]:
    """Owners of NSEC and NSEC3 records in the authority section, each of which has its signature there."""
    owners = [r.name for r in reply.authority if r.rdtype in (RdataType.NSEC, RdataType.NSEC3)]
    assert len(set(owners)) == len(owners)
    covered = {r.name for r in reply.authority
               if r.rdtype == RdataType.RRSIG and r[0].type_covered in (RdataType.NSEC, RdataType.NSEC3)}  # fmt: skip
    assert covered == set(owners)
    return set(owners)
