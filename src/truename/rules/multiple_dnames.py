"""multiple-dnames: two DNAMEs at one name.

What:  A name has more than one DNAME record, with different targets.

Why:   A DNAME moves everything below the name to one other place. With two of them servers refuse the zone, or
       take one.

Bad zone:

    old  DNAME  new.example.net.
    old  DNAME  newer.example.net.  ; <-

Good zone:

    old  DNAME  new.example.net.

Source: RFC 6672 2.4
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        first = f", after {fact.other[2]}{place(fact.other)}" if fact.other else ""
        yield context.owner(
            fact,
            f"everything below {fact.owner} goes to {fact.target} (DNAME){first}; it can go to one place only",
            "delete one of the two",
        )


RULE = Rule("multiple-dnames", "error", "refuses", ("conflict-dnames",), judge)
