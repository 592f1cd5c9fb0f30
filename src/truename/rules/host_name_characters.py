"""host-name-characters: a host's name with characters that host names do not have.

What:  The owner of an A, AAAA or MX record, or the host that an MX, NS, SRV or SOA record or a PTR of a reverse zone
       names, has a label with something else than letters, digits and hyphens, or with a hyphen at its end. Wildcards
       and `gc._msdcs` of Active Directory are left alone.

Why:   The DNS carries any octets, but hosts and mail domains are looked up by software that takes only those: `web_1`
       works in one program and not in the next, gets no certificate, and BIND refuses such a zone by default.

Names of services and keys (`_sip._tcp`, `_dmarc`) and aliases are no hosts and may hold underscores.

Bad zone:

    web_1  A   192.0.2.1   ; <-
    shop-  A   192.0.2.2   ; <-
    @      MX  10 mail_in  ; <-
    mail_in  CNAME  mail.example.net.

Good zone:

    web-1       A    192.0.2.1
    *           A    192.0.2.2
    _dmarc      TXT  "v=DMARC1; p=none"
    _sip._tcp   SRV  0 5 5060 web-1
    app_1       CNAME  web-1
    gc._msdcs   A    192.0.2.3

Source: RFC 952; RFC 1123 2.1; RFC 5321 2.3.5
"""

from collections.abc import Iterator, Sequence

from truename.errors import ParseError
from truename.idn import a_label
from truename.name import (
    absolute,
    is_below,
    is_wildcard,
    joined,
    labels,
    of_mailbox,
    parent,
    relative,
    unescaped,
)
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.missing_trailing_dot import is_public
from truename.rules.wording import listed


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        is_owner = fact.number == 1
        message = f"{fact.detail} {fact.type}" if is_owner else f"{fact.owner} {fact.type} names {fact.detail}, which"
        how = _how(fact.detail)
        hint = _hint(fact)
        yield (context.owner if is_owner else context.data)(fact, f"{message} is no host name: it has {how}", hint)


def _hint(fact: Fact) -> str:
    if "\\@" in fact.detail:
        return f"a mailbox is written with dots alone: `{_mailbox(fact)}`"
    if a_labels := _with_a_labels(fact.detail):
        return f"write it with A-labels, `{a_labels}`"
    return "a host's name has letters, digits and hyphens between them; an alias or a service may hold others"


def _with_a_labels(name: str) -> str | None:
    """*name*, whose octets are text in UTF-8, as it is written in the DNS; nothing where they are none."""
    try:
        found = joined(_in_ascii(label) for label in labels(name))
    except (ParseError, UnicodeError):
        return None
    return None if found == name else found


def _in_ascii(label: str) -> str:
    text = unescaped(label).encode("latin-1").decode()
    return label if text.isascii() else a_label(text, text)


def _mailbox(fact: Fact) -> str:
    """The name that was meant: a whole mail address without a final dot has got the zone's name behind it."""
    meant = of_mailbox(fact.detail.replace("\\@", "@"))
    written = relative(meant, fact.zone)
    is_whole = is_below(meant, fact.zone) and (is_below(absolute(written), fact.zone) or is_public(written))
    return absolute(written) if is_whole else meant


def _how(name: str) -> str:
    """What *name* holds that no host has, in words; an escape stands for an octet that is not printed."""
    if "\\" in name:
        return "octets that are escaped"
    host = parent(name) if is_wildcard(name) else name  # a wildcard is let be, the labels above it are not
    odd = [f"`{one}`" for one in dict.fromkeys(host) if not (one.isalnum() or one in "-.")]
    return listed(odd) if odd else "a hyphen at the end of a label"


RULE = Rule("host-name-characters", "warning", "shows", ("host-characters",), judge)
