"""data-below-cut: a new delegation or zone hides records that were answered so far.

What:  A change delegates a name, or makes a zone of it, and the zone above goes on holding records at that name or
       below it, which nobody is answered with any more. Addresses of the name servers that are named are glue and
       meant to be there; so is what the new zone holds as well. Only changes have this finding, never a zone: for the
       bad one here `record add example.com sub NS ns.example.net.` has it.

Why:   Questions for these names are sent to the servers of the delegated zone, and end there as names that do not
       exist until somebody has told those servers of them.

Bad zone:

    sub      NS  ns.example.net.
    host.sub A   192.0.2.80

Good zone:

    sub      NS  ns.sub
    ns.sub   A   192.0.2.54
    host     A   192.0.2.80

Source: RFC 1034 4.2.1; RFC 2136 7.18
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule

SHOWN = 3  # RRsets that are named


def judge(_: Sequence[Fact], __: Context) -> Iterator[Finding]:
    """What stands in a zone below a cut may be there on purpose; that it goes is seen at the change alone."""
    return iter(())


def of_cut(zone: str, cut: str, hidden: Sequence[tuple[str, str]], *, is_zone: bool) -> Finding:
    """That *hidden* (owner, type) of *zone* are answered no more because of *cut*, a new zone or a delegation."""
    named = ", ".join(f"{owner} {rtype}" for owner, rtype in hidden[:SHOWN])
    more = f" and {len(hidden) - SHOWN} more" if len(hidden) > SHOWN else ""
    what = "new zone" if is_zone else "delegation of"
    message = f"the {what} {cut} hides {named}{more}, which {'is' if len(hidden) == 1 else 'are'} answered so far"
    hint = f"let the zone {cut} have them before, or delete them here if nobody needs them"
    return Finding(RULE.id, RULE.severity, zone, cut, "NS", "", "", 0, 0, message, hint, False, [])


RULE = Rule("data-below-cut", "warning", "asks", (), judge)
