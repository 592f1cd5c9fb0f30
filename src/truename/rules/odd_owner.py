r"""odd-owner: a record stands at a name that was hardly meant.

What:  The owner of a record holds an `@` or a scheme (`https://`), a space, or the zone's own name twice; or a label of
       it begins with `xn--` and is no A-label, or holds octets outside ASCII where an A-label should stand.

Why:   Every octet may stand in a name, so servers load such a record without a word; but nobody asks for it. Mostly
       a mailbox or an address of the web was typed, or the final dot is missing: `www.example.com` in the zone
       example.com is `www.example.com.example.com.`. Programs ask for the A-labels of `bücher`, never for its octets.

Names of service instances are left alone, whose first label is free text (`My\032Printer._ipp._tcp`).

Bad zone:

    www.example.com  A      192.0.2.1         ; <-
    info\@mail       A      192.0.2.2         ; <-
    https://shop     CNAME  shop.example.net. ; <-
    my\032host       TXT    "text"            ; <-
    xn--a            TXT    "text"            ; <-
    b\195\188cher    CNAME  shop.example.net. ; <-

Good zone:

    www            A      192.0.2.1
    shop           CNAME  shop.example.net.
    xn--bcher-kva  CNAME  www
    _dmarc         TXT    "v=DMARC1; p=none"
    My\032Printer._ipp._tcp  SRV  0 0 631 www

Source: RFC 1035 5.1; RFC 2181 11; RFC 5890 2.3.2.1; RFC 6763 4.1
"""

import re
from collections.abc import Iterator, Sequence

from truename.errors import ParseError
from truename.name import absolute, is_at_or_below, joined, labels, relative, to_ascii, undotted, unescaped
from truename.rules.base import Context, Fact, Finding, Rule

_SCHEME = re.compile(r"[a-z][a-z0-9+-]*://|https?:|mailto:")
_BLANKS = " \t\r\n"


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        found = _fault(fact)
        if found:
            what, hint = found
            yield context.owner(fact, f"the owner {fact.owner} {what}", hint)


def _fault(fact: Fact) -> tuple[str, str] | None:
    """(what is wrong, what to do); None when nothing is."""
    written = relative(fact.owner, fact.zone)
    parts = [unescaped(label) for label in labels(written)]
    if len(labels(fact.zone)) > 1 and _is_twice(fact):
        short = relative(absolute(written), fact.zone)
        return "has the zone's name twice", f"write `{short}`, or the final dot behind the zone's name"
    return _odd_text(parts) or next(filter(None, map(_odd_label, _of_words(parts))), None)


def _is_twice(fact: Fact) -> bool:
    return is_at_or_below(fact.owner, absolute(undotted(fact.zone), fact.zone))


def _of_words(parts: list[str]) -> list[str]:
    """The labels that are no free text: all, or those behind the name of an instance (RFC 6763 4.1.1)."""
    is_instance = len(parts) > 2 and parts[1].startswith("_") and parts[2] in ("_tcp", "_udp")
    return parts[1:] if is_instance else parts


def _odd_text(parts: list[str]) -> tuple[str, str] | None:
    text = undotted(joined(_of_words(parts)))
    if _SCHEME.match(text):
        return (
            "is a URL",
            "write the name of a host alone; what stands before and behind it is the web server's business",
        )
    if "@" in text:
        return "has an `@`", "a mailbox is no name that is asked for; `@` alone is the zone itself"
    if any(blank in text for blank in _BLANKS):
        return "has a space", "write a name without spaces"
    return None


def _odd_label(label: str) -> tuple[str, str] | None:
    if not label.isascii():
        return f"has octets outside ASCII, `{_shown(label)}`", _a_label(label)
    return _odd_a_label(label) if label.startswith("xn--") else None


def _odd_a_label(label: str) -> tuple[str, str] | None:
    import idna

    try:
        idna.decode(label)
    except UnicodeError:
        return f"has the label `{label}`, which is no A-label: it stands for no text", "write the name that was meant"
    return None


def _shown(label: str) -> str:
    """The text that the octets of *label* are in UTF-8, where they are."""
    octets = label.encode("latin-1")
    return octets.decode("utf-8", "backslashreplace")


def _a_label(label: str) -> str:
    try:
        return f"write its A-label, `{to_ascii(label.encode('latin-1').decode())}`"
    except (ParseError, UnicodeDecodeError):
        return "write the A-label of the name (IDNA 2008)"


RULE = Rule("odd-owner", "warning", "asks", ("odd-owner",), judge, hides=("host-name-characters",))
