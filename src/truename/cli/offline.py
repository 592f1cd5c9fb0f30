"""Without a server: the application over the database itself, in this process.

The directory is locked as a server locks it, so that no two processes write, and no server starts in between. What a
verb then asks is answered by the very application that a server would answer with.
"""

from typing import TYPE_CHECKING

from truename.cli.transport import InProcess
from truename.errors import ServeError

if TYPE_CHECKING:
    from truename.config import Settings


def open_app(settings: "Settings") -> InProcess:
    """The application over the database of *settings*. Raises: ServeError, StoreError"""
    from truename.serve import offline
    from truename.web.app import create_app

    try:
        served = offline.open(settings)
    except ServeError as wrong:
        if "holds" in wrong.message:
            raise ServeError(wrong.message, hint="it has no API yet, or another verb is at work: try again") from None
        raise
    try:
        app = create_app(served)
    except BaseException:
        served.close()
        raise
    return InProcess(app, settings.serve.data, served.close)
