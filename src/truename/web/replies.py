"""How many large replies there are at once: MOST, and SHARE of them for one caller. Whoever comes then is told so."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from truename.web.answers import ApiError

MOST = 64  # replies that are being written or taken
SHARE = 32  # of them, for one caller
RETRY = 5  # seconds; a reply that nobody takes is given up soon (`serve.pace`)


class Replies:
    """Those under way, by caller. Used by the event loop only, so there is no lock."""

    def __init__(self) -> None:
        self._underway: Counter[str] = Counter()

    def has_room(self, caller: str) -> bool:
        """Whether `begin` would let *caller* in."""
        return self._underway.total() < MOST and self._underway[caller] < SHARE

    def begin(self, caller: str) -> None:
        """One more for *caller*; it has to `end`. Raises: ApiError 503"""
        if not self.has_room(caller):
            raise too_many("too many large replies at once")
        self._underway[caller] += 1

    def end(self, caller: str) -> None:
        """One less."""
        self._underway[caller] -= 1
        if not self._underway[caller]:
            del self._underway[caller]

    @contextmanager
    def failing(self, caller: str) -> Iterator[None]:
        """One more for *caller*, which goes on after the block unless it fails. Raises: ApiError 503"""
        self.begin(caller)
        try:
            yield
        except BaseException:
            self.end(caller)
            raise

    def __len__(self) -> int:
        return self._underway.total()


def too_many(why: str) -> ApiError:
    """503, and when to come again."""
    return ApiError(503, why, headers={"Retry-After": str(RETRY)}, hint="take those that were asked for, or ask later")
