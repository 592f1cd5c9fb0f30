"""The zones of the store as the graph has them: loaded at the start, and one publication for each change.

    store.commit ── known to be stored ── publish ──────── position: how far the journal is served
                 └─ nobody knows, or publishing failed ── in doubt ── catch_up: zones with entries behind position

Whatever happens between a commit and its publication, the next to hold the door's lock brings the zones up to what the
store holds before anything else is done: a change, or whoever looks after the database in the background.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from truename._core import Branch, normalize_name
from truename.edit.files import FileZones
from truename.edit.zone_edit import Edit, ZoneEdit
from truename.errors import StaleStore, StoreError, Told, TruenameError

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
    """Not for several threads at once: who calls it has the door's lock.

    Shape:  *zones* are those of the store; *left_out* those of them that are not served, and why; *position* is the
            number of the last entry of the journal that is served; *doubt* says why more may be stored than is served
    """

    def __init__(self, store: "Store", graph: "Graph", files: FileZones) -> None:
        self._store = store
        self._graph = graph
        self._files = files
        self.position = 0
        self.doubt = Told()
        self._is_stale = False  # the store has something else than its journal tells
        self.zones: dict[str, ZoneInfo] = {}
        self.left_out: dict[str, str] = {}
        self._ahead: Ahead | None = None

    def load(self) -> None:
        """Publish everything that is stored."""
        self.position = self._store.position()
        self.zones = {info.name: info for info in self._store.zones()}
        self.left_out = {}
        for name in self.zones:
            self._load_zone(name)

    @contextmanager
    def in_step(self) -> Iterator[None]:
        """The block stores a change and publishes it. When it fails with either undone, the two may differ."""
        try:
            yield
        except StoreError as wrong:
            self.doubt, self._is_stale = Told.of(wrong), isinstance(wrong, StaleStore)
            raise
        except TruenameError:
            raise  # refused before anything was stored
        except BaseException as wrong:
            self.doubt = Told.of(wrong)
            raise

    def catch_up(self) -> bool:
        """Serve what is stored, where that may differ. Returns: whether it did. Raises: StoreError; it is still due"""
        if not self.doubt:
            return False
        self._store.check_files()  # not what somebody has put in the place of the database
        position = self._store.position()
        behind: set[str] = set()
        if position != self.position or self._is_stale:
            behind = {*self._store.changed_since(self.position), *self._differing()}
        with self._files.resting():
            for name in behind:
                self._renew(name)
        self.position, self.doubt, self._is_stale = position, Told(), False
        return bool(behind)

    def compare(self, position: int) -> None:
        """Begin to doubt where the store is elsewhere; *position* is where it was before the caller had the lock."""
        if position != self.position and (position := self._store.position()) != self.position and not self.doubt:
            self.doubt = Told(f"the database has changes that are not served: {position}, not {self.position}")

    def _differing(self) -> list[str]:
        """What the journal does not tell: another program's edits, or those that a standby lacks which took over."""
        stored = {info.name: info for info in self._store.zones()}
        return [name for name in stored.keys() | self.zones.keys() if stored.get(name) != self.zones.get(name)]

    def _renew(self, name: str) -> None:
        """Serve *name* as the store has it, or as the file does that stands behind. Files are resting."""
        info = self._store.zone(name)
        if info is not None:
            self._load_zone(name)
            self.zones[name] = info
        elif name in self.zones:
            text = self._files.text_of(name) if self._files.behind(name) is not None else None
            self._give_up(name, text)
            del self.zones[name]
            self.left_out.pop(name, None)
        self._hand_over(name)

    def _hand_over(self, name: str) -> None:
        """Let the file of *name* be read again, or not any more."""
        if name in self.zones and self._files.file_of(name) is not None:
            self._files.stand_back(name)
        elif name not in self.zones and self._files.behind(name) is not None:
            self._files.step_in(name)

    def _give_up(self, name: str, text: bytes | None) -> None:
        """The zone is stored no more; *text* is its file's version."""
        while text is not None:
            prepared = self._graph.prepare([], texts=[(name, text)])
            if prepared.refused:
                break
            if is_published(self._graph, prepared):
                return
        self._graph.unload_zone(name)

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
        sets = [one for zone in kept if self._is_edited(zone) for one in zone.sets(with_serial=with_serial)]
        texts = [(zone.name, zone.master_file()) for zone in kept if not self._is_edited(zone)]
        back = [(zone.name, text) for zone in zones if (text := zone.returns) is not None]
        goes = [zone.name for zone in zones if not zone.after and zone.returns is None]
        drop = [name for name in goes if self._is_served(name)]
        return self._graph.prepare(sets, texts=[*texts, *back], drop=drop)

    def branch(self, edit: Edit) -> "tuple[Prepared, Branch]":
        """The same of zones that are new or go, beside which others are published. Needs no lock: they are held."""
        texts = [(zone.name, zone.master_file()) for zone in edit.zones.values() if zone.after]
        drop = [zone.name for zone in edit.zones.values() if not zone.after and self._is_served(zone.name)]
        return self._graph.branch([], texts=texts, drop=drop)

    def publish(self, edit: Edit, judged: "Prepared | Branch", position: int) -> None:
        """Let queries see what was stored, up to *position* of the journal.

        *judged* is it already when no zone that goes on is in it: only those have a serial that was left out.
        Raises: StoreError when it cannot be served as yet
        """
        is_all = not any(zone.after and self._is_edited(zone) for zone in edit.zones.values())
        try:
            if not (is_all and is_published(self._graph, judged)):
                self._publish(edit)
        except Exception as wrong:  # noqa: BLE001
            # What was judged a moment ago and is stored must be served, whatever went wrong: it is read from there.
            self.doubt = Told(f"what is stored is not served yet: {wrong}", "what is stored is not served yet")
            self.catch_up()
            return
        for zone in edit.zones.values():
            self.left_out.pop(zone.name, None)
            if zone.after:
                self.zones[zone.name] = zone.after
            else:
                self.zones.pop(zone.name, None)
            self._hand_over(zone.name)
        self.position = max(self.position, position)

    def _publish(self, edit: Edit) -> None:
        for _ in range(TRIES):
            prepared = self.prepare(edit, with_serial=True)
            if is_published(self._graph, prepared):
                return
        raise ValueError("the graph is changed all the time")

    def _load_zone(self, name: str) -> None:
        self.left_out.pop(name, None)
        while True:
            try:
                with self._store.stored(name) as zone:
                    prepared = self._graph.prepare_stored(name, zone.parts, sets=zone.sets)
            except ValueError as wrong:
                self.left_out[name] = str(wrong)
                return
            if prepared.refused:
                self.left_out[name] = _why(prepared.refused)
                return
            if is_published(self._graph, prepared):
                return

    def _is_edited(self, zone: ZoneEdit) -> bool:
        """Whether the graph has the zone, and is given what differs."""
        return self._is_served(zone.name) and not zone.is_read_anew

    def _is_served(self, name: str) -> bool:
        return name in self.zones and name not in self.left_out


def is_published(graph: "Graph", prepared: "Prepared | Branch") -> bool:
    """Publish *prepared*, unless another version was published since: a zone file was read."""
    try:
        if isinstance(prepared, Branch):
            prepared.publish()
        else:
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
