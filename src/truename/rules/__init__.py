"""What is wrong with a zone, and what to write instead.

    facts of the core ── base.check ── one file per rule ── findings ── report, fix, the doors of edits

The core says what is the case (`_core.World` of files, `Prepared` of a change, `Graph` of what is served: one engine,
one method `facts`); a rule says whether that is a fault, how bad, and in which words. A rule is a pure function of
facts and never walks aliases itself. The docstring of its file is its page: `check --explain` shows it, docs/rules.md
prints it, and its two zones are the rule's test.

This file holds the names only, so that settings can be checked without loading a rule.
"""

IDS = (
    "target-is-address",
    "target-malformed",
    "alias-at-apex",
    "alias-with-other-data",
    "multiple-aliases",
    "alias-loop",
    "mx-target-is-alias",
    "ns-target-is-alias",
    "srv-target-is-alias",
    "ptr-target-is-alias",
    "chain-too-long",
    "multiple-dnames",
    "dname-with-ns",
    "dname-with-children",
    "dname-overflow",
    "data-out-of-zone",
    "zone-malformed",
    "target-missing",
    "target-without-data",
    "glue-missing",
    "name-already-named",
    "data-below-cut",
    "zone-still-named",
    "signed-zone-edited",
    "alias-chain",
    "missing-trailing-dot",
    "alias-below-cut",
    "alias-not-followed",
    "wildcard-captures",
    "soa-name-doubled",
    "ttls-differ",
    "host-name-characters",
    "two-spf",
    "dmarc-malformed",
    "policy-record-lost",
    "odd-owner",
    "ttl-zero",
    "shared-address",
    "unused-ignore",
)

# What no zone can hold: no setting lets it through the doors of edits.
ALWAYS = frozenset(
    {
        "alias-with-other-data",
        "multiple-aliases",
        "alias-at-apex",
        "multiple-dnames",
        "dname-with-ns",
        "data-out-of-zone",
    }
)


def near(word: str) -> str:
    """What to say of a rule that does not exist."""
    from difflib import get_close_matches

    found = get_close_matches(word, IDS, n=1)
    return f'did you mean "{found[0]}"?' if found else "docs/rules.md lists the rules, `check --explain RULE` shows one"
