"""Records that name others, and what they say when such a name has become another one.

Which types those are, and where in their data the names stand, is asked of the core's table of types. Only whole names
are replaced. An SOA names its primary server (MNAME); its RNAME is the address of a mailbox, whose first label is no
part of a host's name (RFC 1035 3.3.13).
"""

from collections.abc import Iterator
from dataclasses import replace

from truename._core import is_link, name_spans, normalize_name
from truename.zone import RRset

Span = tuple[int, int]


def targets(rtype: str, content: str) -> list[str]:
    """The names that the record names, in lower case."""
    return [normalize_name(content[start:end]) for start, end in _spans(rtype, content)]


def _spans(rtype: str, content: str) -> list[Span]:
    if rtype == "SOA":
        return name_spans(rtype, content)[:1]
    return name_spans(rtype, content) if is_link(rtype) else []


def repointed(rrset: RRset, old: str, new: str) -> RRset:
    """*rrset* with *new* wherever a record names *old*; disabled records too."""
    return replace(
        rrset, records=tuple(replace(one, content=_said(rrset.type, one.content, old, new)) for one in rrset.records)
    )


def names(rrset: RRset, name: str) -> bool:
    """Whether one of its records names *name*."""
    return any(name in targets(rrset.type, record.content) for record in rrset.records)


def _said(rtype: str, content: str, old: str, new: str) -> str:
    return "".join(_parts(content, _spans(rtype, content), old, new))


def _parts(content: str, spans: list[Span], old: str, new: str) -> Iterator[str]:
    """What stands between the names, and the names, *new* in place of *old*."""
    at = 0
    for start, end in spans:
        name = content[start:end]
        yield content[at:start]
        yield new if normalize_name(name) == old else name
        at = end
    yield content[at:]
