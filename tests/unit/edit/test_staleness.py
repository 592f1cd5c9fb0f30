"""For how long caches may hold what an RRset said before it changed."""

import pytest

from truename.edit.change import ChangeSet, ZoneChange
from unit.edit.kept import COM, ME, Kept, put, take


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        (put("mail", "A", "192.0.2.99"), 300),
        (put("mail", "A", "192.0.2.25", ttl=60), 300),
        (take("shop", "CNAME"), 32600),
        (put("new", "A", "192.0.2.5"), 300),  # the SOA's MINIMUM
        (put("mail", "AAAA", "2001:db8::25"), 300),
        (put("x.w", "A", "192.0.2.5"), 77),  # in place of what the wildcard answered
        (put("x.v", "A", "192.0.2.5"), 78),
    ],
)
def test_each_change_says_for_how_long(kept: Kept, step, seconds: int) -> None:
    kept.edit(put("*.w", "A", "192.0.2.1", ttl=77), put("*.v", "CNAME", "mail", ttl=78))
    [change] = kept.look(step).changes
    assert change.stale_until_s == seconds


def test_nobody_remembers_a_zone_that_was_not_there(kept: Kept) -> None:
    plan = kept.door.plan(ChangeSet(zones=[ZoneChange("example.net.", is_new=True, text=COM.encode())]), ME)
    assert {change.stale_until_s for change in plan.changes} == {0}


def test_a_commit_does_not_ask(kept: Kept) -> None:
    [change] = kept.edit(put("mail", "A", "192.0.2.99")).changes
    assert change.stale_until_s is None
