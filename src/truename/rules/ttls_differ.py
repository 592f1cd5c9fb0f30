"""ttls-differ: records of one RRset with different TTLs.

What:  Two records of the same owner and type have different TTLs. Signatures (RRSIG) have those of what they cover and
       are left out.

Why:   An RRset has one TTL. Servers take the smallest, or the first, or refuse the zone, so what resolvers see is not
       what stands there, and differs from server to server.

Bad zone:

    www  300   A  192.0.2.1
    www  3600  A  192.0.2.2  ; <-

Good zone:

    www  300   A     192.0.2.1
    www  300   A     192.0.2.2
    www  3600  AAAA  2001:db8::1

Source: RFC 2181 5.2
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        where = place(fact.other) if fact.other else ""
        yield context.owner(
            fact,
            f"{fact.owner} {fact.type} has the TTL {fact.ttl} here and {fact.number} in another record{where}",
            f"an RRset has one TTL: write {min(fact.ttl, fact.number)} at each `{relative(fact.owner, fact.zone)}"
            f" {fact.type}`, which is what Truename serves",
        )


RULE = Rule("ttls-differ", "warning", "shows", ("ttls-differ",), judge)
