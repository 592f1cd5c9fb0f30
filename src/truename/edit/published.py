"""The zones of the store as the graph has them: loaded at the start, and one publication for each change."""

from typing import TYPE_CHECKING

from truename.edit.assemble import Edit

if TYPE_CHECKING:
    from truename._core import Fact, Graph, Prepared
    from truename.store import Store
    from truename.zone import ZoneInfo

TRIES = 100  # to publish, while zone files are read again and again


class Published:
    """Shape: *zones* are those of the store; *left_out* those of them that are not served, and why"""

    def __init__(self, store: "Store", graph: "Graph") -> None:
        self._store = store
        self._graph = graph
        self.zones: dict[str, ZoneInfo] = {}
        self.left_out: dict[str, str] = {}

    def load(self) -> None:
        """Publish everything that is stored."""
        self.zones = {info.name: info for info in self._store.zones()}
        self.left_out = {}
        for name in self.zones:
            self._load_zone(name)

    def prepare(self, edit: Edit, *, with_serial: bool) -> "Prepared":
        """*edit* as a version of the graph that is not published. Costs as much as it touches."""
        zones = edit.zones.values()
        kept = [zone for zone in zones if zone.after and zone.is_changed]
        sets = [one for zone in kept if self._is_served(zone.name) for one in zone.sets(with_serial=with_serial)]
        texts = [(zone.name, zone.master_file()) for zone in kept if not self._is_served(zone.name)]
        drop = [zone.name for zone in zones if not zone.after and self._is_served(zone.name)]
        return self._graph.prepare(sets, texts=texts, drop=drop)

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
            prepared = self._graph.prepare([], texts=[(name, self._store.zone_text(name))])
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
