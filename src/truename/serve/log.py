"""Log lines on stderr: key=value text, or one JSON object a line. Nobody logs a key, a token or a request's headers."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _without_rich() -> Iterator[None]:
    # structlog.dev imports rich, where it is installed, to colour tracebacks that are never printed here: 4 MB that
    # stay and 0.1 s of every start. None in sys.modules makes `import rich` an ImportError, which it provides for.
    hidden = "rich" not in sys.modules
    if hidden:
        sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules["rich"]


with _without_rich():
    import structlog


class _Bridge(logging.Handler):
    """Lines of libraries (uvicorn, asyncio) in the same form as ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand *record* on with its level, and its traceback when it has one."""
        logger = structlog.get_logger()
        logger.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def configure(style: str) -> Any:
    """Set up logging for the process and return the logger. Shape: *style* is text or json"""
    renderer: Any = structlog.processors.JSONRenderer(sort_keys=False)
    if style == "text":
        renderer = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _one_line,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Bridge()], force=True)
    return structlog.get_logger()


def _one_line(_: object, __: str, event: Any) -> Any:
    # Zone data and paths come from outside; a line feed in them must not begin a line of its own.
    return {key: value.replace("\n", "\\n") if isinstance(value, str) else value for key, value in event.items()}
