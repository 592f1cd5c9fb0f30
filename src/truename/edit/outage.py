"""What a change takes away from those who are answered so far, and what it leaves behind does not show.

The rules judge what a zone holds. That records are there and nobody gets them any more (`data-below-cut`), or that a
zone goes which others lead into (`zone-still-named`), is seen only by asking both versions.

Cost: nothing for a change without a new cut, a new zone below another or a zone that is deleted. A cut costs the names
that were there at it and below it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from truename.edit import links
from truename.edit.impact import FOLLOWED, reached
from truename.name import closest, is_at_or_below
from truename.rules import data_below_cut, zone_still_named

if TYPE_CHECKING:
    from truename._core import Graph, Prepared
    from truename.edit.zone_edit import Edit, ZoneEdit
    from truename.rules.base import Finding
    from truename.zone import RRset

# Data that somebody asks for; what belongs to signatures goes with them.
ASKED = (
    "A",
    "AAAA",
    "MX",
    "TXT",
    "SRV",
    "CAA",
    "HTTPS",
    "SVCB",
    "TLSA",
    "SSHFP",
    "NAPTR",
    "PTR",
    "ALIAS",
    "URI",
    "LOC",
)
MOST = 1000  # names that are looked at below one cut


def of_change(edit: "Edit", graph: "Graph", prepared: "Prepared") -> "Iterator[Finding]":
    """The findings about *edit*, which *prepared* would make of what *graph* serves: both as the caller sees them."""
    for zone in edit.zones.values():
        for cut in _new_cuts(zone):
            yield from _hidden_by_cut(zone, cut, graph, prepared)
        if zone.info is None and zone.after is not None:
            yield from _hidden_by_zone(edit, zone.name, graph, prepared)
    deleted = frozenset(zone.name for zone in edit.zones.values() if zone.after is None)
    if deleted:
        yield from _left_behind(deleted, graph, prepared)


def _new_cuts(zone: "ZoneEdit") -> Iterator[str]:
    """The names that are delegated from now on."""
    for one in zone.changes:
        is_new = not (one.before and one.before.served) and one.after and one.after.served
        if one.type == "NS" and one.owner != zone.name and is_new:
            yield one.owner


def _hidden_by_cut(zone: "ZoneEdit", cut: str, graph: "Graph", prepared: "Prepared") -> "Iterator[Finding]":
    servers = {name for one in zone.changes if one.type == "NS" and one.after for name in _servers(one.after)}
    found = [
        (owner, rtype)
        for owner, rtype in _hidden(zone, cut, graph, prepared)
        if not (rtype in ("A", "AAAA") and owner in servers)
    ]
    if found:
        yield data_below_cut.of_cut(zone.name, cut, found, is_zone=False)


def _servers(rrset: "RRset") -> Iterator[str]:
    return (name for content in rrset.served for name in links.targets("NS", content))


def _hidden_by_zone(edit: "Edit", name: str, graph: "Graph", prepared: "Prepared") -> "Iterator[Finding]":
    above = closest(name, {one.origin for one in graph.zones()})
    if above is None or above == name:  # nobody's, or its own: it comes from a file
        return
    found = list(_hidden(edit.zones.get(above), name, graph, prepared))
    if found:
        yield data_below_cut.of_cut(above, name, found, is_zone=True)


def _hidden(zone: "ZoneEdit | None", cut: str, graph: "Graph", prepared: "Prepared") -> Iterator[tuple[str, str]]:
    """(owner, type) of what was answered at *cut* and below it, and is still held but not answered."""
    if not prepared.existed([cut])[0]:
        return
    deleted = {(one.owner, one.type) for one in zone.changes if not one.after} if zone else set()
    below = [name for name in sorted(prepared.scope()) if is_at_or_below(name, cut)]
    there = [name for name, was in zip(below, prepared.existed(below), strict=True) if was]
    for owner in there[:MOST]:
        for rtype in ASKED:
            if (owner, rtype) not in deleted and _is_lost(owner, rtype, graph, prepared):
                yield owner, rtype


def _is_lost(owner: str, rtype: str, graph: "Graph", prepared: "Prepared") -> bool:
    was = graph.explain(owner, rtype)
    return was.end == "data" and not was.hops and prepared.explain(owner, rtype).end != "data"


def _left_behind(deleted: frozenset[str], graph: "Graph", prepared: "Prepared") -> "Iterator[Finding]":
    for one in reached(prepared)[1]:
        into = closest(one.path[-1], deleted)
        if one.zone in deleted or into is None or len(one.path) < 2:
            continue
        asked = one.name if one.type in FOLLOWED else one.path[1]
        if prepared.explain(asked).end == "out-of-zone" and graph.explain(asked).end != "out-of-zone":
            yield zone_still_named.of_link(one.zone, one.name, one.type, one.path, into)
