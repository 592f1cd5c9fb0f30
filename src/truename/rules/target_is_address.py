"""target-is-address: an IP address where a name must stand.

What:  The value of a CNAME, DNAME, ALIAS, MX, NS or SRV record is an IPv4 or IPv6 address. A zone file takes it for a
       name and appends the zone's origin, so `192.0.2.1` becomes the name `192.0.2.1.example.com.`, which nobody has.

Why:   These records say "ask for that name next". An address is no name: mail is not delivered, the delegation
       is dead, the alias leads nowhere. Only A and AAAA records hold addresses.

A target that reads like an address and exists as a name is left alone: lists of addresses (DNSBL) and reverse zones are
made of such names.

Bad zone:

    blog  CNAME  192.0.2.1              ; <-
    shop  CNAME  2001:db8::1            ; <-
    @     MX     10 192.0.2.25          ; <-
    _sip._tcp  SRV  0 5 5060 192.0.2.6  ; <-

Good zone:

    blog  A     192.0.2.1
    shop  AAAA  2001:db8::1
    @     MX    10 mail
    mail  A     192.0.2.25
    _sip._tcp  SRV  0 5 5060 sip
    sip   A     192.0.2.6
    2.0.0.127  A      127.0.0.2
    9.0.0.127  CNAME  2.0.0.127

Source: RFC 1035 3.3; RFC 2181 10.3; RFC 5321 5.1; RFC 2782
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import record

_WHO = {
    "CNAME": "an alias must point to a name",
    "ALIAS": "an alias must point to a name",
    "DNAME": "a DNAME must point to a name",
    "MX": "mail is delivered to a name",
    "NS": "a name server is given by its name",
    "SRV": "a service is given by its host's name",
}
_HOST = {"MX": "mail", "NS": "ns1", "DNAME": "other"}


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    are_names = context.exists([fact.target for fact in facts])
    for fact in (fact for fact, is_name in zip(facts, are_names, strict=True) if not is_name):
        address = fact.detail
        kind = "AAAA" if ":" in address else "A"
        yield context.data(
            fact,
            f"{fact.owner} {fact.type} gives the address {address}, but {_WHO[fact.type]}",
            _hint(fact, address, kind),
            fixable=fact.type in ("CNAME", "ALIAS"),
        )


def _hint(fact: Fact, address: str, kind: str) -> str:
    if fact.type in ("CNAME", "ALIAS"):
        return f"write `{relative(fact.owner, fact.zone)} {kind} {address}`"
    host = _HOST.get(fact.type, "host")
    if fact.type == "DNAME":
        return f"write `{record(fact, 'example.net.')}` with the name in place of the address"
    return f"give the address a name, `{host} {kind} {address}`, and write `{record(fact, host)}`"


RULE = Rule(
    "target-is-address",
    "error",
    "refuses",
    ("target-address",),
    judge,
    hides=("target-malformed", "target-missing", "missing-trailing-dot", "host-name-characters"),
)
