"""target-without-data: a record points to a name that exists and has nothing to offer.

What:  The last name of an alias' chain holds nothing that a client could use; or the host that an MX, NS or SRV record
       names has neither an A nor an AAAA record. For MX and NS this is an error.

Why:   The name resolves without a failure, but there is no address to go to. Mail to such a host waits for days before
       somebody is told.

Bad zone:

    www      CNAME  apps  ; <-
    a.apps   A      192.0.2.1
    @        MX     10 mail  ; <-
    mail     TXT    "soon"

Good zone:

    www      CNAME  a.apps
    a.apps   A      192.0.2.1
    key      CNAME  text
    text     TXT    "an alias may lead to any data"
    @        MX     10 mail
    mail     AAAA   2001:db8::25

Source: RFC 2308 2.2; RFC 5321 5.1; RFC 2782
"""

from collections.abc import Iterator, Sequence

from truename.name import relative
from truename.rules.base import Context, Fact, Finding, Rule


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        end = fact.chain[-1] if fact.chain else fact.target
        where = relative(end, fact.zone)
        if fact.kind == "target-empty":
            message = f"{fact.owner} {fact.type} leads to {end}, which exists and holds nothing that a client could use"
            yield context.data(fact, message, f"give `{where}` an address, or point to a name that has one")
            continue
        message = f"{fact.owner} {fact.type} names the host {end}, which has no address (A or AAAA)"
        severity = "error" if fact.type in ("MX", "NS") else ""
        yield context.data(fact, message, f"write `{where} A <address>`, or name another host", severity)


RULE = Rule("target-without-data", "warning", "asks", ("target-empty", "host-without-address"), judge)
