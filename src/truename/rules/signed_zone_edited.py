"""signed-zone-edited: signatures or denials that do not fit what stands there.

What:  A zone that was signed elsewhere (it has DNSKEY, RRSIG, NSEC or NSEC3 records) holds records that its signatures
       or denials do not fit: an RRset without a signature or with an expired one, a signature that covers nothing, a
       name that no NSEC or NSEC3 record stands for, or one whose record has other types or leads to the wrong name. Of
       a change it also tells which signatures were made over other data than will stand there; the SOA's is always one
       of them, because each change gives the zone another serial.

Why:   Resolvers that validate answer SERVFAIL instead of such records: for them the name is gone, and with the SOA
       every answer that says "there is no such thing".

`check` warns of it, by structure and dates alone; whether each signature verifies is looked at where the rule is chosen
by name (`--select signed-zone-edited`). A zone that is imported or replaced whole and holds together is no edit, and
neither is taking out all records of DNSSEC at once.

Bad zone:

    $ORIGIN example.com.
    $TTL 300
    @    SOA     ns1.example.net. hostmaster 7 7200 900 1209600 300
    @    NS      ns1.example.net.
    @    DNSKEY  257 3 13 kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7
    @    NSEC    @ NS SOA RRSIG NSEC DNSKEY  ; <-
    @    RRSIG   SOA 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    RRSIG   NS 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    RRSIG   DNSKEY 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    RRSIG   NSEC 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    TXT     "added after signing"  ; <-

Good zone:

    $ORIGIN example.com.
    $TTL 300
    @    SOA     ns1.example.net. hostmaster 7 7200 900 1209600 300
    @    NS      ns1.example.net.
    @    DNSKEY  257 3 13 kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7
    @    NSEC    @ NS SOA RRSIG NSEC DNSKEY
    @    RRSIG   SOA 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    RRSIG   NS 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    RRSIG   DNSKEY 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG
    @    RRSIG   NSEC 13 2 300 20370101000000 20200101000000 1 example.com. kRCOH6u7l0QG

Source: RFC 4034 3.1, 4.1; RFC 4035 2.2, 2.3, 5; RFC 5155 7.1
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule

UNSIGN = (
    "or have it unsigned: take its DS out of the parent,"
    " then all DNSKEY, RRSIG, NSEC, NSEC3 and NSEC3PARAM records out of this one, in one change"
)
HINT = f"sign the zone again where its keys are and import it whole; {UNSIGN}"
# A serial at or below the last one here is raised by the door, and is then another than the one that was signed.
HINT_OF_SERIAL = (
    "sign the zone again where its keys are, with a serial above the last one that it had here, and import it whole; "
    + UNSIGN
)
SIGNATURES = {
    "signature-missing": "has no signature (RRSIG), and the zone is signed",
    "signature-expired": "has only signatures that have expired",
    "signature-early": "has only signatures that are not valid yet",
    "signature-void": "has a signature (RRSIG) and is not there",
    "signature-outlived": "has a signature (RRSIG) that was made over other data",
}
UNFIT = {
    "original-ttl": "has another TTL than its signature says (the original TTL)",
    "labels": "has a signature that was made for another number of labels",
    "signer": "has a signature of another zone",
}
UNVERIFIED = {
    "fails": "has a signature (RRSIG) that does not verify",
    "keyless": "has only signatures of keys that are not among the zone's DNSKEY records",
}


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    severity = "error" if context.is_change else "warning"
    for fact in facts:
        if fact.kind != "zone-signed":
            hint = HINT_OF_SERIAL if _is_renumbered(fact) else HINT
            yield context.owner(fact, f"{fact.owner} {_words(fact)}", hint, severity)
        elif context.is_chosen:
            yield from _unverified(fact.zone, context, severity)


def _is_renumbered(fact: Fact) -> bool:
    return fact.kind == "signature-outlived" and (fact.owner, fact.type) == (fact.zone, "SOA")


def _words(fact: Fact) -> str:
    if fact.kind == "denial-broken":
        return _denial(fact)
    if _is_renumbered(fact):
        return "SOA has a signature (RRSIG) that was made over another serial or other data"
    return f"{fact.type} {UNFIT[fact.detail] if fact.kind == 'signature-unfit' else SIGNATURES[fact.kind]}"


def _denial(fact: Fact) -> str:
    what, _, about = fact.detail.partition(" ")
    if what == "absent":
        denied = f": that of {about} denies it" if about and about != fact.owner else ""
        return f"has no {fact.type} record that stands for it{denied}"
    if what == "next":
        return f"{fact.type} does not lead to {about or 'a name'}, the next one that has such a record"
    if what == "types":
        return f"{fact.type} does not show the types that are there ({', '.join(about.split())} differ)"
    return (
        f"{fact.type} stands for {about}, which is gone" if about else f"{fact.type} stands for no name that is there"
    )


def _unverified(zone: str, context: Context, severity: str) -> Iterator[Finding]:
    from truename.rules.signature import verdicts

    found = verdicts(zone, context.signed_sets(zone))
    wrong = {(owner, rtype): UNVERIFIED[verdict] for owner, rtype, verdict in found if verdict in UNVERIFIED}
    for fact in context.ask(("set-signed",), sorted({owner for owner, _ in wrong})):
        if fact.zone == zone and (why := wrong.get((fact.owner, fact.type))):
            yield context.owner(fact, f"{fact.owner} {fact.type} {why}", HINT, severity)


RULE = Rule(
    "signed-zone-edited", "error", "asks", (*SIGNATURES, "signature-unfit", "denial-broken", "zone-signed"), judge
)
