r"""A master file that other software reads as well: types of its own are nobody else's.

ALIAS has no number of IANA's, and some types are younger than the software around us. RFC 3597 has a form for what a
reader does not know, `TYPE65401 \# 13 07657861...`, which everybody reads, Truename as what it is. What the line says
stands behind it as a comment.
"""

from truename.cli.wire import name_in_wire, texts_in_wire

NUMBERS = {b"ALIAS": 65401, b"WALLET": 262, b"RESINFO": 261}


def readable_by_all(text: bytes) -> bytes:
    """*text*, one record a line as `owner ttl IN type data`, with such types in the form of RFC 3597."""
    if not any(b" %b " % word in text or b"\t%b\t" % word in text for word in NUMBERS):
        return text
    return b"".join(_line(line) for line in text.splitlines(keepends=True))


def _line(line: bytes) -> bytes:
    fields = line.split(None, 4)
    if len(fields) < 5 or fields[3] not in NUMBERS or fields[0].startswith(b";"):
        return line
    owner, ttl, net, word, data = fields
    content = data.rstrip(b"\r\n")
    octets = name_in_wire(content) if word == b"ALIAS" else texts_in_wire(content)
    generic = b"TYPE%d \\# %d %b" % (NUMBERS[word], len(octets), octets.hex().encode())
    return b"%b ; %b %b\n" % (b" ".join((owner, ttl, net, generic)), word, content)
