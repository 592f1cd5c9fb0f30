"""What would come of a change: the difference, the findings of the rules on the result, and who notices.

`plan_json` is the one shape that the API, the command line and the pages show.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from typing_extensions import TypedDict  # before Python 3.12 pydantic cannot describe the one in typing

from truename.zone import whole

if TYPE_CHECKING:
    from truename.rules.base import Finding
    from truename.zone import Comment, RRset

Op = Literal["add", "change", "delete"]

CHANGES_SHOWN = 10_000  # of a plan that replaces or deletes a zone: what nobody reads is not sent


@dataclass(frozen=True, slots=True)
class Change:
    """One RRset that differs. *before* None: it is new; *after* None: it goes.

    Units:  seconds; *stale_until_s*: as in `Impact`, of this RRset alone; None where nobody asked (a commit)
    """

    zone: str
    owner: str
    type: str
    before: "RRset | None"
    after: "RRset | None"
    stale_until_s: int | None = None

    @property
    def op(self) -> Op:
        """What happens to it."""
        if self.before is None:
            return "add"
        return "delete" if self.after is None else "change"


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A property of a zone that differs; the zone is there before and after."""

    zone: str
    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not read any more, because its zone is in the database from now on; or is read again.

    Shape:  *serial* is that of its version; 0 when it cannot be read as it stands
    """

    zone: str
    file: str
    is_read: bool
    serial: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: an rcode, and the data of the records at the end of the chain."""

    rcode: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """An alias, or another record, that reaches a touched name.

    Shape:  *path* leads from *name* to the touched name; *before* and *after* are None where only the count was asked
    Units:  seconds; *stale_until_s*: after the change, until the last honest cache has dropped the old answer
    """

    name: str
    type: str
    zone: str
    path: tuple[str, ...]
    ttl: int
    before: Reply
    after: Reply
    stale_until_s: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A change and what would come of it.

    Shape:  *findings* are those that the change adds, *existing* those that were there before, in its scope;
            *impact* are the first 100 of *impact_count*, none after a commit;
            *refused* says why a commit would refuse it, one text for each reason;
            *asks* are the rules that a caller who is strict has to accept by name, none where something refuses;
            *properties* are those that differ of zones that stay; *files* are those that zones are handed over from
            or back to, *changes* then what differs from their versions;
            *serials* maps each touched zone to its serial before (0: new) and after (0: deleted)
    """

    base_serial: int = 0
    changes: tuple[Change, ...] = ()
    counts: dict[Op, int] = field(default_factory=dict)  # of *changes*, also of those left out
    findings: tuple["Finding", ...] = ()
    existing: tuple["Finding", ...] = ()
    impact: tuple[Impact, ...] = ()
    impact_count: int = 0
    refused: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    let_through: tuple[str, ...] = ()  # rules whose findings neither refuse it nor were silenced
    serials: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_saved: bool = False
    properties: tuple[PropertyChange, ...] = ()
    files: tuple[FileChange, ...] = ()

    @property
    def change_count(self) -> int:
        """How many RRsets differ."""
        return sum(self.counts.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self.change_count == 0 and not self.serials and not self.properties and not self.files


class CommentJson(TypedDict):
    """A comment on an RRset. Units: modified_at in Unix seconds."""

    account: str
    content: str
    modified_at: int


class SetJson(TypedDict):
    """An RRset. Units: ttl in seconds. *disabled*: records that are kept and not served."""

    ttl: int
    records: list[str]
    disabled: list[str]
    comments: list[CommentJson]


class ChangeJson(TypedDict):
    """One RRset that differs. Units: seconds; null in the plan of a change that was carried out."""

    op: Op
    zone: str
    name: str
    type: str
    before: SetJson | None
    after: SetJson | None
    stale_until_s: int | None


class ReplyJson(TypedDict):
    """What is answered."""

    rcode: str
    records: list[str]


class ImpactJson(TypedDict):
    """Who notices. Units: seconds."""

    name: str
    type: str
    zone: str
    path: list[str]
    ttl: int
    before: ReplyJson
    after: ReplyJson
    stale_until_s: int


class PropertyJson(TypedDict):
    """A property of a zone that differs, as the zone's JSON has it."""

    zone: str
    name: str
    before: object
    after: object


class SerialsJson(TypedDict):
    """A zone's serial before and after; 0: not there."""

    before: int
    after: int


class FileJson(TypedDict):
    """The file of a zone that comes into the database (*read* is false from now on), or goes back to its file."""

    zone: str
    file: str
    read: bool
    serial: int


class CountsJson(TypedDict):
    """How many RRsets are added, changed and deleted."""

    add: int
    change: int
    delete: int


class PlanJson(TypedDict):
    """A plan as JSON holds it; see `Plan`. *hidden* is 0: what a caller may not know is not counted either."""

    base_serial: int
    changes: list[ChangeJson]
    change_count: int
    counts: CountsJson
    findings: list[dict[str, object]]
    existing: list[dict[str, object]]
    impact: list[ImpactJson]
    impact_count: int
    hidden: int
    refused: list[str]
    accepted: bool
    asks: list[str]
    let_through: list[str]
    serials: dict[str, SerialsJson]
    properties: list[PropertyJson]
    files: list[FileJson]
    saved: bool


def plan_json(plan: Plan) -> PlanJson:
    """*plan* as JSON holds it."""
    from truename.rules.base import finding_json

    return {
        "base_serial": plan.base_serial,
        "changes": [_change_json(change) for change in plan.changes],
        "change_count": plan.change_count,
        "counts": {
            "add": plan.counts.get("add", 0),
            "change": plan.counts.get("change", 0),
            "delete": plan.counts.get("delete", 0),
        },
        "findings": [finding_json(finding) for finding in plan.findings],
        "existing": [finding_json(finding) for finding in plan.existing],
        "impact": [_impact_json(one) for one in plan.impact],
        "impact_count": plan.impact_count,
        "hidden": 0,
        "refused": list(plan.refused),
        "accepted": not plan.refused,
        "asks": list(plan.asks),
        "let_through": list(plan.let_through),
        "serials": {zone: {"before": old, "after": new} for zone, (old, new) in plan.serials.items()},
        "properties": [
            {"zone": one.zone, "name": one.name, "before": one.before, "after": one.after} for one in plan.properties
        ],
        "files": [
            {"zone": one.zone, "file": one.file, "read": one.is_read, "serial": one.serial} for one in plan.files
        ],
        "saved": plan.is_saved,
    }


def _change_json(change: Change) -> ChangeJson:
    return {
        "op": change.op,
        "zone": change.zone,
        "name": change.owner,
        "type": change.type,
        "before": _set_json(change.before),
        "after": _set_json(change.after),
        "stale_until_s": change.stale_until_s,
    }


def _set_json(rrset: "RRset | None") -> SetJson | None:
    if rrset is None:
        return None
    disabled = [whole(rrset.type, record.content) for record in rrset.records if record.is_disabled]
    return {
        "ttl": rrset.ttl,
        "records": [whole(rrset.type, content) for content in rrset.served],
        "disabled": disabled,
        "comments": [comment_json(one) for one in rrset.comments],
    }


def comment_json(one: "Comment") -> CommentJson:
    """A comment as PowerDNS' API has it."""
    return {"account": one.account, "content": one.content, "modified_at": one.modified_at}


def _impact_json(one: Impact) -> ImpactJson:
    return {
        "name": one.name,
        "type": one.type,
        "zone": one.zone,
        "path": list(one.path),
        "ttl": one.ttl,
        "before": _reply_json(one.before),
        "after": _reply_json(one.after),
        "stale_until_s": one.stale_until_s,
    }


def _reply_json(reply: Reply) -> ReplyJson:
    return {"rcode": reply.rcode, "records": list(reply.records)}
