"""data-out-of-zone: a record whose owner does not belong to the zone.

What:  The owner of a record is not the zone's name and not below it.

Why:   A zone can speak for itself only. Servers drop such records or refuse the zone. Most often a final dot is too
       many, or an $ORIGIN stands above the wrong lines.

Bad zone:

    www.example.net.  A  192.0.2.1  ; <-

Good zone:

    www.example.com.  A  192.0.2.1
    www.example.net   A  192.0.2.2

Source: RFC 1035 5.2; RFC 1034 4.2.1
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        yield context.owner(
            fact,
            f"{fact.owner} is not below the zone's name, {fact.zone}",
            f"move it to the zone it belongs to; as `{fact.owner[:-1]}`, without the final dot, it is below this one",
        )


RULE = Rule("data-out-of-zone", "error", "refuses", ("outside",), judge)
