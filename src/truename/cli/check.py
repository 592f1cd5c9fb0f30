"""`truename check`: the findings of the rules in zone files, whoever serves them."""

import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from truename.cli.messages import complain, say, say_octets
from truename.errors import ConfigError, TruenameError

if TYPE_CHECKING:
    from truename._core import Read
    from truename.config import Settings
    from truename.fix.passes import Look, Wish
    from truename.rules.base import Finding

# As in truename.report, which takes 40 ms to import.
FORMATS = ("text", "json", "sarif", "github")


@click.command()
@click.argument("files", nargs=-1, metavar="[ORIGIN=]FILE|DIR...")
@click.option("--origin", metavar="NAME", help="Origin of the one FILE given.")
@click.option("--format", "shape", type=click.Choice(FORMATS), default="text", help="What is printed.")
@click.option("--select", metavar="RULE,..", help="Judge by these rules only.")
@click.option("--ignore", metavar="RULE,..", help="Leave these rules out.")
@click.option("--fail-on", metavar="error|warning|never", help="Which findings end with 1 (default: error).")
@click.option("--explain", metavar="RULE", help="Show the page of a rule, and end.")
@click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml).")
def check(files: tuple[str, ...], **given: Any) -> int:
    """Judge zone files: loops, targets that do not exist, addresses where names belong, and more.

    All files given are one world: chains are followed from zone to zone, and what lies in other zones is not judged. A
    DIR stands for its *.zone files. Ends with 0; with 1 when there are findings (--fail-on); with 2 when a file cannot
    be opened, after the others were judged.
    """
    if given["explain"]:
        return _explain(given["explain"])
    if not files:
        raise click.UsageError("Missing argument 'FILE|DIR...'.")
    given_files, unopened = sources(files, given["origin"])
    for what, hint in unopened:
        complain(what, hint)
    if not given_files:
        return 2
    status = _check(given_files, _settings(given), given["shape"])
    return 2 if unopened else status


def _explain(name: str) -> int:
    from truename.rules import near
    from truename.rules.page import page

    try:
        say(page(name).text())
    except KeyError:
        raise ConfigError(f'there is no rule "{name}"', where="--explain", hint=near(name)) from None
    return 0


def _settings(given: dict[str, Any]) -> "Settings":
    from truename.config import load

    def words(text: str | None) -> list[str] | None:
        return None if text is None else [word.strip() for word in text.split(",") if word.strip()]

    flags = {"select": words(given["select"]), "ignore": words(given["ignore"]), "fail_on": given["fail_on"]}
    return load(file=given["config"], flags={f"check.{name}": value for name, value in flags.items()})


def sources(arguments: Sequence[str], origin: str | None) -> tuple[list[tuple[str, str | None]], list[tuple[str, str]]]:
    """(the files meant, each with its origin or None; what is wrong with the others and what to do about it)."""
    from truename.idn import to_ascii
    from truename.serve.sources import gather

    given = gather(arguments)
    if origin is not None and (given.directories or len(given.named) != 1):
        raise ConfigError("is the origin of one file", where="--origin", hint="ORIGIN=FILE says it for each of several")
    if origin is not None and given.named[0].origin is not None:
        raise ConfigError(f"and {arguments[0]} both name an origin", where="--origin", hint="leave one of them out")
    files = [(file.path, origin if origin is not None else file.origin) for file in given.files()]
    faults = {path: _fault(path) for path, _ in files}
    unopened = [*map(_directory_fault, given.directories), *faults.values()]
    found = [(path, name and to_ascii(name)) for path, name in files if not faults[path]]
    return found, [fault for fault in unopened if fault]


def _fault(path: str) -> tuple[str, str] | None:
    """What is wrong with a path that is there and is no file: a device might never end, a named pipe never begin.

    A pipe that is open already (/dev/stdin, `<(command)`) is read; its lines cannot be shown, nor its comments seen.
    """
    try:
        kind = os.stat(path).st_mode
    except OSError:
        return None  # whoever opens it says why it cannot be
    if stat.S_ISREG(kind) or (stat.S_ISFIFO(kind) and os.path.realpath(path).startswith("/proc/")):
        return None
    return f"{path}: is no file", "" if stat.S_ISDIR(kind) else "write what it gives into a file first"


def _directory_fault(path: str) -> tuple[str, str] | None:
    from truename.serve.sources import Sources

    files, unlisted = Sources((), (path,)).look()
    if path in unlisted:
        return f"{path}: cannot be read: {unlisted[path].strerror}", ""
    return None if files else (f"{path}: no zone file", "a DIR stands for its *.zone files")


def _check(files: list[tuple[str, str | None]], settings: "Settings", shape: str) -> int:
    import gc

    from truename.fix.passes import Wish, fix, is_worth_fixing

    # Tens of thousands of findings are made in one go and live to the end: looking for cycles among them finds nothing.
    gc.disable()
    wish = Wish(files, check=settings.check, max_chain=settings.serve.max_chain)
    seen = _look(wish)
    for path, why in seen.unopened.items():
        complain(f"{path}: cannot be read: {why}")
    if is_worth_fixing(seen.findings):
        fix(wish, seen)  # says of each finding whether it is gone then
    if seen.reads or shape != "text":  # where nothing was looked at, nothing is clear
        _print(seen.findings, seen.reads, shape)
    if seen.unopened:
        return 2
    return int(any(_fails(finding, settings.check.fail_on) for finding in seen.findings))


def _fails(finding: "Finding", fail_on: str) -> bool:
    return fail_on != "never" and finding.severity in ("error", fail_on)


def _look(wish: "Wish") -> "Look":
    from truename.cli.progress import reading
    from truename.fix.passes import look

    with reading(len(wish.files)) as progress:
        try:
            return look(wish, progress=progress)
        except ValueError as wrong:
            raise TruenameError(str(wrong), hint="[ORIGIN=]FILE, or --origin NAME") from None


def _print(findings: "list[Finding]", reads: "list[Read]", shape: str) -> None:
    from truename import report

    if shape == "json":
        for piece in report.as_json(findings):
            say_octets(piece)
    elif shape == "sarif":
        from truename.report import sarif

        say_octets(sarif.render(findings))
    elif shape == "github":
        from truename.report import github

        say_octets("".join(f"{line}\n" for line in github.lines(findings)).encode("utf-8", "backslashreplace"))
    else:
        _print_text(findings, reads)


def _print_text(findings: "list[Finding]", reads: "list[Read]") -> None:
    from truename.cli import paint
    from truename.report import text

    painted = text.coloured if paint.is_on() else text.plain
    zones, records = sum(read.is_zone for read in reads), sum(read.records for read in reads)
    lines = [*text.lines(findings, painted), text.summary(findings, zones, records, painted)]
    say_octets("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
