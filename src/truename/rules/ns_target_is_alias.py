"""ns-target-is-alias: the host that an NS record names is an alias.

What:  The target of the NS record has a CNAME record, or is made an alias by a wildcard or a DNAME. Of a delegation
       whose servers lie at or below it, what this zone holds of them counts too: that is the glue. Other names below a
       delegation are judged by the zone that they are delegated to, where that is given.

Why:   Resolvers get no address along with the delegation when the name is an alias, and many do not follow it: the
       zone is reached slowly, or not at all.

Bad zone:

    sub  NS     mail  ; <-
    mail  CNAME  host
    host  A      192.0.2.25

Good zone:

    sub  NS     host
    mail  CNAME  host
    host  A      192.0.2.25

Source: RFC 2181 10.3; RFC 1912 2.4
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import host_is_alias


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        if fact.type == "NS":
            yield context.data(fact, *host_is_alias(fact))


RULE = Rule("ns-target-is-alias", "error", "refuses", ("host-is-alias",), judge)
