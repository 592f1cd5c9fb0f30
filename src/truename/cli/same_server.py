"""A command that a person shall type next, for the server that this one was about."""

import shlex
from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource

# In the order of --help. A value from the environment will be there again.
FLAGS = ("config", "data", "database", "api", "key")
SECRET = {"key": "KEY"}


def flags(given: Mapping[str, Any]) -> str:
    """The flags that said which server is meant, as they were typed; empty when there was none.

    A key and the password of a database are not repeated: what is printed may be kept.
    """
    context = click.get_current_context()
    typed_ones = [one for one in FLAGS if context.get_parameter_source(one) is ParameterSource.COMMANDLINE]
    return "".join(f" --{one} {_shown(one, given[one])}" for one in typed_ones)


def typed(text: str) -> str:
    """*text* as one word of a shell."""
    return shlex.quote(text)


def _shown(flag: str, value: str) -> str:
    if flag == "database" and "@" in value:
        return "URL"
    return SECRET.get(flag) or typed(value)
