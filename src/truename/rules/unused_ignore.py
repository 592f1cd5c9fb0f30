"""unused-ignore: a comment that silences a finding which is not there.

What:  A comment `; truename: ignore RULE -- why` stands beside a record about which that rule says nothing, or names
       a rule that does not exist.

Why:   The fault is mended, and the comment would silence the next one at the same place. Delete it.

A comment behind a record speaks of that record; one that has the line to itself speaks of the next record. Several
rules are parted by commas. The reason behind `--` is for whoever reads it next; nothing demands it.

Bad zone:

    www   CNAME  web     ; truename: ignore ttl-zero -- over ; <-
    web   A      192.0.2.1
    blog  CNAME  web     ; truename: ignore ttl-zerro -- over ; <-

Good zone:

    www  0  CNAME  web   ; truename: ignore ttl-zero -- it moves tonight
    ; truename: ignore target-missing -- made by the deployment
    shop    CNAME  later
    web     A      192.0.2.1

Source: the settings of docs/checking.md
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    """Nothing: what comments silence is seen when all rules have spoken (`comments`)."""
    yield from ()


RULE = Rule("unused-ignore", "warning", "shows", (), judge)
