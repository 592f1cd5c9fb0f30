"""`truename key`: keys of the API."""

from typing import Any

import click

from truename.cli.options import of_server, open_client
from truename.cli.verbs import Verbs

ROLES = click.Choice(["viewer", "editor", "admin"])


@click.group(cls=Verbs)
def key() -> None:
    """Make, list and revoke keys of the API."""


@key.command()
@click.argument("name")
@click.option("--role", type=ROLES, required=True, help="What it may do.")
@click.option("--zone", "zones", multiple=True, metavar="Z", help="Only in this zone; repeatable.")
@of_server
def create(name: str, role: str, zones: tuple[str, ...], **given: Any) -> int:
    """Make a key. It is shown this once: only a hash of it is kept."""
    from truename.cli import typed
    from truename.cli.changing import say_json
    from truename.cli.messages import say, warn

    body: dict[str, Any] = {"name": name, "role": role, "zones": [typed.zone_name(zone) for zone in zones] or None}
    with open_client(given, may_create=True) as client:
        made = client.call("POST", "keys", body=body)
        missing = [zone for zone in body["zones"] or () if not client.get("zones", {"zone": zone, "dnssec": False})]
    if given["as_json"]:
        say_json(made)
    else:
        say(made["key"])
    for zone in missing:
        warn(
            f"there is no zone {zone} here yet; {name} is bound to it all the same",
            f"truename zone create {zone}, or truename key revoke {name}",
        )
    return 0


@key.command("list")
@of_server
def list_keys(**given: Any) -> int:
    """Show the keys: whose, and what they may do."""
    from truename.cli.changing import say_json
    from truename.cli.messages import say

    with open_client(given) as client:
        keys = client.get("keys")
    if given["as_json"]:
        say_json(keys)
    elif keys:
        from truename.cli import table

        rows = [(one["name"], one["role"], " ".join(one["zones"] or ["all zones"])) for one in keys]
        say("\n".join(table.rows(rows, head=("NAME", "ROLE", "ZONES"))))
    return 0


@key.command()
@click.argument("name")
@of_server
def revoke(name: str, **given: Any) -> int:
    """Make a key worthless, from the next request on."""
    from truename.cli.client import as_it_is
    from truename.cli.messages import note

    with open_client(given) as client:
        client.call("DELETE", f"keys/{as_it_is(name)}")
    note(f"{name} is revoked")
    return 0
