"""How slow a client may be: something within IDLE seconds, and RATE octets a second over all.

Whoever is slow and steady is served. Whoever sends a body, or takes a reply, so that it never ends, holds a connection,
and a reply its place among those that there may be at once.
"""

IDLE = 20.0  # seconds without one octet
GRACE = 60.0  # seconds that are not counted
RATE = 4096  # octets for each second more


class Pace:
    """One transfer, which began *now*. All times are seconds of one clock."""

    def __init__(self, now: float, octets: int = 0) -> None:
        self._began = self._moved = now
        self._first = self._octets = octets

    def is_over(self, octets: int, now: float) -> bool:
        """Whether it is too slow, with *octets* by *now*."""
        if octets > self._octets:
            self._octets, self._moved = octets, now
        return now - self._moved > IDLE or now - self._began > GRACE + (octets - self._first) / RATE

    def rest(self, seconds: float) -> None:
        """It was us who did not go on."""
        self._began += seconds
        self._moved += seconds
