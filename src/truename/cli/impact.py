"""`truename impact`: who would notice a change of a name, or of an address."""

from typing import Any

import click

from truename.cli.options import of_server, open_client


@click.command()
@click.argument("name", metavar="NAME|ADDRESS")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Names at most.")
@click.option("--after", metavar="NAME", help="Go on behind this name of the page before.")
@of_server
def impact(name: str, limit: int, after: str | None, **given: Any) -> int:
    """Show every name that reaches NAME, and by which path.

    Of an ADDRESS these are the names that have it, and those that reach them. What looks like an address is one; a
    final dot makes it a name.
    """
    from truename.cli import typed
    from truename.cli.client import in_path
    from truename.cli.messages import say

    query = {"limit": limit, "after": typed.absolute(after) if after else None}
    with open_client(given) as client:
        found = client.get(f"names/{in_path(typed.address(name) or typed.absolute(name))}/impact", query)
    if given["as_json"]:
        from truename.cli.changing import say_json

        say_json(found)
    else:
        say("\n".join(_lines(found, after)))
    return 0


def _lines(found: Any, after: str | None) -> list[str]:
    from truename.cli import table
    from truename.name import both

    reached = found["reached_by"]
    count, shown = found["count"], len(reached)
    rows = [
        (both(one["name"]), one["type"], str(one["ttl"]), one["zone"], " -> ".join(map(both, one["path"][1:])))
        for one in reached
    ]
    head = ("NAME", "TYPE", "TTL", "ZONE", "BY") if rows else ()
    text = [_headline(found), *table.rows(rows, indent=2, head=head)]
    left = count - shown
    if left > 0 and shown and after is None:
        text.append(f"  ... and {left:,} more: --limit N, --after {reached[-1]['name']}")
    return text


def _headline(found: Any) -> str:
    """How many there are, and whether there is such a name at all."""
    from truename.name import both, is_absolute

    name, count = both(found["name"]), found["count"]
    if not is_absolute(found["name"]):
        names = "no name has" if not count else "1 name has" if count == 1 else f"{count:,} names have"
        return f"{names} {name}" + (", or lead to one that has it" if count > 1 else "")
    names = "nothing reaches" if not count else "1 name reaches" if count == 1 else f"{count:,} names reach"
    missing = _missing(found)
    if not missing:
        return f"{names} {name}"
    return f"{name} {missing}" + (f"; {names} it" if count else "")


def _missing(found: Any) -> str:
    """Why nothing here answers for the name; empty when something does."""
    if found.get("exists", True):
        return ""
    zone = found["zone"]
    if found["exists"] is False:
        return f"does not exist in {zone}" if zone else "does not exist"
    return f"is delegated away by {zone}" if zone else "is in no zone kept here"
