"""What every changing call takes behind the ?: dry_run, strict, accept, base_serial."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from truename.edit.caller import Caller
from truename.edit.door import Options
from truename.rules import IDS
from truename.web.answers import ApiError

SERIALS = 2**32


@dataclass(frozen=True, slots=True)
class Flags:
    """How a change is to be judged."""

    is_dry_run: bool
    is_strict: bool
    accept: frozenset[str]
    base_serial: int | None

    def options(self, caller: Caller) -> Options:
        """The same for the door, with what *caller* may."""
        return Options(
            caller=caller,
            is_dry_run=self.is_dry_run,
            is_strict=self.is_strict,
            base_serial=self.base_serial,
            accept=self.accept,
        )


NONE = Flags(is_dry_run=False, is_strict=False, accept=frozenset(), base_serial=None)  # of a call without a query


async def _flags(
    dry_run: Annotated[bool, Query(description="answer 200 with the plan and save nothing")] = False,
    strict: Annotated[bool, Query(description="findings that ask refuse")] = False,
    accept: Annotated[str, Query(description="rules, parted by commas, that ask and are let through")] = "",
    base_serial: Annotated[
        int | None, Query(ge=0, lt=SERIALS, description="the serial that was seen: 409 when the zone has moved on")
    ] = None,
) -> Flags:
    rules = frozenset(rule.strip() for rule in accept.split(",") if rule.strip())
    unknown = sorted(rules.difference(IDS))
    if unknown:
        raise ApiError(422, f"accept: there is no rule {', '.join(unknown)}")
    return Flags(dry_run, strict, rules, base_serial)


Judged = Annotated[Flags, Depends(_flags)]
