"""name-already-named: a name that others name gets the records of one that is renamed.

What:  `alias rename` gives records a new name, at which nothing stands so far, and other records name it all the same.
       Only changes have this finding, never a zone: for the bad one here `alias rename web origin` has it.

Why:   These records led nowhere, or to what a wildcard made; from now on they lead to the host that was renamed. That
       may be just what was waited for, or somebody forgot them there when another host went: then they hand its mail,
       its passwords or its visitors to the wrong one.

Bad zone:

    web     A      192.0.2.80
    api     CNAME  origin

Good zone:

    web     A      192.0.2.80
    api     CNAME  web

Source: RFC 1034 3.6.2
"""

from collections.abc import Iterable, Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule

RECORDS = 100  # that are told


def judge(_: Sequence[Fact], __: Context) -> Iterator[Finding]:
    """Nothing that stands in a zone shows it."""
    return iter(())


def of_rename(old: str, new: str, naming: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    """One finding for each of *naming* (zone, owner, type), records that name *new* before *old* becomes it."""
    for zone, owner, rtype in naming:
        message = f"{owner} {rtype} names {new} already, and leads to what {old} holds from now on"
        hint = "choose a name that nobody names, or let these records name another one first"
        yield Finding(RULE.id, RULE.severity, zone, owner, rtype, new, "", 0, 0, message, hint, False, [])


RULE = Rule("name-already-named", "warning", "asks", (), judge)
