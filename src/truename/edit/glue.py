"""Addresses that a parent keeps for a name of its child, when both zones are in the database: glue (RFC 1034 4.2.1).

The child holds the name and the parent has copies of its addresses, without which nobody finds the child's servers. So
they go where the name goes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from truename.edit.change import SetChange
from truename.name import closest, enclosing, is_at_or_below

if TYPE_CHECKING:
    from truename.edit.intent import Kept

ADDRESSES = ("A", "AAAA")


def follow(kept: "Kept", zone: str, old: str, new: str | None) -> Iterator[SetChange]:
    """Steps after which the zones above *zone* have for *new* what they had for its *old* name; *new* None: nothing.

    A zone above that holds *new* itself, or that *new* is not in, keeps no glue for it.
    """
    for parent in enclosing(old, kept.zones - {zone}):
        for rtype in ADDRESSES:
            held = kept.store.rrset(parent, old, rtype)
            if held is None:
                continue
            yield SetChange(parent, old, rtype, "delete")
            if new and is_at_or_below(new, parent) and closest(new, kept.zones) != parent:
                yield SetChange(parent, new, rtype, "replace", held.ttl, held.records, held.comments)
