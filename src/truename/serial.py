"""Serial numbers of zones: which is newer, and what comes next (RFC 1982, RFC 1912 2.2).

Two habits are met in zones and kept: a plain number that counts versions, and a date with two digits for the version
of that day (2026112601). Which one a zone has is seen in the number itself.
"""

from datetime import UTC, date, datetime

WRAP = 2**32
HALF = 2**31


def is_newer(serial: int, than: int) -> bool:
    """Whether a secondary that has *than* would fetch *serial* (RFC 1982 3.2)."""
    return 0 < (serial - than) % WRAP < HALF


def is_dated(serial: int, today: date) -> bool:
    """Whether *serial* reads as YYYYMMDDnn of a day that has been, or is tomorrow somewhere on earth."""
    text = str(serial)
    if len(text) != 10:
        return False
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return day.year >= 1990 and (day - today).days <= 1


def raised(serial: int, today: date | None = None) -> int:
    """The serial behind *serial* in the habit that it shows; never one that a secondary would take for older.

    A dated one becomes the first of today (UTC), or the next when there was one today. 0 is left out: some software
    takes it for none.
    """
    today = today or datetime.now(UTC).date()
    first_of_today = int(today.strftime("%Y%m%d")) * 100
    if is_dated(serial, today) and is_newer(first_of_today, serial):
        return first_of_today
    return (serial + 1) % WRAP or 1
