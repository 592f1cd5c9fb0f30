"""The database without a server: what a verb opens when nobody holds the data directory.

The directory is locked as a server locks it, and the zone files that the configuration names are read, so that a change
is judged beside them. Those that a command line names are not known here.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truename._core import Graph, Server
from truename.serve.data_directory import DataDirectory
from truename.serve.database import Place, open_database
from truename.serve.facts import Facts
from truename.serve.served import Served
from truename.serve.sources import gather
from truename.serve.zones import Zones

if TYPE_CHECKING:
    from truename.config import Settings


class _Silent:
    """A log that nobody reads: the verb tells what it does by itself."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_, **__: None


@dataclass
class Offline(Served):
    """What a server would have, without its listeners; `close` lets go of it."""

    ends: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Let go of the database and the directory."""
        self.ends.close()


def open(settings: "Settings") -> Offline:  # noqa: A001 - offline.open
    """Raises: ServeError when another process holds the directory, or it cannot be used; StoreError"""
    with ExitStack() as ends:
        directory = DataDirectory(settings.serve.data)
        ends.callback(directory.close)
        graph = Graph(follow=settings.serve.follow, max_chain=settings.serve.max_chain)
        zones = Zones(graph, gather((), None, settings.zones))
        zones.load()
        place = Place.of(settings, directory.path)
        opened = open_database(place, zones, settings, lambda: None)
        ends.callback(opened.close)
        zones.give_way()
        dns = Server(graph, listen=[], workers=1, is_started=False)
        facts = Facts(graph, _Silent())
        key = directory.admin_key()
        return Offline(graph, dns, zones, facts, key, opened.store, opened.door, is_ready=True, ends=ends.pop_all())
