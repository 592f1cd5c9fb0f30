"""RRsets over the API: read, shown, changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from truename.cli import table
from truename.cli.changing import Call, change
from truename.cli.client import Client, Query, in_path
from truename.cli.messages import say
from truename.cli.options import Mode
from truename.cli.plan_text import both_in
from truename.idn import both

DEFAULT_TTL = 3600  # seconds, for the first records of a type; PowerDNS' API has none of its own


def of_zone(client: Client, zone: str, query: Query) -> list[dict[str, Any]]:
    """The RRsets of *zone*, or those that *query* picks. Raises: TruenameError"""
    sets: list[dict[str, Any]] = client.get(f"zones/{in_path(zone)}", query)["rrsets"]
    return sets


def show(sets: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print them."""
    if as_json:
        say(json.dumps(sets, indent=2, ensure_ascii=False))
    elif sets:
        say("\n".join(table.rows(_rows(sets))))


def _rows(sets: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for one in sets:
        for record in one["records"]:
            mark = "  (disabled)" if record["disabled"] else ""
            yield both(one["name"]), str(one["ttl"]), one["type"], both_in(record["content"]) + mark


def patch(
    client: Client, zone: str, step: dict[str, Any], contents: Sequence[str] | None, ttl: int | None, mode: Mode
) -> int:
    """One step at one RRset, planned and carried out. Returns: exit status"""
    if contents is not None:
        step["records"] = [{"content": content, "disabled": False} for content in contents]
    if step["changetype"] == "REPLACE":
        step["ttl"] = ttl if ttl is not None else _ttl_of(client, zone, step)
    return change(client, Call("PATCH", f"zones/{in_path(zone)}", {"rrsets": [step]}), mode)


def _ttl_of(client: Client, zone: str, step: Mapping[str, Any]) -> int:
    """The TTL that the RRset has."""
    there = of_zone(client, zone, {"rrset_name": step["name"], "rrset_type": step["type"]})
    return int(there[0]["ttl"]) if there else DEFAULT_TTL
