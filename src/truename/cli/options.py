"""The flags that verbs share: which server is meant, and how a change is to be carried out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from truename.errors import RejectedEdit

if TYPE_CHECKING:
    from truename.cli.client import Client

F = TypeVar("F", bound=Callable[..., Any])

_SERVER = (
    click.option("--json", "as_json", is_flag=True, help="Data as JSON."),
    click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml)."),
    click.option("--data", metavar="DIR", help="The server that holds DIR; without one, the database in DIR itself."),
    click.option("--database", metavar="URL", help="The database, when it is not the one in DIR."),
    click.option("--api", metavar="URL", envvar="TRUENAME_API", help="The server there (TRUENAME_API)."),
    click.option("--key", metavar="KEY", envvar="TRUENAME_KEY", help="Its API key (TRUENAME_KEY)."),
)
_CHANGE = (
    click.option("--dry-run", is_flag=True, help="Show the plan and change nothing."),
    click.option("--yes", is_flag=True, help="Do not ask."),
)


def of_server(command: F) -> F:
    """Flags that say which server is meant."""
    return _with(command, _SERVER)


def of_change(command: F) -> F:
    """The same, and those of every changing verb."""
    return _with(command, (*_CHANGE, *_SERVER))


def _with(command: F, options: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True)
class Mode:
    """How a change is to be carried out. `of` takes the flags away that it knows."""

    is_dry_run: bool
    is_asked: bool  # a person is asked first
    as_json: bool

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Mode":
        """What the flags say. Raises: RejectedEdit when nobody could be asked"""
        import sys

        mode = cls(given["dry_run"], not given["yes"] and not given["dry_run"], given["as_json"])
        if mode.is_asked and not sys.stdin.isatty():
            raise RejectedEdit(
                "nobody can be asked here, and nothing was changed",
                hint="--yes carries it out, --dry-run shows the plan",
            )
        return mode


def open_client(given: dict[str, Any], *, may_create: bool = False) -> "Client":
    """The API of the server that the flags mean. Raises: TruenameError"""
    from truename.cli.client import Client
    from truename.config import load

    flags = {"serve.data": given["data"], "serve.database": given["database"]}
    settings = load(file=given["config"], flags=flags)
    return Client.find(settings, given["api"], given["key"], may_create=may_create)
