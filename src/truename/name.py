r"""Names as text: cut into labels, compared, made absolute, shown. No other module of Python's cuts or joins them.

    www.example.com.     absolute: it ends in a dot that is no escape
    a\.b.example.com.    three labels: a dot behind a backslash belongs to its label (RFC 1035 5.1)

A name is *kept* as the core writes it: absolute, lower case, one spelling for each octet; what somebody wrote becomes
that by `normal`. Kept names are equal where their text is. Labels are cut by the core, but where there is no backslash:
nearly everywhere, and tens of thousands of findings ask three times each.
"""

import re
from collections.abc import Container, Iterable, Iterator

from truename._core import normalize_name, written_labels
from truename.errors import ParseError
from truename.idn import a_label, u_label

ROOT = "."
WILDCARD = "*"

_ESCAPE = re.compile(r"\\(\d{3}|.)", re.DOTALL)
# RFC 3490 3.1 takes four characters for the dot (a keyboard for Chinese or Japanese types the second).
_DOT = re.compile(r"\\.|[\u3002\uff0e\uff61]", re.DOTALL)
_A_LABEL = re.compile(r"(?<![^. ])(?<!\\\.)xn--[a-z0-9-]+(?![^. ])")


def labels(written: str) -> list[str]:
    """The labels of *written*, relative or absolute, with their escapes; the root has none."""
    if "\\" in written:
        return written_labels(written)
    if not written or written == ROOT:
        return []
    found = written.split(".")
    return found if found[-1] else found[:-1]


def joined(parts: Iterable[str]) -> str:
    """The absolute name of labels; without any the root."""
    return ".".join(parts) + "."


def is_absolute(written: str) -> bool:
    """Whether *written* ends in a dot that is no part of its last label."""
    return written.endswith(".") and not _is_escaped(written, len(written) - 1)


def is_unfinished(written: str) -> bool:
    """Whether *written* ends in a backslash that escapes nothing."""
    return _is_escaped(written, len(written))


def absolute(written: str, origin: str = ROOT) -> str:
    """*written*, below *origin* when it is relative; its spelling stays. `@` means nothing here."""
    if is_absolute(written):
        return written
    return f"{written}." if origin == ROOT else f"{written}.{origin}"


def normal(written: str) -> str:
    """*written* as it is kept, whether its final dot was written or not; also with U-labels.

    Raises: ParseError for what is no name
    """
    try:
        return normalize_name(to_ascii(written))
    except ValueError as wrong:
        raise ParseError(str(wrong)) from None


def alike(written: str) -> str:
    """What is equal for all spellings of one name: it as it is kept. What is no name stays, in lower case."""
    try:
        return normal(written)
    except ParseError:
        return lower(written)


def lower(written: str) -> str:
    """*written* in lower case: letters of ASCII alone have one (RFC 4343)."""
    if written.isascii():
        return written.lower()
    return "".join(one.lower() if one.isascii() else one for one in written)


def is_kept(written: str) -> bool:
    """Whether *written* is a name in just the text that is kept."""
    try:
        return normalize_name(written) == written
    except ValueError:
        return False


def ancestors(name: str) -> Iterator[str]:
    """*name*, which is absolute, its parent, and so on up to the root."""
    at = 0
    for label in labels(name):
        yield name[at:]
        at += len(label) + 1
    yield ROOT


def parent(name: str) -> str:
    """The name one label shorter; of the root the root."""
    first = labels(name)[:1]
    return (name[len(first[0]) + 1 :] or ROOT) if first else ROOT


def is_at_or_below(name: str, zone: str) -> bool:
    """Whether *name* is *zone* or lies below it; both are kept ones."""
    return name == zone or is_below(name, zone)


def is_below(name: str, zone: str) -> bool:
    """Whether *name* lies below *zone*, and is another; both are kept ones."""
    if zone == ROOT:
        return name != ROOT
    at = len(name) - len(zone) - 1
    if at <= 0 or name[at] != "." or not name.endswith(zone):
        return False
    return "\\" not in name or len(labels(name[:at])) + len(labels(zone)) == len(labels(name))


def enclosing(name: str, zones: Container[str]) -> Iterator[str]:
    """Those of *zones* at or above *name*, the closest first."""
    return (one for one in ancestors(name) if one in zones)


def closest(name: str, zones: Container[str]) -> str | None:
    """The closest of *zones* at or above *name*."""
    return next(enclosing(name, zones), None)


def relative(name: str, zone: str) -> str:
    """*name* as an owner in the file of *zone*: `@`, relative where it can be, else absolute; both are kept ones."""
    if name == zone:
        return "@"
    if not is_below(name, zone):
        return name
    return name[:-1] if zone == ROOT else name[: -len(zone) - 1]


def is_wildcard(name: str) -> bool:
    """Whether the first label of *name* is `*` (RFC 4592 2.1.1)."""
    return name.startswith("*.")


def undotted(name: str) -> str:
    """*name* without its final dot, as people and the names of files have it; of the root nothing is left."""
    return name[:-1] if is_absolute(name) else name


def unescaped(written: str) -> str:
    """*written* with one character for each octet: to be looked at, since it is no name any more."""
    if "\\" not in written:
        return written
    return _ESCAPE.sub(lambda one: chr(int(one[1])) if len(one[1]) == 3 else one[1], written)


def masked(written: str, instead: str = "-") -> str:
    """*written* with *instead* of each escape: for what knows none, and takes every dot for the end of a label."""
    return _ESCAPE.sub(instead, written) if "\\" in written else written


def of_mailbox(address: str) -> str:
    r"""The name of a mail address in SOA and RP: `first\.last.example.com.` of first.last@example.com (RFC 1035 8)."""
    user, _, host = address.partition("@")
    return absolute("\\.".join(labels(user)) + f".{host}")


def to_ascii(written: str) -> str:
    """*written* with A-labels. Only labels outside ASCII are touched: `_dmarc`, `*` and escapes are no IDNs.

    Raises: ParseError for a label that IDNA 2008 does not allow, or text that is no text (octets outside UTF-8)
    """
    if written.isascii():
        return written
    dotted = _DOT.sub(lambda one: one[0] if one[0][0] == "\\" else ".", written)
    found = ".".join(a_label(label, written) for label in labels(dotted))
    return f"{found}." if is_absolute(dotted) else found


def to_unicode(text: str) -> str:
    """*text*, a name or data with names in it, with U-labels; a label that only looks like an A-label stays."""
    if "xn--" not in text:
        return text
    return _A_LABEL.sub(lambda label: u_label(label[0]), text)


def both(name: str) -> str:
    """*name* as DNS holds it, and in brackets as people read it where that differs."""
    unicode = to_unicode(name)
    return name if unicode == name else f"{name} ({unicode})"


def _is_escaped(text: str, at: int) -> bool:
    """Whether what stands at *at* is escaped: an odd number of backslashes stands before it."""
    return text[at - 1 : at] == "\\" and (at - len(text[:at].rstrip("\\"))) % 2 == 1
