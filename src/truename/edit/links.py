"""Records that name another name, and what they say when that name has become another one.

Only the field that holds the name is replaced, and only as a whole name: the data are in canonical form, one space
between two fields, spaces within a name escaped (RFC 1035 5.1).
"""

from dataclasses import replace

from truename._core import normalize_name
from truename.zone import RRset

# Which field of the data is the name. The types are those that the graph keeps as links, and SOA with its MNAME.
NAMED = {"CNAME": 0, "DNAME": 0, "ALIAS": 0, "NS": 0, "PTR": 0, "SOA": 0, "MX": 1, "SVCB": 1, "HTTPS": 1, "SRV": 3}


def target(rtype: str, content: str) -> str | None:
    """The name that the record names, in lower case; None for types that name none."""
    at = NAMED.get(rtype)
    words = content.split(" ")
    return normalize_name(words[at]) if at is not None and at < len(words) else None


def repointed(rrset: RRset, old: str, new: str) -> RRset:
    """*rrset* with *new* wherever a record names *old*; disabled records too."""
    return replace(
        rrset, records=tuple(replace(one, content=_said(rrset.type, one.content, old, new)) for one in rrset.records)
    )


def names(rrset: RRset, name: str) -> bool:
    """Whether one of its records names *name*."""
    return any(target(rrset.type, record.content) == name for record in rrset.records)


def _said(rtype: str, content: str, old: str, new: str) -> str:
    if target(rtype, content) != old:
        return content
    words = content.split(" ")
    words[NAMED[rtype]] = new
    return " ".join(words)
