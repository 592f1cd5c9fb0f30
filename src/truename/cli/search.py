"""`truename search`: where something stands, in all zones."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from truename.cli.options import of_server, open_client

MOST = 10_000  # hits that the server looks for


@click.command()
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, MOST - 1), default=1000, show_default=True, help="Hits at most.")
@of_server
def search(text: str, limit: int, **given: Any) -> int:
    """Search owners, targets, addresses and other data, comments and names of zones for TEXT, in all zones kept here.

    TEXT may stand anywhere in them, in upper or lower case, and may be a U-label or part of one. With * (any text) or ?
    (any character) in it, it is a pattern for the whole.

    Ends with 0 when something was found, else with 1.
    """
    from truename.cli import typed
    from truename.cli.changing import say_json
    from truename.cli.messages import note, say

    if not text.strip():
        raise click.UsageError("an empty TEXT stands everywhere")
    text = typed.address(text) or text
    pattern = text if any(sign in text for sign in "*?") else f"*{text}*"
    with open_client(given) as client:
        found = client.get("search-data", {"q": pattern, "max": limit + 1})
    shown = found[:limit]
    if given["as_json"]:
        say_json(shown)
    elif shown:
        say("\n".join(_lines(shown)))
    if len(found) > limit:
        note(f"there is more: --limit N shows more than {limit:,}")
    if not found:
        note(f'nothing here has "{text}" in it')
    return 0 if found else 1


def _lines(found: Sequence[Any]) -> Iterator[str]:
    from truename.cli import table

    return table.rows(map(_row, found), head=("NAME", "TYPE", "TTL", "DATA"))


def _row(one: Any) -> tuple[str, ...]:
    from truename.cli import paint
    from truename.cli.notice_text import both_in
    from truename.name import both

    name = both(one["name"])
    match one["object_type"]:
        case "zone":
            return name, "zone", "", ""
        case "comment":
            return name, one["type"], "", f"; {paint.plain(one['content'])}"
    mark = "  (disabled)" if one["disabled"] else ""
    return name, one["type"], str(one["ttl"]), both_in(one["content"]) + mark
