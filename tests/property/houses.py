"""Servers over ASGI, alike in the zones of one key and different in what that key may not know.

template ── copied ── pieces of others' zones are put in ── House.ask
"""

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from truename._core import Graph
from truename.cli.transport import Reply, _call, _scope
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.door import Door, Options
from truename.serve.data_directory import DataDirectory
from truename.serve.facts import Facts
from truename.serve.served import Served
from truename.serve.sources import gather
from truename.serve.zones import Zones
from truename.store import Store
from truename.web.app import create_app
from truename.zone import Comment, Record

OWN = ("mine.example.", "filed.example.", "gone.example.")
HEAD = "@ 60 SOA ns.mine.example. h 1 2 3 4 5\n@ 60 NS ns.mine.example.\n"
MINE = (
    HEAD + "ns 60 A 192.0.2.53\nwww 60 A 192.0.2.1\nshop 60 CNAME www\nout 60 CNAME a.theirs.example.\n"
    "cut 60 NS ns.cut\nns.cut 60 A 192.0.2.9\n*.w 60 CNAME www\nm 60 MX 1 b.theirs.example.\n"
)
FILED = HEAD + "www 60 CNAME www.mine.example.\n"


def put(zone: str, owner: str, rtype: str, *records: str, comment: str = "", is_disabled: bool = False) -> SetChange:
    name = zone if owner == "@" else f"{owner}.{zone}"
    comments = (Comment(comment, "someone", 1),) if comment else ()
    kept = tuple(Record(one, is_disabled=is_disabled) for one in records)
    return SetChange(zone, name, rtype, "replace", 60, kept, comments)


@dataclass(frozen=True)
class Piece:
    """A zone of others, of the database, or of a file when *file* is a text."""

    zone: str
    sets: tuple[SetChange, ...] = ()
    file: str = ""


def _zone(zone: str, *more: SetChange) -> Piece:
    return Piece(zone, (put(zone, "@", "NS", "ns.mine.example."), *more))


THEIRS, SUB, CUT, ABOVE, W = "theirs.example.", "sub.mine.example.", "cut.mine.example.", "example.", "w.mine.example."
PIECES = (
    _zone(
        THEIRS,
        put(THEIRS, "a", "CNAME", "shop.mine.example.", comment="secret words"),
        put(THEIRS, "b", "CNAME", "a.theirs.example."),
        put(THEIRS, "c", "A", "192.0.2.1", comment="www.mine.example. is theirs"),
        put(THEIRS, "back", "CNAME", "new.mine.example."),
        put(THEIRS, "d", "CNAME", "www.mine.example.", is_disabled=True),
    ),
    _zone(SUB, put(SUB, "x", "MX", "1 www.mine.example.")),
    _zone(CUT, put(CUT, "y", "A", "192.0.2.77")),
    _zone(ABOVE, put(ABOVE, "z.mine", "A", "192.0.2.66"), put(ABOVE, "*", "TXT", '"w"')),
    _zone(W, put(W, "k", "DNAME", "mine.example.")),
    Piece("files.example.", file=HEAD + "f 60 CNAME www.mine.example.\ng 60 MX 1 new.mine.example.\n"),
    Piece("broken.example.", file=HEAD + "f 60 NOTYPE secret words\n"),
    Piece("gone.mine.example.", file=HEAD + "f 60 CNAME ns.mine.example.\n"),
)


class House:
    """A server without sockets. *pieces* is what differs."""

    def __init__(self, template: Path, at: Path, pieces: Sequence[Piece]) -> None:
        shutil.copytree(template, at)
        for piece in pieces:
            if piece.file:
                (at / "zones" / f"{piece.zone}zone").write_text(piece.file)
        self._directory = DataDirectory(str(at / "data"))
        zones = Zones(Graph(), gather([str(at / "zones")]))
        zones.load()
        self.graph = zones.graph
        self.store = Store.open(f"sqlite:///{at / 'data' / 'truename.db'}")
        for piece in pieces:
            if piece.sets:  # judged by itself, since who made it knew of nothing else
                change = ChangeSet(piece.sets, (ZoneChange(piece.zone, is_new=True),))
                Door(self.store, Graph()).commit(change, Options())
        self.door = Door(self.store, self.graph, files=zones)
        self.door.load()
        zones.is_kept = self.door.has
        key = self._directory.admin_key()
        counters = SimpleNamespace(requests=[], responses=[])
        dns: Any = SimpleNamespace(counters=lambda: counters)
        log: Any = SimpleNamespace(info=print, warning=print)
        served = Served(self.graph, dns, zones, Facts(self.graph, log), key, self.store, self.door, is_ready=True)
        self.app = create_app(served)

    def ask(self, calls: Sequence["Call"], key: str, each: Callable[[Reply], None]) -> None:
        """Make *calls*, one after the other."""

        async def run() -> None:
            for call in calls:
                headers = {"X-API-Key": key, "Content-Type": "application/json"}
                each(await _call(self.app, _scope(call.method, call.path, headers), call.body))

        asyncio.run(run())

    def close(self) -> None:
        self.store.close()
        self._directory.close()


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    body: bytes = b""

    def __repr__(self) -> str:
        return f"{self.method} {self.path} {self.body.decode()}"


def template(at: Path) -> str:
    """Make what is alike, in the directory *at*. Returns: the key"""
    (at / "zones").mkdir(parents=True)
    (at / "zones" / "filed.example.zone").write_text(FILED)
    DataDirectory(str(at / "data")).close()
    with Store.open(f"sqlite:///{at / 'data' / 'truename.db'}") as store:
        door = Door(store, Graph())
        zones = tuple(ZoneChange(zone, is_new=True, text=MINE.encode()) for zone in OWN if zone != "filed.example.")
        for one in zones:
            door.commit(ChangeSet(zones=(one,)), Options())
        door.commit(ChangeSet([put("mine.example.", "www", "TXT", '"x"', comment="mine")]), Options())
        door.commit(ChangeSet(zones=(ZoneChange("gone.example.", is_deleted=True),)), Options())
        return store.create_key("bound", "editor", OWN)


def as_json(body: object) -> bytes:
    return json.dumps(body).encode()
