"""From exec to the first right answer with a million records, and the memory that is held then.

Not pinned: a start may use every core it finds. The zone file is read once before each start, so all find it in the
page cache; reading a disk is not what is compared.
"""

from collections.abc import Sequence
from typing import Any

from dnsperf import spread
from running import ALL_CORES, running
from settings import Settings
from subjects import Subject
from zones import million

LOADED = ("truename", "knot", "nsd")  # who is started over and over; the others once, with the section on answering


def measure_loading(subjects: Sequence[Subject], settings: Settings) -> dict[str, Any]:
    """By server: seconds and PSS of every start, in turns."""
    zone = million(settings.zones, settings.label)
    rounds: dict[str, list[dict[str, float]]] = {}
    failed: dict[str, Any] = {}
    for _ in range(settings.rounds):
        for subject in subjects:
            if subject.name not in LOADED or subject.name in failed:
                continue
            try:
                with running(subject, settings.work, [zone], ALL_CORES) as server:
                    start = {"seconds": server.load_seconds, "pss": float(server.process.pss_bytes())}
            except (RuntimeError, OSError) as error:
                failed[subject.name] = {"failed": str(error)}
                continue
            rounds.setdefault(subject.name, []).append(start)
            settings.say(f"{subject.name:>9} load {start['seconds']:5.2f} s  {start['pss'] / 1e6:5.0f} MB")
    return failed | {
        name: {"seconds": spread([r["seconds"] for r in done]), "pss": spread([r["pss"] for r in done]), "rounds": done}
        for name, done in rounds.items()
        if name not in failed
    }
