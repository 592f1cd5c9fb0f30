"""/api/docs: the OpenAPI description as one plain page."""

from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }}
code {{ font-size: .95em; }} h2 {{ font-size: 1.1rem; margin: 2rem 0 .25rem; }} table {{ border-collapse: collapse; }}
td, th {{ text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top; }}
</style></head><body>
<h1>{title} API {version}</h1>
<p>Machine-readable: <a href="/api/openapi.json">/api/openapi.json</a>. Under <code>/api/v1</code> the header
<code>X-API-Key</code> holds the key; the first start wrote one to <code>admin.key</code> in its data directory.
Errors are <code>{{"error": "..."}}</code>.</p>
{operations}
</body></html>
"""


def page(openapi: dict[str, Any]) -> str:
    """The page. Shape: *openapi* is what FastAPI.openapi() gives"""
    operations = [
        _operation(method, path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    info = openapi["info"]
    return _PAGE.format(title=escape(info["title"]), version=escape(info["version"]), operations="\n".join(operations))


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", [])
    )
    text = escape(operation.get("description") or operation.get("summary", ""))
    return f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{text}</p><table>{parameters}</table>"
