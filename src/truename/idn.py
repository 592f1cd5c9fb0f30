"""Names as people type them (U-labels, IDNA 2008) and as DNS holds them (A-labels, RFC 5890).

Only labels outside ASCII are touched: `_dmarc`, `*` and escapes are names too, but no IDNs.
"""

import re

from truename.errors import ParseError

# A label, or the full stop behind it: RFC 3490 3.1 takes four characters for one (a keyboard for Chinese or Japanese
# types the second). One that is escaped belongs to its label.
_PART = re.compile(r"(?P<label>(?:[^.\u3002\uff0e\uff61\\]|\\.|\\$)+)|.", re.DOTALL)
_A_LABEL = re.compile(r"(?<![^. ])(?<!\\\.)xn--[a-z0-9-]+(?![^. ])")


def to_ascii(name: str) -> str:
    """*name* with A-labels.

    Raises: ParseError for a label that IDNA 2008 does not allow, or text that is no text (octets outside UTF-8)
    """
    if name.isascii():
        return name
    return _PART.sub(lambda part: _a_label(part["label"], name) if part["label"] else ".", name)


def to_unicode(name: str) -> str:
    """*name*, or data with names in it, with U-labels where it has them; a label that only looks like one stays."""
    if "xn--" not in name:
        return name
    return _A_LABEL.sub(lambda label: _u_label(label[0]), name)


def both(name: str) -> str:
    """*name* as DNS holds it, and in brackets as people read it where that differs."""
    unicode = to_unicode(name)
    return name if unicode == name else f"{name} ({unicode})"


def _a_label(label: str, name: str) -> str:
    if label.isascii():
        return label
    import idna  # 18 ms that ASCII names need not pay

    try:
        # UTS 46 folds case and width first, as browsers do: "BÜCHER" is meant as "bücher".
        return idna.encode(label, uts46=True).decode("ascii")
    except UnicodeError as wrong:
        shown = label.encode("utf-8", "backslashreplace").decode()
        whole = name.encode("utf-8", "backslashreplace").decode()
        raise ParseError(f'"{shown}" in "{whole}" is no label that a domain name can have: {_plain(wrong)}') from None


def _u_label(label: str) -> str:
    import idna

    try:
        return idna.decode(label)
    except UnicodeError:
        return label


def _plain(wrong: UnicodeError) -> str:
    return str(wrong).encode("utf-8", "backslashreplace").decode()
