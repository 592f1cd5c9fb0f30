"""alias-below-cut: an alias that a delegation or a DNAME hides.

What:  An alias lies below a name that is delegated to other servers (NS), or below a DNAME.

Why:   Nobody sees it: questions for the name are answered by the delegated zone, or redirected by the DNAME.

Bad zone:

    sub      NS     ns.example.net.
    www.sub  CNAME  www.example.net.  ; <-

Good zone:

    sub      NS     ns.example.net.
    www      CNAME  www.example.net.

Source: RFC 1034 4.2.1; RFC 6672 2.4
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        by, there = "a delegation or a DNAME above it", "there"
        if fact.other:
            owner, kind, *_ = fact.other
            by = f"the {'delegation' if kind == 'NS' else kind} at {owner}{place(fact.other)}"
            there = "to the delegated zone" if kind == "NS" else "to the DNAME's target"
        yield context.owner(
            fact, f"{fact.owner} is hidden by {by}; its alias is never answered", f"delete it, or move it {there}"
        )


RULE = Rule("alias-below-cut", "warning", "shows", ("below-cut",), judge)
