"""Findings, rules, and the one function that makes findings of facts.

    check(World)      all files given, one world
    check(Prepared)   the result of a change that is not published yet, in the scope of that change
    check(Graph)      what is served, all of it or a scope of names

The findings in a scope are those of everything, restricted to records whose owner is in the scope: facts are kept by
owner, and a rule adds nothing to that.

Cost: 50,000 findings are an ordinary day for a bulk import, so a finding is one call that reads each field of its fact
once; findings hold no references to each other and are kept out of the garbage collector (`gc=False`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from truename.name import ancestors
from truename.rules import ALWAYS, IDS
from truename.rules.fact import Fact, Rewritten, read

if TYPE_CHECKING:
    from truename import _core
    from truename.config import Check
    from truename.rules.comments import Comments

__all__ = ["ALWAYS", "IDS", "Context", "Fact", "Finding", "Rule", "check", "finding_json", "judge", "load", "table"]

LONG = 9  # hops from which a chain is long: some resolvers give up after 8
MANY = 4  # names that repeat one address, before it is worth a word
SERVICES = ("_acme-challenge", "_dmarc", "_domainkey")  # names that others look up below a domain, unasked


class Finding(msgspec.Struct, gc=False):
    """One thing that is wrong, in the shape of `check --format json`.

    Shape:  names absolute, lower case, with the final dot; *file* "" and *line* *column* 0 where there is no text
    Units:  *line* and *column* count from 1, columns in octets; they show what is to be changed: the data of a record
            whose target is wrong, else its first field
    """

    rule: str
    severity: str  # error, warning, info
    zone: str
    owner: str
    type: str
    target: str
    file: str
    line: int
    column: int
    message: str
    hint: str
    fixable: bool
    chain: list[str]


def finding_json(finding: Finding) -> dict[str, Any]:
    """*finding* as JSON holds it."""
    return {name: getattr(finding, name) for name in finding.__struct_fields__}


class World(Protocol):
    """What can be judged: `_core.World`, `_core.Prepared`, `_core.Graph`."""

    @property
    def facts(self) -> "Callable[..., list[_core.Fact]]":
        """Called with kinds; how the arguments read stands at `_core.Graph.facts`."""

    @property
    def exists(self) -> "Callable[[Sequence[str]], list[bool]]":
        """For each name whether it exists here."""


@dataclass(frozen=True)
class Rule:
    """What one file of this folder says.

    Shape:  *door* is "refuses", "asks" or "shows"; *kinds* are kinds of facts; *hides* are rules that have nothing to
            add about the same record once this one has spoken; *judge_rewritten* is there when the rule looks at what a
            change does to an RRset, and not only at what comes of it
    """

    id: str
    severity: str
    door: str
    kinds: tuple[str, ...]
    judge: "Callable[[Sequence[Fact], Context], Iterator[Finding]]"
    hides: tuple[str, ...] = ()
    judge_rewritten: "Callable[[Sequence[Rewritten], Context], Iterator[Finding]] | None" = None


class Context:
    """What a rule knows beside its facts: its own severity, and which names exist."""

    __slots__ = ("_exists", "_lines", "_origins", "_rule", "_settings", "_severity", "_world")

    def __init__(
        self, rule: Rule, world: object, lines: dict[tuple[str, int, int], int], settings: "Check | None" = None
    ) -> None:
        self._rule = rule.id
        self._severity = rule.severity
        self._world = world
        self._origins: frozenset[str] | None = None
        self._exists: Callable[[Sequence[str]], list[bool]] | None = getattr(world, "exists", None)
        self._lines = lines
        self._settings = settings

    @property
    def is_change(self) -> bool:
        """Whether a change is judged that nobody has seen yet, not what stands there."""
        return bool(getattr(self._world, "is_change", False))

    @property
    def is_chosen(self) -> bool:
        """Whether somebody asked for this rule by its name, and what stands there is judged."""
        return self._settings is not None and self._rule in self._settings.select and not self.is_change

    def signed_sets(self, zone: str) -> list[tuple[str, str, list[bytes], list[bytes]]]:
        """The RRsets of *zone* that have signatures; see `_core.World.signed_sets`."""
        world: Any = self._world
        return world.signed_sets(zone) if world else []

    def ask(self, kinds: Sequence[str], scope: Sequence[str]) -> list[Fact]:
        """Facts of other *kinds* about records of the names in *scope*."""
        world: Any = self._world
        return read(world.facts(kinds, scope=scope)) if world and scope else []

    def exists(self, names: Sequence[str]) -> list[bool]:
        """Whether each name is known to exist; facts without a world do not say so, and nothing is certain there."""
        return self._exists(names) if self._exists else [False] * len(names)

    def is_held_by(self, name: str, zone: str) -> bool:
        """Whether *name* belongs to *zone*, and not to a zone below it that is known here."""
        if self._origins is None:
            zones = getattr(self._world, "zones", ())
            self._origins = frozenset(one.origin for one in (zones() if callable(zones) else zones))
        for one in ancestors(name):
            if one == zone or one in self._origins:
                return one == zone
        return False

    def owner(self, fact: Fact | Rewritten, message: str, hint: str, severity: str = "") -> Finding:
        """A finding that stands at the record's first field."""
        return Finding(
            self._rule,
            severity or self._severity,
            fact.zone,
            fact.owner,
            fact.type,
            fact.target,
            fact.file,
            fact.line,
            fact.column,
            message,
            hint,
            False,
            fact.chain,
        )

    def data(self, fact: Fact, message: str, hint: str, severity: str = "", *, fixable: bool = False) -> Finding:
        """A finding that stands at the record's data."""
        line, column = fact.data_line, fact.data_column
        if line != fact.line:
            self._lines[fact.file, line, column] = fact.line
        return Finding(
            self._rule,
            severity or self._severity,
            fact.zone,
            fact.owner,
            fact.type,
            fact.target,
            fact.file,
            line,
            column,
            message,
            hint,
            fixable,
            fact.chain,
        )


def load(name: str) -> Rule:
    """The rule called *name*. Raises: KeyError"""
    if name not in IDS:
        raise KeyError(name)
    rule: Rule = import_module(f"truename.rules.{name.replace('-', '_')}").RULE
    return rule


@cache
def table() -> dict[str, Rule]:
    """All rules by name, in the order in which they are documented."""
    return {name: load(name) for name in IDS}


def check(
    world: World,
    *,
    rules: Iterable[str] | None = None,
    scope: Sequence[str] | None = None,
    settings: "Check | None" = None,
    comments: "Comments | None" = None,
    always: frozenset[str] = frozenset(),
) -> list[Finding]:
    """The findings in *world*, by file, line, column and rule.

    *rules*     names; None is all. What [check] selects and ignores is taken from these
    *scope*     names: only findings about records that they own (`World`, `Graph`; `Prepared` has a scope of its own)
    *comments*  the `; truename: ignore` of the files, which silence findings; a stale one is a finding itself
    *always*    rules that no setting turns off or down: the doors of edits give ALWAYS
    """
    from truename.rules.choice import choose

    chosen = choose(rules, settings, always)
    kinds = sorted({kind for rule in chosen for kind in rule.kinds})
    how = {} if scope is None else {"scope": scope}
    facts = world.facts(kinds, long=LONG, many=MANY, services=SERVICES, **how)
    return judge(facts, chosen, world=world, settings=settings, comments=comments, always=always)


def judge(
    facts: "Sequence[_core.Fact]",
    rules: Sequence[Rule],
    *,
    world: object = None,
    settings: "Check | None" = None,
    comments: "Comments | None" = None,
    always: frozenset[str] = frozenset(),
) -> list[Finding]:
    """The findings that *rules* make of *facts*: the part of `check` that asks nobody."""
    from truename.rules.choice import apply

    if not facts and comments is None:
        return []
    by_kind: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in read(facts):
        by_kind[fact.kind].append(fact)
    lines: dict[tuple[str, int, int], int] = {}
    found: list[Finding] = []
    for rule in rules:
        wanted = list(chain.from_iterable(by_kind.get(kind, ()) for kind in rule.kinds))
        if wanted:
            found.extend(rule.judge(wanted, Context(rule, world, lines, settings)))
    found = apply(_without_hidden(found, rules), settings, always)
    if comments is not None:
        found = comments.silence(found, rules, lines, settings)
    # Numbers first: that is five times faster than to compare the name of a file with itself again and again.
    found.sort(key=attrgetter("line", "column", "rule"))
    found.sort(key=attrgetter("file"))
    return found


def judge_rewritten(
    sets: Sequence[Rewritten], *, settings: "Check | None" = None, always: frozenset[str] = frozenset()
) -> list[Finding]:
    """The findings about what a change does to *sets*, all of which it adds."""
    from truename.rules.choice import apply, choose

    if not sets:
        return []
    rules = [(rule, rule.judge_rewritten) for rule in choose(_rewriting(), settings, always) if rule.judge_rewritten]
    found = [one for rule, judged in rules for one in judged(sets, Context(rule, None, {}))]
    return apply(found, settings, always)


@cache
def _rewriting() -> frozenset[str]:
    """The rules that look at what a change does to an RRset."""
    return frozenset(name for name, rule in table().items() if rule.judge_rewritten)


def _without_hidden(found: list[Finding], rules: Sequence[Rule]) -> list[Finding]:
    hides = {rule.id: rule.hides for rule in rules if rule.hides}
    said = {(rule, *_record(one)) for one in found if one.rule in hides for rule in hides[one.rule]}
    return [one for one in found if (one.rule, *_record(one)) not in said] if said else found


def _record(finding: Finding) -> tuple[str, ...]:
    return finding.zone, finding.owner, finding.type, finding.target
