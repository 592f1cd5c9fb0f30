"""alias-at-apex: a CNAME at the zone's own name.

What:  The zone's apex (`@`, the name of the zone itself) has a CNAME record.

Why:   The apex must hold the SOA and NS records of the zone, and a CNAME allows no other record beside it. Some servers
       refuse the zone, others answer with the alias only: then mail and delegation of the whole domain are gone.

Bad zone:

    @    CNAME  www.example.net.  ; <-

Some servers have an ALIAS record for this, and answer with the addresses of its target; Truename keeps such a record
and does not follow it yet (`alias-not-followed`). Addresses work everywhere.

Good zone:

    @    A     192.0.2.1
    @    AAAA  2001:db8::1

Source: RFC 1034 3.6.2; RFC 1912 2.4
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import target


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        to = target(fact.target, fact.zone)
        yield context.owner(
            fact,
            f"{fact.owner} is the zone's own name, which holds SOA and NS, so it cannot be an alias (CNAME)",
            f"give it the addresses of {to} as A and AAAA records, or `@ ALIAS {to}` for a server that follows ALIAS, "
            "which this version does not",
        )


RULE = Rule("alias-at-apex", "error", "refuses", ("conflict-apex-alias",), judge)
