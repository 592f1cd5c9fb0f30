"""The page of a rule: the docstring of its file, in parts.

    headline, What, Why, more paragraphs, Bad zone, Good zone, Source

The zones leave out what every zone has (HEAD) unless they bring an SOA of their own. In the bad one `; <-` marks the
lines that the rule finds, and the test of the rules looks whether it finds just these.

A rule about what a change does has another zone, Before: a change from there to the bad one is found once for each line
that is marked, one to the good one is not.
"""

import re
import sys
import textwrap
from dataclasses import dataclass

from truename.rules.base import Rule, load

HEAD = """$ORIGIN example.com.
$TTL 3600
@    SOA  ns1 hostmaster 1 7200 900 1209600 300
@    NS   ns1
ns1  A    192.0.2.53
"""
MARK = "; <-"

_PART = re.compile(r"^(What|Why|Before|Bad zone|Good zone|Source):[ \n]*", re.MULTILINE)
_ZONES = ("Before", "Bad zone", "Good zone")
_DOORS = {
    "refuses": "a change that adds it is refused",
    "asks": "a change that adds it is carried out when the rule is accepted by name",
    "shows": "a change that adds it is carried out, and it is shown",
}


@dataclass(frozen=True)
class Page:
    """What is to be read about a rule. *bad*, *good* and *before* are zone files without HEAD, *more* paragraphs."""

    rule: Rule
    headline: str
    what: str
    why: str
    more: tuple[str, ...]
    bad: str
    good: str
    source: str
    before: str = ""

    @property
    def manner(self) -> str:
        """How bad it is, and what it does to a change."""
        return f"{self.rule.severity}; {_DOORS[self.rule.door]}"

    def text(self) -> str:
        """The page for a terminal."""
        parts = [f"What:  {_fill(self.what, 7)}", f"Why:   {_fill(self.why, 7)}", *map(_fill, self.more)]
        zones = [f"{title}:\n\n{textwrap.indent(zone, '    ')}" for title, zone in self.zones]
        headline = self.headline[:1].upper() + self.headline[1:]
        return "\n\n".join([f"{self.rule.id} ({self.manner})", headline, *parts, *zones, f"Source: {self.source}"])

    @property
    def zones(self) -> tuple[tuple[str, str], ...]:
        """The zones with their titles."""
        before = (("Before", self.before),) if self.before else ()
        return *before, ("Bad zone", self.bad), ("Good zone", self.good)


def page(name: str) -> Page:
    """The page of the rule *name*. Raises: KeyError; ValueError for a docstring that lacks a part"""
    rule = load(name)
    headline, *paragraphs = (sys.modules[rule.judge.__module__].__doc__ or "").strip().split("\n\n")
    return _parsed(rule, headline.partition(": ")[2], paragraphs)


def whole(zone: str) -> str:
    """A zone of a page as a file that can be read."""
    return (zone if " SOA " in zone else HEAD + zone) + "\n"


def _parsed(rule: Rule, headline: str, paragraphs: list[str]) -> Page:
    parts: dict[str, str] = {}
    more: list[str] = []
    title = ""
    for paragraph in paragraphs:
        found = _PART.match(paragraph)
        if found:
            title = found[1]
            parts[title] = _flat(paragraph[found.end() :])
        elif title in _ZONES and paragraph.startswith("    "):
            parts[title] = "\n\n".join(filter(None, [parts[title], textwrap.dedent(paragraph)]))
        else:
            more.append(_flat(paragraph))
    missing = [part for part in ("What", "Why", "Bad zone", "Good zone", "Source") if not parts.get(part)]
    if missing or not headline:
        raise ValueError(f"the docstring of {rule.id} lacks {', '.join(missing) or 'a headline'}")
    zones = parts["Bad zone"], parts["Good zone"]
    return Page(
        rule, headline, parts["What"], parts["Why"], tuple(more), *zones, parts["Source"], parts.get("Before", "")
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _fill(text: str, indent: int = 0) -> str:
    width = 118 - indent
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
