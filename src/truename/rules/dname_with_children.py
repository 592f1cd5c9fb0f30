"""dname-with-children: records below a name that has a DNAME.

What:  A name below the owner of a DNAME record holds data in the same zone.

Why:   The DNAME answers for every name below it, so these records are never seen. Servers such as Knot and NSD refuse
       the zone.

Bad zone:

    old      DNAME  new.example.net.
    www.old  A      192.0.2.1  ; <-

Good zone:

    old      DNAME  new.example.net.
    old      A      192.0.2.1

Source: RFC 6672 2.4
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        by = f"the DNAME at {fact.other[0]}{place(fact.other)}" if fact.other else "a DNAME above it"
        yield context.owner(
            fact,
            f"{fact.owner} is hidden by {by}, which answers for every name below",
            f"delete the records of `{relative(fact.owner, fact.zone)}`, or move them to the DNAME's target",
        )


RULE = Rule("dname-with-children", "error", "refuses", ("below-dname",), judge)
