"""soa-name-doubled: a name in the SOA that lacks its final dot.

What:  The primary server or the mailbox in the SOA record ends in the zone's own name twice, or is a public name with
       the zone's name behind it.

Why:   A zone file appends the zone's name to what has no final dot. NOTIFY and dynamic updates go to the primary that
       the SOA names, and whoever has to report a fault writes to the mailbox: both lead nowhere.

Bad zone:

    @    SOA  ns1.example.com hostmaster 1 7200 900 1209600 300  ; <-
    @    NS   ns1.example.net.

Good zone:

    @    SOA  ns1.example.com. hostmaster 1 7200 900 1209600 300
    @    NS   ns1.example.net.
    ns1  A    192.0.2.53

Source: RFC 1035 3.3.13, 5.1; RFC 1912 2.2
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.missing_trailing_dot import is_public


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    are_there = context.exists([fact.detail for fact in facts])
    for fact, is_there in zip(facts, are_there, strict=True):
        written = relative(fact.detail, fact.zone)
        if is_there or not (fact.number or is_public(written)):
            continue
        yield context.data(
            fact,
            f"the SOA of {fact.zone} names {fact.detail}, which has the zone's name appended",
            f"write `{written}.` with the final dot",
        )


RULE = Rule("soa-name-doubled", "warning", "shows", ("soa-name",), judge)
