"""wildcard-captures: a wildcard alias answers for names that others look up unasked.

What:  An alias at `*` answers for `_acme-challenge`, `_dmarc` or `_domainkey`, because no record of that name exists. A
       warning where the wildcard stands directly under the zone's apex, else for information.

Why:   Certificate authorities and mail servers ask for these names by themselves, and get what the alias' target has
       for them: whoever runs the target can have certificates made for the domain and set its mail policy.

Bad zone:

    *  CNAME  site.example.net.  ; <-

Good zone:

    *                CNAME  site.example.net.
    _acme-challenge  TXT    "none"
    _dmarc           TXT    "v=DMARC1; p=none"
    *._domainkey     TXT    "v=DKIM1; p="

Source: RFC 4592 2.2.1; RFC 8555 8.4; RFC 7489 6.6.3
"""

from collections.abc import Iterator, Sequence

from truename.name import WILDCARD, labels, relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import listed


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    by_owner: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        if _is_policy(fact.target):
            continue
        by_owner.setdefault((fact.zone, fact.owner), []).append(fact)
    for captured in by_owner.values():
        first = captured[0]
        names = [relative(fact.detail, first.zone) for fact in captured]
        yield context.owner(
            first,
            f"{first.owner} is an alias of {first.target} and answers for {listed(names)} too, which others look up",
            f"give them records of their own: {', '.join(map(_own, names))}",
            "" if first.number == 1 else "info",
        )


def _is_policy(target: str) -> bool:
    """Whether a response policy zone says by *target* what is to be done: nobody is sent there."""
    parts = labels(target)
    return len(parts) < 2 and all(one == WILDCARD or one.startswith("rpz-") for one in parts)


def _own(name: str) -> str:
    return f"`{_OWN[labels(name)[0]].format(name)}`"


_OWN = {
    "_acme-challenge": '{} TXT "none"',
    "_dmarc": '{} TXT "v=DMARC1; p=none"',
    "_domainkey": '*.{} TXT "v=DKIM1; p="',
}


RULE = Rule("wildcard-captures", "warning", "shows", ("wildcard-captures",), judge)
