"""`truename fix`: cures what can be cured with certainty, in the text of the files."""

from typing import TYPE_CHECKING

import click

from truename.cli.messages import complain, note, say_octets

if TYPE_CHECKING:
    from truename.fix.passes import Fixed


@click.command()
@click.argument("paths", nargs=-1, metavar="[ORIGIN=]FILE|DIR...", required=True)
@click.option("--write", is_flag=True, help="Replace the files; without it, only show the difference.")
@click.option("--across-zones", is_flag=True, help="Pass links of a chain that lie in other zones too.")
@click.option("--origin", metavar="NAME", help="The zone's name, when there is one file.")
@click.option("--select", metavar="RULE,..", help="Cure the findings of these rules only.")
@click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml).")
def fix(
    paths: tuple[str, ...], write: bool, across_zones: bool, origin: str | None, select: str | None, config: str | None
) -> int:
    """Show, or with --write make, the edits that cure findings: a unified diff on stdout.

    Aliases are pointed at their canonical names, missing final dots are set; a serial is raised where its zone
    changed. All other text stays as it is. Without --write it ends with 1 when there is something to change.
    """
    from truename.cli.check import sources
    from truename.config import load
    from truename.fix.passes import Wish
    from truename.fix.passes import fix as cure
    from truename.fix.write import write as replace

    settings = load(file=config)
    files, unopened = sources(paths, origin)
    for what, hint in unopened:
        complain(what, hint)
    wish = Wish(files, _rules(select), across_zones, settings.check, settings.serve.max_chain)
    fixed = cure(wish)
    for path, why in fixed.unopened.items():
        complain(f"{path}: cannot be read: {why}")
    if write:
        replace(fixed.changed)
    say_octets(b"".join(line for source in fixed.changed for line in source.diff()))
    _tell(fixed, is_written=write)
    if unopened or fixed.unopened:
        return 2
    return 1 if fixed.changed and not write else 0


def _tell(fixed: "Fixed", *, is_written: bool) -> None:
    """What was done and what was not, on stderr: stdout holds the difference and nothing else."""
    for finding, why in fixed.left:
        note(f"{finding.file}:{finding.line}:{finding.column}: {finding.rule} is left: {why}")
    if not fixed.changed:
        note("nothing to fix")
        return
    done = "fixed" if is_written else "would fix"
    note(f"{done} {_many(len(fixed.mended), 'finding')} in {_many(len(fixed.changed), 'file')}")
    if not is_written:
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
