r"""A master file that other software reads as well: types of its own are nobody else's.

ALIAS has no number of IANA's, and some types are younger than the software around us. RFC 3597 has a form for what a
reader does not know, `TYPE65401 \# 13 07657861...`, which everybody reads, Truename as what it is. What the line says
stands behind it as a comment.
"""

from collections import Counter

from truename.cli.wire import name_in_wire, texts_in_wire

DEFAULT_TTL = 3600  # seconds, of a zone without records
NUMBERS = {b"ALIAS": 65401, b"WALLET": 262, b"RESINFO": 261}


def readable_by_all(text: bytes) -> bytes:
    """*text*, one record a line as `owner ttl IN type data`, with such types in the form of RFC 3597."""
    if not any(b" %b " % word in text or b"\t%b\t" % word in text for word in NUMBERS):
        return text
    return b"".join(_line(line) for line in text.splitlines(keepends=True))


def with_head(text: bytes, zone: str) -> bytes:
    """*text* after `$ORIGIN` and `$TTL`: records that somebody adds by hand then mean what they seem to mean."""
    seconds = (line.split(None, 2)[1:2] for line in text.splitlines())
    ttls = Counter(int(one[0]) for one in seconds if one and one[0].isdigit())
    usual = ttls.most_common(1)[0][0] if ttls else DEFAULT_TTL
    return b"$ORIGIN %b\n$TTL %d\n%b" % (zone.encode(), usual, text)


def _line(line: bytes) -> bytes:
    fields = line.split(None, 4)
    if len(fields) < 5 or fields[3] not in NUMBERS or fields[0].startswith(b";"):
        return line
    owner, ttl, net, word, data = fields
    content = data.rstrip(b"\r\n")
    octets = name_in_wire(content) if word == b"ALIAS" else texts_in_wire(content)
    generic = b"TYPE%d \\# %d %b" % (NUMBERS[word], len(octets), octets.hex().encode())
    return b"%b ; %b %b\n" % (b" ".join((owner, ttl, net, generic)), word, content)
