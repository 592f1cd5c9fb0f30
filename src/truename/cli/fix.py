"""`truename fix`: cures what can be cured with certainty, in the text of the files."""

from typing import TYPE_CHECKING

import click

from truename.cli.check import SERVERS, find_files, first_look
from truename.cli.messages import note, say_octets

if TYPE_CHECKING:
    from truename.fix.passes import Fixed


@click.command()
@click.argument("paths", nargs=-1, metavar="[ORIGIN=]FILE|DIR|-...", required=True)
@click.option("--write", is_flag=True, help="Replace the files; without it, only show the difference.")
@click.option("--across-zones", is_flag=True, help="Pass links of a chain that lie in other zones too.")
@click.option("--origin", metavar="NAME", help="The zone's name, when there is one file.")
@click.option("--config-of", type=click.Choice(SERVERS), help="Each FILE is the configuration of such a server.")
@click.option("--select", metavar="RULE,..", help="Cure the findings of these rules only.")
@click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml).")
def fix(
    paths: tuple[str, ...],
    write: bool,
    across_zones: bool,
    origin: str | None,
    config_of: str | None,
    select: str | None,
    config: str | None,
) -> int:
    """Show, or with --write make, the edits that cure findings: a unified diff on stdout.

    Aliases are pointed at their canonical names, missing final dots are set; a serial is raised where its zone
    changed. All other text stays as it is. Without --write it ends with 1 when there is something to change.
    """
    from truename.config import load
    from truename.fix.passes import Wish
    from truename.fix.passes import fix as cure
    from truename.fix.write import write as replace

    settings = load(file=config)
    meant = find_files(paths, origin, config_of)
    if write and meant.texts:
        raise click.UsageError("--write has no file to replace by what comes on stdin; the difference shows the edits")
    wish = Wish(meant.files, _rules(select), across_zones, settings.check, settings.serve.max_chain, given=meant.texts)
    wish, seen, is_whole = first_look(wish)
    fixed = cure(wish, seen)
    if write:
        replace(fixed.changed)
    say_octets(b"".join(line for source in fixed.changed for line in source.diff()))
    _tell(fixed, is_written=write, may_write=not meant.texts)
    if meant.faults or not is_whole:
        return 2
    return 1 if fixed.changed and not write else 0


def _tell(fixed: "Fixed", *, is_written: bool, may_write: bool) -> None:
    """What was done and what was not, on stderr: stdout holds the difference and nothing else."""
    for finding, why in fixed.left:
        note(f"{finding.file}:{finding.line}:{finding.column}: {finding.rule} is left: {why}")
    if not fixed.changed:
        note("nothing to fix")
        return
    done = "fixed" if is_written else "would fix"
    note(f"{done} {_many(len(fixed.mended), 'finding')} in {_many(len(fixed.changed), 'file')}")
    if may_write and not is_written:
        note("--write replaces the files")


def _rules(select: str | None) -> tuple[str, ...]:
    from truename.fix.cure import RULES

    chosen = tuple(rule.strip() for rule in select.split(",") if rule.strip()) if select else RULES
    for rule in chosen:
        if rule not in RULES:
            raise click.UsageError(f'"{rule}" is no rule that fix can cure; those are {", ".join(RULES)}')
    return chosen


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
