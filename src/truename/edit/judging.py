"""What the rules say of a change, and what follows from it.

The rules see facts of the result and facts of the version before, in the scope of the change; what is found in both was
there already. `rules.doors` says which findings refuse, ask or show.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from truename.edit.signatures import outlived
from truename.errors import RejectedEdit
from truename.rules import ALWAYS
from truename.rules.base import Finding, check, judge, judge_rewritten, table
from truename.rules.choice import apply, choose
from truename.rules.doors import added, verdict
from truename.rules.fact import Rewritten

if TYPE_CHECKING:
    from truename._core import Fact, Graph, Prepared, Problem
    from truename.config import Check
    from truename.rules.signature import SignedSet

# A zone is made before it has name servers (PowerDNS' API): every door lets it in, with the finding shown.
LET_IN = "ns-missing"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the change adds, and what was there.

    Of the *added*: *asking* want a yes, *refusing* are let through by nobody, *let_in* (LET_IN) by everybody
    """

    added: tuple[Finding, ...]
    existing: tuple[Finding, ...]
    asking: tuple[Finding, ...]
    refusing: tuple[Finding, ...]
    let_in: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What the caller says to findings; see `door.Options`."""

    is_strict: bool
    accept: frozenset[str]


class _Facts:
    """A world as the rules ask it. *first* are facts that come before those of *engine*.

    *signed_sets*: what stands there, where signatures may be looked at as a whole; None for a change
    """

    def __init__(
        self,
        engine: Callable[..., "list[Fact]"],
        exists: Callable[[Sequence[str]], list[bool]],
        first: "Sequence[Fact]" = (),
        signed_sets: "Callable[[str], list[SignedSet]] | None" = None,
    ) -> None:
        self._engine = engine
        self.exists = exists
        self._first = first
        self.is_change = signed_sets is None
        self.signed_sets = signed_sets
        self.let_in: list[Fact] = []

    def facts(self, kinds: Sequence[str], /, **how: Any) -> "list[Fact]":
        found = [fact for fact in self._first if fact.kind in kinds] + self._engine(kinds, **how)
        self.let_in = [fact for fact in found if fact.kind == LET_IN]
        return [fact for fact in found if fact.kind != LET_IN]


def judged(
    prepared: "Prepared",
    rewritten: Sequence[Rewritten],
    settings: "Check",
    *,
    may_show: bool,
    has_places: bool,
    renumbered: Sequence[str] = (),
) -> Judged:
    """The findings about *prepared* and *rewritten* RRsets; without *may_show* only of rules that can refuse or ask.

    *renumbered*: zones whose SOA gets a serial of ours, in place of the one in *prepared*
    *has_places*: the text that the core read is the caller's, so places in it mean something to the caller
    """
    rules = [name for name, rule in table().items() if may_show or rule.door != "shows"]
    broken, were_broken = outlived(prepared, renumbered)
    first = [*prepared.refused, *broken, *were_broken]
    after, let_in = _found(_Facts(prepared.facts, prepared.exists, first), rules, settings, has_places=has_places)
    past = _Facts(prepared.facts_before, prepared.existed, were_broken)
    before, had = _found(past, rules, settings) if after or let_in else ([], [])
    new, new_let_in = added(after, before), added(let_in, had)
    new += judge_rewritten(rewritten, settings=settings, always=ALWAYS)
    is_new = set(map(id, (*new, *new_let_in)))
    refusing = tuple(one for one in new if verdict(one) == "refuses")
    asking = tuple(one for one in new if verdict(one) == "asks")
    existing = tuple(one for one in (*after, *let_in) if id(one) not in is_new)
    return Judged((*new, *new_let_in), existing, asking, refusing, tuple(new_let_in))


def differs(theirs: "Prepared", ours: "Prepared", settings: "Check") -> bool:
    """Whether *ours* adds findings that *theirs* does not: the same change, made where another one was made before."""
    adds = [judged(one, (), settings, may_show=False, has_places=False).added for one in (ours, theirs)]
    return bool(added(*adds))


def with_said(judged: Judged, said: Sequence[Finding], settings: "Check") -> Judged:
    """*judged* with what is *said* of the change itself, which it adds."""
    if not said:
        return judged
    chosen = {rule.id for rule in choose({one.rule for one in said}, settings, ALWAYS)}
    told = apply([one for one in said if one.rule in chosen], settings, ALWAYS)
    asking, refusing = ([one for one in told if verdict(one) == which] for which in ("asks", "refuses"))
    return replace(
        judged,
        added=(*judged.added, *told),
        asking=(*judged.asking, *asking),
        refusing=(*judged.refusing, *refusing),
    )


def _found(
    facts: _Facts, rules: Sequence[str], settings: "Check", *, has_places: bool = False
) -> tuple[list[Finding], list[Finding]]:
    """(findings, findings about what is let in)."""
    found = check(facts, rules=rules, settings=settings, always=ALWAYS)
    let_in = judge(facts.let_in, list(table().values()), settings=settings, always=ALWAYS)
    if not has_places:
        _take_places(found)
        _take_places(let_in)
    return found, let_in


def _take_places(findings: list[Finding]) -> None:
    """Leave *findings* without places: the text that the core read is its own, not the caller's."""
    for finding in findings:
        finding.file, finding.line, finding.column = "", 0, 0


def refuse(judged: Judged, terms: Terms) -> None:
    """Raises: RejectedEdit when a finding refuses, or asks and nobody has said yes"""
    shown, errors = refusal(judged, terms)
    if not errors:
        return
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    hint = shown[0].hint if shown else ""
    raise RejectedEdit(errors[0] + more, findings=shown, errors=errors, asks=asks(judged, terms), hint=hint)


def refusal(judged: Judged, terms: Terms) -> tuple[list[Finding], list[str]]:
    """The findings that refuse, and all that is to be told of them; both empty when nothing refuses."""
    refusing = list(_refusing(judged, terms))
    return refusing, [one.message for one in refusing]


def _refusing(judged: Judged, terms: Terms) -> Iterator[Finding]:
    yield from judged.refusing
    if terms.is_strict:
        yield from (one for one in judged.asking if one.rule not in terms.accept)


def asks(judged: Judged, terms: Terms) -> tuple[str, ...]:
    """The rules that are to be accepted by name; none where something refuses, since that would not help."""
    return () if judged.refusing else tuple(sorted({one.rule for one in judged.asking} - terms.accept))


def let_through(judged: Judged, terms: Terms) -> tuple[str, ...]:
    """The rules whose findings would have had a say, and do not refuse."""
    refusing = {one.rule for one in _refusing(judged, terms)}
    return tuple(sorted({one.rule for one in (*judged.asking, *judged.let_in)} - refusing))


def malformed(zone: str, problems: "Sequence[Problem]") -> RejectedEdit:
    """The refusal of a text that cannot be read, with everything that is wrong in it."""
    found = [
        Finding("zone-malformed", "error", zone, "", "", "", p.file, p.line, p.column, p.message, p.hint, False, [])
        for p in problems
    ]
    errors = [f"line {one.line}, column {one.column}: {one.message}" for one in found]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return RejectedEdit(f"{zone} {errors[0]}{more}", findings=found, errors=errors, hint=found[0].hint)


def _world(graph: "Graph") -> _Facts:
    return _Facts(graph.facts, graph.exists, signed_sets=graph.signed_sets)


def of_zone(graph: "Graph", settings: "Check", zone: str) -> list[Finding]:
    """All findings in *zone* as it is served."""
    return [one for one in check(_world(graph), settings=settings, always=ALWAYS) if one.zone == zone]
