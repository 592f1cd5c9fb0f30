r"""target-malformed: a URL, a port, a path, a space or an e-mail address where a name must stand.

What:  The target of a record holds what belongs into a browser's address bar or a letter, not into the DNS: a scheme
       (`https://`), a port (`:8080`), a path (`/shop`), a space, an `@`.

Why:   Every octet may stand in a name, so servers load such a record without a word; but nobody has a host of
       that name, and the alias leads nowhere. Ports and paths cannot be said with an alias at all.

Slashes are left alone where they are meant: in the reverse tree (`0/25.2.0.192.in-addr.arpa.`, RFC 2317). So are
names of service instances, whose first label is free text (`My\032Printer._ipp._tcp.example.com.`, RFC 6763).

Bad zone:

    blog  CNAME  https://blog.example.net/  ; <-
    shop  CNAME  shop.example.net:8080.     ; <-
    news  CNAME  www.example.net/news.      ; <-
    @     MX     10 postmaster@mail.example.net.  ; <-

Good zone:

    blog  CNAME  blog.example.net.
    shop  CNAME  shop.example.net.
    news  CNAME  www.example.net.
    @     MX     10 mail.example.net.
    b._dns-sd._udp  PTR  My\032Printer._ipp._tcp
    My\032Printer._ipp._tcp  TXT  "paper=A4"

Source: RFC 1123 2.1; RFC 2181 11; RFC 2317 4; RFC 6763 4.1
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from truename.name import absolute, is_below, labels, relative, undotted, unescaped
from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import record

_SCHEME = re.compile(r"^[a-z][a-z0-9+-]*:(//|(?!\d))")


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        if _has_service(labels(fact.target)):
            continue
        text = _written(fact)
        what = _fault(text, fact)
        if what:
            yield context.data(
                fact, f"the target of {fact.owner} {fact.type}, `{text}`, {what}; it must be a name", _hint(fact, text)
            )


def _has_service(parts: list[str]) -> bool:
    """Whether an instance of a service is named, whose first label is free text (RFC 6763 4.1.1)."""
    pairs = pairwise(parts[1:])
    return any(service.startswith("_") and transport in ("_tcp", "_udp") for service, transport in pairs)


def _written(fact: Fact) -> str:
    """The target as somebody wrote it: without escapes, and without the origin that was appended."""
    text = fact.target
    if is_below(text, fact.zone):
        text = relative(text, fact.zone)
    return unescaped(text)


def _fault(text: str, fact: Fact) -> str:
    if "://" in text or text.startswith(("http:", "https:")):
        return "is a URL"
    if "/" in text and not (is_below(fact.zone, "arpa.") or is_below(fact.target, "arpa.")):
        return "has a path"
    if ":" in text:
        return "has a port" if re.search(r":\d+\.?$", text) else "has a colon"
    if "@" in text:
        return "is an e-mail address"
    return "has a space" if any(blank in text for blank in " \t\r\n") else ""


def _hint(fact: Fact, text: str) -> str:
    host = undotted(re.split(r"[/:\s]", _SCHEME.sub("", text))[0].rpartition("@")[2])
    if not re.fullmatch(r"[a-z0-9_*-]+(\.[a-z0-9_-]+)*", host):
        return "write the name of a host"
    name = absolute(host) if len(labels(host)) > 1 else host
    return f"write `{record(fact, name)}`; ports and paths are the web server's business"


RULE = Rule(
    "target-malformed",
    "error",
    "refuses",
    ("odd-target",),
    judge,
    hides=("target-missing", "missing-trailing-dot", "host-name-characters"),
)
