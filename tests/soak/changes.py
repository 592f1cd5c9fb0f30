"""Changes of every kind at random, and what each of them makes of the zones: the client's own book beside the store.

    edit  import (two zones at once)  replace  rename (a name and all that name it, in three zones)  delete  undo

A book is {zone: its records but the SOA}. What was acknowledged is the book; what was under way when the server was
killed may have happened or not, and nothing in between.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from clients.api import Api, Reply, rrset

HOME, PARKED, OTHER = "home.example.", "parked.example.", "other.example."
SMALL, LARGE = 300, 20_000  # records of a zone that is imported
MOST = 4  # zones that were imported and are there at once

Book = dict[str, frozenset[str]]


@dataclass
class Change:
    """One call, and the book as it is afterwards."""

    kind: str
    send: Callable[[Api], Reply]
    after: Book


@dataclass
class Changes:
    """Shape: *book* is what was acknowledged; *undoable* the book before the last change, and a zone of that change"""

    chance: random.Random
    book: Book = field(default_factory=dict)
    number: int = 0
    undoable: tuple[str, Book] | None = None

    def begin(self, api: Api) -> None:
        """Make the zones that are always there."""
        first = f"www0.{HOME}"
        for zone in (HOME, PARKED, OTHER):
            own = [rrset(first, "A", "192.0.2.1")] if zone == HOME else [rrset(f"www.{zone}", "CNAME", first)]
            assert api.create(zone, *own).status == 201
        self.book = stored(api)

    def next(self) -> Change:
        """A change that fits what is there."""
        self.number += 1
        imported = sorted(zone for zone in self.book if zone.startswith("bulk"))
        kinds: list[Callable[[], Change]] = [self._edit, self._edit, self._edit, self._rename]
        kinds += [self._import] if len(imported) < MOST else []
        kinds += (
            [lambda: self._replace(self.chance.choice(imported)), lambda: self._delete(imported)] if imported else []
        )
        kinds += [self._undo] if self.undoable else []
        return self.chance.choice(kinds)()

    def happened(self, change: Change) -> None:
        """*change* was acknowledged, or found to be there."""
        touched = [zone for zone in {**self.book, **change.after} if self.book.get(zone) != change.after.get(zone)]
        # The last change of a zone is what undo means; one that changed nothing is none.
        self.undoable = (touched[0], self.book) if touched and change.kind != "undo" else None
        self.book = change.after

    def _edit(self) -> Change:
        zone, number = self.chance.choice([HOME, PARKED, OTHER]), self.number
        name = f"edit{number % 50}.{zone}"
        rest = {line for line in self.book[zone] if not line.startswith(f"{name} ")}
        lines = rest | {line_of(name, "TXT", f'"{number}"')}
        return Change(
            "edit",
            lambda api: api.patch(zone, rrset(name, "TXT", f'"{number}"')),
            {**self.book, zone: frozenset(lines)},
        )

    def _import(self) -> Change:
        zones = [f"bulk{self.number}{half}.example." for half in ("a", "b")]
        return self._imported("import", {zone: bulk(zone, self.number, self._size()) for zone in zones})

    def _replace(self, zone: str) -> Change:
        return self._imported("replace", {zone: bulk(zone, self.number, self._size())})

    def _imported(self, kind: str, zones: Book) -> Change:
        texts = [{"name": zone, "text": text_of(zone, lines)} for zone, lines in zones.items()]
        return Change(kind, lambda api: api.call("POST", "import", {"zones": texts}), {**self.book, **zones})

    def _rename(self) -> Change:
        old = next(line.split(" ")[0] for line in sorted(self.book[HOME]) if line.startswith("www"))
        new = f"www{self.number}.{HOME}"
        after = {
            zone: frozenset(line.replace(old, new) for line in lines)
            for zone, lines in self.book.items()
            if zone in (HOME, PARKED, OTHER)
        }
        return Change(
            "rename", lambda api: api.call("POST", f"names/{old}/rename", {"to": new}), {**self.book, **after}
        )

    def _delete(self, zones: list[str]) -> Change:
        zone = self.chance.choice(zones)
        after = {name: lines for name, lines in self.book.items() if name != zone}
        return Change("delete", lambda api: api.call("DELETE", f"zones/{zone}"), after)

    def _undo(self) -> Change:
        assert self.undoable is not None
        zone, before = self.undoable
        return Change("undo", lambda api: api.call("POST", f"zones/{zone}/undo", {}), before)

    def _size(self) -> int:
        return LARGE if self.chance.random() < 0.1 else SMALL


def line_of(name: str, rtype: str, content: str, ttl: int = 3600) -> str:
    """A record as `stored` gives it."""
    return f"{name} {ttl} {rtype} {content}"


def bulk(zone: str, number: int, size: int) -> frozenset[str]:
    """Records of a zone in which every second name is an alias; *number* is in all of them."""
    lines = [line_of(zone, "NS", f"ns.{zone}"), line_of(f"ns.{zone}", "A", "192.0.2.53")]
    address = f"198.51.{number // 250 % 250}.{number % 250}"
    for one in range(size // 2):
        lines += [line_of(f"h{one}.{zone}", "A", address), line_of(f"a{one}.{zone}", "CNAME", f"h{one}.{zone}")]
    return frozenset(lines)


def text_of(zone: str, lines: frozenset[str]) -> str:
    """The master file of *lines*."""
    return "\n".join([f"{zone} 300 SOA ns.{zone} hostmaster.{zone} 1 7200 900 1209600 300", *sorted(lines), ""])


def stored(api: Api) -> Book:
    """What the API has, without comments."""
    zones = [one["name"] for one in api.get("zones").json]
    return {zone: records(api, zone) for zone in zones}


def records(api: Api, zone: str) -> frozenset[str]:
    """The records of *zone* but its SOA."""
    return frozenset(
        line_of(name, rtype, one["content"], found["ttl"])
        for (name, rtype), found in api.rrsets(zone).items()
        for one in found["records"]
        if rtype != "SOA"
    )
