"""What differs between a reply and what the oracle says it must hold.

Answers are compared record by record: owner, type, TTL and data (names in canonical form); the links of the chain in
their order, the final RRset as a set; authority exactly; additional between what must and what may be there.
"""

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
from dns.rrset import RRset as WireRRset

from oracle import Answer, Record, RRset

QUERY_ID = 0x1234


def query_bytes(name: dns.name.Name, rtype: int) -> bytes:
    """A question with RD clear and no EDNS: a header and one entry."""
    header = QUERY_ID.to_bytes(2, "big") + bytes.fromhex("00000001000000000000")
    return header + name.to_wire() + rtype.to_bytes(2, "big") + b"\x00\x01"


def parse(packet: bytes) -> dns.message.Message:
    """Each record on its own, so that order and duplicates stay visible."""
    return dns.message.from_wire(packet, one_rr_per_rrset=True)


def differences(reply: dns.message.Message, expected: Answer, *, is_minimal: bool = True) -> list[str]:
    """Every point on which *reply* is not *expected*; `is_minimal=False` lets NS and addresses stand beside data."""
    found = []
    if reply.rcode() != expected.rcode:
        found.append(f"rcode {dns.rcode.to_text(reply.rcode())}, expected {dns.rcode.to_text(expected.rcode)}")
    if bool(reply.flags & dns.flags.AA) != expected.aa:
        found.append(f"AA {not expected.aa}, expected {expected.aa}")
    found += answer_differences(records(reply.answer), expected)
    found += authority_differences(records(reply.authority), expected, is_minimal=is_minimal)
    found += additional_differences(records(reply.additional), expected, is_minimal=is_minimal)
    return found


def records(section: list[WireRRset]) -> list[Record]:
    return [(rrset.name, int(rrset.rdtype), rrset.ttl, rrset[0].to_digestable()) for rrset in section]


def answer_differences(got: list[Record], expected: Answer) -> list[str]:
    chain = [record for rrset in expected.chain for record in rrset.records()]
    choices = [set(rrset.records()) for rrset in expected.final] or [set()]
    rest = got[len(chain) :]
    if got[: len(chain)] == chain and len(set(rest)) == len(rest) and set(rest) in choices:
        return []
    return [f"answer {show(got)}, expected {show(chain)} then {' or '.join(show(sorted(c)) for c in choices)}"]


def authority_differences(got: list[Record], expected: Answer, *, is_minimal: bool) -> list[str]:
    wanted = flat(expected.authority)
    if len(got) == len(wanted) and set(got) == wanted:
        return []
    if not is_minimal and not wanted and all(record[1] == dns.rdatatype.NS for record in got):
        return []
    return [f"authority {show(got)}, expected {show(sorted(wanted))}"]


def additional_differences(got: list[Record], expected: Answer, *, is_minimal: bool) -> list[str]:
    if len(expected.final) > 1:
        return []  # ANY: which RRset was chosen decides what may come along
    must, may = flat(expected.additional), flat(expected.may)
    missing, extra = must - set(got), set(got) - must - may
    problems = [f"additional lacks {show(sorted(missing))}"] if missing else []
    if extra and is_minimal:
        problems.append(f"additional has {show(sorted(extra))}")
    if len(set(got)) != len(got):
        problems.append(f"additional repeats itself: {show(got)}")
    return problems


def flat(sets: list[RRset]) -> set[Record]:
    return {record for rrset in sets for record in rrset.records()}


def show(found: list[Record]) -> str:
    lines = (f"{owner} {ttl} {dns.rdatatype.to_text(rtype)} {data.hex()}" for owner, rtype, ttl, data in found)
    return "[" + "; ".join(lines) + "]"
