"""The time left, by a clock of the test's own."""

import pytest

from app.jobs.time_left import Pace

DAYS = 30


def _forecast(seconds: list[float], begins: float = 40.0, first: int = 0) -> tuple[Pace, float]:
    """Return the pace of a forecast whose days take `seconds`, after so many seconds of preparations, and the time then."""
    pace, now = Pace(), 1000.0
    pace.add(0.0, now)
    now += begins
    pace.add(first / DAYS, now)
    for day, taken in enumerate(seconds, start=first + 1):
        now += taken
        pace.add(day / DAYS, now)
    return pace, now


def test_nothing_is_said_before_the_first_day() -> None:
    pace, now = _forecast([])
    assert pace.seconds_left(now + 5) is None


def test_preparations_and_the_slow_first_day_count_for_nothing_after_two_days() -> None:
    pace, now = _forecast([9.0, 3.0])
    assert pace.seconds_left(now) == pytest.approx(28 * 3.0)
    assert pace.seconds_left(now + 2.0) == pytest.approx(28 * 3.0 - 2.0)


def test_a_continued_forecast_does_not_count_the_days_it_found() -> None:
    pace, now = _forecast([3.0, 3.0], first=20)
    assert pace.seconds_left(now) == pytest.approx(8 * 3.0)


def test_the_pace_is_that_of_the_latest_days() -> None:
    pace, now = _forecast([1.0] * 10 + [4.0] * 5)
    assert pace.seconds_left(now) == pytest.approx(15 * 4.0)


def test_days_with_a_restart_state_are_spread_over_those_without() -> None:
    pace, now = _forecast([3.0, 3.0, 3.0, 3.0, 5.0] * 3)
    assert pace.seconds_left(now) == pytest.approx(15 * 3.4)


def test_a_day_that_takes_longer_than_those_before_makes_the_rest_longer() -> None:
    pace, now = _forecast([2.0] * 10)
    assert pace.seconds_left(now + 8.0) == pytest.approx(20 * 8.0 - 2.0)


@pytest.mark.parametrize("slow", [0.5, 2.0, 8.0])
def test_after_a_quick_first_part_the_pace_of_the_second_is_told(slow: float) -> None:
    pace, now = _forecast([0.1] * 10 + [slow, slow, slow, slow, slow])
    assert pace.seconds_left(now) == pytest.approx(15 * slow)


@pytest.mark.parametrize("share", [0.3, 1.0, 3.0])
def test_two_days_are_enough_to_be_right_within_a_factor_of_two(share: float) -> None:
    days = [3.0 * share * (1.4 if day % 5 == 0 else 1.0) for day in range(2, DAYS + 1)]
    pace, now = _forecast([9.0 * share, *days[:1]], begins=60 * share)
    left = pace.seconds_left(now)
    assert left is not None and sum(days[1:]) / 2 < left < 2 * sum(days[1:])
