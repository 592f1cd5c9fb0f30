"""Zone text put before the rules, as `truename check` does it."""

from collections.abc import Sequence
from pathlib import Path

from truename._core import World
from truename.config import Check
from truename.rules import base
from truename.rules.base import Finding
from truename.rules.comments import Comments

HEAD = """$ORIGIN example.com.
$TTL 3600
@    SOA  ns1 hostmaster 1 7200 900 1209600 300
@    NS   ns1
ns1  A    192.0.2.53
"""
LINES_OF_HEAD = HEAD.count("\n")


def judged(
    files: Sequence[Path], *, rules: Sequence[str] | None = None, settings: Check | None = None
) -> list[Finding]:
    """The findings in *files*, which are one world."""
    world = World()
    reads = world.read([(str(file), None) for file in files])
    assert not any(read.error for read in reads)
    comments = Comments.read((file, read.origin) for read in reads for file in read.files)
    return base.check(world, rules=rules, settings=settings, comments=comments)


def marked(text: str) -> list[tuple[int, str]]:
    """(line, words behind the mark) of the lines that end with `; <- WORDS`."""
    parts = [(number, *line.partition("; <-")) for number, line in enumerate(text.splitlines(), 1)]
    return [(number, words.strip()) for number, _, mark, words in parts if mark]
