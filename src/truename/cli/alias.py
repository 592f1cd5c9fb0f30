"""`truename alias`: what people want with names that name others, in all zones at once."""

from typing import Any

import click

from truename.cli.options import Mode, of_change, open_client
from truename.cli.ttl import TTL
from truename.cli.verbs import Verbs

only_own_zones = click.option(
    "--only-own-zones",
    is_flag=True,
    help="Leave records in zones that the key is not for as they are; a key bound to zones must say so.",
)


@click.group(cls=Verbs)
def alias() -> None:
    """Point, rename and retire names, together with everything that names them.

    ALIAS, OLD and NAME are absolute, whether their final dot is typed or not. NEW and TARGET are relative to the zone
    of these when they have no dot (`@` is that zone), and absolute when they end in a dot, in a zone that is kept here
    or in a public suffix; what may be either is refused.
    """


@alias.command()
@click.argument("name", metavar="ALIAS")
@click.argument("target")
@click.option("--ttl", type=TTL, metavar="TTL", help="Seconds, or 5m, 1h, 2d. Else it stays as it is.")
@click.option("--replace", is_flag=True, help="Delete the other records of ALIAS in the same change.")
@of_change
def point(name: str, target: str, ttl: int | None, *, replace: bool, **given: Any) -> int:
    """Let ALIAS be an alias of TARGET: a CNAME, at the top of a zone an ALIAS.

    A CNAME can have nothing beside it, so a name that holds addresses or other records is refused; with --replace the
    alias comes in their place, and no question meets a name without either. An ALIAS record is kept and not followed in
    this version: nobody gets addresses from it.
    """
    more: dict[str, Any] = {} if ttl is None else {"ttl": ttl}
    return _carry_out(name, "point", {"target": target}, {**more, "replace": True} if replace else more, given)


@alias.command()
@click.argument("old")
@click.argument("new")
@click.option("--keep-alias", is_flag=True, help="Leave OLD as an alias of NEW.")
@only_own_zones
@of_change
def rename(old: str, new: str, keep_alias: bool, only_own_zones: bool, **given: Any) -> int:
    """Move all records of OLD to NEW, and every record that names OLD along with it, in all zones.

    Caches hold records that name OLD until their TTLs are over, and whoever follows one finds nothing then, but with
    --keep-alias.
    """
    more = {**_flag("keep_alias", keep_alias), **_flag("only_own_zones", only_own_zones)}
    return _carry_out(old, "rename", {"to": new}, more, given)


@alias.command()
@click.argument("name")
@click.option("--repoint", metavar="TARGET", help="What those shall name that name NAME.")
@only_own_zones
@of_change
def retire(name: str, repoint: str | None, only_own_zones: bool, **given: Any) -> int:
    """Delete all records of NAME. While others name it that is refused, or --repoint points them elsewhere."""
    names = {} if repoint is None else {"repoint": repoint}
    return _carry_out(name, "retire", names, _flag("only_own_zones", only_own_zones), given)


def _flag(name: str, is_given: bool) -> dict[str, Any]:
    return {name: True} if is_given else {}


def _carry_out(name: str, intent: str, names: dict[str, str], more: dict[str, Any], given: dict[str, Any]) -> int:
    """*names* are read as names of the zone of *name*, *more* is sent as it is."""
    from truename.cli import typed
    from truename.cli.changing import Call, change
    from truename.cli.client import in_path
    from truename.cli.reading import Reading

    mode, owner = Mode.of(given), typed.absolute(name)
    with open_client(given) as client:
        reading = Reading.of(client, owner)
        body = {key: reading.name(text, "target" if key != "to" else "name") for key, text in names.items()}
        return change(client, Call("POST", f"names/{in_path(owner)}/{intent}", {**body, **more}), mode)
