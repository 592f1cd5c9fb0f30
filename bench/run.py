"""The bench: the product beside an echo and four name servers, in one run on one machine.

    python bench/run.py [--quick] [--only NAME,..] [--rounds N] [--names plain|words]

The table goes to stdout, progress to stderr, everything measured to bench/results.json. README.md beside this file
says what the figures mean. Exit status: 0 measured, 1 a section failed or the product gave a wrong answer, 2 usage.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import machine
import report
from answering import measure_answering, measure_chains
from checking import measure_checking
from editing import measure_editing
from flood import measure_flood
from loading import measure_loading
from proving import measure_signed
from publishing import measure_latency, measure_publishing
from settings import Settings
from subjects import ALL, Subject
from zones import NAMES, folder_for

HERE = Path(__file__).resolve().parent
Section = Callable[[], dict[str, Any]]
SECTIONS = ("checking", "loading", "answering", "chains", "signed", "flood", "publishing", "latency", "editing")


def arguments() -> argparse.Namespace:
    subjects = tuple(subject.name for subject in ALL)
    parser = argparse.ArgumentParser(description="Measure Truename beside an echo and four name servers.")
    parser.add_argument("--quick", action="store_true", help="short rounds, few of them: under four minutes")
    parser.add_argument("--only", default="", metavar="NAME,..", help=f"of {', '.join(SECTIONS + subjects)}")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="default 5, with --quick 2; flood 7 and 3")
    parser.add_argument(
        "--flood-qps", type=float, default=0.0, metavar="N", help="default: half more than the fastest takes"
    )
    parser.add_argument("--names", choices=NAMES, default="plain", help="shape of the owners in the big zone")
    parser.add_argument("--examples", type=Path, default=None, metavar="DIR", help="echo, latency, flood")
    parser.add_argument("--results", type=Path, default=HERE / "results.json", metavar="FILE")
    options = parser.parse_args()
    options.only = [name for name in options.only.split(",") if name]
    if unknown := set(options.only) - set(SECTIONS + subjects):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    if options.flood_qps < 0:
        parser.error("--flood-qps must not be negative")
    if options.rounds < 0:
        parser.error("--rounds must be at least 1")
    return options


def settings_for(options: argparse.Namespace) -> Settings:
    """A default run takes about a quarter of an hour on two cores, a quick one three minutes."""
    work = HERE / "work"
    return Settings(
        work=work,
        zones=folder_for(work, options.names),
        names=options.names,
        rounds=options.rounds or (2 if options.quick else 5),
        seconds=1.5 if options.quick else 5.0,
        warm_up=0.5 if options.quick else 1.0,
        flood_rounds=options.rounds or (3 if options.quick else 7),
        flood_qps=options.flood_qps,
        changes=200 if options.quick else 1000,
    )


def chosen(only: list[str], every: tuple[str, ...]) -> list[str]:
    """Those of *every* that *only* names; all when it names none of them."""
    return [name for name in every if name in only] or list(every)


def with_tools(tools: dict[str, Path]) -> list[Subject]:
    """All subjects, the echo with the path it was built at."""
    return [replace(s, program=str(tools[s.name])) if s.name in tools else s for s in ALL]


def present(subjects: list[Subject]) -> tuple[list[Subject], dict[str, str]]:
    """Those that are installed, and why the others are not measured."""
    missing = {s.name: f"{s.program} is not installed" for s in subjects if not s.path()}
    return [s for s in subjects if s.name not in missing], missing


def run_section(name: str, measure: Section, results: dict[str, Any], settings: Settings) -> None:
    """One section's results, or under ``failed`` why there are none; the others go on."""
    settings.say(f"-- {name}")
    begin = time.monotonic()
    try:
        results[name] = measure()
    except (RuntimeError, OSError) as error:
        results["failed"][name] = str(error)
        settings.say(f"error: {name}: {error}")
    results["section_s"][name] = round(time.monotonic() - begin, 1)


def measure(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Everything that was asked for, as results.json holds it."""
    results: dict[str, Any] = {"format": 1, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    results |= {"machine": machine.describe(), "settings": settings.as_json(), "failed": {}, "section_s": {}}
    steal = machine.steal_seconds()
    tools = machine.find_tools(options.examples, results["failed"])
    results["machine"]["busy_before"] = machine.busy_share()
    names = chosen(options.only, tuple(s.name for s in ALL))
    subjects, results["left_out"] = present([s for s in with_tools(tools) if s.name in names])
    results["versions"] = {s.name: s.version_text() for s in subjects}
    sections = sections_for(subjects, settings, tools)
    for name in chosen(options.only, SECTIONS):
        if name in sections:
            run_section(name, sections[name], results, settings)
    results["machine"]["steal_s"] = machine.steal_seconds() - steal
    results["required"] = report.requirements(results)
    return results


def sections_for(subjects: list[Subject], settings: Settings, tools: dict[str, Path]) -> dict[str, Section]:
    """What can be measured with what is there; the peers publish by other means, so two sections are the product's."""
    sections: dict[str, Section] = {
        "loading": lambda: measure_loading(subjects, settings),
        "answering": lambda: measure_answering(subjects, settings),
        "chains": lambda: measure_chains(subjects, settings),
        "signed": lambda: measure_signed(subjects, settings),
    }
    if "flood" in tools:
        sections["flood"] = lambda: measure_flood(subjects, settings, tools["flood"])
    if any(subject.name == "truename" for subject in subjects):
        sections["checking"] = lambda: measure_checking(settings)
        sections["publishing"] = lambda: measure_publishing(settings)
        sections["editing"] = lambda: measure_editing(settings)
        if "latency" in tools:
            sections["latency"] = lambda: measure_latency(settings, tools["latency"])
    return sections


def main() -> int:
    """Measure, print, save."""
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every ``with`` stops its server
    if (os.cpu_count() or 1) < 2 or not shutil.which("dnsperf"):
        print("error: the bench needs two cores and dnsperf\nhint: apt-get install dnsperf", file=sys.stderr)
        return 2
    results = measure(options, settings_for(options))
    options.results.write_text(json.dumps(results, indent=1) + "\n")
    print("\n".join(report.lines(results)))
    return 1 if results["failed"] or report.wrong(results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # every server is stopped by now
        sys.exit(130)
