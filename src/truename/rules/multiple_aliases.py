"""multiple-aliases: two CNAMEs with different targets at one name.

What:  A name has more than one CNAME record, and they point to different names. The same record twice is one record.

Why:   A name can really be only one other name. Servers refuse the zone, or take one of the two.

Bad zone:

    www  CNAME  web1.example.net.
    www  CNAME  web2.example.net.  ; <-

Good zone:

    www  CNAME  web.example.net.
    www  CNAME  web.example.net.

Source: RFC 2181 10.1, 5
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        first = f", after {fact.other[2]}{place(fact.other)}" if fact.other else ""
        yield context.owner(
            fact,
            f"{fact.owner} is an alias (CNAME) of {fact.target}{first}; a name can be an alias of one name only",
            "delete one of the two; to share load, give one target several A and AAAA records",
        )


RULE = Rule("multiple-aliases", "error", "refuses", ("conflict-aliases",), judge)
