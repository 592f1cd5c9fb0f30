"""`truename check`: the findings of the rules in zone files, whoever serves them."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from truename.cli.messages import complain, note, say, say_octets
from truename.errors import ConfigError, TruenameError

if TYPE_CHECKING:
    from truename.cli.zone_files import ZoneFiles
    from truename.config import Settings
    from truename.fix.passes import Look, Texts, Wish
    from truename.rules.base import Finding

# As in truename.report, which takes 40 ms to import.
FORMATS = ("text", "json", "sarif", "github")
SERVERS = ("bind", "nsd", "knot")


@click.command()
@click.argument("files", nargs=-1, metavar="[ORIGIN=]FILE|DIR|-...")
@click.option("--origin", metavar="NAME", help="Origin of the one FILE given.")
@click.option("--config-of", type=click.Choice(SERVERS), help="Each FILE is the configuration of such a server.")
@click.option("--format", "shape", type=click.Choice(FORMATS), default="text", help="What is printed.")
@click.option("--select", metavar="RULE,..", help="Judge by these rules only.")
@click.option("--ignore", metavar="RULE,..", help="Leave these rules out.")
@click.option("--fail-on", metavar="error|warning|never", help="Which findings end with 1 (default: error).")
@click.option("--explain", metavar="RULE", help="Show the page of a rule, and end.")
@click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml).")
def check(files: tuple[str, ...], **given: Any) -> int:
    """Judge zone files: loops, targets that do not exist, addresses where names belong, and more.

    All files given are one world: chains are followed from zone to zone, and what lies in other zones is not judged. A
    DIR stands for the *.zone, *.db and db.* files in it and in the folders below, named.conf, nsd.conf or knot.conf for
    the zones that it names, - for stdin. Ends with 0; with 1 when there are findings (--fail-on); with 2 when a file
    cannot be opened, or it is not clear which zone it is, after the others were judged.
    """
    if given["explain"]:
        return _explain(given["explain"])
    if not files:
        raise click.UsageError("Missing argument 'FILE|DIR...'.")
    meant = find_files(files, given["origin"], given["config_of"])
    status = _check(meant, given) if meant.files else 2
    return 2 if meant.faults else status


def find_files(arguments: tuple[str, ...], origin: str | None, config_of: str | None = None) -> "ZoneFiles":
    """The zone files that are meant; what is wrong with others is told."""
    from truename.cli.zone_files import find

    meant = find(arguments, origin, config_of)
    for what in meant.notes:
        note(f"note: {what}")
    for what, hint in meant.faults:
        complain(what, hint)
    return meant


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


def _check(meant: "ZoneFiles", given: dict[str, Any]) -> int:
    import gc

    from truename.fix.passes import Wish

    settings, shape = _settings(given), given["shape"]
    # Tens of thousands of findings are made in one go and live to the end: looking for cycles among them finds nothing.
    gc.disable()
    wish = Wish(meant.files, check=settings.check, max_chain=settings.serve.max_chain, given=meant.texts)
    wish, seen, is_whole = first_look(wish)
    _mark_fixable(wish, seen, given)
    if seen.reads or shape != "text":  # where nothing was looked at, nothing is clear
        _print(seen, shape, meant.texts)
    if not is_whole:
        return 2
    return int(any(_fails(finding, settings.check.fail_on) for finding in seen.findings))


def _mark_fixable(wish: "Wish", seen: "Look", given: dict[str, Any]) -> None:
    """Say of each finding whether it is gone after `truename fix`, which knows nothing of --select and --ignore."""
    from truename.config import load
    from truename.fix.passes import decide, fix, mark

    if given["select"] is None and given["ignore"] is None:
        decide(wish, seen)
    elif seen.findings:
        mark(seen.findings, fix(replace(wish, check=load(file=given["config"]).check)).after)


def _fails(finding: "Finding", fail_on: str) -> bool:
    return fail_on != "never" and finding.severity in ("error", fail_on)


def first_look(wish: "Wish") -> "tuple[Wish, Look, bool]":
    """(*wish* for the files that are judged, what they hold, whether those are all); it is told which are not."""
    from truename.cli.zone_files import doubtful

    seen = _look(wish)
    doubts = doubtful(seen.reads)
    if doubts:
        # A zone under a wrong name would be full of faults, and make some in others.
        left_out = {read.path for read in seen.reads if doubtful([read])}
        wish = replace(wish, files=[(path, origin) for path, origin in wish.files if path not in left_out or origin])
        seen = _look(wish)
    for path, why in seen.unopened.items():
        complain(f"{path}: cannot be read: {why}")
    for what, hint in doubts:
        complain(what, hint)
    return wish, seen, not (doubts or seen.unopened)


def _look(wish: "Wish") -> "Look":
    from truename.cli.progress import reading
    from truename.fix.passes import look

    with reading(len(wish.files)) as progress:
        try:
            return look(wish, progress=progress)
        except ValueError as wrong:
            raise TruenameError(str(wrong), hint="[ORIGIN=]FILE, or --origin NAME") from None


def _print(seen: "Look", shape: str, texts: "Texts") -> None:
    from truename import report

    findings = seen.findings
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
        _print_text(seen, texts)


def _print_text(seen: "Look", texts: "Texts") -> None:
    from truename.cli import paint
    from truename.report import text

    painted = text.coloured if paint.is_on() else text.plain
    zones, records = sum(read.is_zone for read in seen.reads), sum(read.records for read in seen.reads)
    lines = [*text.lines(seen.findings, painted, texts), text.summary(seen.findings, zones, records, painted)]
    say_octets("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
