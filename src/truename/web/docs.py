"""The OpenAPI description for people: /api/docs as one plain page, docs/api.md as a reference."""

import inspect
from collections.abc import Iterator
from html import escape
from typing import Any

from truename.web.examples import TEXT

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }}
code {{ font-size: .95em; }} h2 {{ font-size: 1.1rem; margin: 2rem 0 .25rem; }} table {{ border-collapse: collapse; }}
td, th {{ text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top; }}
</style></head><body>
<h1>{title} API {version}</h1>
<p>Machine-readable: <a href="/api/openapi.json">/api/openapi.json</a>. Under <code>/api</code> the header
<code>X-API-Key</code> holds a key; the first start wrote one to <code>admin.key</code> in its data directory.
Errors are <code>{{"error": "..."}}</code>.</p>
{operations}
</body></html>
"""

_HEAD = """# The HTTP API

*Made by `make docs` from the program itself; edit the program, not this page. The running server shows the same at
`/api/docs` and `/api/openapi.json`.*

The paths of PowerDNS' API behave as its clients expect; what Truename adds stands beside them. The header `X-API-Key`
holds a key of `truename key create`, or the one in `admin.key` of the data directory. Errors are `{"error": "..."}`
with `hint`, `errors` and `findings` where there are any. Names in paths are percent-encoded, `/` also as `=2F`.
{examples}
| status | |
|---|---|
| 400 | the body is no JSON |
| 401 | no or an unknown key, or one that was revoked before the change had its turn; nothing was stored |
| 403 | not for this key: its role, or a zone that it is not bound to, whether that is here or not |
| 404 | not here |
| 408 | the head of the request, or its body, did not come; the connection ends |
| 409 | it is there already, or the zone has moved on since `base_serial`: `serial` and `changed` say how far |
| 413 | the body is too long: 1 MiB, 16 MiB of RRsets, 256 MiB of the text of a zone |
| 422 | what was sent cannot be meant, is refused by the rules (`findings`), or is not supported; nothing was stored |
| 429 | too many wrong keys from this address; `Retry-After` says how many seconds to wait |
| 503 | the database could not store it: nothing was stored. Or the server is ending: the journal tells. \
Or there are too many connections, or large replies under way, which are 64, and 32 for one key: `Retry-After` says \
when to come again |
"""


def page(openapi: dict[str, Any]) -> str:
    """The page. Shape: *openapi* is what FastAPI.openapi() gives"""
    found = [_operation(method, path, operation) for method, path, operation in _operations(openapi)]
    info = openapi["info"]
    return _PAGE.format(title=escape(info["title"]), version=escape(info["version"]), operations="\n".join(found))


def markdown(openapi: dict[str, Any]) -> str:
    """The reference: the calls by subject, then the shapes that they answer."""
    by_tag: dict[str, list[str]] = {}
    for method, path, operation in sorted(_operations(openapi), key=lambda one: one[1]):
        tag = operation.get("tags", ["health"])[-1]
        by_tag.setdefault(tag, []).append("\n".join(_section(method, path, operation)))
    calls = ["\n".join([f"## {tag}\n", *found]) for tag, found in by_tag.items()]
    shapes = [_described(name, schema) for name, schema in sorted(openapi["components"]["schemas"].items())]
    return "\n".join([_HEAD.replace("{examples}", TEXT), *calls, "## Shapes\n", *shapes])


def _operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", [])
    )
    text = escape(operation.get("description") or operation.get("summary", ""))
    return f"<h2><code>{method} {escape(path)}</code></h2><p>{text}</p><table>{parameters}</table>"


def _section(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### `{method} {path}`\n\n{operation.get('summary', '')}\n"
    parameters = [one for one in operation.get("parameters", []) if one["in"] != "header"]
    rows = [f"| `{one['name']}` | {one['in']} | {_parameter(one)} |" for one in parameters]
    if rows:
        yield "\n".join(["| | in | |", "|---|---|---|", *rows, ""])
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body, `{kind}`: {_shape(content['schema'])}\n"
    replies = operation["responses"].items()
    good = [_reply(status, one) for status, one in replies if status < "400"]
    errors = sorted(status for status, _ in replies if status >= "400")
    yield f"Replies: {'; '.join(good)}." + (f" Errors: {', '.join(errors)}.\n" if errors else "\n")


def _reply(status: str, one: dict[str, Any]) -> str:
    words = "" if one["description"] == "Successful Response" else f" {one['description']}"
    kinds = one.get("content", {})
    shape = _name_of(kinds.get("application/json", {}).get("schema", {}))
    plain = "" if shape or not kinds else f" {', '.join(f'`{kind}`' for kind in kinds)}"
    return f"{status}{words}{shape}{plain}"


def _name_of(schema: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        inside = _name_of(schema["items"])
        return f" list of{inside}" if inside else ""
    name = schema.get("$ref", "").rpartition("/")[2]
    return f" [{name}](#{name.lower()})" if name else ""


def _described(name: str, schema: dict[str, Any]) -> str:
    said = inspect.cleandoc(schema.get("description", ""))
    keys = ", ".join(f"`{key}`" for key in schema.get("properties", {}))
    return f"### {name}\n\n{said}\n\nKeys: {keys}\n"


def _parameter(one: dict[str, Any]) -> str:
    default = one["schema"].get("default")
    shown = "" if default in (None, "") else f" (`{str(default).lower()}`)"
    return f"{one.get('description', '')}{shown}"


def _shape(schema: dict[str, Any]) -> str:
    """One line for what a body may hold: keys, those that must be there in bold."""
    if schema.get("type") != "object":
        return str(schema.get("description", schema.get("type", "")))
    required = schema.get("required", [])
    keys = [f"**`{name}`**" if name in required else f"`{name}`" for name in schema.get("properties", {})]
    words = schema.get("description", "")
    return f"{words} {', '.join(keys)}" if words else ", ".join(keys)
