"""alias-not-followed: an ALIAS record that nothing follows.

What:  The zone has an ALIAS record. This version of Truename keeps it and serves it as the record that it is, and does
       not answer with the addresses of its target.

Why:   Nobody asks for ALIAS: browsers and mail servers ask for A and AAAA, and get no address from this record. A name
       that has nothing else does not answer. Servers that follow ALIAS (PowerDNS, and providers who call it ANAME or
       CNAME flattening) are another matter: there this rule can be ignored.

Bad zone:

    @    ALIAS  www.example.net.  ; <-
    www  CNAME  www.example.net.

Good zone:

    @    A      192.0.2.1
    @    AAAA   2001:db8::1
    www  CNAME  www.example.net.

Source: RFC 1034 3.6.2; draft-ietf-dnsop-aname, which never became an RFC
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import target


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        name, to = relative(fact.owner, fact.zone), target(fact.target, fact.zone)
        instead = f"give {name} the addresses of {to} as A and AAAA records"
        yield context.owner(
            fact,
            f"{fact.owner} has an ALIAS, which this version does not follow: nobody gets an address from it",
            instead if fact.owner == fact.zone else f"`{name} CNAME {to}` where it stands alone; else {instead}",
        )


RULE = Rule("alias-not-followed", "warning", "shows", ("alias-not-followed",), judge)
