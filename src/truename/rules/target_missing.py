"""target-missing: a record points to a name that does not exist.

What:  The chain of an alias, or the target of an MX, NS, SRV, SVCB, HTTPS or PTR record, ends at a name that is absent
       from a zone that is given. Targets in other zones are not judged, nor names that are delegated away, nor the
       `.` by which MX, SRV and SVCB say that there is no host.

Why:   Whoever asks is told that the name does not exist (NXDOMAIN), although it is there.

Bad zone:

    www   CNAME  webb  ; <-
    web   A      192.0.2.1
    @     MX     10 mail  ; <-
    1.rev PTR    host1  ; <-

Good zone:

    www   CNAME  web
    web   A      192.0.2.1
    cdn   CNAME  site.example.net.
    @     MX     0 .
    1.rev PTR    web

A name that lacks its final dot is a frequent reason; then `missing-trailing-dot` is found for the same record, and the
hints of both say what to write.

At `_acme-challenge` and below it the finding is for information: the target is there while a certificate is made, and
not before or after.

Source: RFC 1034 3.6.2; RFC 2308 2.1; RFC 7505; RFC 8555 8.4
"""

from collections.abc import Iterator, Sequence

from truename.name import labels, relative
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.missing_trailing_dot import meant_absolute
from truename.rules.wording import path, record


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        names = fact.chain
        end = names[-1] if names else fact.target
        severity = "info" if _is_challenge(fact.owner) else ""
        yield context.data(fact, _message(fact, names, end), _hint(fact, end), severity)


def _is_challenge(owner: str) -> bool:
    return "_acme-challenge" in labels(owner)


def _message(fact: Fact, names: list[str], end: str) -> str:
    if len(names) <= 2:
        return f"{fact.owner} {fact.type} points to {end}, which does not exist"
    return f"{fact.owner} {fact.type} leads to {end}, which does not exist: {path(names)}"


def _hint(fact: Fact, end: str) -> str:
    name = relative(end, fact.zone)
    if len(labels(name)) > 1 and end == fact.target and (meant := meant_absolute(fact)):
        return f"write `{record(fact, meant)}` with the final dot"
    if name != end:
        return f"add a record for `{name}`, or point to a name that exists"
    return "add that name to its zone, or point to a name that exists"


RULE = Rule("target-missing", "error", "asks", ("target-missing",), judge)
