"""Which days are held out."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.runtime.errors import InputError
from sample_data.held_out import held_out_days


@dataclass
class Stored:
    """A run of whose days only the numbers are looked at."""

    days: range
    folder: Path = Path("run")


def test_starts_are_thirty_days_apart_and_keep_their_reference() -> None:
    assert held_out_days(Stored(range(46)), 10, 10) == [0, 30]
    assert held_out_days(Stored(range(46)), 1, 10) == [0]
    with pytest.raises(InputError, match="a start needs 60 days of reference"):
        held_out_days(Stored(range(46)), 1, 60)


def test_a_long_run_is_held_out_from_the_day_on_which_it_has_forgotten_its_beginning() -> None:
    assert held_out_days(Stored(range(550)), 10, 30) == list(range(240, 511, 30))


def test_ten_long_rollouts_move_closer_to_fit_into_the_run() -> None:
    days = held_out_days(Stored(range(550)), 10, 60)
    assert len(days) == 10
    assert days[0] == 240
    assert days[-1] + 60 <= 549


def test_starts_never_come_closer_than_twenty_days() -> None:
    days = held_out_days(Stored(range(400)), 10, 60)
    assert days == [240, 260, 280, 300, 320]
