"""ptr-target-is-alias: a pointer names a name that is itself an alias.

What:  The name that a PTR record names is the owner of a CNAME, or is made an alias by a wildcard or a DNAME.

Why:   A PTR tells the primary name of something. Whoever checks an address looks its name up, and the address up again;
       mail servers and ssh then meet another name than the one they were told, and some distrust it.

A CNAME in the place of a PTR is fine: that is how part of a reverse zone is handed on (RFC 2317).

Bad zone:

    10.rev  PTR    www  ; <-
    www     CNAME  web
    web     A      192.0.2.10

Good zone:

    10.rev  PTR    web
    11.rev  CNAME  11.customer.example.net.
    web     A      192.0.2.10

Source: RFC 2181 10.2
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import host_is_alias


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        if fact.type == "PTR":
            yield context.data(fact, *host_is_alias(fact))


RULE = Rule("ptr-target-is-alias", "warning", "shows", ("host-is-alias",), judge)
