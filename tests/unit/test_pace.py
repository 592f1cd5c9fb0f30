"""How slow a client may be, without a clock."""

import pytest

from truename.serve.pace import GRACE, IDLE, RATE, Pace


def outcome(steps: list[tuple[float, int]]) -> float | None:
    """When a transfer with *steps* (seconds, octets so far) is given up."""
    pace = Pace(0.0)
    return next((now for now, octets in steps if pace.is_over(octets, now)), None)


def test_who_sends_nothing_is_given_up():
    assert outcome([(second, 0) for second in range(100)]) == IDLE + 1
    assert outcome([(second, min(second, 5) * 10**6) for second in range(100)]) == 5 + IDLE + 1


@pytest.mark.parametrize("every", [1, 5, IDLE])
def test_who_is_slow_and_steady_is_served(every: float):
    assert outcome([(every * turn, int(every * turn * RATE)) for turn in range(2000)]) is None


def test_who_drips_is_given_up():
    given_up = outcome([(second, second) for second in range(1000)])
    assert given_up is not None and GRACE < given_up < GRACE + 5


def test_what_is_our_fault_is_not_counted():
    pace = Pace(0.0)
    for second in range(1, 1000):
        pace.rest(1.0)
        assert not pace.is_over(0, float(second))
    assert not pace.is_over(0, 999.0 + IDLE) and pace.is_over(0, 1000.0 + IDLE)


def test_what_went_before_does_not_count():
    pace = Pace(0.0, octets=10**9)
    assert pace.is_over(10**9 + 1000, GRACE + 2)
