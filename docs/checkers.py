"""Write docs/checkers.md: which checker finds which fault. Runs every checker on the two zones of every rule.

python docs/checkers.py            writes; needs the Debian packages bind9-utils knot nsd ldnsutils, and octodns-bind

The zones are those of the rules' own pages: one with the fault, and its clean twin. A checker has found the fault when
it says something of the bad zone that it does not say of the twin, or ends with another status. What it says is not
weighed: a syntax error where the fault is an address in place of a name counts, if the twin gets none.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from checkers_cases import CASES, Case

from truename.rules import IDS
from truename.rules.base import load
from truename.rules.page import page, whole

TARGET = Path(__file__).with_name("checkers.md")
ORIGIN = "example.com"

HEAD = """# What other checkers find

*Made by `python docs/checkers.py`, which runs every checker on the two zones of every rule (docs/rules.md): one with
the fault, and its clean twin.*

`found` says that the checker said something of the faulty zone that it does not say of the twin; it may be another word
for it, such as a syntax error. `-` says that it took both alike. A number is how many messages it has on the clean
twins, where there is nothing to find.

"""

MORE = """
## Other faults

What named-checkzone and kzonecheck find besides, and faults of exports and of typing. The zones are in
[checkers_cases.py](checkers_cases.py).
"""

Row = tuple[str, dict[str, bool], dict[str, int]]  # fault, who found it, how much each said of the clean twin
Said = tuple[int, frozenset[str]]  # exit status, lines


def main() -> int:
    """Run everything and write the page. Returns: 1 when Truename misses a fault or speaks of a clean twin"""
    with tempfile.TemporaryDirectory() as folder:
        # What a comment of Truename silences, or a change does, is nobody else's fault to find.
        pages = [(rule, page(rule)) for rule in IDS if load(rule).kinds]
        rows = [(f"`{rule}`", *_row(of_rule.bad, of_rule.good, Path(folder))) for rule, of_rule in pages]
        more = [(case.fault, *_row(case.bad, case.good, Path(folder))) for case in CASES]
    TARGET.write_text(
        "\n".join([HEAD + "\n".join(_head()), *_lines(rows), MORE, *_head(), *_lines(more), *_reasons(), ""])
    )
    missed = [*filter(_is_missed, rows), *(row for row, case in zip(more, CASES, strict=True) if _is_wrong(row, case))]
    told = ", ".join(row[0] for row in missed)
    print(
        f"truename missed or spoke without need: {told}" if missed else f"{len(rows)} rules, {len(more)} cases, as said"
    )
    return 1 if missed else 0


def _is_missed(row: Row) -> bool:
    return not row[1]["truename"] or row[2]["truename"] > 0


def _is_wrong(row: Row, case: Case) -> bool:
    """Whether a case is missed without a reason, or found in spite of one."""
    return row[1]["truename"] == bool(case.why) or row[2]["truename"] > 0


def _reasons() -> Iterator[str]:
    yield "\nWhat Truename does not speak of:\n"
    yield from (f"- {case.fault}: {case.why}." for case in CASES if case.why)


def _row(bad_zone: str, good_zone: str, folder: Path) -> tuple[dict[str, bool], dict[str, int]]:
    found, noise = {}, {}
    bad, good = folder / "bad" / f"{ORIGIN}.zone", folder / "good" / f"{ORIGIN}.zone"
    for path, text in ((bad, whole(bad_zone)), (good, whole(good_zone))):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    for name, run in CHECKERS.items():
        of_bad, of_good = run(bad), run(good)
        found[name] = of_bad[0] != of_good[0] or bool(of_bad[1] - of_good[1])
        noise[name] = len(of_good[1])
    return found, noise


def _say(command: list[str], path: Path) -> Said:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    text = done.stderr if command[0] == "ldns-read-zone" else done.stdout + done.stderr  # it prints the zone
    lines = text.replace(str(path.parent), "").splitlines()
    return done.returncode, frozenset(filter(None, (_plain(line) for line in lines)))


# What a checker says of every zone, and places, which differ between the twins.
_ROUTINE = re.compile(r"loaded serial|^OK$|^zone .* is ok|^\s*$|^all clear|^Found |^\d+ zones?")


def _plain(line: str) -> str:
    return "" if _ROUTINE.search(line) else re.sub(r"[:(]\d+(:\d+)?\)?|line \d+", "", line).strip()


def _truename(path: Path) -> Said:
    from truename._core import World
    from truename.rules.base import check

    world = World()
    world.read([(str(path), ORIGIN)])
    findings = check(world)
    return (1 if findings else 0), frozenset(f"{one.rule} {one.message}" for one in findings)


def _octodns(sets: str) -> Callable[[Path], Said]:
    def run(path: Path) -> Said:
        config = path.parent / f"octodns-{sets}.yaml"
        config.write_text(
            f"manager:\n  validators:\n    enabled: [{sets}]\n"
            f"providers:\n  files:\n    class: octodns_bind.ZoneFileProvider\n    directory: {path.parent}\n"
            "    file_extension: .zone\n"
            f"  plan:\n    class: octodns.provider.yaml.YamlProvider\n    directory: {path.parent}\n"
            f"zones:\n  {ORIGIN}.:\n    sources: [files]\n    targets: [plan]\n"
        )
        # A plan that is not carried out: validators of zones speak there.
        done = subprocess.run(
            [str(Path(sys.executable).with_name("octodns-sync")), f"--config-file={config}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        text = done.stderr.replace(str(path.parent), "")
        told = [line for line in text.splitlines() if _TOLD.search(line)]
        return done.returncode, frozenset(_plain(line) for line in told)

    return run


# A list of reasons, or an exception that has none; the headline of the list speaks of no fault.
_TOLD = re.compile(r"^\s+- |^\w+(\.\w+)*(Exception|Error|Failure)\b(?!: Invalid zone)")

CHECKERS: dict[str, Callable[[Path], Said]] = {
    "truename": _truename,
    "named-checkzone -i local": lambda path: _say(["named-checkzone", "-i", "local", ORIGIN, str(path)], path),
    "kzonecheck": lambda path: _say(["kzonecheck", "-o", ORIGIN, str(path)], path),
    "nsd-checkzone": lambda path: _say(["nsd-checkzone", ORIGIN, str(path)], path),
    "ldns-read-zone": lambda path: _say(["ldns-read-zone", "-0", str(path)], path),
    "octoDNS strict": _octodns("strict"),
    "octoDNS best-practice": _octodns("best-practice"),
}


def _head() -> Iterator[str]:
    yield "| fault | " + " | ".join(CHECKERS) + " |"
    yield "|---|" + "---|" * len(CHECKERS)


def _lines(rows: list[Row]) -> Iterator[str]:
    for rule, found, _ in rows:
        yield f"| {rule} | " + " | ".join("found" if found[name] else "-" for name in CHECKERS) + " |"
    yield (
        f"| **found of {len(rows)}** | "
        + " | ".join(str(sum(row[1][name] for row in rows)) for name in CHECKERS)
        + " |"
    )
    yield "| on clean twins | " + " | ".join(str(sum(row[2][name] for row in rows)) for name in CHECKERS) + " |"


if __name__ == "__main__":
    sys.exit(main())
