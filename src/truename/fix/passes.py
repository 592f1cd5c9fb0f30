"""Look, cure, look again: until a look at the edited text finds nothing that can be cured.

    Wish -> look -> cure -> look -> cure -> ... -> Fixed

One look is not enough. A dot that is set may join two aliases to a chain, and links beyond max_chain come into reach
when those behind them have become direct. What comes out is what a second run would find: nothing.

A finding is `fixable` when it is gone after all that: also a target that is missing only because its dot is. `check`
asks the same cures what they would do (`decide`), so what it calls fixable is what `fix` mends. Where that is certain
from the edits themselves (`foresee`) nothing is edited or looked at again.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from truename._core import Read, World
from truename.config import Check
from truename.errors import TruenameError
from truename.fix.cure import RULES, Cure, Made, Record, Uncured, serial_edit
from truename.fix.foresee import foresee
from truename.fix.source import Edit, Source
from truename.rules.base import Finding, check
from truename.rules.comments import Comments
from truename.serial import raised

MOST_PASSES = 64  # each makes every chain shorter or sets a dot; 255 labels cannot need more
_INCLUDE = re.compile(rb'^\$INCLUDE[ \t]+"?([^\s";]+)', re.IGNORECASE | re.MULTILINE)

Texts = Mapping[str, bytes]  # by path: what stands there in place of what is stored


@dataclass(frozen=True)
class Wish:
    """What to fix. Shape: *files* are (path, origin or None); *rules* a part of RULES; *given* texts of no file"""

    files: Sequence[tuple[str, str | None]]
    rules: Sequence[str] = RULES
    across_zones: bool = False
    check: Check = field(default_factory=Check)
    max_chain: int = 16
    given: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What stands in the files, and all findings about it."""

    world: World
    reads: list[Read]  # of those that could be opened
    findings: list[Finding]
    unopened: dict[str, str]  # path: why
    comments: Comments


@dataclass
class Fixed:
    """What became of the files. *left*: findings of the chosen rules that need a person, and why."""

    sources: dict[str, Source] = field(default_factory=dict)
    new_data: set[str] = field(default_factory=set)  # files whose records changed, not only their comments
    found: list[Finding] = field(default_factory=list)  # before any edit; `fixable` are those that are gone after it
    after: list[Finding] = field(default_factory=list)
    left: list[tuple[Finding, str]] = field(default_factory=list)
    unopened: dict[str, str] = field(default_factory=dict)  # path: why
    cured: set[Record] = field(default_factory=set)  # the aliases that have another target now, and which they had

    @property
    def changed(self) -> list[Source]:
        """The files whose text is another now, in the order in which they were read."""
        return [source for source in self.sources.values() if source.is_changed]

    @property
    def mended(self) -> list[Finding]:
        """The findings that are gone."""
        return [finding for finding in self.found if finding.fixable]


Progress = Callable[[int, int], None]


def look(wish: Wish, now: Texts | None = None, progress: Progress | None = None) -> Look:
    """One look at all files. *now*: edited texts. Raises: ValueError for an origin that is no name"""
    texts = {**wish.given, **(now or {})}
    world = World(max_chain=wish.max_chain)
    reads = world.read(wish.files, now=texts, progress=progress)
    comments = Comments.read(((file, read.origin) for read in reads for file in read.files), texts)
    findings = check(world, settings=wish.check, comments=comments)
    opened = [read for read in reads if not read.error]
    return Look(world, opened, findings, {read.path: read.error for read in reads if read.error}, comments)


def fix(wish: Wish, first: Look | None = None, raise_: Callable[[int], int] = raised) -> Fixed:
    """The texts with every certain cure in them; nothing is written. *first*: a look that was taken already"""
    now = first or look(wish)
    fixed = Fixed(found=now.findings, unopened=now.unopened)
    edited: Texts = {}
    for _ in range(MOST_PASSES):
        if not _one_pass(now, wish, fixed, {**wish.given, **edited}):
            break
        edited = {path: source.now for path, source in fixed.sources.items() if source.is_changed}
        now = look(wish, edited)
    fixed.after = now.findings
    mark(fixed.found, fixed.after)
    _raise_serials(fixed, wish, {read.origin: list(read.files) for read in now.reads}, raise_)
    return fixed


def decide(wish: Wish, first: Look) -> None:
    """Say of each finding of *first* whether it is *fixable*: gone after `fix`."""
    if not any(map(_may_be_cured, first.findings)):
        return
    gone = foresee(first, list(_cures(first, wish, Fixed(), wish.given)), wish.check)
    if gone is None:
        fix(wish, first)
        return
    for finding, is_gone in zip(first.findings, gone, strict=True):
        finding.fixable = is_gone


def _may_be_cured(finding: Finding) -> bool:
    # What bars the cure of a chain is worth telling: it may be wanted across zones.
    return finding.fixable or finding.rule == "alias-chain"


def mark(before: Sequence[Finding], after: Sequence[Finding]) -> None:
    """Call those *fixable* that are gone. No edit moves a line."""
    if before is after:  # nothing was edited
        for finding in before:
            finding.fixable = False
        return
    there = Counter(map(_identity, after))
    for finding in before:
        identity = _identity(finding)
        finding.fixable = there[identity] == 0
        there[identity] -= not finding.fixable


def _identity(finding: Finding) -> tuple[object, ...]:
    place = finding.file, finding.line
    return finding.rule, *place, finding.zone, finding.owner, finding.type, finding.target


def _one_pass(now: Look, wish: Wish, fixed: Fixed, texts: Texts) -> bool:
    """Edit the texts once. Returns: whether anything is another now"""
    edits: dict[str, list[Edit]] = {}
    cure = Cure(now.world, wish.across_zones, fixed.cured)
    for fact in cure.repeated():
        edits.setdefault(fact.file, []).extend(cure.repeat(fact, _source(fixed, wish, fact.file)))
    done = []
    for finding, made in _cures(now, wish, fixed, texts):
        edits.setdefault(finding.file, []).extend(made())
        if finding.rule != "unused-ignore":
            fixed.new_data.add(finding.file)
            done.append((finding.zone, finding.owner, finding.target))
    fixed.cured.update(done)
    # Findings whose text stands no more as it was read are no cures: what is not edited would be found for ever.
    return sum(fixed.sources[path].apply(of_file) for path, of_file in edits.items()) > 0


def _cures(now: Look, wish: Wish, fixed: Fixed, texts: Texts) -> Iterator[tuple[Finding, Made]]:
    """The findings that can be cured, with what edits them; `fixed.left` are the others afterwards."""
    cure, shared = Cure(now.world, wish.across_zones, fixed.cured), _shared(now.reads, texts)
    fixed.left = []
    for finding in now.findings:
        if finding.rule not in wish.rules or not _may_be_cured(finding):
            continue
        try:
            if finding.file in shared:
                raise Uncured("its file is part of several zones, or of one several times")
            yield finding, cure.of(finding, _source(fixed, wish, finding.file))
        except Uncured as wrong:
            fixed.left.append((finding, wrong.why))


def _source(fixed: Fixed, wish: Wish, path: str) -> Source:
    if path not in fixed.sources:
        text = wish.given.get(path)
        fixed.sources[path] = Source(path, _stored(path) if text is None else text)
    return fixed.sources[path]


def _stored(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as wrong:
        raise TruenameError(f"{path}: {wrong.strerror}", hint="it could be read a moment ago") from None


def _shared(reads: Sequence[Read], now: Texts) -> set[str]:
    """The files whose text stands in several places: in two zones, or twice in one."""
    zones = Counter(file for read in reads for file in set(read.files))
    names = Counter(name for read in reads if len(read.files) > 1 for name in _included(read, now))
    twice = {name for name, count in names.items() if count > 1}
    return {file for file, count in zones.items() if count > 1 or os.path.basename(file) in twice}


def _included(read: Read, now: Texts) -> Iterator[str]:
    """The last part of each path that a file of the zone includes, once for every time."""
    for path in read.files:
        for found in _INCLUDE.finditer(now[path] if path in now else _stored(path)):
            yield os.path.basename(found[1].decode("utf-8", "surrogateescape"))


def _raise_serials(fixed: Fixed, wish: Wish, zones: dict[str, list[str]], raise_: Callable[[int], int]) -> None:
    for files in zones.values():
        if fixed.new_data.isdisjoint(files):
            continue
        for path in files:
            source = _source(fixed, wish, path)
            edit = serial_edit(source, raise_)
            if edit:
                source.apply([edit])
                break
