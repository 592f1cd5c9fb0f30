"""Without a server: the application over the database itself, in this process.

The directory is locked as a server locks it, so that no two processes write, and no server starts in between. What a
verb then asks is answered by the very application that a server would answer with; the zone files that the
configuration names are read for it, because changes are judged beside them.
"""

import logging
import os
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from truename.cli.messages import complain
from truename.cli.transport import InProcess
from truename.serve.admin_key import read_key
from truename.serve.data_directory import KEY_FILE

if TYPE_CHECKING:
    from truename.config import Settings
    from truename.serve.data_directory import DataDirectory


def open_app(settings: "Settings") -> tuple[InProcess, str]:
    """(the application over the database of *settings*, a key of it).

    A database elsewhere that comes with no data directory is opened beside one that lasts as long as the verb.
    Raises: DirectoryHeld, ServeError, StoreError
    """
    from truename.serve.data_directory import DataDirectory
    from truename.store.store import Store as _  # noqa: F401 - imported before others have to wait for it
    from truename.web.app import create_app

    # There is no log here: what a server would log of a refusal, the verb says itself.
    logging.getLogger("truename").addHandler(logging.NullHandler())
    with ExitStack() as ends:
        data = settings.serve.data
        if settings.serve.database and not os.path.isdir(data):
            data = ends.enter_context(TemporaryDirectory(prefix="truename-"))
        directory = DataDirectory(data)
        ends.callback(directory.close)
        ends.callback(_give_back, directory)
        app = create_app(_served(settings, directory, ends))
        key = read_key(directory.path / KEY_FILE)
        return InProcess(app, settings.serve.data, ends.pop_all().close), key


def _give_back(directory: "DataDirectory") -> None:
    """Let what root made here belong to whom the directory belongs to: the server that comes next may not be root."""
    owner = os.stat(directory.path)
    if os.geteuid() == 0 and owner.st_uid != 0:
        directory.give_to(owner.st_uid, owner.st_gid)


def _served(settings: "Settings", directory: "DataDirectory", ends: ExitStack) -> Any:
    """What a server would serve, without listeners and threads."""
    from truename._core import Graph
    from truename.serve.database import Place, open_database
    from truename.serve.facts import Facts
    from truename.serve.served import Served
    from truename.serve.sources import gather
    from truename.serve.zones import Zones

    graph = Graph(follow=settings.serve.follow, max_chain=settings.serve.max_chain)
    zones = Zones(graph, gather((), None, settings.zones))
    outcomes = zones.load()
    opened = open_database(Place.of(settings, directory.path), zones, settings, lambda: None)
    ends.callback(opened.close)
    zones.give_way()
    for outcome in outcomes:
        for problem in outcome.problems:
            complain(f"{problem.place}: {problem.message}", problem.hint)
    for zone, why in opened.left_out:
        complain(f"{zone} of the database cannot be served: {why}", "import it again, or `zone delete` it")
    facts = Facts(graph, None)
    return Served(graph, None, zones, facts, directory.admin_key(), opened.store, opened.door)  # type: ignore[arg-type]
