"""The zones of the store as the graph has them: loaded at the start, and one publication for each change."""

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from truename._core import normalize_name
from truename.edit.zone_edit import Edit

if TYPE_CHECKING:
    from truename._core import Fact, Graph, Prepared
    from truename.edit.change import ChangeSet
    from truename.store import Store
    from truename.zone import ZoneInfo

LARGE = 1 << 20  # octets of a text from which on a thread is worth it
TRIES = 100  # to publish, while zone files are read again and again


class Ahead:
    """A zone's text that the graph reads in a thread of its own."""

    def __init__(self, graph: "Graph", zone: str, text: bytes) -> None:
        self._prepared: Prepared | None = None
        self._thread = threading.Thread(target=self._run, args=(graph, zone, text), daemon=True)
        self._thread.start()

    def prepared(self) -> "Prepared | None":
        """What came of it; None when it cannot be, which whoever reads the text will find too."""
        self._thread.join()
        return self._prepared

    def _run(self, graph: "Graph", zone: str, text: bytes) -> None:
        with suppress(ValueError):
            self._prepared = graph.prepare([], texts=[(zone, text)])


class Published:
    """Shape: *zones* are those of the store; *left_out* those of them that are not served, and why"""

    def __init__(self, store: "Store", graph: "Graph") -> None:
        self._store = store
        self._graph = graph
        self.zones: dict[str, ZoneInfo] = {}
        self.left_out: dict[str, str] = {}
        self._ahead: Ahead | None = None

    def load(self) -> None:
        """Publish everything that is stored."""
        self.zones = {info.name: info for info in self._store.zones()}
        self.left_out = {}
        for name in self.zones:
            self._load_zone(name)

    def begin(self, change: "ChangeSet") -> None:
        """Let the graph read a large text of a new zone while it is read for the store: both take as long."""
        whole = change.zones[0] if len(change.zones) == 1 and not change.sets else None
        self._ahead = None
        if whole and whole.text and len(whole.text) > LARGE and normalize_name(whole.zone) not in self.zones:
            self._ahead = Ahead(self._graph, whole.zone, whole.text)

    def prepare(self, edit: Edit, *, with_serial: bool) -> "Prepared":
        """*edit* as a version of the graph that is not published. Costs as much as it touches."""
        ahead, self._ahead = self._ahead, None
        if ahead and edit.is_one_as_given and (prepared := ahead.prepared()):
            return prepared
        zones = edit.zones.values()
        kept = [zone for zone in zones if zone.after and zone.is_changed]
        sets = [one for zone in kept if self._is_served(zone.name) for one in zone.sets(with_serial=with_serial)]
        texts = [(zone.name, zone.master_file()) for zone in kept if not self._is_served(zone.name)]
        back = [(zone.name, text) for zone in zones if (text := zone.returns) is not None]
        goes = [zone.name for zone in zones if not zone.after and zone.returns is None]
        drop = [name for name in goes if self._is_served(name)]
        return self._graph.prepare(sets, texts=[*texts, *back], drop=drop)

    def publish(self, edit: Edit, judged: "Prepared") -> None:
        """Let queries see what was stored. *judged* is it already when no zone that goes on is in it: only those have
        a serial that was left out."""
        is_all = not any(zone.after and self._is_served(zone.name) for zone in edit.zones.values())
        try:
            if not (is_all and is_published(self._graph, judged)):
                self._publish(edit)
        except ValueError:
            # What was judged a moment ago and is stored must be served: it is read again from there.
            for zone in edit.zones.values():
                if zone.after:
                    self._load_zone(zone.name)
                else:
                    self._graph.unload_zone(zone.name)
        for zone in edit.zones.values():
            if zone.after:
                self.zones[zone.name] = zone.after
                self.left_out.pop(zone.name, None)
            else:
                self.zones.pop(zone.name, None)
                self.left_out.pop(zone.name, None)

    def _publish(self, edit: Edit) -> None:
        for _ in range(TRIES):
            prepared = self.prepare(edit, with_serial=True)
            if is_published(self._graph, prepared):
                return
        raise ValueError("the graph is changed all the time")

    def _load_zone(self, name: str) -> None:
        self.left_out.pop(name, None)
        while True:
            with self._store.stored(name) as zone:
                prepared = self._graph.prepare_stored(name, zone.parts, sets=zone.sets)
            if prepared.refused:
                self.left_out[name] = _why(prepared.refused)
                return
            if is_published(self._graph, prepared):
                return

    def _is_served(self, name: str) -> bool:
        return name in self.zones and name not in self.left_out


def is_published(graph: "Graph", prepared: "Prepared") -> bool:
    """Publish *prepared*, unless another version was published since: a zone file was read."""
    try:
        graph.publish(prepared)
    except ValueError as wrong:
        if "stale" in str(wrong):
            return False
        raise
    return True


def _why(refused: "list[Fact]") -> str:
    first = refused[0]
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    return f"{first.owner} {first.type}: {first.detail or first.kind}{more}"
