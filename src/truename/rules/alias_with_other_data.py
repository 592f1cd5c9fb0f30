"""alias-with-other-data: a CNAME beside other records.

What:  A name has a CNAME record and records of other types. Only RRSIG, NSEC and KEY records may stand beside a CNAME.

Why:   A CNAME says that the name is really another name, so all its data are there. Servers refuse the zone
       or drop one of the two, and not all the same one.

Bad zone:

    blog  CNAME  www.example.net.  ; <-
    blog  TXT    "hello"

Good zone:

    blog  CNAME  www.example.net.

Source: RFC 1034 3.6.2; RFC 2181 10.1; RFC 4035 2.5
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        message, hint = _words(fact)
        if context.is_change and not fact.line:  # in a text both can be edited; apart, there would be a gap
            alone = f"`truename alias point {fact.owner} {fact.target} --replace` for the alias"
            hint = f"{hint}; in one change, {alone}, `truename zone edit {fact.zone}` for either"
        yield context.owner(fact, message, hint)


def _words(fact: Fact) -> tuple[str, str]:
    what, where, name = "other records", "", relative(fact.owner, fact.zone)
    if fact.other:
        _, kind, data, *_ = fact.other
        what, where = f"{kind} {data}", place(fact.other)
    return (
        f"{fact.owner} is an alias (CNAME) of {fact.target} and also has {what}{where}; an alias can have nothing else",
        f"delete `{name} CNAME {fact.target}`, or delete the other records of `{name}`",
    )


RULE = Rule("alias-with-other-data", "error", "refuses", ("conflict-alias-data",), judge)
