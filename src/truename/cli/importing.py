"""`zone import`: zones from elsewhere are gathered, shown as one plan, and stored together or not at all."""

import codecs
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from truename.cli.changing import Call, advice, is_agreed, question, refused, say_json, tell_done
from truename.cli.client import Client, in_path
from truename.cli.messages import complain, note, say
from truename.cli.options import Mode
from truename.errors import NoZone, ParseError, RejectedEdit
from truename.imports import Problem, Taken
from truename.name import ROOT

if TYPE_CHECKING:
    from truename._core import World


def _escaped(wrong: UnicodeError) -> tuple[str, int]:
    """Octets that are no UTF-8, as a master file writes them (RFC 1035 5.1): old files have comments in Latin-1."""
    if not isinstance(wrong, UnicodeDecodeError):
        raise wrong
    octets = wrong.object[wrong.start : wrong.end]
    return "".join(f"\\{octet:03}" for octet in octets), wrong.end


codecs.register_error("dns", _escaped)

MEND = "nothing was stored; mend the zone, and import it again"
SOA_TTL = 3600
MEND_FILE = "nothing was stored; in a zone file a line that cannot be read may say what others mean: mend it"
SOA = "{zone} {ttl} IN SOA {ns} hostmaster.{below} 1 10800 3600 604800 3600\n"


@dataclass(frozen=True)
class Gathered:
    """Zones to be taken over. *world* knows where the records of those stand that were read from zone files."""

    taken: list[Taken]
    world: "World | None" = None

    def place(self, file: str, line: int, column: int) -> tuple[str, int, int]:
        """Where somebody wrote what stands at *line* and *column* of a text that was made of it."""
        places = next((one.places for one in self.taken if one.source == file), ())
        if not places:
            return file, line, column
        if line < 2:  # the SOA that was put before it
            return file, 0, 0
        place = places[line - 2]
        return place.file, *(place.value if column > 1 else place.rrset)


@dataclass(frozen=True)
class Wanted:
    """What is to be imported, as it was typed."""

    files: Sequence[str]
    origin: str | None = None
    axfr: str | None = None
    tsig: str | None = None
    takes_over: bool = False
    leaves_out: bool = False

    @property
    def is_from_server(self) -> bool:
        """Whether zones are meant that the server reads from files."""
        return self.takes_over and not self.files and self.axfr is None and self.tsig is None


def served_from_files(client: Client, origin: str | None) -> Gathered:
    """The zones that the server reads from files, or the one of them that is named *origin*, as they are served.

    Raises: RejectedEdit when there is none; TruenameError
    """
    from truename.cli import typed

    wanted = typed.zone_name(origin) if origin else None
    found = [one for one in client.get("zones", {"dnssec": False}) if one.get("file") and wanted in (None, one["name"])]
    if not found:
        said = f"{wanted} is not read from a file there" if wanted else "no zone is read from a file there"
        raise RejectedEdit(said, hint="`truename zone list` shows all zones")
    with working(f"reading {len(found)} zones" if len(found) > 1 else "reading"):
        texts = [client.text(f"zones/{in_path(one['name'])}/export") for one in found]
    return Gathered([Taken(one["name"], text, one["file"]) for one, text in zip(found, texts, strict=True)])


def gather(wanted: Wanted) -> Gathered:
    """Every zone that is meant, read. Raises: ParseError, UpstreamError, click.UsageError"""
    context = click.get_current_context()
    if wanted.tsig is not None and wanted.axfr is None:
        raise click.UsageError("--tsig signs a transfer: --axfr HOST --tsig KEYFILE", context)
    arguments, origin = wanted.files, wanted.origin
    if wanted.axfr is not None:
        zones = [*arguments, *([origin] if origin else [])]
        if not zones:
            raise click.UsageError("which zone? --axfr HOST --origin Z", context)
        return Gathered(_alone(_transferred(wanted.axfr, zones, wanted.tsig)))
    if not arguments:
        raise click.UsageError("no FILE, no --axfr and no --take-over", context)
    from truename.cli import zone_files
    from truename.imports import files

    sources = files.gather(arguments)
    if origin is not None:
        if len(sources) != 1:
            raise click.UsageError("--origin names one zone, and there are several files", context)
        sources = [replace(sources[0], origin=origin)]
    with working(f"reading {len(sources)} files" if len(sources) > 1 else "reading"):
        read = files.read(sources)
    for what, hint in zone_files.of_addresses(read.reads):
        raise ParseError(what, hint=hint)
    return Gathered(_alone(read.taken), read.world)


def _transferred(host: str, zones: Iterable[str], tsig: str | None) -> Iterator[Taken]:
    from truename.cli import typed
    from truename.imports import axfr
    from truename.imports.tsig import read

    key = read(Path(tsig)) if tsig is not None else None
    for zone in zones:
        with working(f"AXFR of {zone}"):
            yield axfr.fetch(host, typed.zone_name(zone), key=key)


def _alone(taken: Iterable[Taken]) -> list[Taken]:
    """All of them. Raises: ParseError when two are one zone"""
    found: dict[str, Taken] = {}
    for one in taken:
        other = found.setdefault(one.zone, one)
        if other is not one:
            raise ParseError(f"{one.source} and {other.source} are both the zone {one.zone}", hint="leave one out")
    return list(found.values())


def carry_out(client: Client, gathered: Gathered, mode: Mode, wanted: Wanted) -> int:
    """Judge, show, ask and store. Returns: exit status"""
    taken = gathered.taken
    left_out = [problem for one in taken for problem in one.problems if wanted.leaves_out and one.is_rest_whole]
    problems = [problem for one in taken for problem in one.problems if problem not in left_out]
    if problems:
        return unreadable(problems, as_json=mode.as_json, hint=MEND_FILE if wanted.leaves_out else "")
    for problem in left_out:
        note(f"left out: {_line(problem)}")
    for line in (line for one in taken for line in one.notes):
        note(line)
    body = {"zones": [{"name": one.zone, "text": _with_soa(client, one)} for one in taken]}
    try:
        return _judged(client, Call("POST", "import", body, {"take_over": wanted.takes_over or None}), mode, gathered)
    except RejectedEdit as wrong:
        findings = _placed(wrong.findings, gathered)
        hint = MEND if findings else wrong.hint
        placed = RejectedEdit(wrong.message, findings=findings, errors=wrong.errors, asks=wrong.asks, hint=hint)
        return refused(placed, as_json=mode.as_json)


def _judged(client: Client, call: Call, mode: Mode, gathered: Gathered) -> int:
    # Where nobody is asked, nobody looks at a plan first: it would only be made twice.
    is_plan = mode.is_dry_run or mode.is_asked
    from truename.cli import plan_text

    with working("judging" if is_plan else "judging and storing"):
        plan = call.plan(client, mode) if is_plan else call.carry_out(client, None, **mode.of_plan())
    plan["findings"] = _placed(plan["findings"], gathered)
    _show(plan, mode)
    if plan["refused"]:
        complain(plan_text.refused(plan), advice(plan["asks"]) if plan["asks"] else MEND)
        return 1
    if mode.is_asked and not plan_text.is_empty(plan):
        if not is_agreed(question(plan["asks"])):
            note("nothing was stored")
            return 1
        with working("storing"):
            plan = call.carry_out(client, None, **mode.of_commit(plan["asks"]))
    if not mode.is_dry_run:
        tell_done(plan)
    return 0


def _placed(findings: Iterable[Any], gathered: Gathered) -> list[Any]:
    """The findings with the lines of the files that they are about; the server does not know where the text stands."""
    found = list(findings)
    world = gathered.world
    if not found or world is None:
        return found
    from truename.rules import base

    places = {_about(base.finding_json(one)): one for one in base.check(world)}
    for finding in found:
        one = places.get(_about(finding))
        if one is not None:
            file, line, column = gathered.place(one.file, one.line, one.column)
            finding.update(file=file, line=line, column=column)
    return sorted(found, key=lambda finding: (finding["file"], finding["line"], finding["column"]))


def _about(finding: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(finding[key]) for key in ("rule", "zone", "owner", "type", "target"))


def _show(plan: Any, mode: Mode) -> None:
    from truename.cli import plan_text

    if mode.as_json:
        say_json(plan)
    else:
        say("\n".join(plan_text.lines(plan)))


def unreadable(problems: Sequence[Problem], *, as_json: bool, hint: str = "") -> int:
    """Show everything that cannot be read, as findings. Returns: 1"""
    from truename.rules.base import Finding, finding_json

    findings = [
        finding_json(Finding("zone-malformed", "error", "", "", "", "", *_told(problem), False, []))
        for problem in sorted(problems, key=lambda problem: (problem.file, problem.line))
    ]
    said = f"{len(findings):,} places cannot be read" if len(findings) > 1 else "one place cannot be read"
    return refused(RejectedEdit(said, findings=findings, hint=hint), as_json=as_json)


def _line(problem: Problem) -> str:
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    return f"{problem.file}{place}: {problem.message}"


def _told(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.file, problem.line, problem.column, problem.message, problem.hint


def _with_soa(client: Client, taken: Taken) -> str:
    """The text, and the SOA where the source keeps none: that of the zone, or a usual one."""
    text = taken.text.decode("utf-8", "dns")
    if taken.has_soa:
        return text
    try:
        query = {"rrset_name": taken.zone, "rrset_type": "SOA"}
        (there,) = client.get(f"zones/{in_path(taken.zone)}", query)["rrsets"]
        return f"{taken.zone} {there['ttl']} IN SOA {there['records'][0]['content']}\n{text}"
    except (NoZone, ValueError):
        return _usual_soa(taken.zone, text) + text


def _usual_soa(zone: str, text: str) -> str:
    """An SOA that names the zone's first name server (RFC 1035 3.3.13, times of RFC 1912 2.2)."""
    heads = (line.split(None, 4) for line in text.splitlines())
    servers = [fields[4] for fields in heads if fields[0] == zone and fields[3] == "NS"]
    below = "" if zone == ROOT else zone
    return SOA.format(zone=zone, ttl=SOA_TTL, ns=servers[0] if servers else f"ns1.{below}", below=below)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that something is going on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
