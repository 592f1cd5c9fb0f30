"""alias-chain: an alias points to an alias.

What:  The target of a CNAME record is an alias itself, so the canonical name is more than one hop away.

Why:   Each hop can cost another question, the whole answer lives only as long as its shortest TTL, and whoever
       changes a name in the middle breaks those that nobody remembers. `truename fix` points the alias to the
       canonical name, where the links that are passed lie in the alias' own zone, and never where a label of the
       chain begins with `_`: keys and challenges are delegated by just that link.

For information only, where the name in between is made by a wildcard, which is there for many names, or is an apex
with an ALIAS, which is answered with addresses: neither is a hop that was forgotten.

Bad zone:

    shop  CNAME  www  ; <-
    www   CNAME  web
    web   A      192.0.2.1

Good zone:

    shop  CNAME  web
    www   CNAME  web
    web   A      192.0.2.1

Source: RFC 1034 3.6.2; RFC 1912 2.4
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import path, record, target


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        names = fact.chain
        way = path(names)
        is_delegation = way[0] == "_" or "._" in way or " _" in way
        is_apex = fact.detail == "apex"
        yield context.data(
            fact,
            f"{fact.owner} is an alias of the alias {fact.target}: {way}",
            _APEX if is_apex else _MEANT if is_delegation else _hint(fact, names[-1]),
            "info" if fact.detail else "",
            fixable=not is_delegation and not is_apex and context.is_held_by(fact.target, fact.zone),
        )


def _hint(fact: Fact, end: str) -> str:
    return f"point it to the canonical name: `{record(fact, target(end, fact.zone))}`"


_APEX = "the apex is answered with addresses, so this costs nobody a question; point to what it follows to do without"
_MEANT = "names that begin with `_` are often delegated this way; then ignore it, else point to the canonical name"


RULE = Rule("alias-chain", "warning", "shows", ("alias-chain",), judge)
