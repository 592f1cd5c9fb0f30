"""`/`: where everything else is. Pages for people are not there yet.

A browser gets a page, everybody else JSON.
"""

from html import escape

from fastapi import Response
from fastapi.responses import HTMLResponse

from truename import _core
from truename.web.answers import SortedJson

PLACES = (
    ("/api/docs", "docs", "the API, call by call"),
    ("/api/openapi.json", "openapi", "the same for programs"),
    ("/api/v1/servers/localhost", "api", "the API itself: PowerDNS' paths and more, with the header X-API-Key"),
    ("/healthz", "health", "whether everything is served as it stands, and what is not"),
    ("/readyz", "ready", "whether everything answers"),
    ("/metrics", "metrics", "counters for Prometheus"),
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Truename</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }}</style>
</head><body><h1>Truename {version}</h1>
<p>A DNS server built around the alias. Pages to look at zones and edit them are not there yet; the API and the command
line, <code>truename --help</code>, do both.</p>
<ul>
{places}
</ul></body></html>
"""


def front(accept: str) -> Response:
    """What `/` answers to a client that accepts *accept*."""
    if "text/html" in accept:
        rows = [f'<li><a href="{path}">{path}</a>: {escape(what)}</li>' for path, _, what in PLACES]
        return HTMLResponse(_PAGE.format(version=escape(_core.__version__), places="\n".join(rows)))
    return SortedJson({"version": _core.__version__, **{name: path for path, name, _ in PLACES}})
