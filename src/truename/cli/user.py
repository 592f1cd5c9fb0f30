"""`truename user`: people, as opposed to keys. There are no pages yet that they could sign in on."""

from typing import Any

import click

from truename.cli.key import ROLES
from truename.cli.options import of_server, open_client
from truename.cli.verbs import Verbs


@click.group(cls=Verbs)
def user() -> None:
    """Make, list and delete users, and set their passwords.

    A password is asked for on a terminal; elsewhere it is the first line of stdin.

    In this version there are no pages to sign in on: until there are, the API is used with a key (`key create`).
    """


@user.command()
@click.argument("name")
@click.option("--role", type=ROLES, required=True, help="What they may do.")
@of_server
def create(name: str, role: str, **given: Any) -> int:
    """Make a user."""
    from truename.cli.messages import note

    body = {"name": name, "role": role, "password": _password()}
    with open_client(given, may_create=True) as client:
        client.call("POST", "users", body=body)
    note(f"{name} is made; there are no pages to sign in on yet, and the API takes keys: truename key create")
    return 0


@user.command("list")
@of_server
def list_users(**given: Any) -> int:
    """Show the users and what they may do."""
    from truename.cli.changing import say_json
    from truename.cli.messages import say

    with open_client(given) as client:
        users = client.get("users")
    if given["as_json"]:
        say_json(users)
    elif users:
        from truename.cli import table

        say("\n".join(table.rows([(one["name"], one["role"]) for one in users], head=("NAME", "ROLE"))))
    return 0


@user.command()
@click.argument("name")
@of_server
def passwd(name: str, **given: Any) -> int:
    """Set the password of a user."""
    from truename.cli.client import as_it_is
    from truename.cli.messages import note

    body = {"password": _password()}
    with open_client(given) as client:
        client.call("PUT", f"users/{as_it_is(name)}/password", body=body)
    note(f"the password of {name} is set")
    return 0


@user.command()
@click.argument("name")
@of_server
def delete(name: str, **given: Any) -> int:
    """Delete a user."""
    from truename.cli.client import as_it_is
    from truename.cli.messages import note

    with open_client(given) as client:
        client.call("DELETE", f"users/{as_it_is(name)}")
    note(f"{name} is deleted")
    return 0


def _password() -> str:
    """What was typed twice, or the first line of stdin. Raises: click.UsageError for none"""
    import sys

    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("stdin holds no password", click.get_current_context())
    return password
