"""The split by date: periods, gaps, and that no day of validation or test reaches a batch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.models.layers.window import Window
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.training.data import TrainingData
from engine.training.days.runs import DayReader, Run
from engine.training.days.split import Period, Split
from engine.training.days.stored import StoredDays
from engine.training.plans import Phase
from engine.training.trainer import Trainer
from tests.engine.models.tiny import LINEAR, tiny_grid
from tests.engine.tiny_stores import START, Change, as_is, write_analysis
from tests.engine.tiny_training import PLAN, tiny_settings

LONGEST = PLAN.longest
DAYS, MISSING = 34, 4


def _period(first: int, last: int) -> Period:
    return Period(START + first * DAY, START + last * DAY)


SPLIT = Split((_period(0, 11), _period(15, 24)), (_period(25, 29),), (_period(12, 14), _period(32, 40)))
"""A test period lies between two for training, another goes beyond the data."""

LEARNED, VALIDATED = {*range(4), *range(5, 10), *range(17, 23)}, set(range(25, 30))
"""Days of the parts, two days apart, without the missing one."""


def test_the_published_years_are_a_split_and_are_kept_apart_by_the_longest_rollout() -> None:
    texts = ["2000-01-01:2010-12-31"], ["2011-01-01:2011-12-31"], ["2012-01-01:2012-12-31"]
    split = Split.parse(*texts)
    assert split is not None
    assert Split.from_dict(split.to_dict()) == split and list(split.to_dict().values()) == list(texts)
    apart = split.with_gaps(5)
    assert list(map(str, apart.train)) == ["2000-01-01:2010-12-26"]
    assert list(map(str, apart.validation)) == ["2011-01-01:2011-12-26"]
    assert apart.test == split.test and apart.with_gaps(5) == apart
    later = replace(split, train=split.test, test=split.train).with_gaps(5)
    assert list(map(str, later.train)) == ["2012-01-06:2012-12-31"]
    assert list(map(str, later.validation)) == ["2011-01-06:2011-12-31"]
    assert Split.parse([], [], []) is None


@pytest.mark.parametrize(
    ("train", "test", "words"),
    [
        (["2000-01-01:2010-12-31"], ["2010-06-01:2011-06-01"], "share days"),
        ([], ["2012-01-01:2012-12-31"], "no period for training"),
        (["2000-01-01"], [], "expected two dates"),
        (["2010-01-01:2000-01-01"], [], "ends before it begins"),
    ],
)
def test_a_split_that_is_none_is_refused(train: list[str], test: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Split.parse(train, [], test)


def test_a_period_that_the_gaps_leave_nothing_of_is_refused() -> None:
    with pytest.raises(InputError, match="has no day that is 5 days, the longest rollout, from other parts"):
        Split((_period(0, 3),), (), (_period(4, 9),)).with_gaps(5)


def test_a_period_without_a_day_of_the_data_is_refused(tmp_path: Path) -> None:
    runs = StoredDays(write_analysis(tmp_path / "days", 4)).runs()
    with pytest.raises(InputError, match=r"no day of the data lies in --train .* they hold 2019-02-23 to 2019-02-26"):
        TrainingData.of(tiny_grid(), runs, LONGEST, Split((_period(50, 60),)))


class _Recorder:
    """Reads days of another reader and remembers which."""

    def __init__(self, reader: DayReader) -> None:
        self.reader, self.name, self.shape = reader, reader.name, reader.shape
        self.read_days: set[np.datetime64] = set()

    def read(self, day: np.datetime64, channels: slice, window: Window, reach: int) -> torch.Tensor:
        self.read_days.add(day)
        return self.reader.read(day, channels, window, reach)


def _trained(folder: Path, change: Change) -> tuple[Trainer, set[int], set[int]]:
    """Return a training by `SPLIT` on a store with a gap, and the days that training and validation read."""
    (first, second) = StoredDays(write_analysis(folder / "days", DAYS, change, gap=MISSING)).runs()
    learned, validated = (_Recorder(first.reader) for _ in range(2))
    runs = [Run(learned, run.first, run.contents) for run in (first, second)]
    data = TrainingData.of(tiny_grid(), runs, LONGEST, SPLIT)
    data = replace(data, validation=tuple(replace(run, reader=validated) for run in data.validation))
    plan = replace(PLAN, phases=(Phase(12, 1, 2e-3), Phase(8, 2, 1e-3)), validate_every=10)
    trainer = Trainer(LINEAR, data, folder / "state", tiny_settings(plan))
    trainer.run()
    numbers = [{int((day - START) / DAY) for day in reader.read_days} for reader in (learned, validated)]
    return trainer, *numbers


def test_no_day_of_validation_or_test_reaches_training(tmp_path: Path) -> None:
    trainer, learned, validated = _trained(tmp_path / "plain", as_is)
    assert learned == LEARNED and validated == VALIDATED

    def marked(day: int, state: Batch) -> Batch:
        """Every field of the days of the test, and of those left out as gaps, is far from all others."""
        if day in LEARNED | VALIDATED:
            return state
        fields = {name: np.where(np.isfinite(values), 4.5, np.nan).astype(np.float32) for name, values in state.fields.items()}
        return Batch(fields, state.grid, state.time)

    again, _, _ = _trained(tmp_path / "marked", marked)
    assert [record.loss for record in again.history] == [record.loss for record in trainer.history]
    assert [record.validation for record in again.history] == [record.validation for record in trainer.history]
    assert np.array_equal(again.statistics.normalisation.mean, trainer.statistics.normalisation.mean)
