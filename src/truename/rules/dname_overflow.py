"""dname-overflow: a DNAME makes a name that is too long.

What:  Putting the DNAME's target in place of its owner gives a name of more than 255 octets for a name that this zone
       refers to.

Why:   There are no such names. Servers answer with YXDOMAIN, which resolvers show as a failure.

Bad zone:

    www  CNAME  wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww.ww.d  ; <-
    $ORIGIN ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
    $ORIGIN bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    $ORIGIN aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    d.example.com.  DNAME  @
    @    A      192.0.2.1

Good zone:

    d    DNAME  short.example.net.
    www  CNAME  www.short.example.net.

Source: RFC 6672 2.2, 3.2
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import path


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        yield context.data(
            fact,
            f"following {fact.owner} {fact.type} makes a name of more than 255 octets: {path(fact.chain)}",
            "shorten the DNAME's target, or point the alias to a name that exists",
        )


RULE = Rule("dname-overflow", "error", "refuses", ("overflow",), judge)
