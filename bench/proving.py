"""Signed zones, asked with DO: CPU per query and memory, beside NSD and Knot.

As in the section on answering: all servers are up, each on core 0, and are asked in turns. Every answer carries its
signatures, every tenth the proof that the name does not exist.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from answering import Results, in_turns, start_all
from dns import first_problems, wrong_answers
from dnsperf import summary
from settings import Settings
from signing import DENIALS, queries, signed_zone
from subjects import Subject

ASKED = ("truename", "nsd", "knot")


def measure_signed(subjects: Sequence[Subject], settings: Settings) -> dict[str, Results]:
    """By denial (nsec, nsec3) and server: CPU, q/s, wrong answers, and PSS after the rounds."""
    chosen = [subject for subject in subjects if subject.name in ASKED]
    return {denial: measure_denial(denial, chosen, settings) for denial in DENIALS}


def measure_denial(denial: str, subjects: Sequence[Subject], settings: Settings) -> Results:
    zone, asked = signed_zone(settings, denial), queries(settings, denial)
    with ExitStack() as stack:
        servers, results = start_all(stack, subjects, settings.work, zone)
        wrong = {s.subject.name: wrong_answers(s.port, asked.with_suffix(".sample"), is_signed=True) for s in servers}
        rounds = in_turns(servers, [asked], settings, "-D")
        for server in servers:
            name = server.subject.name
            figures: dict[str, Any] = summary(rounds[name, asked.stem])
            about = {"wrong": len(wrong[name]), "wrong_first": first_problems(wrong[name])}
            results[name] = figures | about | {"pss": server.process.pss_bytes()}
    return results
