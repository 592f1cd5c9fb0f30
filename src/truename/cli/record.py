"""`truename record`: the records of a zone in the database."""

from typing import Any

import click

from truename.cli.options import Mode, of_change, of_server, open_client


@click.group()
def record() -> None:
    """Show and change records of a zone in the database.

    OWNER is relative to the zone Z, `@` for the zone itself, or absolute with a final dot; so are names in VALUE, as in
    a zone file.
    """


@record.command("list")
@click.argument("zone", metavar="Z")
@click.option("--owner", metavar="OWNER", help="Those of one owner.")
@click.option("--type", "rtype", metavar="TYPE", help="Those of one type.")
@of_server
def list_records(zone: str, owner: str | None, rtype: str | None, **given: Any) -> int:
    """Show the records of the zone Z."""
    from truename.cli import records, typed

    name = typed.zone_name(zone)
    query = {
        "rrset_name": typed.owner(owner, name) if owner else None,
        "rrset_type": typed.record_type(rtype) if rtype else None,
    }
    with open_client(given) as client:
        sets = records.of_zone(client, name, query)
    records.show(sets, as_json=given["as_json"])
    return 0


@record.command("set")
@click.argument("zone", metavar="Z")
@click.argument("owner", metavar="OWNER")
@click.argument("rtype", metavar="TYPE")
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@click.option("--ttl", type=click.IntRange(0, 2**31 - 1), metavar="SECONDS", help="Of all of them; else as it is.")
@of_change
def set_records(zone: str, owner: str, rtype: str, values: tuple[str, ...], ttl: int | None, **given: Any) -> int:
    """Let OWNER have just these records of TYPE, one for each VALUE.

    A VALUE is the data as in a zone file, in one argument: "10 mail". Text of TXT needs no quotes of its own.
    """
    from truename.cli import records, typed

    mode = Mode.of(given)
    name, kind = typed.zone_name(zone), typed.record_type(rtype)
    contents = [typed.data(value, kind, name) for value in values]
    step = {"name": typed.owner(owner, name), "type": kind, "changetype": "REPLACE"}
    with open_client(given) as client:
        return records.patch(client, name, step, contents, ttl, mode)


@record.command("delete")
@click.argument("zone", metavar="Z")
@click.argument("owner", metavar="OWNER")
@click.argument("rtype", metavar="TYPE")
@click.argument("value", required=False, metavar="[VALUE]")
@of_change
def delete_records(zone: str, owner: str, rtype: str, value: str | None, **given: Any) -> int:
    """Delete the records of OWNER and TYPE, or the one with VALUE."""
    from truename.cli import records, typed

    mode = Mode.of(given)
    name, kind = typed.zone_name(zone), typed.record_type(rtype)
    contents = None if value is None else [typed.data(value, kind, name)]
    operation = "DELETE" if value is None else "PRUNE"
    step = {"name": typed.owner(owner, name), "type": kind, "changetype": operation}
    with open_client(given) as client:
        return records.patch(client, name, step, contents, None, mode)
