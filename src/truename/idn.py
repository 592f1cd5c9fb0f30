"""Single labels as people type them (U-labels, IDNA 2008) and as DNS holds them (A-labels, RFC 5890). Names: `name`."""

from truename.errors import ParseError


def a_label(label: str, name: str) -> str:
    """*label* of *name* as DNS holds it; one in ASCII stays.

    Raises: ParseError for what IDNA 2008 does not allow, or is no text (octets outside UTF-8)
    """
    if label.isascii():
        return label
    import idna  # 18 ms that ASCII names need not pay

    try:
        if "." in label:
            raise UnicodeError("it has a dot in it")
        # UTS 46 folds case and width first, as browsers do: "BÜCHER" is meant as "bücher".
        return idna.encode(label, uts46=True).decode("ascii")
    except UnicodeError as wrong:
        shown = label.encode("utf-8", "backslashreplace").decode()
        whole = name.encode("utf-8", "backslashreplace").decode()
        raise ParseError(f'"{shown}" in "{whole}" is no label that a domain name can have: {_plain(wrong)}') from None


def u_label(label: str) -> str:
    """*label* as people read it; one that only looks like an A-label stays."""
    import idna

    try:
        return idna.decode(label)
    except UnicodeError:
        return label


def _plain(wrong: UnicodeError) -> str:
    return str(wrong).encode("utf-8", "backslashreplace").decode()
