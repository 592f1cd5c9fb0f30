"""Whether signatures verify (RFC 4035 5.3): the mathematics of DNSSEC, which structure and dates say nothing about.

dnspython and cryptography are loaded only where somebody asks: they take a third of a second.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdataset import Rdataset
    from dns.rdtypes.ANY.RRSIG import RRSIG

SignedSet = tuple[str, str, list[bytes], list[bytes]]  # owner, type, data, signatures; in wire form

# Of an RRset: one of its signatures verifies; all that can be told do not; no key of the zone made one; nobody knows.
Verdict = Literal["holds", "fails", "keyless", "unknown"]


def verdicts(zone: str, sets: Sequence[SignedSet]) -> Iterator[tuple[str, str, Verdict]]:
    """(owner, type, verdict) of each of *sets*, among which the zone's DNSKEY records are. Dates do not count here."""
    keys = next((data for owner, rtype, data, _ in sets if (owner, rtype) == (zone, "DNSKEY")), [])
    verify = partial(_verify, zone, _rdataset("DNSKEY", keys) if keys else None)
    for one in sets:
        yield one[0], one[1], verify(one)


def _verify(zone: str, keys: "Rdataset | None", one: SignedSet) -> Verdict:
    from dns.exception import DNSException
    from dns.name import from_text

    owner, rtype, data, signatures = one
    try:
        rdataset = _rdataset(rtype, data)
        tried = [
            _holds((from_text(owner), rdataset), rrsig, (from_text(zone), keys)) for rrsig in map(_rrsig, signatures)
        ]
    except (DNSException, ValueError):
        return "unknown"  # data that dnspython cannot read
    order: tuple[Verdict, ...] = ("holds", "unknown", "fails", "keyless")
    return next(verdict for verdict in order if verdict in tried)


def _holds(rrset: "tuple[Name, Rdataset]", rrsig: "RRSIG", keys: "tuple[Name, Rdataset | None]") -> Verdict:
    import dns.dnssec
    from dns.exception import UnsupportedAlgorithm, ValidationFailure

    zone, known = keys
    if known is None or not any(_made(rrsig, key) for key in known):
        return "keyless"
    try:
        dns.dnssec.validate_rrsig(rrset, rrsig, {zone: known}, now=rrsig.inception, policy=dns.dnssec.allow_all_policy)
    except (UnsupportedAlgorithm, ImportError):
        return "unknown"
    except (ValidationFailure, ValueError):
        return "fails"
    return "holds"


def _made(rrsig: "RRSIG", key: object) -> bool:
    """Whether *key* may have made *rrsig*, by tag and algorithm."""
    import dns.dnssec

    return getattr(key, "algorithm", None) == rrsig.algorithm and dns.dnssec.key_id(key) == rrsig.key_tag  # type: ignore[arg-type]


def _rdataset(rtype: str, data: Sequence[bytes]) -> "Rdataset":
    from dns.rdata import from_wire
    from dns.rdataclass import IN
    from dns.rdataset import Rdataset
    from dns.rdatatype import from_text

    made = Rdataset(IN, from_text(rtype))
    for one in data:
        made.add(from_wire(IN, made.rdtype, one, 0, len(one)))
    return made


def _rrsig(data: bytes) -> "RRSIG":
    from dns.rdata import from_wire
    from dns.rdataclass import IN
    from dns.rdatatype import RRSIG as TYPE

    made: RRSIG = from_wire(IN, TYPE, data, 0, len(data))  # type: ignore[assignment]
    return made
