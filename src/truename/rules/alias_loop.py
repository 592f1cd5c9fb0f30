"""alias-loop: a chain of aliases comes back to a name it passed.

What:  Following the aliases from a name never ends, because one of them points back. CNAMEs, wildcards, DNAMEs, ALIAS
       and the alias form of SVCB and HTTPS records all count, across all zones that are given. One finding for each
       loop, at its first alias in the files.

Why:   No name of the loop has an address: all of them fail, each with a delay for whoever asks.

Bad zone:

    www   CNAME  blog  ; <-
    blog  CNAME  shop
    shop  CNAME  www

Good zone:

    www   A      192.0.2.1
    blog  CNAME  www
    shop  CNAME  www

Source: RFC 1034 3.6.2, 5.2.2
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import path


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        yield context.data(
            fact,
            f"{fact.owner} {fact.type} is part of a loop, so none of its names can be resolved: {path(fact.chain)}",
            "point one of them to a name that has an address",
        )


RULE = Rule("alias-loop", "error", "refuses", ("loop",), judge)
