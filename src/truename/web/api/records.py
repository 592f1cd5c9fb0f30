"""RRsets as PowerDNS' clients send them, made into steps of a ChangeSet; and back.

What a client sends is absolute: a name without its final dot is refused, as PowerDNS does, because whoever wrote `www`
may have meant `www.example.com.` and would get something else. TXT arrives quoted for the same reason: unquoted,
`v=spf1 -all` would become two strings without the space between them.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring as _quoted

from truename._core import name_spans
from truename.edit.change import Op, SetChange
from truename.errors import TruenameError
from truename.name import alike, is_absolute, to_ascii
from truename.web.answers import list_of_errors
from truename.web.api.bodies import CommentBody, RecordBody, RRsetBody, plain
from truename.zone import TEXTS, Comment, Record, RRset, whole

TTL_LIMIT = 2**31  # RFC 2181 8
LATEST = 2**53 - 1  # Unix seconds of a comment: what every reader of JSON can hold (RFC 8259 6)
OPS: dict[str, Op] = {"REPLACE": "replace", "DELETE": "delete", "EXTEND": "extend", "PRUNE": "prune"}

STRING = 255  # octets of one string (RFC 1035 3.3)
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# Words and strings with blanks between them. `key="value"` is how SVCB writes its parameters, and nobody else.
_APART = re.compile(r'\s*(?:(?:"(?:[^"\\]|\\.)*"|(?:[^"\s\\]|\\.)+)(?:\s+|$))*', re.DOTALL)
_WITH_PARAMETERS = ("SVCB", "HTTPS")
_ONCE = ("replace", "delete")  # what is said of an RRset once in a PATCH
_OCTET = re.compile(rb"\\[0-9]{3}|\\.|.", re.DOTALL)
_HOST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*@")


def steps(zone: str, sets: Sequence[RRsetBody]) -> tuple[SetChange, ...]:
    """What *sets* do to *zone*, in order.

    Raises: ApiError 422 with everything that is wrong
    """
    return _with_soa(zone, _steps(zone, [(one, one.changetype) for one in sets]))


def steps_of_new(zone: str, sets: Sequence[RRsetBody]) -> tuple[SetChange, ...]:
    """What *sets* put into a new zone, whatever their changetype; those of one owner and type are one RRset.

    Raises: ApiError 422 with everything that is wrong
    """
    seen: set[tuple[str, str]] = set()
    meant = []
    for one in sets:
        meant.append((one, "EXTEND" if _key(one) in seen else "REPLACE"))
        seen.add(_key(one))
    return _steps(zone, meant)


def _steps(zone: str, sets: Sequence[tuple[RRsetBody, str]]) -> tuple[SetChange, ...]:
    now = int(time.time())
    said = list(_repeated(sets))
    found = [_step(zone, one, changetype, now, said) for one, changetype in sets]
    if said:
        raise list_of_errors(said)
    return tuple(step for step in found if step is not None)


def _repeated(sets: Sequence[tuple[RRsetBody, str]]) -> Iterator[str]:
    """Of two that replace one RRset the first would be lost, and its client told that it was done."""
    count = Counter((*_key(one), changetype.upper()) for one, changetype in sets)
    for (name, rtype, changetype), times in count.items():
        if times > 1 and OPS.get(changetype) in _ONCE:
            yield f"{name} {rtype}: {changetype} stands there {times} times; an RRset takes one"


def _key(one: RRsetBody) -> tuple[str, str]:
    return alike(one.name), one.type.upper()


def _with_soa(zone: str, found: tuple[SetChange, ...]) -> tuple[SetChange, ...]:
    """*found* without what deletes the SOA beside other changes: who puts a zone in order means its records.

    By itself it stays, and is refused: a zone without an SOA is none.
    """
    return tuple(step for step in found if not _deletes_soa(zone, step)) or found


def _deletes_soa(zone: str, step: SetChange) -> bool:
    is_soa = step.type == "SOA" and alike(step.owner) == zone
    return is_soa and (step.op == "delete" or (step.op == "replace" and not step.records))


def _step(zone: str, one: RRsetBody, changetype: str, now: int, said: list[str]) -> SetChange | None:
    faults = list(_faults(one, changetype))
    said += [f"{one.name} {one.type}: {fault}" for fault in faults]
    if faults:
        return None
    op = OPS[changetype.upper()]
    comments = None if one.comments is None else tuple(_comment(comment, now) for comment in one.comments)
    if op == "replace" and one.records is None:
        op = "extend"  # by nothing: only the comments are new
    rtype = one.type.upper()
    records = () if op == "delete" else tuple(_record(rtype, record) for record in one.records or ())
    return SetChange(zone, _ascii(one.name), rtype, op, plain(one.ttl), records, comments)


def _record(rtype: str, one: RecordBody) -> Record:
    is_long = rtype in TEXTS and len(one.content.encode()) > STRING
    content = _in_strings(one.content) if is_long else _with_a_labels(rtype, one.content)
    return Record(content, bool(one.disabled))


def _with_a_labels(rtype: str, content: str) -> str:
    """*content* with the U-labels of its names as A-labels; their octets would be a name that nobody has.

    Raises: ParseError for what is no such label
    """
    if content.isascii():
        return content
    for start, end in reversed(name_spans(rtype, content)):
        content = content[:start] + _ascii(content[start:end]) + content[end:]
    return content


def _in_strings(content: str) -> str:
    """*content* with strings of more than 255 octets cut into some that touch (`truename.zone`).

    octoDNS and others send a long text as one string, as PowerDNS takes it, and want to read it so.
    """
    return _STRING.sub(lambda one: _cut(one[1]), content.encode()).decode()


def _cut(text: bytes) -> bytes:
    octets = _OCTET.findall(text)
    if len(octets) <= STRING:
        return b'"%s"' % text
    octets = [b"\\%03d" % one[0] if one[0] > 126 else one for one in octets]
    return b"".join(b'"%s"' % b"".join(octets[at : at + STRING]) for at in range(0, len(octets), STRING))


def _faults(one: RRsetBody, changetype: str) -> Iterator[str]:
    """What keeps *one* from being a step; what only the zone can tell is the door's to say."""
    op = OPS.get(changetype.upper())
    if op is None:
        yield "changetype is REPLACE, DELETE, EXTEND or PRUNE"
        return
    if not is_absolute(one.name):
        yield "the name is not absolute: it ends without a dot"
    try:
        _ascii(one.name)
    except TruenameError as wrong:
        yield str(wrong)
    if op == "delete":
        return
    if one.ttl is not None and not 0 <= one.ttl < TTL_LIMIT:
        yield f"the ttl is from 0 to {TTL_LIMIT - 1}"
    if op == "replace" and one.records and one.ttl is None:
        yield "the ttl is missing"
    if op == "replace" and one.records is None and one.comments is None:
        yield "REPLACE takes records, comments or both"
    if op in ("extend", "prune") and not one.records:
        yield f"{op.upper()} takes records"
    for comment in one.comments or ():
        if not 0 <= (comment.modified_at or 0) <= LATEST:
            yield f"the modified_at of a comment is from 0 to {LATEST}"
    for record in one.records or ():
        yield from _content_faults(one.type.upper(), record)


def _content_faults(rtype: str, record: RecordBody) -> Iterator[str]:
    content = record.content
    try:
        content = _with_a_labels(rtype, content)
    except TruenameError as wrong:
        yield f"{content}: {wrong}"
    if rtype in TEXTS and not content.lstrip().startswith('"'):
        yield f"{content}: text is written in quotes"
    elif '"' in content and rtype not in _WITH_PARAMETERS and not _is_apart(content, must_quote=rtype in TEXTS):
        yield f'{content}: each string stands in quotes of its own, blanks between; a quote within one is \\"'
    for start, end in name_spans(rtype, content):
        name = content[start:end]
        if not is_absolute(name) and _reads_as_host(name):
            yield f'{content}: "{name}" is not absolute: it ends without a dot'


def _is_apart(content: str, *, must_quote: bool) -> bool:
    """Whether each string of *content* is one: what quotes touch was meant to be in it, and would be taken apart."""
    is_apart = _APART.fullmatch(content) is not None
    return is_apart and not (must_quote and _STRING.sub(b"", content.encode()).strip())


def _reads_as_host(word: str) -> bool:
    """Whether *word* is a name and no more; an address or a URL is the rules' to explain."""
    return _HOST.issuperset(word) and not word.replace(".", "").isdecimal()


def _ascii(name: str) -> str:
    return name if name.isascii() else to_ascii(name)


def _comment(one: CommentBody, now: int) -> Comment:
    return Comment(one.content or "", one.account or "", now if one.modified_at is None else int(one.modified_at))


def rrset_json(rrset: RRset) -> str:
    """*rrset* as JSON, in PowerDNS' form; `comments` is always there, because PowerDNS-Admin reads it of every RRset.

    Written by hand: a million of them take a third of the time that they take by way of dicts.
    """
    comments = ", ".join([_comment_json(one) for one in rrset.comments])
    shown = rrset.records
    if rrset.type in TEXTS:
        shown = tuple([Record(whole(rrset.type, one.content), one.is_disabled) for one in shown])
    records = ", ".join(
        [
            f'{{"content": {_quoted(one.content)}, "disabled": {"true" if one.is_disabled else "false"}}}'
            for one in shown
        ]
    )
    owner, rtype = _quoted(rrset.owner), _quoted(rrset.type)
    return f'{{"comments": [{comments}], "name": {owner}, "records": [{records}], "ttl": {rrset.ttl}, "type": {rtype}}}'


def _comment_json(one: Comment) -> str:
    account, content = _quoted(one.account), _quoted(one.content)
    return f'{{"account": {account}, "content": {content}, "modified_at": {one.modified_at}}}'


def without_disabled(sets: Iterable[RRset]) -> Iterator[RRset]:
    """*sets* without disabled records, and without what then is empty."""
    for rrset in sets:
        left = tuple(record for record in rrset.records if not record.is_disabled)
        if left:
            yield RRset(rrset.owner, rrset.type, rrset.ttl, left, rrset.comments)
