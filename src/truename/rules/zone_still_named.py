"""zone-still-named: a zone is deleted that records of other zones kept here lead into.

What:  After the change no zone is kept here that answers for a name which other zones name, and no delegation in a
       zone kept here says who does. Only changes have this finding, never a zone: `zone delete` has it.

Why:   Whoever follows these records is refused by the servers that were asked until now. Where the zone moved to other
       servers that is as it should be; where it was thought unused it is an outage.

Bad zone:

    www  CNAME  www.example.org.

Good zone:

    www  A      192.0.2.80

Source: RFC 1034 3.6.2
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule


def judge(_: Sequence[Fact], __: Context) -> Iterator[Finding]:
    """A zone that is not given may be anybody's."""
    return iter(())


def of_link(zone: str, owner: str, rtype: str, path: Sequence[str], deleted: str) -> Finding:
    """That *owner* of *zone* leads into *deleted* along *path*."""
    message = f"{owner} {rtype} leads to {path[-1]}, and {deleted} is deleted"
    hint = "let it name another one first; or accept it where other servers answer for the zone from now on"
    return Finding(RULE.id, RULE.severity, zone, owner, rtype, path[1], "", 0, 0, message, hint, False, list(path))


RULE = Rule("zone-still-named", "warning", "asks", (), judge)
