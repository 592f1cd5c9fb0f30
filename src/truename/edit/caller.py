"""Who asks, and what that caller may. Whoever made the call says so: nothing here is guessed from what was sent.

    a key, a user     web.access, by what the store knows of them
    the admin key     web.access: everything
    PROGRAM           this process itself: the start, tests, a verb without a server

A caller with zones is *bound*: it knows of these zones and of nothing else, makes none, and rules over no keys. What
that means for everything it asks is `sight`'s. No other module compares roles or looks into `zones`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from truename.errors import GoneCaller
from truename.name import closest

CHANGERS = ("editor", "admin")


def always() -> bool:
    """What proves the caller cannot be taken back."""
    return True


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Shape:  *by* is what the journal says; *role* is one of `store.access.ROLES`; *zones* None: all of them;
            *door* is the way that the call came: api, cli; *holds* is whether what proved the caller still does: time
            goes by between a request's head and its body, and while it waits for its turn
    """

    by: str
    role: str
    zones: frozenset[str] | None = None
    door: str = "api"
    holds: Callable[[], bool] = field(default=always, compare=False, repr=False)

    def must_hold(self) -> None:
        """To be called at the last moment; it may ask the database. Raises: GoneCaller"""
        if not self.holds():
            raise GoneCaller("the key is not known any more: it was revoked after the call had begun")

    def may_read(self, zone: str) -> bool:
        """Whether the caller may know of *zone*."""
        return self.zones is None or zone in self.zones

    def may_edit(self, zone: str) -> bool:
        """Whether the caller may change *zone*."""
        return self.changes and self.may_read(zone)

    def has_zone_of(self, name: str) -> bool:
        """Whether *name* is at or below a zone that the caller may know of, kept here or not."""
        return self.zones is None or closest(name, self.zones) is not None

    @property
    def changes(self) -> bool:
        """Whether the caller may change anything."""
        return self.role in CHANGERS

    @property
    def is_bound(self) -> bool:
        """Whether there are zones beyond this caller."""
        return self.zones is not None

    @property
    def may_create(self) -> bool:
        """Whether the caller may make zones: also below others, so it takes rights on all of them."""
        return self.changes and not self.is_bound

    @property
    def is_admin(self) -> bool:
        """Whether the caller may rule over keys and users; a bound one could give itself more than it has."""
        return self.role == "admin" and not self.is_bound


PROGRAM = Caller("", "admin", door="program")
