"""`truename record`: the records of a zone in the database."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from truename.cli.messages import note
from truename.cli.options import Mode, of_change, of_server, open_client
from truename.cli.ttl import TTL
from truename.cli.verbs import Verbs
from truename.name import both

F = TypeVar("F", bound=Callable[..., Any])


@click.group(cls=Verbs)
def record() -> None:
    """Show and change records of a zone in the database.

    OWNER is relative to the zone Z, `@` for the zone itself, unless it ends in a dot or in the zone's name. A name in
    VALUE is relative when it has no dot, and absolute when it ends in a dot, in a zone that is kept here or in a public
    suffix; what may be either is refused.
    """


def _of_records(command: F) -> F:
    """The arguments and flags of verbs that write records."""
    for option in reversed(
        (
            click.argument("zone", metavar="Z"),
            click.argument("owner", metavar="OWNER"),
            click.argument("rtype", metavar="TYPE"),
            click.argument("values", nargs=-1, required=True, metavar="VALUE..."),
            click.option("--ttl", type=TTL, metavar="TTL", help="Seconds, or 5m, 1h, 2d. Else it stays as it is."),
            click.option("--comment", metavar="TEXT", help="A comment on the records; resolvers do not see it."),
            click.option("--disabled", is_flag=True, help="Keep these records, and do not serve them."),
        )
    ):
        command = option(command)
    return command


@record.command("list")
@click.argument("zone", metavar="Z")
@click.option("--owner", metavar="OWNER", help="Those of one owner.")
@click.option("--type", "rtype", metavar="TYPE", help="Those of one type.")
@of_server
def list_records(zone: str, owner: str | None, rtype: str | None, **given: Any) -> int:
    """Show the records of the zone Z, with those that are disabled, and comments."""
    from truename.cli import records, typed

    name = typed.zone_name(zone)
    query = {
        "rrset_name": typed.owner(owner, name) if owner else None,
        "rrset_type": typed.record_type(rtype) if rtype else None,
    }
    with open_client(given) as client:
        sets = records.of_zone(client, name, query)
    records.show(sets, as_json=given["as_json"])
    if not sets:
        note(f"{both(query['rrset_name'] or name)} has no {query['rrset_type'] or 'records'}")
    return 0


@record.command("add")
@_of_records
@of_change
def add_records(zone: str, owner: str, rtype: str, values: tuple[str, ...], **given: Any) -> int:
    """Add records of TYPE to those that OWNER has, one for each VALUE.

    A VALUE is the data as in a zone file, in one argument: "10 mail". Text of TXT needs no quotes of its own. A
    --comment comes to those that are there.
    """
    return _write("EXTEND", (zone, owner, rtype), values, given)


@record.command("set")
@_of_records
@of_change
def set_records(zone: str, owner: str, rtype: str, values: tuple[str, ...], **given: Any) -> int:
    """Let OWNER have just these records of TYPE, one for each VALUE; `record add` keeps the others.

    A VALUE is the data as in a zone file, in one argument: "10 mail". Text of TXT needs no quotes of its own. A
    --comment takes the place of those that are there, an empty one deletes them.
    """
    return _write("REPLACE", (zone, owner, rtype), values, given)


@record.command("delete")
@click.argument("zone", metavar="Z")
@click.argument("owner", metavar="OWNER")
@click.argument("rtype", metavar="TYPE")
@click.argument("value", required=False, metavar="[VALUE]")
@of_change
def delete_records(zone: str, owner: str, rtype: str, value: str | None, **given: Any) -> int:
    """Delete the records of OWNER and TYPE, or the one with VALUE."""
    return _write(
        "DELETE" if value is None else "PRUNE", (zone, owner, rtype), () if value is None else (value,), given
    )


def _write(operation: str, where: tuple[str, str, str], values: tuple[str, ...], given: dict[str, Any]) -> int:
    """One step at the RRset that *where* (zone, owner, type) means. Returns: exit status"""
    from truename.cli import records, typed
    from truename.cli.reading import Reading

    mode, zone = Mode.of(given), typed.zone_name(where[0])
    rtype, owner = typed.record_type(where[2]), typed.owner(where[1], zone)
    with open_client(given) as client:
        reading = Reading.of_zone(client, zone)
        contents = [reading.data(value, rtype) for value in values]
        step = records.Step(operation, zone, owner, rtype, contents, given.get("ttl"))
        step = step.with_more(given.get("comment"), is_disabled=given.get("disabled", False))
        return records.carry_out(client, step, mode)
