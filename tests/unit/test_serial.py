from datetime import date

import pytest

from truename.serial import is_dated, is_newer, raised

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1, 2),
        (2026112501, 2026112600),
        (2026112600, 2026112601),
        (2026112699, 2026112700),  # the hundredth change of a day runs into the next
        (2026112700, 2026112701),  # and counts on from there
        (2026139901, 2026139902),  # no date
        (2031010101, 2031010102),  # a date that is far off is a number
        (2**32 - 1, 1),
        (0, 1),
    ],
)
def test_what_comes_next(before: int, after: int) -> None:
    assert raised(before, TODAY) == after
    assert is_newer(after, before)


def test_newer_is_a_matter_of_half_the_circle() -> None:
    assert is_newer(5, 2**32 - 5)
    assert not is_newer(2**32 - 5, 5)
    assert not is_newer(7, 7)
    assert not is_newer(2**31, 0)  # undefined in RFC 1982: no secondary is relied on to fetch it


def test_a_date_is_one_of_the_calendar() -> None:
    assert is_dated(2026112601, TODAY)
    assert not is_dated(2026023101, TODAY)
    assert not is_dated(20261126, TODAY)
