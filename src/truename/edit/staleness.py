"""For how long caches may hold what a changed RRset said before."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from truename.edit.plan import Change

if TYPE_CHECKING:
    from truename._core import Graph


def remembered(changes: Iterable[Change], before: "Graph", negative: Callable[[str], int]) -> tuple[Change, ...]:
    """*changes* with the seconds after which the last honest cache has dropped the old answer.

    *negative* is the negative TTL of a zone in seconds (RFC 2308 5), 0 for one that is new: nobody was sent there.
    """
    return tuple(replace(one, stale_until_s=_seconds(one, before, negative)) for one in changes)


def _seconds(change: Change, before: "Graph", negative: Callable[[str], int]) -> int:
    if change.before and change.before.served:
        return change.before.ttl
    # What was not there may have been answered all the same: by an alias, by a wildcard, or below a DNAME.
    chain = before.explain(change.owner, change.type)
    if chain.hops:
        return chain.hops[0].ttl
    return chain.records[0][1] if chain.records else negative(change.zone)
