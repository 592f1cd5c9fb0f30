"""policy-record-lost: a record that says who may act for the domain goes, and its set stays.

What:  A change takes an SPF, DKIM or DMARC record out of a TXT set, which keeps or gets other records and none of that
       kind; or it takes a CAA record out of a set of CAA records. To delete the whole set is no such change: that is
       what was asked for. Another policy of the same kind in its place is an edit of it.

Why:   Texts of many kinds share one name, and who adds one by writing the set anew drops the others. Mail is refused
       or forged from then on, weeks before somebody looks at the TXT records; without its CAA record any authority
       issues certificates.

Before:

    @    TXT  "v=spf1 mx -all"  ; <-
    @    TXT  site-verification=4711
    @    CAA  0 issue "ca.example.net"
    @    CAA  0 iodef "mailto:pki@example.com"  ; <-
    a._domainkey  TXT  "v=DKIM1; p=AAAA"  ; <-
    _dmarc        TXT  "v=DMARC1; p=reject"

Bad zone:

    @    TXT  site-verification=4711
    @    TXT  site-verification=4712
    @    CAA  0 issue "ca.example.net"
    a._domainkey  TXT  "moved"
    _dmarc        TXT  "v=DMARC1; p=none"

Good zone:

    @    TXT  "v=spf1 mx a -all"
    @    TXT  site-verification=4711
    @    TXT  site-verification=4712
    @    CAA  0 issue "ca.example.net"
    @    CAA  0 iodef "mailto:pki@example.com"
    _dmarc        TXT  "v=DMARC1; p=quarantine"

Source: RFC 7208 3; RFC 6376 3.6.1; RFC 7489 6.1; RFC 8659 4
"""

from collections.abc import Iterator, Sequence

from truename._core import canonical
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.fact import Rewritten
from truename.rules.texts import text_of

TYPES = ("TXT", "SPF", "CAA")


def judge(_: Sequence[Fact], __: Context) -> Iterator[Finding]:
    """A zone by itself has lost nothing."""
    return iter(())


def judge_rewritten(sets: Sequence[Rewritten], context: Context) -> Iterator[Finding]:
    for one in sets:
        if one.type in TYPES:
            for policy, content in _lost(one):
                message = f"{one.owner} {one.type} loses its {policy} record, {content}"
                yield context.owner(one, message, "write it into the set, too; `record add` keeps what is there")


def _lost(one: Rewritten) -> Iterator[tuple[str, str]]:
    """(kind of policy, data) of each record that goes, and of whose kind none is left."""
    kept = {_identity(one, content) for content in one.after}
    for content in one.before:
        policy = _policy(one, content)
        if policy and _identity(one, content) not in kept:
            yield policy, content


def _identity(one: Rewritten, content: str) -> str:
    """What has to be left for the policy to be there: of CAA the property and its value, else any of its kind."""
    return canonical("CAA", content).partition(" ")[2] if one.type == "CAA" else _policy(one, content)


def _policy(one: Rewritten, content: str) -> str:
    """SPF, DKIM, DMARC or CAA; nothing for a text of another kind."""
    if one.type == "CAA":
        return "CAA"
    text = text_of(content).lower()
    if text == "v=spf1" or text.startswith("v=spf1 "):
        return "SPF"
    if text.startswith("v=dmarc1"):
        return "DMARC"
    is_key = "._domainkey." in one.owner and "p=" in text
    return "DKIM" if is_key or text.startswith("v=dkim1") else ""


RULE = Rule("policy-record-lost", "warning", "asks", (), judge, judge_rewritten=judge_rewritten)
