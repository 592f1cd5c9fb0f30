"""chain-too-long: so many aliases in a row that resolvers give up.

What:  A chain has more hops than `max_chain` (16): an error. From nine hops on it is a warning that names the software
       which gives up there.

Why:   Resolvers count the aliases that they follow for one question, and answer with a failure (SERVFAIL) when there
       are too many. Each hop may cost another query and another wait.

Bad zone:

    a0  CNAME  a1  ; <-
    a1  CNAME  a2
    a2  CNAME  a3
    a3  CNAME  a4
    a4  CNAME  a5
    a5  CNAME  a6
    a6  CNAME  a7
    a7  CNAME  a8
    a8  CNAME  a9
    a9  A      192.0.2.9

Good zone:

    a0  CNAME  a9
    a1  CNAME  a9
    a9  A      192.0.2.9

Source: RFC 1034 3.6.2, 5.2.2; `max-query-restarts` of Unbound and BIND, `max-cnames-followed` of PowerDNS Recursor
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import listed, record, target


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        hops = fact.number
        if fact.kind == "too-long":
            message = f"the chain of {fact.owner} is longer than {hops} hops, and is not answered to its end"
            yield context.data(fact, message, _HINT)
            continue
        tired = listed([f"{name} (after {limit})" for limit, name in _LIMITS if limit < hops])
        message = f"the chain of {fact.owner} has {hops} hops; resolvers that give up before its end: {tired}"
        yield context.data(fact, message, f"{_HINT}: `{record(fact, target(fact.chain[-1], fact.zone))}`", "warning")


_HINT = "point the alias closer to the canonical name"
_LIMITS = (
    (8, "older Unbound"),
    (10, "PowerDNS Recursor"),
    (11, "Unbound"),
    (11, "BIND 9.20"),
)  # the hops that they follow unless they are told otherwise


RULE = Rule("chain-too-long", "error", "refuses", ("too-long", "long-chain"), judge)
