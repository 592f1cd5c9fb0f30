"""ttl-zero: an alias with TTL 0.

What:  A CNAME record has a TTL of 0 seconds.

Why:   No resolver may keep it, so every single visit asks the name servers of this zone, and waits for them.

Bad zone:

    www  0    CNAME  web  ; <-
    web  300  A      192.0.2.1

Good zone:

    www  300  CNAME  web
    web  0    A      192.0.2.1

Source: RFC 1034 3.6; RFC 2181 8
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import target


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        name = relative(fact.owner, fact.zone)
        yield context.owner(
            fact,
            f"{fact.owner} is an alias with TTL 0, so that no resolver keeps it",
            f"give it a lifetime: `{name} 300 CNAME {target(fact.target, fact.zone)}`",
        )


RULE = Rule("ttl-zero", "info", "shows", ("ttl-zero",), judge)
