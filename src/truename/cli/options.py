"""The flags that verbs share: which server is meant, and how a change is to be carried out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from truename.errors import ConfigError, RejectedEdit

if TYPE_CHECKING:
    from truename.cli.client import Client

F = TypeVar("F", bound=Callable[..., Any])

_SERVER = (
    click.option("--json", "as_json", is_flag=True, help="Data as JSON."),
    click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml)."),
    click.option("--data", metavar="DIR", help="The server that holds DIR; without one, the database in DIR itself."),
    click.option(
        "--database",
        metavar="URL",
        help="The database, when not in DIR; `ps` shows a password in it, not in TRUENAME_SERVE_DATABASE.",
    ),
    click.option("--api", metavar="URL", envvar="TRUENAME_API", help="The server there (TRUENAME_API)."),
    click.option("--key", metavar="KEY", envvar="TRUENAME_KEY", help="Its API key (TRUENAME_KEY)."),
)


def _known(_: click.Context, __: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    """The rules named. Raises: ConfigError for one that does not exist; says what is of no use"""
    rules = tuple(rule.strip() for text in given for rule in text.split(",") if rule.strip())
    if not rules:
        return ()
    from truename.cli.messages import note
    from truename.rules import near
    from truename.rules.doors import doors

    manners = doors()
    for rule in rules:
        if rule not in manners:
            raise ConfigError(f'there is no rule "{rule}"', where="--accept", hint=near(rule))
        if manners[rule] != "asks":
            note(f"--accept {rule} is of no use: {_OF_NO_USE[manners[rule]]}")
    return tuple(rule for rule in rules if manners[rule] == "asks")


_OF_NO_USE = {
    "refuses": "what this rule finds is refused, whoever accepts it",
    "shows": "what this rule finds is shown and carried out, nobody asks",
}
_CHANGE = (
    click.option("--dry-run", is_flag=True, help="Show the plan and change nothing."),
    click.option("--yes", is_flag=True, help="Do not ask; what a rule asks about is refused, unless accepted."),
    click.option(
        "--accept", metavar="RULE,..", multiple=True, callback=_known, help="Let findings of these rules through."
    ),
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
    accept: tuple[str, ...] = ()  # rules whose findings may be what they ask about

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Mode":
        """What the flags say. Raises: RejectedEdit when nobody could be asked"""
        import sys

        is_asked = not given["yes"] and not given["dry_run"]
        mode = cls(given["dry_run"], is_asked, given["as_json"], given["accept"])
        if mode.is_asked and not sys.stdin.isatty():
            raise RejectedEdit(
                "nobody can be asked here, and nothing was changed",
                hint="--yes carries it out, --dry-run shows the plan",
            )
        return mode

    def of_plan(self) -> Mapping[str, object]:
        """How a plan shall be judged: strictly, but where a person is asked about what it says."""
        return {"strict": not self.is_asked or None, "accept": ",".join(self.accept) or None}

    def of_commit(self, agreed: Sequence[str]) -> Mapping[str, object]:
        """How it shall be judged when it is carried out. *agreed*: rules that the question named"""
        return {"strict": True, "accept": ",".join(sorted({*self.accept, *agreed})) or None}


def open_client(given: dict[str, Any], *, may_create: bool = False) -> "Client":
    """The API of the server that the flags mean. Raises: TruenameError"""
    from truename.cli.client import Client
    from truename.config import load

    flags = {"serve.data": given["data"], "serve.database": given["database"]}
    settings = load(file=given["config"], flags=flags)
    return Client.find(settings, given["api"], given["key"], may_create=may_create)
