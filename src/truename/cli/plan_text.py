"""A plan in lines and tables, as people read it before they say yes.

example.com.  serial 2026112601 -> 2026112602

  + new.example.com.  A      300   192.0.2.5
  ~ www.example.com.  CNAME  3600  example.com. -> example.net.
  - old.example.com.  TXT    300   "x"

This change adds 1 finding:
  warning[alias-chain] blog.example.com. CNAME: ...
    hint: ...

Who notices:
  NAME              TYPE   ZONE          OLD ANSWER      NEW ANSWER  OLD ONE GONE
  www.example.org.  CNAME  example.org.  192.0.2.1   ->  192.0.2.9   after 1 h

Plan: 1 to add, 1 to change, 1 to delete; 1 alias moves
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from truename.cli import notice_text, paint, table
from truename.cli.finding_text import finding_lines, summary
from truename.cli.notice_text import RECORDS, both_in, moves
from truename.name import both

if TYPE_CHECKING:
    from truename.edit.plan import ChangeJson, CommentJson, FileJson, PlanJson, SetJson

CHANGES = 200  # RRsets that are shown; an import may have a million
_MARKS = {"add": ("+", paint.added), "change": ("~", paint.changed), "delete": ("-", paint.removed)}


def lines(plan: "PlanJson") -> Iterator[str]:
    """The whole text, a line at a time."""
    if is_empty(plan):
        yield "No changes."
        return
    yield from _changes(plan)
    yield from _findings(plan)
    yield from notice_text.lines(plan)
    yield headline(plan)


def is_empty(plan: "PlanJson") -> bool:
    """Whether carrying it out would change nothing."""
    return not (plan["change_count"] or plan["serials"] or plan.get("properties") or plan.get("files"))


def refused(plan: "PlanJson") -> str:
    """Why the change would not be carried out; empty when it would."""
    said = plan["refused"]
    more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
    return f"{said[0]}{more}" if said else ""


def headline(plan: "PlanJson") -> str:
    """The last line: how much changes, and for how many."""
    counts = plan["counts"]
    words = f"{counts['add']:,} to add, {counts['change']:,} to change, {counts['delete']:,} to delete"
    moved = _moved(plan)
    where = f" in {len(plan['serials']):,} zones" if len(plan["serials"]) > 1 else ""
    return f"Plan: {words}{where}" + (f"; {moved}" if moved else "")


def _changes(plan: "PlanJson") -> Iterator[str]:
    shown = plan["changes"][:CHANGES]
    named = [zone for zone in plan["serials"] if all(change["zone"] != zone for change in shown)]
    for zone, changes in groupby(shown, key=lambda change: change["zone"]):
        yield _zone_line(plan, zone)
        yield from _file_lines(plan, zone)
        yield ""
        yield from _change_lines(list(changes))
        yield from _property_lines(plan, zone)
        yield ""
    left = plan["change_count"] - len(shown)
    if left:
        yield f"  ... and {left:,} more RRsets"
        yield ""
    for zone in named:
        yield _zone_line(plan, zone)
        if files := list(_file_lines(plan, zone)):
            yield from (*files, "")
        if lines := list(_property_lines(plan, zone)):
            yield from ("", *lines, "")


def _zone_line(plan: "PlanJson", zone: str) -> str:
    serials = plan["serials"].get(zone)
    if serials is None:
        return paint.title(both(zone))
    old, new = serials["before"], serials["after"]
    if old == new:
        words = f"serial {new}"
    elif not old:
        words = f"new zone, serial {new}"
    else:
        words = f"serial {old} -> {new}" if new else f"the zone is deleted, serial {old}"
    return f"{paint.title(both(zone))}  {words}"


def _file_lines(plan: "PlanJson", zone: str) -> Iterator[str]:
    """What becomes of the file of a zone that comes into the database, or leaves it."""
    for one in plan.get("files") or []:
        if one["zone"] == zone:
            yield f"  {paint.plain(one['file'])} {_of_file(one)}"


def _of_file(one: "FileJson") -> str:
    if not one["read"]:
        return "is not read any more: the zone is in the database from now on"
    if one["serial"]:
        return f"is read again: its version, serial {one['serial']}, is served from now on"
    return "cannot be read as it stands: the zone is not served until it is mended"


def _change_lines(changes: "Sequence[ChangeJson]") -> Iterator[str]:
    rows = []
    for change in changes:
        before, after = change["before"], change["after"]
        for number, (mark, ttl, what) in enumerate(_parts(change["op"], before, after)):
            head = ("", "") if number else (both(change["name"]), change["type"])
            rows.append((mark, *head, ttl, what))
    yield from table.rows(rows, indent=2)


def _property_lines(plan: "PlanJson", zone: str) -> Iterator[str]:
    """What differs of the zone besides its records."""
    for one in plan.get("properties") or []:
        if one["zone"] == zone:
            yield f"  {_mark('change')} {one['name']}: {property_text(one['before'])} -> {property_text(one['after'])}"


def property_text(value: object) -> str:
    """A property as people read it."""
    if isinstance(value, dict):
        return paint.plain("; ".join(f"{key}={','.join(values)}" for key, values in value.items()) or "none")
    if isinstance(value, list):
        return ",".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else paint.plain(str(value or "none"))


def _parts(op: str, before: "SetJson | None", after: "SetJson | None") -> Iterator[tuple[str, str, str]]:
    """(mark, ttl, data) of each line that one RRset takes."""
    if op == "change" and before and after:
        yield from _changed(before, after)
        return
    one = after or before
    for number, said in enumerate([*_records(one), *_comments(one)]):
        yield _mark(op), str(one["ttl"]) if one and not number else "", said


def _mark(op: str) -> str:
    sign, colour = _MARKS[op]
    return colour(sign)


def _changed(before: "SetJson", after: "SetJson") -> Iterator[tuple[str, str, str]]:
    ttl = str(after["ttl"]) if before["ttl"] == after["ttl"] else f"{before['ttl']} -> {after['ttl']}"
    old, new = _records(before), _records(after)
    gone, come = _differing(old, new)
    gone_comments, come_comments = _differing(_comments(before), _comments(after))
    if len(gone) == len(come) == 1:
        yield _mark("change"), ttl, f"{gone[0]} -> {come[0]}"
    elif not gone and not come:
        yield _mark("change"), ttl, ", ".join(new) if len(new) <= RECORDS else f"{len(new)} records"
    else:
        yield _mark("change"), ttl, ""
        yield from ((f"  {_mark('delete')}", "", one) for one in gone)
        yield from ((f"  {_mark('add')}", "", one) for one in come)
    yield from ((f"  {_mark('delete')}", "", one) for one in gone_comments)
    yield from ((f"  {_mark('add')}", "", one) for one in come_comments)


def _differing(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """(what is in *old* only, what is in *new* only)."""
    return [one for one in old if one not in new], [one for one in new if one not in old]


def _comments(rrset: "SetJson | None") -> list[str]:
    """Comments as a zone file might have them."""
    return [comment_text(one) for one in rrset.get("comments") or []] if rrset else []


def comment_text(one: "CommentJson") -> str:
    """A comment in one line, with whom it is from."""
    said = paint.plain(one["content"])
    return f"; {said} ({paint.plain(one['account'])})" if one["account"] else f"; {said}"


def _records(rrset: "SetJson | None") -> list[str]:
    if rrset is None:
        return []
    return [*map(both_in, rrset["records"]), *(f"{one}  (disabled)" for one in rrset.get("disabled") or [])]


def _findings(plan: "PlanJson") -> Iterator[str]:
    new: Sequence[dict[str, Any]] = plan["findings"]
    if new:
        yield f"This change adds {_plural(len(new), 'finding')}:"
        for finding in new:
            yield from finding_lines(finding, indent=2)
        if plan["asks"] and not plan["refused"]:
            yield f"  a yes accepts: {', '.join(plan['asks'])}"
        yield ""
    if plan["existing"]:
        there = len(plan["existing"])
        kinds = summary(plan["existing"])
        yield f"{_plural(there, 'finding')} {'was' if there == 1 else 'were'} there before ({kinds})"
        yield ""


def _moved(plan: "PlanJson") -> str:
    """For how many the answer is another one, as far as the plan says."""
    count = plan["impact_count"]
    if not count:
        return ""
    if len(plan["impact"]) < count:
        return f"{_plural(count, 'alias', 'aliases')} {'reaches' if count == 1 else 'reach'} what changes"
    moved = sum(1 for one in plan["impact"] if moves(one))
    return f"{_plural(moved, 'alias', 'aliases')} {'moves' if moved == 1 else 'move'}"


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
