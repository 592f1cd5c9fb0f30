"""How often a client may be wrong: FAILURES in WINDOW seconds, then it waits.

Only who is wrong waits: a key is looked at before anybody is counted, so no number of wrong ones, from wherever,
keeps a right one out.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

FAILURES = 10
WINDOW = 60.0  # seconds
CLIENTS = 10_000  # remembered at most, about a megabyte; the one that was quiet longest is forgotten first
PREFIX6 = 64  # bits of an IPv6 address that are counted: what one customer has
NO_ADDRESS = 64  # characters of a client's word for itself that is no address


class Throttle:
    """Failures by client. Used by the event loop only, so there is no lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, tuple[float, int]] = OrderedDict()  # (start of the window, how many)

    def wait(self, client: str) -> int:
        """Seconds that *client* has to wait, at least 1; 0 when it may try."""
        began, failures = self._failures.get(client, (0.0, 0))
        left = began + WINDOW - self._clock()
        return max(1, round(left)) if failures >= FAILURES and left > 0 else 0

    def count(self, client: str) -> None:
        """One more failure."""
        now = self._clock()
        began, failures = self._failures.pop(client, (now, 0))
        self._failures[client] = (began, failures + 1) if now < began + WINDOW else (now, 1)
        if len(self._failures) > CLIENTS:
            self._failures.popitem(last=False)

    def __len__(self) -> int:
        return len(self._failures)


def counted(host: str) -> str:
    """Who is counted when *host* calls: an IPv4 address, however it is written, or an IPv6 /64."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:NO_ADDRESS]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    bits = 128 - PREFIX6
    return f"{IPv6Address(int(address) >> bits << bits)}/{PREFIX6}"
