"""shared-address: many names repeat one address.

What:  Four or more names of a zone hold the same address and nothing else, and could be aliases of one of them. Names
       that MX, NS or SRV records point to do not count, for they may not be aliases; nor does the apex.

Why:   When the address changes, each of them has to be changed. With aliases the address stands in one place.

Bad zone:

    web   A  192.0.2.1  ; <-
    www   A  192.0.2.1
    blog  A  192.0.2.1
    shop  A  192.0.2.1

Good zone:

    web   A      192.0.2.1
    www   CNAME  web
    blog  CNAME  web
    shop  CNAME  web

Source: RFC 1034 3.6.2
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import listed


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        names = [relative(name, fact.zone) for name in fact.chain]
        shown = names if fact.number <= 4 else [*names[:3], f"{fact.number - 3} more"]
        yield context.owner(
            fact,
            f"{fact.number} names repeat the address {fact.data}: {listed(shown)}",
            f"keep it at `{names[0]}` and make the others aliases: `{names[1]} CNAME {names[0]}`",
        )


RULE = Rule("shared-address", "info", "shows", ("shared-address",), judge)
