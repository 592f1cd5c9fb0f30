"""The bench: the product beside an echo and four name servers, in one run on one machine.

    python bench/run.py [--quick] [--only NAME,..] [--rounds N] [--names plain|words]

The table goes to stdout, progress to stderr, everything measured to bench/results.json. README.md beside this file
says what the figures mean. Exit status: 0 measured, 1 a section failed or the product gave a wrong answer, 2 usage.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import report
from answering import measure_answering, measure_chains
from loading import measure_loading
from publishing import measure_latency, measure_publishing
from settings import Settings
from subjects import ALL, EXAMPLES, ROOT, Subject
from zones import NAMES, folder_for

HERE = Path(__file__).resolve().parent
SECTIONS = ("loading", "answering", "chains", "publishing", "latency")


def arguments() -> argparse.Namespace:
    subjects = tuple(subject.name for subject in ALL)
    parser = argparse.ArgumentParser(description="Measure Truename beside an echo and four name servers.")
    parser.add_argument("--quick", action="store_true", help="short rounds, few of them: under three minutes")
    parser.add_argument("--only", default="", metavar="NAME,..", help=f"of {', '.join(SECTIONS + subjects)}")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="default 5, with --quick 2")
    parser.add_argument("--names", choices=NAMES, default="plain", help="shape of the owners in the big zone")
    parser.add_argument("--examples", type=Path, default=None, metavar="DIR", help="echo and latency, already built")
    parser.add_argument("--results", type=Path, default=HERE / "results.json", metavar="FILE")
    options = parser.parse_args()
    options.only = [name for name in options.only.split(",") if name]
    if unknown := set(options.only) - set(SECTIONS + subjects):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    if options.rounds < 0:
        parser.error("--rounds must be at least 1")
    return options


def settings_for(options: argparse.Namespace) -> Settings:
    """A default run takes about ten minutes on two cores, a quick one about two."""
    work = HERE / "work"
    return Settings(
        work=work,
        zones=folder_for(work, options.names),
        names=options.names,
        rounds=options.rounds or (2 if options.quick else 5),
        seconds=2.0 if options.quick else 5.0,
        warm_up=0.5 if options.quick else 1.0,
        changes=200 if options.quick else 1000,
    )


def chosen(only: list[str], every: tuple[str, ...]) -> list[str]:
    """Those of *every* that *only* names; all when it names none of them."""
    return [name for name in every if name in only] or list(every)


def build_examples() -> None:
    """Build the echo and the latency client beside the core. Raises: RuntimeError with cargo's words."""
    command = ["cargo", "build", "--release", "-p", "truename-core", "--example", "echo", "--example", "latency"]
    place = ["--manifest-path", str(ROOT / "rust" / "Cargo.toml"), "--target-dir", str(EXAMPLES.parent.parent)]
    done = subprocess.run(command + place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "cargo failed")


def present(subjects: list[Subject]) -> tuple[list[Subject], dict[str, str]]:
    """Those that are installed, and why the others are not measured."""
    missing = {s.name: f"{s.program} is not installed" for s in subjects if not s.path()}
    return [s for s in subjects if s.name not in missing], missing


def machine() -> dict[str, Any]:
    """What the figures were measured on; the load average tells whether it had other things to do."""
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_bytes": memory,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def steal_seconds() -> float:
    """CPU time that the host gave to others, over all cores since boot: large differences spoil the figures."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


def run_section(name: str, measure: Callable[[], dict[str, Any]], results: dict[str, Any], settings: Settings) -> None:
    """One section's results, or under ``failed`` why there are none; the others go on."""
    settings.say(f"-- {name}")
    begin = time.monotonic()
    try:
        results[name] = measure()
    except (RuntimeError, OSError) as error:
        results["failed"][name] = str(error)
        settings.say(f"error: {name}: {error}")
    results["section_s"][name] = round(time.monotonic() - begin, 1)


def main() -> int:
    """Measure what was asked for, print, save."""
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every ``with`` stops its server
    if (os.cpu_count() or 1) < 2 or not shutil.which("dnsperf"):
        print("error: the bench needs two cores and dnsperf\nhint: apt-get install dnsperf", file=sys.stderr)
        return 2
    settings = settings_for(options)
    results: dict[str, Any] = {"format": 1, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine()}
    results |= {"settings": vars_of(settings), "failed": {}, "section_s": {}, "left_out": {}}
    steal = steal_seconds()
    examples = options.examples or EXAMPLES
    if not options.examples:
        try:
            build_examples()
        except (RuntimeError, OSError) as error:
            settings.say(f"error: the echo cannot be built: {error}")
    names = chosen(options.only, tuple(s.name for s in ALL))
    wanted = [s if s.name != "echo" else Subject("echo", str(examples / "echo"), s.prepare, (), False) for s in ALL]
    subjects, results["left_out"] = present([s for s in wanted if s.name in names])
    results["versions"] = {s.name: s.version_text() for s in subjects}
    sections: dict[str, Callable[[], dict[str, Any]]] = {
        "loading": lambda: measure_loading(subjects, settings),
        "answering": lambda: measure_answering(subjects, settings),
        "chains": lambda: measure_chains(subjects, settings),
    }
    if "truename" in results["versions"]:
        sections["publishing"] = lambda: measure_publishing(settings)
        sections["latency"] = lambda: measure_latency(settings, examples / "latency")
    for name in chosen(options.only, SECTIONS):
        if name in sections:
            run_section(name, sections[name], results, settings)
    results["machine"] |= {"load_after": os.getloadavg()[0], "steal_s": steal_seconds() - steal}
    results["required"] = report.requirements(results)
    options.results.write_text(json.dumps(results, indent=1) + "\n")
    print("\n".join(report.lines(results)))
    return 1 if results["failed"] or report.wrong(results) else 0


def vars_of(settings: Settings) -> dict[str, Any]:
    """Settings as JSON takes them, without the folders."""
    return {key: value for key, value in vars(settings).items() if not isinstance(value, Path)}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
