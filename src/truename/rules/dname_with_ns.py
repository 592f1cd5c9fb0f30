"""dname-with-ns: a DNAME at a delegation.

What:  A name below the zone's apex has NS records and a DNAME record.

Why:   NS records hand the name and all below it to other servers, so this zone cannot redirect what is below. The DNAME
       belongs into the zone that is delegated, at its apex.

Bad zone:

    sub  NS     ns.example.net.
    sub  DNAME  other.example.net.  ; <-

Good zone:

    sub  DNAME  other.example.net.

Source: RFC 6672 2.3
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        where = place(fact.other) if fact.other else ""
        name = relative(fact.owner, fact.zone)
        yield context.owner(
            fact,
            f"{fact.owner} is delegated to other servers (NS){where}, so its DNAME cannot be served from here",
            f"delete the NS records of `{name}`, or move `DNAME {fact.target}` to the apex of the delegated zone",
        )


RULE = Rule("dname-with-ns", "error", "refuses", ("conflict-dname-ns",), judge)
