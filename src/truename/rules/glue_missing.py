"""glue-missing: a delegation to a server that can only be found through that delegation.

What:  A name is delegated to a name server whose own name lies at or below it, and this zone holds no address for the
       server.

Why:   To find the server one would have to ask the server. The address that the parent zone holds for that purpose is
       called glue; without it the delegation is dead.

Bad zone:

    sub      NS  ns.sub  ; <-

Good zone:

    sub      NS  ns.sub
    ns.sub   A   192.0.2.54

Source: RFC 1034 4.2.1; RFC 9471 3
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        server = relative(fact.target, fact.zone)
        yield context.data(
            fact,
            f"{fact.owner} is delegated to {fact.target}, which lies below it and has no address here",
            f"write `{server} A <address>` in this zone (glue)",
        )


RULE = Rule("glue-missing", "warning", "asks", ("glue-missing",), judge)
