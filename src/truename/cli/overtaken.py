"""A change whose zone has moved on since it was planned: when it is still the same change, it is carried out.

Of six people who edit different names of a zone at once, five are told by the server that the zone has moved on (409).
Each plans again. What would differ now is what was shown, and agreed to, so nobody has to be asked twice. Who notices
is not compared: aliases that others made or took away meanwhile are no part of this change.
"""

import json
from collections.abc import Callable
from typing import Any

from truename.cli import patience
from truename.errors import StaleEdit

SHOWN = ("changes", "change_count", "counts", "findings", "refused", "asks", "let_through", "properties", "files")


def carry_out(plan: Any, again: Callable[[], Any], act: Callable[[Any], Any]) -> tuple[Any, Any]:
    """*act* on *plan*, or on the plan that *again* makes as long as that is the same. Returns: (plan, what *act* does)

    Raises: StaleEdit when it is another one by now, or others are quicker all the time; what *again* and *act* raise
    """
    for _ in range(patience.OVERTAKEN):
        try:
            return plan, act(plan)
        except StaleEdit as wrong:
            stale = wrong
        patience.pause()
        now = again()
        if not is_same(plan, now):
            raise stale
        plan = now
    raise stale


def is_same(plan: Any, other: Any) -> bool:
    """Whether both would do the same, whatever the serials of their zones are."""
    return set(plan["serials"]) == set(other["serials"]) and all(
        _in_any_order(plan.get(key)) == _in_any_order(other.get(key)) for key in SHOWN
    )


def _in_any_order(content: Any) -> Any:
    return sorted(json.dumps(one, sort_keys=True) for one in content) if isinstance(content, list) else content
