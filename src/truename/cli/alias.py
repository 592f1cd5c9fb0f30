"""`truename alias`: what people want with names that name others, in all zones at once."""

from typing import Any

import click

from truename.cli.options import Mode, of_change, open_client


@click.group()
def alias() -> None:
    """Point, rename and retire names, together with everything that names them.

    Names are absolute, whether their final dot is typed or not.
    """


@alias.command()
@click.argument("name", metavar="ALIAS")
@click.argument("target")
@click.option("--ttl", type=click.IntRange(0, 2**31 - 1), metavar="SECONDS", help="Else it stays as it is.")
@of_change
def point(name: str, target: str, ttl: int | None, **given: Any) -> int:
    """Let ALIAS be an alias of TARGET: a CNAME, at the top of a zone an ALIAS.

    An ALIAS record is kept and not followed in this version: nobody gets addresses from it.
    """
    from truename.cli import typed

    body: dict[str, object] = {"target": typed.absolute(target, "target")}
    if ttl is not None:
        body["ttl"] = ttl
    return _carry_out(name, "point", body, given)


@alias.command()
@click.argument("old")
@click.argument("new")
@of_change
def rename(old: str, new: str, **given: Any) -> int:
    """Move all records of OLD to NEW, and every record that names OLD along with it, in all zones."""
    from truename.cli import typed

    return _carry_out(old, "rename", {"to": typed.absolute(new)}, given)


@alias.command()
@click.argument("name")
@click.option("--repoint", metavar="TARGET", help="What those shall name that name NAME.")
@of_change
def retire(name: str, repoint: str | None, **given: Any) -> int:
    """Delete all records of NAME. While others name it that is refused, or --repoint points them elsewhere."""
    from truename.cli import typed

    body = {"repoint": typed.absolute(repoint, "target")} if repoint is not None else {}
    return _carry_out(name, "retire", body, given)


def _carry_out(name: str, intent: str, body: dict[str, Any], given: dict[str, Any]) -> int:
    from truename.cli import typed
    from truename.cli.changing import Call, change
    from truename.cli.client import in_path

    mode = Mode.of(given)
    path = f"names/{in_path(typed.absolute(name))}/{intent}"
    with open_client(given) as client:
        return change(client, Call("POST", path, body), mode)
