"""A ChangeSet on what is stored: the state of every RRset it touches, before and after. Nothing is judged here.

    SetChange ── normal form ── ZoneDraft.now[owner, type]        read from the store when it is first touched

Data that cannot be read are collected, so that all of them are told at once (`Unreadable`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truename._core import canonical, normalize, normalize_name
from truename.edit.change import SetChange
from truename.edit.plan import Change
from truename.edit.soa import TTL
from truename.errors import RejectedEdit
from truename.zone import Record, RRset, ZoneInfo

if TYPE_CHECKING:
    from truename.store import Store

Key = tuple[str, str]  # owner, type

TTL_MAX = 2**31 - 1  # RFC 2181 8
TYPE_MAX = 2**16 - 1
ALIAS = 65401
SHOWN = 200  # characters of data that a message quotes
_NUMBERED = re.compile(r"TYPE\d{1,5}")


@dataclass(slots=True)
class ZoneDraft:
    """One zone that is edited, RRset by RRset.

    Shape:  *info* None: there is no such zone yet; *before* and *now* have the same keys
    """

    store: "Store"
    name: str
    info: ZoneInfo | None
    before: dict[Key, RRset | None] = field(default_factory=dict)
    now: dict[Key, RRset | None] = field(default_factory=dict)

    def read(self, owner: str, rtype: str) -> RRset | None:
        """The RRset as it is after the steps so far."""
        key = (owner, rtype)
        if key not in self.now:
            self.fetch((key,))
        return self.now[key]

    def fetch(self, keys: Iterable[Key]) -> None:
        """Look at those of *keys* that are still unknown, all at once: one transaction instead of one for each."""
        unknown = [key for key in dict.fromkeys(keys) if key not in self.now]
        found = self.store.some(self.name, unknown) if self.info and unknown else dict.fromkeys(unknown)
        self.before |= found
        self.now |= found

    def write(self, owner: str, rtype: str, rrset: RRset | None) -> None:
        """Let *rrset* be there from now on; one that holds nothing is none."""
        self.read(owner, rtype)
        self.now[owner, rtype] = rrset if rrset and (rrset.records or rrset.comments) else None

    @property
    def soa(self) -> RRset | None:
        """The SOA as it is after the steps so far."""
        return self.read(self.name, "SOA")

    def default_ttl(self) -> int:
        """What a new RRset gets when nobody says it: the SOA's TTL."""
        return self.soa.ttl if self.soa else TTL

    def changes(self) -> Iterator[Change]:
        """The RRsets that differ, in the order in which they were touched."""
        for (owner, rtype), before in self.before.items():
            after = self.now[owner, rtype]
            if not _is_same(before, after):
                yield Change(self.name, owner, rtype, before, after)


def apply(draft: ZoneDraft, steps: Sequence[SetChange]) -> None:
    """Carry out *steps*, which are all of this zone, in their order.

    Raises: RejectedEdit with everything in them that cannot be read
    """
    wrong: list[str] = []
    known = [(step, key) for step in steps if (key := _key(step, wrong))]
    if known:
        draft.fetch([key for _, key in known] + [(draft.name, "SOA")])  # its serial changes with them
    for step, key in known:
        try:
            found = draft.read(*key)
            if found is None and step.op == "delete":
                refuse_unknown(key[1])
            draft.write(*key, _after(draft, key, step, _records(step, key[1], wrong), found))
        except ValueError as unreadable:
            wrong.append(str(unreadable))
    if wrong:
        raise RejectedEdit(_told(wrong), errors=wrong)


def _key(step: SetChange, wrong: list[str]) -> Key | None:
    try:
        return normalize_name(step.owner), type_of(step.type)
    except ValueError as unreadable:
        wrong.append(str(unreadable))
        return None


def _after(draft: ZoneDraft, key: Key, step: SetChange, given: tuple[Record, ...], found: RRset | None) -> RRset | None:
    """The RRset after one step."""
    if step.op == "delete":
        return None
    records = found.records if found else ()
    if step.op == "replace":
        records = given
    elif step.op == "extend":
        records = (*_without(records, key[1], given), *given)
    else:
        records = _without(records, key[1], given)
    comments = (found.comments if found else ()) if step.comments is None else tuple(dict.fromkeys(step.comments))
    if step.op in ("replace", "prune") and not records and step.comments is None:
        return None  # comments speak of records
    return RRset(*key, _ttl(step, found, draft), records, comments)


def _without(records: Sequence[Record], rtype: str, gone: Sequence[Record]) -> tuple[Record, ...]:
    """*records* without those of *gone*, in whatever spelling."""
    keys = {canonical(rtype, record.content) for record in gone}
    return tuple(record for record in records if canonical(rtype, record.content) not in keys)


def _ttl(step: SetChange, found: RRset | None, draft: ZoneDraft) -> int:
    if step.ttl is None:
        return found.ttl if found else draft.default_ttl()
    if not 0 <= step.ttl <= TTL_MAX:
        raise ValueError(f"{step.owner} {step.type}: TTL {step.ttl} is not between 0 and {TTL_MAX}")
    return step.ttl


def _records(step: SetChange, rtype: str, wrong: list[str]) -> tuple[Record, ...]:
    """The records as they were spelled first, each once; one that is served as well as disabled is served."""
    found: dict[str, Record] = {}
    for record in step.records if step.op != "delete" else ():
        try:
            content = normalize(rtype, record.content)
        except ValueError as unreadable:
            wrong.append(f"{step.owner} {rtype} {_shown(record.content)}: {_reason(str(unreadable), rtype)}")
            continue
        key = canonical(rtype, content)
        first = found.get(key, Record(content, record.is_disabled))
        found[key] = Record(first.content, first.is_disabled and record.is_disabled)
    return tuple(found.values())


def _shown(content: str) -> str:
    return content if len(content) <= SHOWN else f"{content[:SHOWN]}..."


def _reason(message: str, rtype: str) -> str:
    return message.removeprefix(f"{rtype}: ")


def type_of(text: str) -> str:
    """The mnemonic of a type, also of one written TYPE5 (RFC 3597 5). Raises: ValueError"""
    rtype = text.upper()
    if not rtype.isprintable():  # some databases do not even take the question
        raise ValueError(f"{rtype!r} is no record type")
    return normalize_type(rtype) if _NUMBERED.fullmatch(rtype) else rtype


def normalize_type(rtype: str) -> str:
    """The mnemonic that `TYPEn` stands for."""
    from dns import rdatatype  # the only module here that needs it, for the rare zone that has such a type

    number = int(rtype.removeprefix("TYPE"))
    if number > TYPE_MAX:
        raise ValueError(f'"{rtype}" is no record type: their numbers go to {TYPE_MAX}')
    return "ALIAS" if number == ALIAS else rdatatype.to_text(rdatatype.RdataType.make(number))


def refuse_unknown(rtype: str) -> None:
    """Raises: ValueError for what is no type; data that are read show it by themselves"""
    try:
        normalize(rtype, "")
    except ValueError as wrong:
        if str(wrong) == f'"{rtype}" is no record type':
            raise


def _is_same(one: RRset | None, other: RRset | None) -> bool:
    """Whether two RRsets hold the same in the same spelling, in any order (RFC 2181 5: a set)."""
    if one is None or other is None:
        return one is other
    return (
        one.ttl == other.ttl
        and set(one.records) == set(other.records)
        and (one.comments == other.comments or set(one.comments) == set(other.comments))
    )


def _told(wrong: Sequence[str]) -> str:
    return wrong[0] if len(wrong) == 1 else f"{wrong[0]} (and {len(wrong) - 1} more)"
