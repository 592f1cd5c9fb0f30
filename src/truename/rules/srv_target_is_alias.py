"""srv-target-is-alias: the host that an SRV record names is an alias.

What:  The target of the SRV record has a CNAME record, or is made an alias by a wildcard or a DNAME. A name below a
       delegation is judged by the zone that it is delegated to, where that is given, and not by what this zone holds
       there.

Why:   Clients need not follow an alias here, and get no address along with the answer.

Bad zone:

    _sip._tcp  SRV  0 5 5060 mail  ; <-
    mail  CNAME  host
    host  A      192.0.2.25

Good zone:

    _sip._tcp  SRV  0 5 5060 host
    mail  CNAME  host
    host  A      192.0.2.25

Source: RFC 2782
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import host_is_alias


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        if fact.type == "SRV":
            yield context.data(fact, *host_is_alias(fact))


RULE = Rule("srv-target-is-alias", "error", "refuses", ("host-is-alias",), judge)
