"""Look, cure, look again: until a look at the edited text finds nothing that can be cured.

One look is not enough. A dot that is set may join two aliases to a chain, and links beyond max_chain come into reach
when those behind them have become direct. What comes out is what a second run would find: nothing.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from truename._core import Read, World
from truename.config import Check
from truename.errors import TruenameError
from truename.fix.cure import Cure, Uncured, serial_edit
from truename.fix.source import Edit, Source
from truename.rules.base import Finding, check
from truename.rules.comments import Comments
from truename.serial import raised

MOST_PASSES = 64  # each makes every chain shorter or sets a dot; 255 labels cannot need more
_INCLUDE = re.compile(rb'^\$INCLUDE[ \t]+"?([^\s";]+)', re.IGNORECASE | re.MULTILINE)


@dataclass
class Fixed:
    """What became of the files. *left*: findings of the chosen rules that need a person, and why."""

    sources: dict[str, Source] = field(default_factory=dict)
    new_data: set[str] = field(default_factory=set)  # files whose records changed, not only their comments
    cured: list[Finding] = field(default_factory=list)
    left: list[tuple[Finding, str]] = field(default_factory=list)
    unopened: dict[str, str] = field(default_factory=dict)  # path: why

    @property
    def changed(self) -> list[Source]:
        """The files whose text is another now, in the order in which they were read."""
        return [source for source in self.sources.values() if source.is_changed]


@dataclass(frozen=True)
class Wish:
    """What to fix. Shape: *files* are (path, origin or None); *rules* a part of cure.RULES"""

    files: Sequence[tuple[str, str | None]]
    rules: Sequence[str]
    across_zones: bool = False
    check: Check = field(default_factory=Check)
    max_chain: int = 16


def fix(wish: Wish, raise_: Callable[[int], int] = raised) -> Fixed:
    """The texts with every certain cure in them; nothing is written."""
    fixed = Fixed()
    zones: dict[str, list[str]] = {}  # apex -> the files it is made of
    for _ in range(MOST_PASSES):
        world = World(max_chain=wish.max_chain)
        overlay = {path: source.now for path, source in fixed.sources.items() if source.is_changed}
        reads = [read for read in world.read(wish.files, now=overlay) if not _is_unopened(read, fixed)]
        zones = {read.origin: list(read.files) for read in reads}
        comments = Comments.read(((file, read.origin) for read in reads for file in read.files), overlay)
        findings = check(world, rules=wish.rules, settings=wish.check, comments=comments)
        cured = _one_pass(findings, Cure(world, wish.across_zones), fixed, _shared(reads, overlay))
        fixed.cured += cured
        if not cured:
            break
    _raise_serials(fixed, zones, raise_)
    return fixed


def _is_unopened(read: Read, fixed: Fixed) -> bool:
    if read.error:
        fixed.unopened[read.path] = read.error
    return bool(read.error)


def _one_pass(findings: Sequence[Finding], cure: Cure, fixed: Fixed, shared: set[str]) -> list[Finding]:
    edits: dict[str, list[Edit]] = {}
    cured, fixed.left = [], []
    for finding in findings:
        # What bars the cure of a chain is worth telling: it may be wanted across zones.
        if not finding.fixable and finding.rule != "alias-chain":
            continue
        try:
            if finding.file in shared:
                raise Uncured("its file is part of several zones, or of one several times")
            source = _source(fixed, finding.file)
            made = cure.edits(finding, source)
        except Uncured as wrong:
            fixed.left.append((finding, wrong.why))
            continue
        edits.setdefault(finding.file, []).extend(made)
        cured.append(finding)
        if finding.rule != "unused-ignore":
            fixed.new_data.add(finding.file)
    # Findings whose text stands no more as it was read are no cures: what is not edited would be found for ever.
    made_any = sum(fixed.sources[path].apply(of_file) for path, of_file in edits.items())
    return cured if made_any else []


def _source(fixed: Fixed, path: str) -> Source:
    if path not in fixed.sources:
        try:
            with open(path, "rb") as file:
                fixed.sources[path] = Source(path, file.read())
        except OSError as wrong:
            raise TruenameError(f"{path}: {wrong.strerror}", hint="it could be read a moment ago") from None
    return fixed.sources[path]


def _shared(reads: Sequence[Read], now: Mapping[str, bytes]) -> set[str]:
    """The files whose text stands in several places: in two zones, or twice in one."""
    zones = Counter(file for read in reads for file in set(read.files))
    names = Counter(name for read in reads if len(read.files) > 1 for name in _included(read, now))
    twice = {name for name, count in names.items() if count > 1}
    return {file for file, count in zones.items() if count > 1 or os.path.basename(file) in twice}


def _included(read: Read, now: Mapping[str, bytes]) -> Iterator[str]:
    """The last part of each path that a file of the zone includes, once for every time."""
    for path in read.files:
        with open(path, "rb") as file:
            text = now.get(path) or file.read()
        for found in _INCLUDE.finditer(text):
            yield os.path.basename(found[1].decode("utf-8", "surrogateescape"))


def _raise_serials(fixed: Fixed, zones: dict[str, list[str]], raise_: Callable[[int], int]) -> None:
    for files in zones.values():
        if fixed.new_data.isdisjoint(files):
            continue
        for path in files:
            source = _source(fixed, path)
            edit = serial_edit(source, raise_)
            if edit:
                source.apply([edit])
                break
