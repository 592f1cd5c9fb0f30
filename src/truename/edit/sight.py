"""What a caller may know, decided here, before anything is looked up, planned or judged.

    Caller ─ Sight ─┬─ zones, files      those that are there for it
                    ├─ graph, version    the served version, and both of a change, with these zones and no other
                    └─ missing           what is said of a zone that is not there for it

For a bound caller the zones of others are served nowhere: what its change leads to is judged as if it led outside,
nobody there is re-pointed, counted or found, and a zone that is not there and one that is not its own are refused in
the same words. So its replies depend on nothing that it may not know.

One thing does come through, because it would do harm: a chain that would come back through zones of others is a
loop, and refused as such (`loops_beyond`). Whoever asks the server with `dig` sees that chain as well.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from os.path import basename
from typing import TYPE_CHECKING

from truename.edit.files import FileZones, NamedFiles
from truename.errors import ForbiddenEdit, NoZone, TruenameError
from truename.name import closest
from truename.rules.base import Finding

if TYPE_CHECKING:
    from truename._core import Fact, Graph, Prepared
    from truename.edit.caller import Caller

NOT_HERE = "names are typed whole, www.example.com and not www; `truename zone list` lists the zones that they are in"
HIDDEN = "(in a zone of others)"


class Sight:
    """See the top. *zones* are those of the database, *files* those that are read from files."""

    def __init__(self, caller: "Caller", graph: "Graph", zones: AbstractSet[str], files: FileZones) -> None:
        self.caller = caller
        self._all = graph
        self.zones = zones if caller.zones is None else frozenset(one for one in caller.zones if one in zones)
        self.files: NamedFiles = files if caller.is_admin else SeenFiles(files, caller)

    @cached_property
    def graph(self) -> "Graph":
        """The served version."""
        return self._all if self.caller.zones is None else self._all.seen(sorted(self.caller.zones))

    def version(self, prepared: "Prepared") -> "Prepared":
        """What a change makes, to be judged."""
        return prepared if self.caller.zones is None else prepared.seen(sorted(self.caller.zones))

    def zone_of(self, name: str) -> str | None:
        """The zone, served or stored, that *name* is in."""
        return closest(name, {zone.origin for zone in self.graph.zones()} | self.zones)

    def missing(self, zone: str) -> TruenameError:
        """Why nothing can be done about *zone*, which is not there for the caller."""
        return ForbiddenEdit(not_open(zone)) if self.caller.is_bound else NoZone(zone)

    def outside(self, name: str) -> TruenameError:
        """Why nothing can be done about *name*, which is in no zone that is there for the caller."""
        return ForbiddenEdit(not_open(f"of {name}")) if self.caller.is_bound else NoZone(name, hint=NOT_HERE)

    def shown(self, file: str) -> str:
        """*file* as the caller may know it."""
        return shown(self.caller, file)

    def loops_beyond(self, prepared: "Prepared") -> Iterator[Finding]:
        """Loops that a change closes and that lead through zones of others: told without them."""
        own = self.caller.zones
        if own is None:
            return
        known = {_circle(fact) for fact in self.version(prepared).facts(["loop"])}
        known |= {_circle(fact) for fact in prepared.facts_before(["loop"])}
        for fact in prepared.facts(["loop"]):
            mine = next((at for at, name in enumerate(fact.chain[:-1]) if closest(name, own)), None)
            if mine is not None and _circle(fact) not in known:
                yield _loop(fact.chain, mine, closest(fact.chain[mine], own) or "")


def not_open(zone: str) -> str:
    """What a bound caller is told of *zone*, whether it is there or not."""
    return f"there is no zone {zone} for this key"


def shown(caller: "Caller", file: str) -> str:
    """*file* as *caller* may know it: where it lies is for those who run the server."""
    return file if caller.is_admin else basename(file)


def _circle(fact: "Fact") -> frozenset[str]:
    return frozenset(fact.chain)


def _loop(chain: Sequence[str], mine: int, zone: str) -> Finding:
    alias, target = chain[mine], chain[mine + 1]
    says = f"{alias} is an alias of {target}, which leads back to it through zones of others"
    hint = f"let {alias} name another target"
    place = ("", 0, 0)
    chain = [alias, target, HIDDEN, alias]
    return Finding("alias-loop", "error", zone, alias, "CNAME", target, *place, says, hint, False, chain)


class SeenFiles:
    """*files* as *caller* knows them: by their names and not by where they lie, and none of others' zones."""

    def __init__(self, files: FileZones, caller: "Caller") -> None:
        self._files = files
        self._caller = caller

    def origins(self) -> frozenset[str]:
        """Their zones."""
        return frozenset(zone for zone in self._files.origins() if self._caller.may_read(zone))

    def file_of(self, zone: str) -> str | None:
        """The name of the file that *zone* is read from."""
        return self._named(self._files.file_of(zone) if self._caller.may_read(zone) else None)

    def places(self, zone: str, owner: str, rtype: str, target: str) -> Sequence[str]:
        """`file:line`, as the files' own say it."""
        found = self._files.places(zone, owner, rtype, target) if self._caller.may_read(zone) else ()
        return [basename(place) for place in found]

    def behind(self, zone: str) -> str | None:
        """The name of the file behind *zone*."""
        return self._named(self._files.behind(zone) if self._caller.may_read(zone) else None)

    def _named(self, file: str | None) -> str | None:
        return None if file is None else basename(file)
