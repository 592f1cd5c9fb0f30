"""Who notices a change: the names that reach a touched one, what they answer before and after, and for how long the old
answer may still be about.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from truename.edit.plan import Change, Impact, Reply

if TYPE_CHECKING:
    from truename._core import Chain, Graph, Prepared, Reached

SHOWN = 100  # of what may be half a million

# Links that a resolver follows by itself: the name answers with what it leads to. Others lead to a name that is asked.
FOLLOWED = ("CNAME", "ALIAS")
# Asked for where the change says nothing else: what most people ask for.
USUAL = "A"
SHAPES = ("CNAME", "DNAME", "ALIAS", "NS", "SOA")


def reached(prepared: "Prepared") -> "tuple[int, list[Reached]]":
    """(how many names reach a touched one, the first SHOWN)."""
    return prepared.reach(limit=SHOWN)


def impact(
    found: "Sequence[Reached]", versions: "tuple[Graph, Prepared]", changes: Sequence[Change]
) -> tuple[Impact, ...]:
    """What *found* answer before and after."""
    before, after = versions
    asked = types_asked(changes)
    rows = []
    for one in found:
        name, rtype = question(one, asked)
        was, will_be = _reply(before.explain(name, rtype)), _reply(after.explain(name, rtype))
        rows.append(Impact(one.name, one.type, one.zone, tuple(one.path), one.ttl, was, will_be, after.stale(one)))
    return tuple(rows)


def question(one: "Reached", asked: dict[str, str]) -> tuple[str, str]:
    """What is asked to see the difference."""
    rtype = asked.get(one.path[-1], USUAL)
    if one.is_itself:
        return one.name, rtype if one.type == "CNAME" else one.type
    return (one.name if one.type in FOLLOWED else one.path[1]), rtype


def types_asked(changes: Sequence[Change]) -> dict[str, str]:
    """What is asked for at each touched name: the first type of data that changes there."""
    asked: dict[str, str] = {}
    for change in changes:
        if change.type not in SHAPES:
            asked.setdefault(change.owner, change.type)
    return asked


def _reply(chain: "Chain") -> Reply:
    return Reply(chain.rcode, tuple(data for _, _, _, data in chain.records))
