r"""zone-malformed: text that is no zone.

What:  A line cannot be read; the zone has no SOA or no NS record at its apex, two SOAs, or an SOA elsewhere; or two
       files hold the same zone.

Why:   Servers refuse such a file as a whole and go on with the version before, or with nothing.

Bad zone:

    www   A  192.0.2.300  ; <-
    blog  CNAME           ; <-

Good zone:

    www   A      192.0.2.30
    blog  CNAME  www

Data that can be read and that nobody can use is a warning: a DS or SSHFP whose digest has another length than its
type, a delegation at a wildcard, a DS at the apex, a CDS in a zone without keys, a NAPTR whose expression is none.

An owner with an escape that looks octal can be read and is a warning: Route 53 shows `*` as `\052`, which is the digit
4 in a zone file.

Source: RFC 1035 5; RFC 2181 6.1
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        if fact.kind == "unreadable":
            yield context.owner(fact, fact.detail, fact.hint)
        elif fact.kind == "octal-escape":
            yield context.owner(fact, fact.detail, fact.hint, "warning")
        elif fact.kind == "odd-data":
            word, _, what = fact.detail.partition(" ")
            message, hint = _ODD[word]
            yield context.data(fact, message.format(fact=fact, what=what), hint.format(fact=fact), "warning")
        elif fact.kind == "zone-twice":
            message = f"zone {fact.zone} is read from {fact.detail} too; a zone is one file"
            yield context.owner(fact, message, "leave one of the two out, or $INCLUDE one in the other")
        else:
            message, hint = _WORDS[fact.kind]
            yield context.owner(fact, message.format(fact=fact), hint)


_ODD = {
    "digest-length": (
        "{fact.owner} {fact.type} has a digest of another length than those of type {what}",
        "copy it again from who made the key: no resolver can use it",
    ),
    "digest-type": (
        "{fact.owner} {fact.type} has a digest of type {what}, which nobody knows",
        "write one of type 2 (SHA-256)",
    ),
    "fingerprint-length": (
        "{fact.owner} SSHFP has a fingerprint of another length than those of type {what}",
        "print it again on that host: `ssh-keygen -r {fact.owner}`",
    ),
    "regexp": (
        "{fact.owner} NAPTR has an expression that is none",
        'write it between marks, such as "!^.*$!sip:info@example.com!"',
    ),
    "wildcard-cut": (
        "{fact.owner} NS delegates a wildcard, which servers read in different ways; BIND refuses the zone",
        "delegate each name by itself",
    ),
    "apex-ds": (
        "{fact.owner} DS stands at the zone's own apex, where nobody asks for it",
        "a DS stands in the parent zone, beside the delegation",
    ),
    "keyless": (
        "{fact.owner} {fact.type} tells the parent of a key, and the zone has no DNSKEY",
        "delete it, or sign the zone: a parent that takes it makes the zone bogus",
    ),
    "deletion": (
        "{fact.owner} {fact.type} asks for the end of the signing beside other records, which contradict it",
        "delete the one or the others",
    ),
}
_SOA = "`@ SOA ns1 hostmaster 1 7200 900 1209600 300`"
_WORDS = {
    "soa-missing": ("zone {fact.zone} has no SOA record at its apex", f"write one, such as {_SOA}"),
    "soa-second": ("zone {fact.zone} has a second SOA record", "delete one of the two"),
    "soa-misplaced": (
        "{fact.owner} has an SOA record, but the zone is {fact.zone}",
        "an SOA stands at the zone's own name, `@`; delete this one, or say which zone is meant with $ORIGIN",
    ),
    "ns-missing": ("zone {fact.zone} has no NS record at its apex", "name its servers, such as `@ NS ns1`"),
}


RULE = Rule(
    "zone-malformed",
    "error",
    "refuses",
    (
        "unreadable",
        "octal-escape",
        "odd-data",
        "soa-missing",
        "soa-second",
        "soa-misplaced",
        "ns-missing",
        "zone-twice",
    ),
    judge,
)
