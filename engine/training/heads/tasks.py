"""What the heads of waves and biogeochemistry learn from: the days that runs of the sample ocean have stored of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.models.forecaster import Forecaster
from engine.models.heads.daily import DayHead, FieldTransform, HeadConditions
from engine.physics.climatology import mean_sea_level
from engine.runtime.errors import InputError
from engine.runtime.paths import runs_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.head_grids import half_degree
from engine.schema.sample_calendar import sample_date
from engine.training.heads.daily import DAYS_APART, SEQUENCE_DAYS, DayObjective, DaySamples, RunDays, first_days
from engine.training.heads.features import FeatureStore
from engine.training.heads.relaxation import teach_return
from engine.training.heads.run import Lesson
from engine.training.heads.training import HeadPlan
from engine.training.run import FIRST_DAY, HELD_OUT_SEED
from engine.weights.head_loading import MAKERS, card_of, shape_of
from sample_data.runs.day_archive import DayArchive
from sample_data.runs.run import Run
from sample_data.source import SampleSource

PLAN = HeadPlan(steps=800, rate=1e-3, batch=1)


@dataclass(frozen=True)
class Subject:
    """One of the heads: `grid` is the global one of its cells, `read` gives its fields of a day of a run.

    Runs keep its days in a folder of its `name`; `option` is what has `goms sample build` make them.
    """

    name: str
    label: str
    option: str
    grid: Callable[[], Grid]
    read: Callable[[SampleSource, np.datetime64], Batch]
    plan: HeadPlan = PLAN


WAVES = Subject("waves", "Significant wave height", "--waves", half_degree, SampleSource.waves)
BIOGEOCHEMISTRY = Subject(
    "biogeochemistry", "Biogeochemistry", "--biogeochemistry", lambda: coarsened(4), SampleSource.biogeochemistry
)


class SampleDays:
    """The days of one run as a head's transform reads them, on the head's grid."""

    def __init__(self, subject: Subject, transform: FieldTransform, run: Run) -> None:
        self._source = SampleSource(folder=run.folder, grid=subject.grid())
        self._read, self._transform = subject.read, transform

    def fields(self, day: int) -> np.ndarray:
        """Return the head's fields (c, h, w) of a sample day."""
        batch = self._read(self._source, sample_date(day))
        return np.stack([batch[name] for name in self._transform.names])

    def drivers(self, day: int) -> np.ndarray:
        """Return the planes (f, h, w) of weather, and of the sea surface where the transform reads it."""
        time, grid = sample_date(day), self._source.grid
        fields = dict(self._source.forcing(time).fields)
        if self._transform.reads_ocean:
            sea_level = self._source.sea_level(time)
            assert sea_level is not None
            fields["surface_temperature"] = self._source.surface_temperature(time)
            fields["sea_level_anomaly"] = sea_level - mean_sea_level(grid)
        return self._transform.drivers(HeadConditions(time, grid.lat, fields))


def lesson(subject: Subject, model: Forecaster, features: FeatureStore, progress: Progress = no_progress) -> Lesson:
    """Return a head's lesson from the user's runs but the held-out one; raises InputError where they hold no days for it."""
    held = training_runs(subject)
    if not held:
        raise InputError(
            f"no stored days of {subject.name} to learn from in {runs_folder()}; expected {SEQUENCE_DAYS + 1} days on end after "
            f"day {FIRST_DAY} in a run of another seed than {HELD_OUT_SEED}: build them with `goms sample build --days 330 "
            f"--seed 2 {subject.option}`"
        )
    torch.manual_seed(0)
    head = MAKERS[subject.name](shape_of(model), None)
    runs: dict[int, RunDays] = {run.seed: SampleDays(subject, head.transform, run) for run, _ in held}
    samples = DaySamples([(run.seed, day) for run, days in held for day in days], runs, features)
    for run, days in held:
        features.fill(run, [first + later for first in days for later in range(1, SEQUENCE_DAYS + 1)], model, progress)
    head.adopt(samples.statistics(head.transform))
    data = {
        "days": {f"seed {run.seed}": [days[0], days[-1] + SEQUENCE_DAYS] for run, days in held},
        "days_apart": DAYS_APART,
        "days_run_through": SEQUENCE_DAYS,
    }
    card = card_of(subject.name, head, model)

    def finish(trained: nn.Module, progress: Progress) -> dict[str, Any]:
        assert isinstance(trained, DayHead)
        if trained.annual_cycle is None:
            return {}
        return {"return_in_a_day": teach_return(trained, model, [(run, runs[run.seed], days) for run, days in held], progress)}

    return Lesson(head, samples, DayObjective(head.grid), subject.plan, card, data, subject.label, "persistence", finish)


def training_runs(subject: Subject) -> list[tuple[Run, list[int]]]:
    """Return the runs to learn from, each with the first days of its samples; a run's own days must be stored, too."""
    runs = [Run.open(folder) for folder in sorted(runs_folder().glob("seed-*"))]
    held = [(run, first_days(_stored(subject, run), FIRST_DAY)) for run in runs if run.seed != HELD_OUT_SEED]
    return [(run, days) for run, days in held if days]


def _stored(subject: Subject, run: Run) -> list[int]:
    archive = DayArchive(run.folder / subject.name, subject.grid().wet_surface, {})
    return [day for day in archive.days if day in run.days]
