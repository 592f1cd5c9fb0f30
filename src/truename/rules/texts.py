"""The text of a TXT record, as those read it who look for a policy in it."""

import re

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|((?:[^\s"\\]|\\.)+)', re.DOTALL)
_ESCAPE = re.compile(r"\\(\d{3}|.)", re.DOTALL)


def text_of(data: str) -> str:
    """The strings of *data* (presentation form) as one text, without anything between them (RFC 7208 3.3).

    Shape:  one character for an octet
    """
    strings = (quoted or bare for quoted, bare in _STRING.findall(data))
    return "".join(_ESCAPE.sub(lambda one: chr(int(one[1])) if len(one[1]) == 3 else one[1], text) for text in strings)
