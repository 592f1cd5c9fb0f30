"""A verb that has verbs below it."""

from typing import Any

import click


class VerbMissing(click.UsageError):
    """Nothing was said of what to do. *help_text* is all that can be."""

    def __init__(self, context: click.Context) -> None:
        super().__init__("a verb is missing", context)
        self.help_text = context.get_help()


class Verbs(click.Group):
    """Without a verb below it, its help is shown, as wrong usage: a script whose variable is empty must not go on."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{**named, "no_args_is_help": False})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises: VerbMissing"""
        if not args and not ctx.resilient_parsing:
            raise VerbMissing(ctx)
        return super().parse_args(ctx, args)
