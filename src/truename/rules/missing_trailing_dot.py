"""missing-trailing-dot: a target that was meant to be absolute and lacks its final dot.

What:  The target, also that of a PTR, does not exist, and reads like this: the zone's own name stands in it twice
       (`www.example.com.example.com.`), or what was written ends like a domain name of the Internet
       (`site.example.net`, so that the target became `site.example.net.example.com.`).

Why:   A name without a final dot is relative: the zone's name is appended to it. The record points to a name that
       nobody has.

`truename fix` sets the dot where the name as written exists nowhere in the files and the absolute one does.

Bad zone:

    blog  CNAME  www.example.com   ; <-
    www   CNAME  site.example.net  ; <-
    _www  PTR    www.example.com   ; <-

Good zone:

    blog  CNAME  www.example.com.
    www   A      192.0.2.1
    cdn   CNAME  site.example.net.
    old   CNAME  web.new
    web.new  A   192.0.2.2

Source: RFC 1035 5.1
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from truename.name import ROOT, absolute, ancestors, is_below, joined, labels, relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import record

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    found = [(fact, meant) for fact in facts if (meant := meant_absolute(fact))]
    is_there = context.exists([meant for _, meant in found])
    for (fact, meant), is_certain in zip(found, is_there, strict=True):
        yield context.data(
            fact,
            f"{fact.owner} {fact.type} points to {fact.target}, which does not exist; the target lacks its final dot",
            f"write `{record(fact, meant)}`",
            fixable=is_certain,
        )


def meant_absolute(fact: Fact) -> str:
    """The absolute name that was probably meant by the target of *fact*, which does not exist; "" for none."""
    target, zone = fact.target, fact.zone
    written = relative(target, zone)
    parts = labels(written)
    if len(parts) < 2 or written == target or zone == ROOT or (fact.chain and fact.chain[-1] != target):
        return ""  # one label, nearly always
    whole = labels(zone)
    for end in range(len(whole), len(parts) + 1):
        if parts[end - len(whole) : end] == whole:
            return joined(parts[:end])
    # What was appended is the origin at that line: the zone's name, or one between it and the owner.
    for origin in _origins(fact.owner, zone):
        written = relative(target, origin)
        if is_below(target, origin) and is_public(written):
            return absolute(written)
    return ""


def _origins(owner: str, zone: str) -> Iterator[str]:
    """*zone*, and the names between it and *owner*, which an $ORIGIN may have named; nearest to the zone first."""
    between = [one for one in ancestors(owner) if is_below(one, zone)]
    yield from (zone, *reversed(between))


def is_public(written: str) -> bool:
    """Whether *written* is a name below a public suffix, such as `example.net` or `example.co.uk`."""
    return len(labels(written)) > 1 and "\\" not in written and _suffixes().privatesuffix(written) is not None


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # 12 ms; most zones have nothing to ask it

    # Names in zones are A-labels, and encoding the list for them costs 45 ms: IDNs among the suffixes are not known.
    return PublicSuffixList(accept_unknown=False, accept_encoded_idn=False)


RULE = Rule("missing-trailing-dot", "warning", "asks", ("target-missing",), judge)
