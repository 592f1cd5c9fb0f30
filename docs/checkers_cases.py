"""Faults besides those on the pages of the rules, each with its clean twin: the rest of what checkers of zones find.

`why` is the reason why Truename says nothing; a case without one has to be found. Zones begin with the HEAD of pages
unless they have an SOA of their own.
"""

from typing import NamedTuple

_SHA1 = "2BB183AF5F22588179A53B0A98631FAD1A292118"
_KEY = "AwEAAaOMQgJYOe1PX7E0nOoPtNx1hQCYOg=="
_NAPTR = '_sip NAPTR 100 10 "u" "E2U+sip" '


class Case(NamedTuple):
    """One fault."""

    fault: str
    bad: str
    good: str
    why: str = ""


CASES = (
    Case("an owner that repeats the zone's name", "www.example.com A 192.0.2.1", "www A 192.0.2.1"),
    Case("an owner in UTF-8", "münchen A 192.0.2.1", "xn--mnchen-3ya A 192.0.2.1"),
    Case("an escape of Route 53, in octal", r"\052 A 192.0.2.1", "* A 192.0.2.1"),
    Case(
        "a LOC with more digits than it can hold",
        "a LOC 52 22 23.0004 N 4 53 32 E 0m", "a LOC 52 22 23 N 4 53 32 E 0m",
    ),
    Case("an `@` in the mailbox of the SOA", "@ SOA ns1 a@b.example.com. 1 7200 900 1209600 300\n@ NS ns1.example.net.",
         "@ SOA ns1 a.b.example.com. 1 7200 900 1209600 300\n@ NS ns1.example.net."),
    Case("an underscore in the primary of the SOA", "@ SOA n_s h 1 7200 900 1209600 300\n@ NS ns1.example.net.",
         "@ SOA ns h 1 7200 900 1209600 300\n@ NS ns1.example.net."),
    Case("a delegation at a wildcard", "* NS ns1", "sub NS ns1"),
    Case("a DS at the apex", f"@ DS 1 8 1 {_SHA1}", f"sub NS ns1\nsub DS 1 8 1 {_SHA1}"),
    Case("a DS whose digest is too short", "sub NS ns1\nsub DS 1 8 1 2BB183", f"sub NS ns1\nsub DS 1 8 1 {_SHA1}"),
    Case("a DS with a digest of no known type", "s NS ns1\ns DS 1 8 200 2BB183", f"s NS ns1\ns DS 1 8 1 {_SHA1}"),
    Case("a CDS in a zone without keys", f"@ CDS 1 8 1 {_SHA1}", "a TXT x"),
    Case("a CDNSKEY in a zone without keys", f"@ CDNSKEY 257 3 8 {_KEY}", "a TXT x"),
    Case("a CDS that deletes, beside another", f"@ CDS 0 0 0 00\n@ CDS 1 8 1 {_SHA1}", "@ CDS 0 0 0 00"),
    Case("an SSHFP whose fingerprint is too short", "a SSHFP 1 1 2BB183", f"a SSHFP 1 1 {_SHA1}"),
    Case("a NAPTR whose expression is none", _NAPTR + '"sip:a@example.com" .', _NAPTR + '"!^.*$!sip:a@example.com!" .'),
    Case(
        "no TTL anywhere", "@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1.example.net.",
        "$TTL 300\n@ SOA ns1 h 1 7200 900 1209600 300\n@ NS ns1.example.net.",
        "RFC 2308 4 gives such records the SOA's minimum, and every server takes it",
    ),
    Case(
        "a server below another cut of the zone, without an address", "sub NS ns.other\nother NS ns1",
        "sub NS ns.other\nother NS ns1\nns.other A 192.0.2.1",
        "glue of a neighbour is wanted only where the delegations lean on each other (RFC 9471 2.2)",
    ),
    Case("a DS whose digest is SHA-1", f"s NS ns1\ns DS 1 8 1 {_SHA1}", f"s NS ns1\ns DS 1 8 2 {_SHA1}{_SHA1[:24]}",
         "it is old, and works; what to make is said by whoever makes keys"),
    Case("a WKS record", "a WKS 192.0.2.1 6 25", "a TXT x", "Knot cannot read the type; it is obsolete, and no fault"),
)  # fmt: skip
