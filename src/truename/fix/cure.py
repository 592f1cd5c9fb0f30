"""What edit cures a finding, where that is certain; else why it is not.

alias-chain           the target becomes the canonical name, as far as the links that are passed lie in the alias' own
                      zone; never where a name of the chain has a label that begins with `_`: DKIM keys and ACME
                      challenges are delegated by just that link
missing-trailing-dot  the dot
target-is-address     an alias of an address becomes the address record that was meant
unused-ignore         the comment goes

The same record may be written twice (RFC 2181 5), and is found once: what one line was given the other one gets in the
next pass, for together they would be an alias with two targets.

A text that stands for several records (a $GENERATE, a file that is included twice) is not edited: what is right for one
of them need not be for the others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address

from truename._core import World
from truename.fix.names import has_service_label, written_like
from truename.fix.source import Edit, Source, Token, tokens
from truename.name import absolute, is_absolute, labels, lower, undotted
from truename.rules.base import Finding
from truename.rules.fact import Fact, read
from truename.serial import WRAP
from truename.whole import whole

Record = tuple[str, str, str]  # zone, owner, target
Made = Callable[[], list[Edit]]  # written when somebody wants them: whoever asks what is curable needs no text

_CONFLICTS = ("conflict-alias-data", "conflict-apex-alias", "conflict-aliases")
RULES = ("alias-chain", "missing-trailing-dot", "target-is-address", "unused-ignore")


@dataclass(frozen=True)
class Uncured(Exception):
    """Why a finding is left to a person."""

    why: str


@dataclass(frozen=True)
class Cure:
    """Cures findings. *across_zones*: links that lie in other zones may be passed too. *cured*: in passes before"""

    world: World
    across_zones: bool
    cured: set[Record] = field(default_factory=set)

    def of(self, finding: Finding, source: Source) -> Made:
        """What makes the edits of *source* that cure *finding*; each changes something. Raises: Uncured"""
        if source.line(finding.line)[:9].upper() == b"$GENERATE":
            raise Uncured("it is made by $GENERATE")
        if finding.rule == "alias-chain":
            return self._straighten(finding, source)
        cures: dict[str, Callable[[Finding, Source], list[Edit]]] = {
            "missing-trailing-dot": _end_with_dot,
            "target-is-address": self._hold_address,
            "unused-ignore": _drop_comment,
        }
        edits = cures[finding.rule](finding, source)
        return lambda: edits

    def repeated(self) -> list[Fact]:
        """Aliases that are left of records that were cured and stand there twice."""
        facts = read(self.world.facts(_CONFLICTS[2:])) if self.cured else []
        return [fact for fact in facts if (fact.zone, fact.owner, fact.target) in self.cured]

    def repeat(self, fact: Fact, source: Source) -> list[Edit]:
        """The edit that gives what is *repeated* the target that the other line has by now."""
        text = source.word(fact.data_line, fact.data_column)
        if not text or not fact.other or source.line(fact.line)[:9].upper() == b"$GENERATE":
            return []
        written = written_like(text.decode("ascii", "replace"), fact.target, fact.other[2])
        return [Edit(fact.data_line, fact.data_column, text, written.encode("ascii"))]

    @cached_property
    def _conflicts(self) -> frozenset[str]:
        """The names that hold what cannot stand together."""
        return frozenset(fact.owner for fact in self.world.facts(_CONFLICTS))

    def _straighten(self, finding: Finding, source: Source) -> Made:
        token = _word_at(finding, source)
        end = self._end_of(finding)

        def edits() -> list[Edit]:
            written = written_like(token.text.decode("ascii", "replace"), finding.target, end)
            return [Edit(token.line, token.column, token.text, written.encode("ascii"))]

        return edits

    def _end_of(self, finding: Finding) -> str:
        """The last name that the alias may be pointed at."""
        hops = [hop for hop in self.world.explain(finding.owner, "A").hops if hop.kind in ("CNAME", "DNAME")]
        if not hops or has_service_label(finding.owner) or any(has_service_label(hop.target) for hop in hops):
            raise Uncured("a name of the chain begins with an underscore; such links are delegations")
        if len(hops) < 2:
            raise Uncured("the apex in between is answered with addresses")
        end = hops[0].target
        for hop in hops[1:]:
            if hop.zone != finding.zone and not self.across_zones:
                break
            end = hop.target
        if end == hops[0].target:
            raise Uncured(f"the next link lies in another zone, {hops[1].zone}; --across-zones goes on")
        return end

    def _hold_address(self, finding: Finding, source: Source) -> list[Edit]:
        if finding.owner in self._conflicts and (finding.zone, finding.owner, finding.target) not in self.cured:
            raise Uncured("the name has other data besides")
        token = _word_at(finding, source)
        try:
            version = ip_address(undotted(token.text.decode("ascii", "replace"))).version
        except ValueError:
            raise Uncured("more than the address stands there") from None
        kind = next((word for word in reversed(source.words_before(token.line, token.column))), None)
        if kind is None or kind.text.upper() not in (b"CNAME", b"ALIAS"):
            raise Uncured("only an alias of an address is certain to be meant as an address record")
        address = Edit(token.line, token.column, token.text, undotted(token.text.decode()).encode())
        return [address, Edit(kind.line, kind.column, kind.text, b"A" if version == 4 else b"AAAA")]


def _word_at(finding: Finding, source: Source) -> Token:
    text = source.word(finding.line, finding.column)
    if not text:
        raise Uncured("the text of the target is not one word")
    return Token(finding.line, finding.column, text)


def _end_with_dot(finding: Finding, source: Source) -> list[Edit]:
    """The word that was completed to the target; the data of MX and SRV have others before it."""
    name = labels(finding.target)
    line = source.line(finding.line)
    for token in tokens([b" " * (finding.column - 1) + line[finding.column - 1 :]], finding.line):
        written = token.text.decode("ascii", "replace")
        ours = labels(lower(written))
        if ours and not is_absolute(written) and name[: len(ours)] == ours:
            return [Edit(token.line, token.column, token.text, absolute(written).encode())]
    raise Uncured("the target does not stand on the record's line")


def _drop_comment(finding: Finding, source: Source) -> list[Edit]:
    line = source.line(finding.line)
    text = line[finding.column - 1 :].rstrip(b"\r\n")
    before = line[: finding.column - 1]
    blank = before[len(before.rstrip(b" \t")) :]
    return [Edit(finding.line, finding.column - len(blank), blank + text, b"")]


def serial_edit(source: Source, raise_: Callable[[int], int]) -> Edit | None:
    """The edit that raises the serial of the SOA in *source*; None where it holds none."""
    serial = next(_serials(source), None)
    return serial and Edit(serial.line, serial.column, serial.text, b"%d" % raise_(int(serial.text)))


def _serials(source: Source) -> Iterator[Token]:
    """The third word of the data of each SOA."""
    for entry in _entries(source):
        head = entry[1:] if entry[0].column == 1 else entry  # without the owner, which an indented line leaves out
        at = next((at for at, token in enumerate(head[:3]) if not _is_ttl_or_class(token)), len(head))
        if [token.text.upper() for token in head[at : at + 1]] == [b"SOA"]:
            yield from (token for token in head[at + 3 : at + 4] if _serial(token) is not None)


def _serial(token: Token) -> int | None:
    return whole(token.text.decode("latin-1"), WRAP - 1)


def _is_ttl_or_class(token: Token) -> bool:
    return token.text[:1].isdigit() or token.text.upper() in (b"IN", b"CLASS1")


def _entries(source: Source) -> Iterator[list[Token]]:
    """The words of each entry: a line, or more of them inside parentheses."""
    entry: list[Token] = []
    depth, last_line = 0, 0
    for token in tokens(source.lines):
        if token.line != last_line and depth == 0 and entry:
            yield entry
            entry = []
        last_line = token.line
        if token.text in (b"(", b")"):
            depth = max(0, depth + (1 if token.text == b"(" else -1))
        else:
            entry.append(token)
    if entry:
        yield entry
