"""Presentation form to wire form, for the few data that are written as octets (RFC 1035 3.1, 3.3, 5.1)."""

import re

_ESCAPE = re.compile(rb"\\(\d{3}|.)", re.DOTALL)
_LABEL = re.compile(rb"(?:[^.\\]|\\\d{3}|\\.)+", re.DOTALL)
_TEXT = re.compile(rb'"((?:[^"\\]|\\.)*)"|((?:[^\s"\\]|\\.)+)', re.DOTALL)


def name_in_wire(name: bytes) -> bytes:
    """An absolute name, uncompressed."""
    labels = [_plain(label) for label in _LABEL.findall(name.strip())]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def texts_in_wire(data: bytes) -> bytes:
    """Character-strings."""
    found = [_plain(quoted or bare) for quoted, bare in _TEXT.findall(data)]
    return b"".join(bytes([len(text)]) + text for text in found)


def _plain(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda one: bytes([int(one[1])]) if len(one[1]) == 3 else one[1], text)
