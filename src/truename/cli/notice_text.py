"""Who notices a change, and until when: the RRsets that differ, then the aliases and other names that reach them.

Who notices:
  NAME              TYPE   ZONE          OLD ANSWER      NEW ANSWER  OLD ONE GONE
  web.example.com.  A      example.com.  192.0.2.1   ->  192.0.2.9   after 1 h
  www.example.org.  CNAME  example.org.  192.0.2.1   ->  192.0.2.9   after 1 h

Where the terminal is too narrow for that, zones are left out, and then names and answers are folded.
"""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from truename.cli import table
from truename.name import both

if TYPE_CHECKING:
    from truename.edit.plan import ChangeJson, ImpactJson, PlanJson, ReplyJson, SetJson

SETS = 10  # RRsets of the change itself; they stand in the plan already
REACHED = 25
RECORDS = 3  # of one answer
COLUMNS = 80  # where there is no terminal
_HEAD = ("NAME", "TYPE", "ZONE", "OLD ANSWER", "", "NEW ANSWER", "OLD ONE GONE")


class Row(NamedTuple):
    """One line of the table."""

    name: str
    rtype: str
    zone: str
    before: str
    after: str
    gone: str


def lines(plan: "PlanJson") -> Iterator[str]:
    """The whole part, with an empty line behind it; nothing when nobody notices."""
    changed = [row for change in plan["changes"] if (row := _of_change(change, plan)) and not plan["refused"]]
    reached = sorted(plan["impact"], key=lambda one: not moves(one))
    rows = [*changed[:SETS], *map(_of_impact, reached[:REACHED])]
    if not rows:
        return
    yield "Who notices:"
    yield from _fitted(rows, shutil.get_terminal_size((COLUMNS, 24)).columns)
    yield from _left_out(plan, len(changed))
    yield ""


def _left_out(plan: "PlanJson", changed: int) -> Iterator[str]:
    if changed > SETS:
        yield f"  ... and {changed - SETS:,} more of the RRsets above"
    left = plan["impact_count"] - min(len(plan["impact"]), REACHED)
    if left > 0:
        yield f"  ... and {left:,} more; truename impact NAME lists them all"


def _of_change(change: "ChangeJson", plan: "PlanJson") -> Row | None:
    """An RRset that caches may hold as it was; one that is new is in the plan, and nobody holds it."""
    seconds = change["stale_until_s"]
    before, after = _served(change["before"]), _served(change["after"])
    if not seconds or not before or before == after:
        return None
    if before[1:] == after[1:]:
        said = f"TTL {before[0]}", f"TTL {after[0]}"
    else:
        said = _joined(before[1:]), _joined(after[1:]) or _instead(change, plan) or "none"
    return Row(both(change["name"]), change["type"], change["zone"], *said, within(seconds))


def _instead(change: "ChangeJson", plan: "PlanJson") -> str:
    """What answers for an RRset that goes: an alias that comes in its place, or what comes in place of an alias."""
    come = [
        one for one in plan["changes"] if one["name"] == change["name"] and "CNAME" in (one["type"], change["type"])
    ]
    served = [(one["type"], _served(one["after"])[1:]) for one in come if one["op"] == "add"]
    return ", ".join(f"{rtype} {_joined(records)}" for rtype, records in served if records)


def _served(rrset: "SetJson | None") -> tuple[str, ...]:
    """Its TTL, then the records that are not disabled; nothing when there are none."""
    return (str(rrset["ttl"]), *rrset["records"]) if rrset and rrset["records"] else ()


def _of_impact(one: "ImpactJson") -> Row:
    after = _answer(one["after"]) if moves(one) else "the same"
    return Row(both(one["name"]), one["type"], one["zone"], _answer(one["before"]), after, within(one["stale_until_s"]))


def moves(one: "ImpactJson") -> bool:
    """Whether the answer is another one."""
    before, after = one["before"], one["after"]
    return (before["rcode"], sorted(before["records"])) != (after["rcode"], sorted(after["records"]))


def _answer(reply: "ReplyJson") -> str:
    return reply["rcode"] if reply["rcode"] != "NOERROR" else _joined(reply["records"]) or "no data"


def _joined(records: Sequence[str]) -> str:
    more = f" and {len(records) - RECORDS} more" if len(records) > RECORDS else ""
    return ", ".join(map(both_in, records[:RECORDS])) + more


def both_in(data: str) -> str:
    """Data of a record; the name that ends it in both forms where it has U-labels."""
    head, space, last = data.rpartition(" ")
    return f"{head}{space}{both(last)}" if "xn--" in last and '"' not in data else data


def _fitted(rows: Sequence[Row], width: int) -> Iterator[str]:
    """The rows as a table; where that is wider than *width*, without their zones, or else with folded cells."""
    whole = [(row.name, row.rtype, row.zone, row.before, "->", row.after, row.gone) for row in rows]
    for columns in ((0, 1, 2, 3, 4, 5, 6), (0, 1, 3, 4, 5, 6)):
        cells = [tuple(row[at] for at in columns) for row in whole]
        shown = list(table.rows(cells, indent=2, head=[_HEAD[at] for at in columns]))
        if max(map(len, shown)) <= width:
            yield from shown
            return
    yield from table.rows(_folded(rows, width), indent=2, head=("NAME", "TYPE", "OLD ONE GONE", "OLD -> NEW ANSWER"))


def _folded(rows: Sequence[Row], width: int) -> Iterator[tuple[str, ...]]:
    """Each row on as many lines as its name and its answers need."""
    fixed = 8 + max(len(row.rtype) for row in rows) + max(len("OLD ONE GONE"), *(len(row.gone) for row in rows))
    of_name = min(max(len(row.name) for row in rows), max((width - fixed) // 2, 10))
    of_answer = max(width - fixed - of_name, 10)
    for row in rows:
        whole = f"{row.before} -> {row.after}"
        parts = [whole] if len(whole) <= of_answer else [row.before, f"-> {row.after}"]
        answer = [line for part in parts for line in textwrap.wrap(part, of_answer, break_on_hyphens=False)]
        yield from zip_longest(_pieces(row.name, of_name), [row.rtype], [row.gone], answer, fillvalue="")


def _pieces(name: str, width: int) -> Iterator[str]:
    """*name* as it is, or cut behind dots when it is longer than *width*."""
    while len(name) > width:
        at = name.rfind(".", 0, width) + 1 or width
        yield name[:at]
        name = name[at:]
    yield name


def within(seconds: int) -> str:
    """Until when caches may hold the old answer, in words."""
    return "at once" if seconds <= 0 else f"after {duration(seconds)}"


def duration(seconds: int) -> str:
    """*seconds* in at most two units."""
    parts = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"
