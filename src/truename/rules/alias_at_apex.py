"""alias-at-apex: a CNAME at the zone's own name.

What:  The zone's apex (`@`, the name of the zone itself) has a CNAME record.

Why:   The apex must hold the SOA and NS records of the zone, and a CNAME allows no other record beside it. Some servers
       refuse the zone, others answer with the alias only: then mail and delegation of the whole domain are gone.

Bad zone:

    @    CNAME  www.example.net.  ; <-

Good zone:

    @    ALIAS  www.example.net.

Source: RFC 1034 3.6.2; RFC 1912 2.4
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import target


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        yield context.owner(
            fact,
            f"{fact.owner} is the zone's own name, which holds SOA and NS, so it cannot be an alias (CNAME)",
            f"write `@ ALIAS {target(fact.target, fact.zone)}` where the server follows ALIAS, else A and AAAA records",
        )


RULE = Rule("alias-at-apex", "error", "refuses", ("conflict-apex-alias",), judge)
