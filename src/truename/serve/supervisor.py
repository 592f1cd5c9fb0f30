"""The life of one server.

    settings -> lock -> ports -> zone files -> database -> privileges dropped -> DNS answers -> imports -> HTTP answers
             -> "ready" -> reloads ... -> the end

A database without zones is opened where HTTP is: nobody waits for its first answer.

No packet is read before root and everything that only the start needed are given up: `_give_up`.
The web framework is imported when DNS answers already. Importing it in a thread beside the loading of zones was tried
and costs more than it saves: on two busy cores the first answer from a million records came after 2.1 s instead of
1.5 s (medians of six), and the ready line no earlier.

The main thread waits for events: signals, and what the other threads tell. Everything that takes time happens in
those, so that SIGTERM is always heard; it ends the process within DEADLINE seconds, whatever hangs.
"""

import os
import queue
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from truename import _core
from truename._core import Graph, Server
from truename.config import DEFAULT_FILE
from truename.errors import ServeError, TruenameError
from truename.serve import notify, privileges, sandbox, sockets, start
from truename.serve.data_directory import AdminKey, DataDirectory, NoRoom
from truename.serve.database import Opened, Place, open_database
from truename.serve.database_thread import DatabaseThread
from truename.serve.held import Outcome
from truename.serve.options import Options, differing, without_effect
from truename.serve.signals import Events, Signals
from truename.serve.sources import shown
from truename.serve.zone_thread import ZoneThread
from truename.serve.zones import Zones, unreadable

if TYPE_CHECKING:
    from truename.serve.http import HttpServer

DEADLINE = 4.5  # seconds from SIGTERM to the end; 5 are promised
VERB = 5.0  # seconds that a verb may still be at work in the data directory when a server starts

RETELL = 1.0  # seconds until it is tried again to tell the verbs where the server is

MakeApp = Callable[[Any], Any]  # Served -> ASGI app; given from above, because serve does not import web


class Supervisor:
    """Starts, watches and ends everything. `run` is its whole life. Raises: TruenameError"""

    def __init__(self, options: Options, make_app: MakeApp, complain: start.Complain) -> None:
        self._options = options
        self._make_app = make_app
        self._complain = complain
        self._events: Events = queue.SimpleQueue()
        self._settings = options.settings()
        self._user = privileges.find_user(options.user) if options.user else None
        self._untold: Callable[[], None] | None = (
            None  # what tells the verbs where we are, while there is no room for it
        )
        self._busy: list[threading.Thread] = []  # may be inside the core when the end comes
        self._opened: Opened | None = None
        self._behind: list[Outcome] = []  # files whose zones the database has

    def run(self) -> int:
        """Serve until a signal ends it. Returns: the exit status. Raises: TruenameError while it starts"""
        self._signals = Signals(self._events)
        with ExitStack() as ends:  # undone in reverse: whatever began last ends first
            try:
                self._start(ends)
                status = self._until_the_end()
            except start.Interrupted:
                ends.close()
                self._leave(0)
            deadline = threading.Timer(DEADLINE, self._leave, [status])
            deadline.daemon = True
            deadline.start()
        deadline.cancel()
        if self._served.is_at_work() or any(thread.is_alive() for thread in self._busy):
            self._leave(status)
        return status

    def _start(self, ends: ExitStack) -> None:
        given = sockets.inherited(os.environ)
        directory = DataDirectory(self._settings.serve.data, wait=VERB)
        ends.callback(directory.close)
        bound = start.bind(self._options, self._settings, given)
        key = directory.admin_key()
        _say_key(key)

        graph = Graph(follow=self._settings.serve.follow, max_chain=self._settings.serve.max_chain)
        zones = Zones(graph, self._options.sources(self._settings))
        began = time.perf_counter()
        outcomes = start.load(zones.load, self._events)
        start.judge(outcomes, self._complain, is_strict=self._options.is_strict)
        if self._options.is_strict:
            start.refuse_empty(zones.sources)
        self._place = Place.of(self._settings, directory.path)
        if self._place.has_zones():
            self._open_database(zones, ends)
        seconds = time.perf_counter() - began
        dns = start.bind_dns(graph, self._settings, given)
        ends.callback(dns.stop)

        # What is imported for HTTP may be out of another user's reach; without one, DNS need not wait for it.
        tls = self._options.tls.open() if self._options.tls and bound else None
        prepare = partial(self._prepare, (dns, zones, key), (bound, tls), ends)
        http = prepare() if self._user else None
        closed = self._give_up(directory, zones)
        start.answer_dns(dns)
        http = http if self._user else prepare()
        self._say_how_confined(closed)
        url = self._answer_http(http, ends)
        self._tell_where(directory, url)
        self._watch_files(ends)
        self._say_ready(url, seconds)

    def _open_database(self, zones: Zones, ends: ExitStack) -> None:
        """Raises: StoreError; ServeError when a zone of it cannot be served and that is not to be"""
        call = partial(open_database, self._place, zones, self._settings, self._changed)
        opened = start.load(call, self._events)
        ends.callback(opened.close)
        self._opened = opened
        self._behind = zones.give_way()
        start.judge_database(opened.left_out, self._complain, is_strict=self._options.is_strict)

    def _changed(self) -> None:
        """What is served was edited."""
        self._served.facts.changed()

    def _give_up(self, directory: DataDirectory, zones: Zones) -> sandbox.Closed | None:
        """Go on with what a running server needs, and no more. Returns: what of it the kernel enforces"""
        if self._user is not None:
            directory.give_to(self._user.pw_uid, self._user.pw_gid)
            privileges.become(self._user)
            if self._opened and self._settings.serve.database:  # one in the data directory was handed over with it
                self._place.refuse_unwritable(self._user.pw_name)
        if os.geteuid() != 0:
            privileges.drop_capabilities()
        if not self._settings.serve.sandbox:
            return None
        # A configuration that is not there yet may be written before SIGHUP.
        config = self._settings.file or DEFAULT_FILE
        files = [*zones.paths(), config, self._options.zone_list or ""]
        written = [str(directory.path), *([str(self._place.file.parent)] if self._place.file else [])]
        servers = self._opened.store.servers() if self._opened else ()
        outgoing = [sandbox.to_server(host, port) for host, port in servers]
        reach = sandbox.reach_of(filter(None, files), zones.sources.directories, written, outgoing)
        notify.connect()
        self._signals.pause()
        closed = sandbox.close(reach)
        self._signals.resume()
        zones.reach = reach
        return closed

    def _say_how_confined(self, closed: sandbox.Closed | None) -> None:
        if closed is None:
            self._log.info("sandbox is off", setting="serve.sandbox")
        else:
            lacks = {"lacks": ", ".join(closed.lacks)} if closed.lacks else {}
            self._log.info("sandbox", files=closed.files, calls=closed.calls, **lacks)
        if os.geteuid() == 0:
            self._log.warning("runs as root", hint="--user NAME goes on as another user once the ports are bound")

    def _prepare(
        self, parts: tuple[Server, Zones, AdminKey], http: tuple[socket.socket | None, Any], ends: ExitStack
    ) -> "HttpServer | None":
        """Import and set up all that begins after DNS: log, facts, the database when it is empty, HTTP."""
        from truename.serve import log
        from truename.serve.facts import Facts
        from truename.serve.served import Served

        (dns, zones, key), (bound, tls) = parts, http
        self._log = log.configure(self._settings.serve.log)
        if bound is not None and self._opened is None:
            self._open_database(zones, ends)
        opened = self._opened
        store, door = (opened.store, opened.door) if opened else (None, None)
        self._served = Served(zones.graph, dns, zones, Facts(zones.graph, self._log), key, store, door)
        if bound is None:
            return None
        from truename.serve.http import HttpServer

        app = self._make_app(self._served)
        return HttpServer(app, bound, tls=tls, behind_proxy=self._options.is_behind_proxy)

    def _answer_http(self, server: "HttpServer | None", ends: ExitStack) -> str | None:
        """Start HTTP. Returns: its URL"""
        if server is None:
            return None
        server.start(lambda wrong: self._events.put(("http", wrong)))
        ends.callback(server.stop)
        return sockets.url(server.bound, tls=self._options.tls is not None)

    def _tell_where(self, directory: DataDirectory, url: str | None) -> None:
        about: dict[str, object] = {
            "pid": os.getpid(),
            "version": _core.__version__,
            "dns": self._addresses(),
            "http": url,
        }
        tls = self._options.tls
        about["certificate"] = os.path.abspath(tls.certificate) if tls else None
        self._untold = partial(directory.tell, about)
        try:
            self._tell_again()
        except NoRoom as wrong:
            self._log.error("verbs do not find this server before there is room", error=str(wrong), hint=wrong.hint)

    def _tell_again(self) -> None:
        """Raises: NoRoom, ServeError"""
        if self._untold is not None:
            self._untold()
            self._untold = None

    def _next_event(self) -> tuple[str, object]:
        while self._untold is not None:
            try:
                return self._events.get(timeout=RETELL)
            except queue.Empty:
                with suppress(ServeError):
                    self._tell_again()
        return self._events.get()

    def _watch_files(self, ends: ExitStack) -> None:
        self._watch = ZoneThread(self._served.zones, self._tell, self._log)
        self._watch.start()
        ends.callback(self._watch.thread.join, 0.5)
        ends.callback(self._watch.stop)
        facts = self._served.facts
        facts.start()
        ends.callback(facts.thread.join, 0.5)
        ends.callback(facts.stop)
        self._busy = [self._watch.thread, facts.thread]
        if self._served.door:
            looks = DatabaseThread(self._served.door, self._log)
            looks.start()
            ends.callback(looks.thread.join, 0.5)
            ends.callback(looks.stop)
            self._busy.append(looks.thread)

    def _say_ready(self, url: str | None, seconds: float) -> None:
        for setting in without_effect(self._settings):
            self._log.warning("setting has no effect in this version", key=setting)
        for path in unreadable(self._served.zones.paths()) if self._user else []:
            self._log.warning("zone file cannot be read again", file=shown(path), user=self._options.user)
        self._tell(self._behind, 0, is_all=False)
        for place in self._served.zones.sources.empty():
            self._log.warning("no zone files yet", place=place)
        zones = self._served.graph.zones()
        records = sum(zone.records for zone in zones)
        dns = ",".join(self._addresses())
        line = f"ready dns={dns} http={url or 'off'} zones={len(zones)} records={records} load={seconds:.2f}s"
        self._served.is_ready = True
        try:
            print(line, flush=True)  # noqa: T201 - the promised line
        except OSError:
            self._log.warning("nobody reads stdout", line=line)
        notify.ready(f"{len(zones)} zones on {dns}")

    def _addresses(self) -> list[str]:
        return list(dict.fromkeys(self._served.dns.addresses))  # systemd hands over UDP and TCP as two sockets

    def _until_the_end(self) -> int:
        status = None
        while status is None:
            match self._next_event():
                case "signal", signal.SIGHUP:
                    self._reload()
                case "signal", int(number):
                    self._log.info("ending", signal=signal.Signals(number).name)
                    status = 0
                case "http", wrong:
                    self._log.error("the HTTP server has ended", error=repr(wrong))
                    status = 1
        self._served.is_ready = False
        notify.stopping()
        return status

    def _reload(self) -> None:
        notify.reloading()
        sources = self._served.zones.sources
        try:
            settings = self._options.settings()
            sources = self._options.sources(settings)
            self._take_over(settings)
        except TruenameError as wrong:
            self._log.error("configuration not taken over", error=str(wrong), hint=wrong.hint)
        self._watch.reload(sources, lambda: notify.ready("reloaded"))

    def _take_over(self, settings: Any) -> None:
        taken, waiting = differing(self._settings, settings)
        if taken:
            self._served.graph.configure(follow=settings.serve.follow, max_chain=settings.serve.max_chain)
            self._served.dns.configure(**start.treatment(settings))
            if self._served.door:
                self._served.door.configure(settings.check, settings.limits)
            self._log.info("settings taken over", keys=",".join(taken))
        for key in waiting:
            self._log.warning("setting waits for the next start", key=key)
        self._settings = settings

    def _tell(self, outcomes: list[Outcome], seconds: float, is_all: bool) -> None:
        """Log what a reading did; one that reads everything tells what did not change by number only."""
        for outcome in outcomes:
            if outcome.is_change or outcome.problems or not is_all:
                self._tell_one(outcome)
        changes = sum(outcome.is_change for outcome in outcomes)
        if is_all:
            refused = sum(1 for outcome in outcomes if outcome.problems)
            ms = round(seconds * 1000, 1)
            self._log.info("all zone files read", files=len(outcomes), changed=changes, refused=refused, ms=ms)
        if changes:
            self._served.facts.changed()

    def _tell_one(self, outcome: Outcome) -> None:
        for problem in outcome.problems:
            at, what, hint = problem.place, problem.message, problem.hint
            self._log.error("zone file refused", zone=outcome.zone, at=at, problem=what, hint=hint)
        if outcome.warning:
            told = outcome.warning
            self._log.warning(
                "zone file changed without a new serial", at=told.place, what=told.message, hint=told.hint
            )
        if outcome.action == "behind":
            hint = (
                f"edit the zone where it is kept, or `truename zone delete {outcome.zone}`: then the file is read again"
            )
            self._log.warning(
                "zone file not read: the zone is kept in the database, which is served",
                zone=outcome.zone, file=shown(outcome.file), hint=hint,
            )  # fmt: skip
        elif outcome.action == "unloaded":
            self._log.info("zone unloaded", zone=outcome.zone, file=shown(outcome.file))
        elif outcome.loaded is not None and not outcome.problems:
            serial, changed = outcome.loaded.serial, outcome.loaded.changed
            self._log.info("zone loaded", zone=outcome.zone, serial=serial, changed=changed, ms=round(outcome.ms, 1))

    def _leave(self, status: int) -> None:
        # A thread that is inside the core must not meet an interpreter that is being torn down.
        with suppress(OSError):  # nobody reads it, which was told at the start
            sys.stdout.flush()
        os._exit(status)


def _say_key(key: AdminKey) -> None:
    if key.shown is None:
        return
    print(f"admin key written to {key.path}", file=sys.stderr)  # noqa: T201 - for the person who starts it
    if sys.stderr.isatty():
        print(f"admin key: {key.shown}", file=sys.stderr)  # noqa: T201 - a terminal is no log
