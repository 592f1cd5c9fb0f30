"""The set of zone files that is served, and how it follows the files on disk.

    Sources -> Held (one per file) -> Graph.load_zone -> published, or problems and the version from before

A look (`poll`) compares what stat tells of every file and of all it includes. A changed file is read when two looks
in a row saw the same, so that a file that is being written is not read in the middle. What was read is decided by the
stat *before* reading: a write during the read is a change for the next look.

A directory that cannot be listed keeps the zones it had: it may be in the middle of being replaced, and an error of the
machine is no order to stop serving.

The origin of a file is settled when it was first published. An edit cannot silently turn one zone into another, and two
files cannot take turns in serving the same zone: the one that came first stays. A zone of the database goes before any
file (`serve.database` says why): the file stands back, and is read again when the database has the zone no more. Both
are one publication by whoever changes the database.

Whose a zone is is settled in one order. A file is published, dropped or handed over by whoever has the turn; who makes
or deletes a zone of the database has it from the first look to the publication (`resting`), behind the door's lock and
before the database's. A file that may be new to its zone is read beside the graph before that, without the turn: so
only its publication is waited for, and by then it is asked anew whether the database has the zone.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from truename._core import Graph, Loaded, find_links, zone_text
from truename.name import absolute, lower
from truename.serve.held import Held, Outcome, Stat, ZoneProblem, note_serial, stat_of
from truename.serve.sandbox import Reach
from truename.serve.sources import Source, Sources, shown

DENIED = " cannot be read: Permission denied"  # behind the path of an $INCLUDE, in the core's words


class Zones:
    """All held files. One thread calls load, poll and reload; any thread the rest."""

    def __init__(self, graph: Graph, sources: Sources) -> None:
        self.graph = graph
        self.sources = sources
        self.reach: Reach | None = None  # what may be opened, once the sandbox is closed
        self._held: dict[Source, Held] = {}
        self._unlisted: dict[str, ZoneProblem] = {}  # by directory
        self._by_origin: dict[str, Held] = {}
        self._behind: dict[str, Held] = {}
        self._turn = threading.RLock()  # to read a file, or to hand one over
        self._is_live = False  # somebody may be asking already
        self.is_kept: Callable[[str], bool] = lambda _: False  # whether the database has a zone of that name

    @property
    def problems(self) -> list[tuple[str, ZoneProblem]]:
        """(zone, problem) of every file that is not served as it stands, and of directories with an empty zone."""
        of_files = [(held.origin, problem) for held in list(self._held.values()) for problem in held.problems]
        return [*of_files, *(("", problem) for problem in list(self._unlisted.values()))]

    @property
    def warnings(self) -> list[tuple[str, ZoneProblem]]:
        """(zone, what deserves a word) of files that are served as they stand."""
        return [(held.origin, held.stale) for held in list(self._held.values()) if held.stale]

    def faults(self, zone: str) -> list[ZoneProblem]:
        """Why the file of *zone* is not served as it stands. Any thread may ask."""
        meant = [held for held in list(self._held.values()) if _absolute(held.meant) == zone]
        return [problem for held in meant for problem in held.problems]

    def paths(self) -> list[str]:
        """Every file that has to be readable for a reload."""
        return [path for held in self._held.values() for path in held.files]

    def origins(self) -> frozenset[str]:
        """The zones that are served from files. Any thread may ask."""
        return frozenset(list(self._by_origin))

    def file_of(self, zone: str) -> str | None:
        """The file that *zone* is served from; None when it is none of these."""
        held = self._by_origin.get(zone)
        return shown(held.source.path) if held else None

    def places(self, zone: str, owner: str, rtype: str, target: str) -> list[str]:
        """`file:line` of each record of *owner* in *zone* that names *target*; or the file, when it cannot be read."""
        held = self._by_origin.get(zone)
        if held is None:
            return []
        try:
            found = find_links(held.source.path, zone, owner, rtype, target)
        except OSError:
            return [shown(held.source.path)]
        return [f"{shown(file)}:{line}" for file, line in found]

    def give_way(self) -> list[Outcome]:
        """Leave to the database what it has as well: it is published in place of the files' versions. (the start)"""
        taken = [held for held in self._held.values() if held.origin and self.is_kept(held.origin)]
        for held in taken:
            self.stand_back(held.origin)
        return [Outcome(held.behind, held.source.path, "behind") for held in taken]

    def behind(self, zone: str) -> str | None:
        """The file that would be read if *zone* were not in the database; None when there is none."""
        held = self._behind.get(zone)
        return shown(held.source.path) if held else None

    def text_of(self, zone: str) -> bytes | None:
        """What is served of the file of *zone*, or what the one behind it says; None when that cannot be read."""
        if zone in self._by_origin:
            return zone_text(self.graph, zone)
        read = Graph()
        try:
            loaded = read.load_zone(self._behind[zone].source.path, zone)
        except (OSError, ValueError):
            return None
        return zone_text(read, zone) if not loaded.problems else None

    @contextmanager
    def resting(self) -> Iterator[None]:
        """No file is published as long as the block lasts: zones are made, deleted or handed over."""
        with self._turn:
            yield

    def stand_back(self, zone: str) -> None:
        """*zone* is in the database from now on, and its file is not read any more."""
        with self._turn:
            held = self._by_origin.pop(zone)
            held.origin, held.problems, held.pending = "", (), None
            held.serial = held.stale = None
            self._stand_behind(held, zone)

    def step_in(self, zone: str) -> None:
        """*zone* is not in the database any more; its file's version is published, and read again soon."""
        with self._turn:
            held = self._behind.pop(zone)
            for one in self._held.values():
                if one.behind == zone:  # there may be several, and the others have to be told that it is served
                    one.behind, one.seen, one.pending = "", {}, None
            if any(one.origin == zone for one in self.graph.zones()):
                held.origin = zone
                self._by_origin[zone] = held

    def _stand_behind(self, held: Held, zone: str) -> None:
        held.behind = zone
        self._behind.setdefault(zone, held)

    def _leave(self, held: Held) -> None:
        """*held* does not stand behind its zone any more; another file that does takes its place."""
        zone, held.behind = held.behind, ""
        if self._behind.get(zone) is held:
            del self._behind[zone]
            for other in self._held.values():
                if other.behind == zone:
                    self._behind.setdefault(zone, other)

    def load(self) -> list[Outcome]:
        """Read everything for the first time; nobody asks the graph yet."""
        files, outcomes = self._look()
        outcomes += [self._read(self._hold(source)) for source in files]
        self._is_live = True
        return outcomes

    def reload(self, sources: Sources) -> list[Outcome]:
        """Read every file again, changed or not; what its zone holds already is not published twice."""
        self.sources = sources
        self._unlisted = {}  # told again
        files, outcomes = self._look()
        outcomes += self._drop_all_but(files)
        return [*outcomes, *(self._read(self._hold(source)) for source in files)]

    def poll(self) -> list[Outcome]:
        """Read the files that changed and have come to rest, and those that are new."""
        files, outcomes = self._look()
        outcomes += self._drop_all_but(files)
        for source in files:
            held = self._hold(source)
            now = {path: stat_of(path) for path in held.files}
            if now == held.seen:
                held.pending = None
            elif now == held.pending:
                outcomes.append(self._read(held))
            else:
                held.pending = now
        return outcomes

    def _look(self) -> tuple[list[Source], list[Outcome]]:
        """(the files that are meant now, what is new about directories that cannot be listed)."""
        files, unlisted = self.sources.look()
        before, self._unlisted = self._unlisted, {path: self._no_list(path, unlisted[path]) for path in unlisted}
        files += [source for source in self._held if not source.is_named and os.path.dirname(source.path) in unlisted]
        new = [problem for path, problem in self._unlisted.items() if before.get(path) != problem]
        return files, [Outcome("", problem.file, "refused", problems=(problem,)) for problem in new]

    def _hold(self, source: Source) -> Held:
        if source not in self._held:
            self._held[source] = Held(source)
        return self._held[source]

    def _drop_all_but(self, files: list[Source]) -> list[Outcome]:
        meant = set(files)
        return [self._drop(held) for source, held in list(self._held.items()) if source not in meant]

    def _drop(self, held: Held) -> Outcome:
        with self._turn:
            del self._held[held.source]
            if zone := held.behind:
                self._leave(held)
                return Outcome(zone, held.source.path, "gone")
            if self._by_origin.get(held.origin) is held:
                del self._by_origin[held.origin]
                self.graph.unload_zone(held.origin)
                for other in self._held.values():
                    if _absolute(other.meant) == held.origin:  # it was refused because of this one
                        other.seen = {}
            return Outcome(held.origin, held.source.path, "unloaded")

    def _read(self, held: Held) -> Outcome:
        began = time.perf_counter()
        before = {path: stat_of(path) for path in held.files}
        try:
            tried = self._beside(held)
        except (OSError, ValueError):
            tried = None  # whatever it was is met again, or has passed
        with self._turn:
            return self._read_in_turn(held, tried, (began, before))

    def _read_in_turn(self, held: Held, tried: Loaded | None, since: tuple[float, dict[str, Stat]]) -> Outcome:
        began, before = since
        loaded, problems = self._publish(held, tried)
        is_served = loaded is not None and not problems and not held.behind
        warning = note_serial(held, loaded) if loaded and is_served else None
        if loaded is not None:
            held.files = tuple(dict.fromkeys([held.source.path, *loaded.files]))
        held.seen = {path: before[path] if path in before else stat_of(path) for path in held.files}
        held.pending = None
        held.problems = problems
        action = "refused" if problems else "behind" if held.behind else "loaded"
        zone = held.origin or held.behind or (loaded.origin if loaded else "") or held.source.origin or ""
        held.meant = zone or held.meant
        return Outcome(zone, held.source.path, action, loaded, problems, (time.perf_counter() - began) * 1000, warning)

    def _beside(self, held: Held) -> Loaded | None:
        """Read *held* beside the served graph when its zone may be one that another file, or the database, serves.

        Raises: OSError; ValueError for an origin that is no name, or a path that is none
        """
        if self._is_live and (not held.origin or self.is_kept(held.origin)):
            return Graph().load_zone(held.source.path, held.origin or held.source.origin)
        return None

    def _publish(self, held: Held, tried: Loaded | None) -> tuple[Loaded | None, tuple[ZoneProblem, ...]]:
        path, origin = held.source.path, held.origin or held.source.origin
        try:
            if tried and held.origin not in ("", tried.origin):
                tried = None  # it was given back to its zone meanwhile, and says another one
            if tried := tried or self._beside(held):
                if self._is_behind(held, tried):
                    return tried, ()
                if tried.problems or self._is_taken(tried.origin, held):
                    return tried, self._judged(tried, held)
                origin = tried.origin  # the file may be another by now, and must not get into the next one's way
            loaded = self.graph.load_zone(path, origin)
        except OSError as wrong:
            return None, (self._unreadable(held, wrong),)
        except ValueError as wrong:  # an origin that is no name, a path that is none
            return None, (ZoneProblem(shown(path), 0, 0, str(wrong)),)
        problems = self._judged(loaded, held)
        if not loaded.problems and problems:
            self._restore(self._by_origin[loaded.origin])
        elif not problems:
            held.origin = loaded.origin
            self._by_origin[loaded.origin] = held
        return loaded, problems

    def _judged(self, loaded: Loaded, held: Held) -> tuple[ZoneProblem, ...]:
        if not loaded.problems and self._is_taken(loaded.origin, held):
            first = shown(self._by_origin[loaded.origin].source.path)
            is_served = f"{loaded.origin} is served from"
            words, hint = (f"{is_served} {which} already" for which in (first, "another file")), "name each zone once"
            return (ZoneProblem(shown(held.source.path), 0, 0, next(words), hint, next(words), hint),)
        return tuple(
            ZoneProblem(shown(p.file), p.line, p.column, p.message, *self._hints(p.message, p.hint))
            for p in loaded.problems
        )

    def _hints(self, message: str, hint: str) -> tuple[str, str, str]:
        """The hint, what anybody may be told, and the hint to that.

        When it is the sandbox that an $INCLUDE meets, the core knows of the error only.
        """
        path, found, _ = message.partition(DENIED)
        outside = self._outside(path) if found else ""
        brief = f"{os.path.basename(path)}{DENIED}" if outside else ZoneProblem.brief
        return outside or hint, brief, outside

    def _outside(self, path: str) -> str:
        """What to do about a file that the sandbox does not reach; nothing when that is not the reason."""
        if self.reach is None or self.reach.covers(path):
            return ""
        return "the sandbox was closed without its directory: start again, or set [serve] sandbox = false before"

    def _unreadable(self, held: Held, wrong: OSError) -> ZoneProblem:
        kept = f"; the version of {held.origin} from before is still served" if held.origin else ""
        return self._cannot(held.source.path, "opened", wrong, kept)

    def _no_list(self, directory: str, wrong: OSError) -> ZoneProblem:
        return self._cannot(directory, "listed", wrong, "; the zones that it had are still served")

    def _cannot(self, path: str, what: str, wrong: OSError, kept: str) -> ZoneProblem:
        hint = self._outside(path) if isinstance(wrong, PermissionError) else ""
        said = (wrong.strerror or str(wrong)).lower()
        words, hint = f"cannot be {what}: {said}{kept}", hint or "check its path and permissions"
        return ZoneProblem(shown(path), 0, 0, words, hint, words, hint)

    def _is_taken(self, origin: str, held: Held) -> bool:
        return self._by_origin.get(origin, held) is not held

    def _is_behind(self, held: Held, tried: Loaded) -> bool:
        """Whether the file stands back for the database; what is wrong in it then does not matter yet."""
        zone = held.behind if tried.problems else tried.origin
        is_kept = bool(zone) and self.is_kept(zone)
        if held.behind and not (is_kept and held.behind == zone):
            self._leave(held)
        if is_kept:
            self._stand_behind(held, zone)
        return is_kept

    def _restore(self, first: Held) -> None:
        # Before the first answer the origin is only known after loading, so the file that came first is read again.
        self.graph.load_zone(first.source.path, first.origin)


def _absolute(name: str) -> str:
    return lower(absolute(name))


def unreadable(paths: Iterable[str]) -> list[str]:
    """Those of *paths* that this process may not read."""
    return [path for path in dict.fromkeys(paths) if not os.access(path, os.R_OK)]
