"""What people mean - point, rename, retire - as ChangeSets.

`Kept` is what they need to know, as far as the caller may: the zones in the database and in files, and inbound links.
Those are looked up by the name itself, so an intent costs as much as there are records to re-point, whatever the zones
hold.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from truename.edit import glue, links
from truename.edit.change import ChangeSet, SetChange
from truename.errors import RejectedEdit
from truename.name import ancestors, closest, enclosing, is_wildcard
from truename.rules import name_already_named
from truename.store.rows import BESIDE_ALIAS
from truename.zone import RRset

if TYPE_CHECKING:
    from truename._core import Graph
    from truename.edit.files import NamedFiles
    from truename.edit.sight import Sight
    from truename.rules.base import Finding
    from truename.store import Store

PAGE = 5000  # owners that are asked for at once
TOLD = 20  # records that an error names
TAKE_OVER = "`truename zone import --take-over` makes it a zone of the database"


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is there for the caller."""

    store: "Store"
    sight: "Sight"

    @property
    def graph(self) -> "Graph":
        """What is served."""
        return self.sight.graph

    @property
    def files(self) -> "NamedFiles":
        """The zones that are read from files."""
        return self.sight.files

    @property
    def zones(self) -> AbstractSet[str]:
        """The zones in the database."""
        return self.sight.zones

    def zone_of(self, name: str) -> str:
        """The zone in the database that *name* is edited in.

        Raises: NoZone, ForbiddenEdit; RejectedEdit for one in a file
        """
        zone = self.sight.zone_of(name)
        if zone is None:
            raise self.sight.outside(name)
        refuse_file(self.files, zone)
        if zone not in self.zones:
            raise self.sight.missing(zone)
        return zone

    def unlinked(self, name: str) -> Iterator[tuple[str, RRset]]:
        """(zone, RRset) of all that may name *name* and that the graph does not know to."""
        return ((zone, rrset) for zone, rrset in self.store.unlinked(name) if zone in self.zones)

    def rrsets(self, owner: str, rtype: str) -> Iterator[tuple[str, RRset]]:
        """(zone, RRset) in every zone of the database that may have it: two, at a cut."""
        for zone in enclosing(owner, self.zones):
            found = self.store.rrset(zone, owner, rtype)
            if found is not None:
                yield zone, found

    def naming(self, name: str) -> Iterator[tuple[str, str]]:
        """(owner, type) of every served RRset that names *name*."""
        after = None
        while True:
            _, rows = self.graph.inbound(name, limit=PAGE, after=after)
            yield from rows
            if not rows or rows[-1][0] == after:
                return
            after = rows[-1][0]

    def names_of(self, name: str) -> list[str]:
        """*name*, and of a wildcard the names that it answers for and that records name."""
        return [name, *(self.graph.answered(name) if is_wildcard(name) else ())]


def refuse_file(files: "NamedFiles", zone: str) -> None:
    """Raises: RejectedEdit when *zone* is read from a file"""
    file = files.file_of(zone)
    if file is not None:
        raise RejectedEdit(
            f"{zone} is read from {file} and cannot be changed here", hint=f"edit {file}, or {TAKE_OVER}"
        )


def point(kept: Kept, alias: str, target: str, ttl: int | None, *, replaces: bool = False) -> ChangeSet:
    """Let *alias* be an alias of *target*. Where it has other data, the rules refuse: nothing is dropped silently.

    *replaces*: the alias comes in their place, in the same change. An ALIAS has nothing against other data.
    """
    zone = kept.zone_of(alias)
    is_flat = alias == zone or (not replaces and kept.store.rrset(zone, alias, "ALIAS") is not None)
    gone = _in_the_way(kept, zone, alias) if replaces and not is_flat else ()
    return ChangeSet(sets=(*gone, _set(zone, alias, "ALIAS" if is_flat else "CNAME", ttl, target)), base=zone)


def _in_the_way(kept: Kept, zone: str, owner: str) -> list[SetChange]:
    """What deletes the data that no alias can have beside it; disabled records stay, as they are in nobody's way."""
    held = (rrset for rrset in kept.store.rrsets(zone, owner=owner) if rrset.served)
    return [SetChange(zone, owner, one.type, "delete") for one in held if one.type not in ("CNAME", *BESIDE_ALIAS)]


def _set(zone: str, owner: str, rtype: str, ttl: int | None, content: str) -> SetChange:
    from truename.zone import Record

    return SetChange(zone, owner, rtype, "replace", ttl, (Record(content),))


def rename(kept: Kept, old: str, new: str, *, keep_alias: bool = False) -> ChangeSet:
    """Move what *old* holds to *new*, glue of its addresses too, and let every record that names *old* name *new*.

    *keep_alias* leaves *old* as an alias of *new*: caches hold records that name *old* for a while, and others outside
    name it for ever.

    Raises: RejectedEdit: nothing there, an apex, something at *new* already, a link in a file; NoZone
    """
    zone, to = kept.zone_of(old), kept.zone_of(new)
    if old == new:
        raise RejectedEdit(f"{old} has that name already")
    if old == zone:
        raise RejectedEdit(f"{old} is a zone; a zone is not renamed", hint="make the new zone and re-point its aliases")
    if new == to:
        raise RejectedEdit(f"{new} is a zone; nothing can be moved there")
    moved, there = list(kept.store.rrsets(zone, owner=old)), list(kept.store.rrsets(to, owner=new))
    if there:
        found = ", ".join(rrset.type for rrset in there)
        raise RejectedEdit(f"{new} has {found} already", hint="retire it first, or choose another name")
    _refuse_hidden(kept, (zone, old), (to, new))
    if any(rrset.type == "NS" and rrset.served for rrset in moved):
        hint = "delegate the new name, and delete this delegation when nobody asks for its zone any more"
        raise RejectedEdit(f"{old} is delegated, and a zone is not renamed", hint=hint)
    steps = repoint(kept, [old], new)
    if not moved and not steps:
        raise RejectedEdit(f"{old} holds nothing and no record names it")
    steps = [step for step in steps if step.owner != old or step.zone != zone]
    steps += [SetChange(zone, old, rrset.type, "delete") for rrset in moved]
    steps += glue.follow(kept, zone, old, new)
    steps += [_whole(to, replace(links.repointed(rrset, old, new), owner=new)) for rrset in moved]
    if keep_alias:
        steps.append(_set(zone, old, "CNAME", min((rrset.ttl for rrset in moved), default=None), new))
    return ChangeSet(sets=tuple(steps), base=zone, said=tuple(_named_already(kept, old, new)))


def _refuse_hidden(kept: Kept, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Raises: RejectedEdit when *new* is below a delegation: what is moved there would not be answered

    Glue may go there: what was below a cut already, or is a name server of the one that *new* is below.
    Shape:  *old* and *new* are each a zone and a name in it
    """
    cuts = list(_cuts_above(kept, *new))
    if not cuts or any(links.names(cut, old[1]) for cut in cuts) or any(_cuts_above(kept, *old)):
        return
    cut = cuts[-1].owner
    raise RejectedEdit(
        f"{new[1]} is below the delegation of {cut}, whose name servers are asked for it", hint="choose another name"
    )


def _cuts_above(kept: Kept, zone: str, name: str) -> Iterator[RRset]:
    """The delegations of *zone* above *name*."""
    above = takewhile(lambda one: one != zone, islice(ancestors(name), 1, None))
    return (found for one in above if (found := kept.store.rrset(zone, one, "NS")) and found.served)


def _named_already(kept: Kept, old: str, new: str) -> "Iterator[Finding]":
    """What is to be said of records that name *new*, which is still empty."""
    zones = kept.zones | kept.files.origins()
    naming = ((closest(owner, zones) or "", owner, rtype) for owner, rtype in kept.naming(new) if owner != old)
    return name_already_named.of_rename(old, new, islice(naming, name_already_named.RECORDS))


def retire(kept: Kept, name: str, to: str | None) -> ChangeSet:
    """Delete what *name* holds; records that name it, or a name that it answers for, name *to* from now on.

    Raises: RejectedEdit: nothing there, an apex, links and no *to*, a link in a file; NoZone
    """
    zone = kept.zone_of(name)
    if name == zone:
        raise RejectedEdit(f"{name} is a zone", hint="`zone delete` deletes a zone")
    if name == to:
        raise RejectedEdit(f"{name} is what is retired; its links cannot stay there")
    held = list(kept.store.rrsets(zone, owner=name))
    if not held:
        raise RejectedEdit(f"{name} holds nothing in {zone}")
    if to is None:
        _refuse_links(kept, name)
        steps = []
    else:
        steps = [step for step in repoint(kept, kept.names_of(name), to) if step.owner != name or step.zone != zone]
    gone = [SetChange(zone, name, rrset.type, "delete") for rrset in held]
    return ChangeSet(sets=(*steps, *gone, *glue.follow(kept, zone, name, None)), base=zone)


def repoint(kept: Kept, olds: Sequence[str], new: str) -> list[SetChange]:
    """Steps after which every record that named one of *olds* names *new*, in all zones kept here.

    Those are the links that the graph has, disabled records, and the MNAME of SOAs, which is the name of a server.
    Raises: RejectedEdit when a record in a file names one of *olds*: it would be left behind
    """
    sets: dict[tuple[str, str, str], RRset] = {}
    for old in olds:
        rows = list(kept.naming(old))
        _refuse_file_links(kept, old, rows)
        found = [pair for owner, rtype in rows for pair in kept.rrsets(owner, rtype)]
        for zone, rrset in [*found, *kept.unlinked(old)]:
            key = zone, rrset.owner, rrset.type
            if links.names(rrset, old):
                sets[key] = links.repointed(sets.get(key, rrset), old, new)
    return [_whole(zone, rrset) for (zone, _, _), rrset in sets.items()]


def _whole(zone: str, rrset: RRset) -> SetChange:
    return SetChange(zone, rrset.owner, rrset.type, "replace", rrset.ttl, rrset.records, rrset.comments)


def _refuse_file_links(kept: Kept, name: str, rows: Sequence[tuple[str, str]]) -> None:
    places = [
        f"{owner} {rtype} at {place}"
        for owner, rtype in rows
        for zone in enclosing(owner, kept.files.origins())
        for place in kept.files.places(zone, owner, rtype, name)
    ]
    places += [f"{zone} SOA in {kept.files.file_of(zone)}" for zone in _files_of_primary(kept, name)]
    if places:
        raise RejectedEdit(
            f"{name} is named in {_count(len(places), 'record')} of zone files, which cannot be changed here",
            errors=_told(places), hint="edit these files first",
        )  # fmt: skip


def _files_of_primary(kept: Kept, name: str) -> Iterator[str]:
    """The zones of files whose SOA has *name* as its MNAME. The graph has them at hand: a microsecond each."""
    for zone in sorted(kept.files.origins() - kept.zones):
        records = kept.graph.explain(zone, "SOA").records
        if any(name in links.targets(rtype, content) for _, _, rtype, content in records if rtype == "SOA"):
            yield zone


def _refuse_links(kept: Kept, name: str) -> None:
    """Raises: RejectedEdit when a record of another owner names *name*, or what the wildcard *name* answers for"""
    names = kept.names_of(name)
    rows = dict.fromkeys((owner, rtype) for one in names for owner, rtype in kept.naming(one) if owner != name)
    if rows:
        what = name if len(names) == 1 else f"{name} or a name that it answers for"
        raise RejectedEdit(
            f"{_count(len(rows), 'record')} {'name' if len(rows) > 1 else 'names'} {what}",
            errors=_told([f"{owner} {rtype}" for owner, rtype in rows]),
            hint="--repoint TARGET lets them name another one",
        )  # fmt: skip


def _told(found: Sequence[str]) -> list[str]:
    """The first of *found*, by name."""
    rest = [f"and {len(found) - TOLD} more"] if len(found) > TOLD else []
    return [*sorted(found)[:TOLD], *rest]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
