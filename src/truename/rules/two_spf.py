"""two-spf: a name with two SPF records.

What:  Two TXT records of one name begin with `v=spf1`.

Why:   A receiver of mail that finds two ends with a permanent error and takes neither: mail of the domain counts as
       unproven, often only after a provider asked for "one more record".

Bad zone:

    @  TXT  "v=spf1 mx -all"
    @  TXT  "v=spf1 include:_spf.example.net -all"  ; <-

Good zone:

    @  TXT  "v=spf1 mx include:_spf.example.net -all"
    @  TXT  "some-verification=1"

Source: RFC 7208 3.2, 4.5
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        first = f" and {fact.other[2]}{place(fact.other)}" if fact.other else ""
        yield context.data(
            fact,
            f"{fact.owner} has two SPF records: {fact.data}{first}; receivers take neither",
            'make one of them: `"v=spf1 ... ... -all"` with the mechanisms of both',
        )


RULE = Rule("two-spf", "warning", "shows", ("two-spf",), judge)
