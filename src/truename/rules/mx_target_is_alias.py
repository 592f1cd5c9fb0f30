"""mx-target-is-alias: the host that an MX record names is an alias.

What:  The target of the MX record has a CNAME record, or is made an alias by a wildcard or a DNAME. A name below a
       delegation is judged by the zone that it is delegated to, where that is given, and not by what this zone holds
       there.

Why:   Mail servers need not follow an alias here; some refuse the mail or answer for the wrong name. The alias also
       costs each of them a query.

Bad zone:

    @    MX     10 mail  ; <-
    mail  CNAME  host
    host  A      192.0.2.25

Good zone:

    @    MX     10 host
    mail  CNAME  host
    host  A      192.0.2.25

Source: RFC 2181 10.3; RFC 5321 5.1
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import host_is_alias


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        if fact.type == "MX":
            yield context.data(fact, *host_is_alias(fact))


RULE = Rule("mx-target-is-alias", "error", "refuses", ("host-is-alias",), judge)
