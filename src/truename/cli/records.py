"""RRsets over the API: read, shown, changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from truename.cli import table
from truename.cli.changing import Call, Remarks, change
from truename.cli.client import Client, Query, in_path
from truename.cli.messages import note, say
from truename.cli.notice_text import both_in
from truename.cli.options import Mode
from truename.cli.plan_text import comment_text, is_empty
from truename.name import both

if TYPE_CHECKING:
    from truename.edit.plan import ChangeJson, PlanJson, SetJson

DEFAULT_TTL = 3600  # seconds, for the first records of a type; PowerDNS' API has none of its own
GATHERED = ("TXT", "MX", "NS", "SRV")  # types whose sets grow over years, by several hands


def of_zone(client: Client, zone: str, query: Query) -> list[dict[str, Any]]:
    """The RRsets of *zone*, or those that *query* picks. Raises: TruenameError"""
    sets: list[dict[str, Any]] = client.get(f"zones/{in_path(zone)}", query)["rrsets"]
    return sets


def show(sets: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print them."""
    if as_json:
        say(json.dumps(sets, indent=2, ensure_ascii=False))
    elif sets:
        say("\n".join(table.rows(_rows(sets))))


def _rows(sets: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for one in sets:
        for record in one["records"]:
            mark = "  (disabled)" if record["disabled"] else ""
            yield both(one["name"]), str(one["ttl"]), one["type"], both_in(record["content"]) + mark
        for comment in one["comments"]:
            yield both(one["name"]), "", one["type"], comment_text(comment)


@dataclass(frozen=True)
class Step:
    """What is to be done to one RRset. *operation* is PowerDNS' changetype; *ttl* None keeps the one that is there"""

    operation: str
    zone: str
    owner: str
    type: str
    contents: Sequence[str]
    ttl: int | None = None
    comment: str | None = None
    is_disabled: bool = False

    def with_more(self, comment: str | None, *, is_disabled: bool) -> "Step":
        """The same with a comment, of records that are disabled."""
        return replace(self, comment=comment, is_disabled=is_disabled)

    def body(self, there: Mapping[str, Any] | None) -> dict[str, Any]:
        """The step as the API takes it; *there* is the RRset as it is."""
        step: dict[str, Any] = {"name": self.owner, "type": self.type, "changetype": self.operation}
        if self.contents:
            step["records"] = [{"content": content, "disabled": self.is_disabled} for content in self.contents]
        if self.is_written:
            step["ttl"] = self.ttl if self.ttl is not None else int(there["ttl"]) if there else DEFAULT_TTL
        if self.comment is not None:
            step["comments"] = self._comments(there)
        return step

    @property
    def is_in_need_of_the_set(self) -> bool:
        """Whether what is sent depends on the RRset as it is."""
        return self.is_written and (self.ttl is None or (self.comment is not None and self.operation == "EXTEND"))

    @property
    def is_written(self) -> bool:
        """Whether it gives records, and takes none away."""
        return self.operation in ("EXTEND", "REPLACE")

    def _comments(self, there: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        kept = list(there["comments"]) if there and self.operation == "EXTEND" else []
        return [*kept, {"content": self.comment, "account": ""}] if self.comment else kept


def carry_out(client: Client, step: Step, mode: Mode) -> int:
    """Plan and carry it out. Returns: exit status"""
    there = _there(client, step) if step.is_in_need_of_the_set else None
    call = Call("PATCH", f"zones/{in_path(step.zone)}", {"rrsets": [step.body(there)]})
    return change(client, call, mode, remarks=_remarks(client, step))


def _remarks(client: Client, step: Step) -> Remarks | None:
    if step.operation == "REPLACE":
        return _dropped
    return None if step.is_written else partial(_missing, client, step)


def _there(client: Client, step: Step) -> dict[str, Any] | None:
    found = of_zone(client, step.zone, {"rrset_name": step.owner, "rrset_type": step.type})
    return found[0] if found else None


def _missing(client: Client, step: Step, plan: "PlanJson") -> Iterator[str]:
    """Say on stderr that what shall be deleted is not there, and what is; there is nothing to add to the plan."""
    if not is_empty(plan):
        return
    held = {one["type"]: one["records"] for one in of_zone(client, step.zone, {"rrset_name": step.owner})}
    name = both(step.owner)
    if not held:
        note(f"{name} has no records")
    elif step.type not in held:
        note(f"{name} has no {step.type}; it has {', '.join(held)}")
    elif step.contents:
        note(f"{name} {step.type} has no such record")
    yield from ()


def _dropped(plan: "PlanJson") -> Iterator[str]:
    """What goes of a set that is replaced, where it may be that somebody only wanted to add to it."""
    for one in plan["changes"]:
        if one["type"] in GATHERED and (gone := _gone(one)):
            count = "1 record goes" if len(gone) == 1 else f"{len(gone):,} records go"
            yield f"{count} from {both(one['name'])} {one['type']}, which `record add` would keep:"
            yield from (f"  {record}" for record in gone)


def _gone(one: "ChangeJson") -> list[str]:
    """The records that are not there any more, in any spelling; one that was disabled and is served now is there."""
    from truename._core import canonical

    after = {canonical(one["type"], record) for record in _contents(one["after"])}
    before = _contents(one["before"])
    return [both_in(record) for record in before if canonical(one["type"], record) not in after]


def _contents(rrset: "SetJson | None") -> list[str]:
    return [*rrset["records"], *rrset["disabled"]] if rrset else []
