"""Training data of the heads of waves and biogeochemistry: the days that series have stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.models.forecaster import Forecaster
from engine.models.heads.daily import DayHead, FieldTransform, HeadConditions
from engine.physics.climatology import mean_sea_level
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid, coarsened
from engine.schema.head_grids import half_degree
from engine.sources import DaySeries, day_name
from engine.training.heads.daily import DAYS_APART, SEQUENCE_DAYS, DayObjective, DaySamples, HeadDays, first_days, sequence
from engine.training.heads.features import FeatureStore
from engine.training.heads.relaxation import fit_relaxation
from engine.training.heads.task import HeadTask
from engine.training.heads.training import HeadPlan
from engine.weights.head_loading import MAKERS, card_of, shape_of

PLAN = HeadPlan(steps=800, rate=1e-3, batch=1)


@dataclass(frozen=True)
class HeadDataset:
    """The data of one head: `grid` is its global grid; `option` makes `goms sample build` compute its days."""

    name: str
    label: str
    option: str
    grid: Callable[[], Grid]
    plan: HeadPlan = PLAN


WAVES = HeadDataset("waves", "Significant wave height", "--waves", half_degree)
BIOGEOCHEMISTRY = HeadDataset("biogeochemistry", "Biogeochemistry", "--biogeochemistry", lambda: coarsened(4))
DATASETS = (WAVES, BIOGEOCHEMISTRY)


class SeriesDays:
    """The days of one series in the form of a head's transform, on the head's grid."""

    def __init__(self, dataset: HeadDataset, transform: FieldTransform, series: DaySeries) -> None:
        self._series = series.on_grid(dataset.grid())
        self._dataset, self._transform = dataset, transform

    def fields(self, time: np.datetime64) -> np.ndarray:
        """Return the head's fields (c, h, w) of a day; raises InputError where the series does not have them."""
        batch = self._series.head_fields(self._dataset.name, time)
        if batch is None:
            raise InputError(
                f"{self._series.name} has no {self._dataset.name} of {day_name(self._series, time)}; choose a stored day, or "
                f"build more with `goms sample build {self._dataset.option}`"
            )
        return np.stack([batch[name] for name in self._transform.names])

    def drivers(self, time: np.datetime64) -> np.ndarray:
        """Return the planes (f, h, w) of weather, and of the sea surface where the transform reads it."""
        series, grid = self._series, self._series.grid
        fields = dict(series.forcing(time).fields)
        if self._transform.reads_ocean:
            sea_level = series.sea_level(time)
            assert sea_level is not None
            fields["surface_temperature"] = series.surface_temperature(time)
            fields["sea_level_anomaly"] = sea_level - mean_sea_level(grid)
        return self._transform.drivers(HeadConditions(time, grid.lat, fields))


def task(
    dataset: HeadDataset,
    model: Forecaster,
    features: FeatureStore,
    series: Sequence[DaySeries],
    progress: Progress = no_progress,
) -> HeadTask:
    """Return what the training of a head on days of `series` needs; raises InputError where they hold no days for it."""
    held = stretches(dataset, series)
    if not held:
        raise InputError(
            f"no stored days of {dataset.name} to learn from in {len(series)} series; expected {SEQUENCE_DAYS + 1} days on end "
            f"among those to learn from: build them with `goms sample build --days 330 --seed 2 {dataset.option}`"
        )
    torch.manual_seed(0)
    head = MAKERS[dataset.name](shape_of(model), None)
    days: dict[str, HeadDays] = {each.name: SeriesDays(dataset, head.transform, each) for each, _ in held}
    samples = DaySamples([(each.name, first) for each, firsts in held for first in firsts], days, features)
    for each, firsts in held:
        features.fill(each, [time for first in firsts for time in sequence(first)[1:]], model, progress)
    head.adopt(samples.statistics(head.transform))
    data = {
        "days": {each.name: [day_name(each, firsts[0]), day_name(each, sequence(firsts[-1])[-1])] for each, firsts in held},
        "days_apart": DAYS_APART,
        "days_run_through": SEQUENCE_DAYS,
    }
    card = card_of(dataset.name, head, model)

    def finish(trained: nn.Module, progress: Progress) -> dict[str, Any]:
        assert isinstance(trained, DayHead)
        if trained.annual_cycle is None:
            return {}
        runs = [(each, days[each.name], firsts) for each, firsts in held]
        return {"return_in_a_day": fit_relaxation(trained, model, runs, progress)}

    return HeadTask(head, samples, DayObjective(head.grid), dataset.plan, card, data, dataset.label, "persistence", finish)


def stretches(dataset: HeadDataset, series: Sequence[DaySeries]) -> list[tuple[DaySeries, list[np.datetime64]]]:
    """Return the series that have stored days of a head to learn from, each with the first days of its samples."""
    found = []
    for each in series:
        allowed = each.training_times()
        firsts = first_days(each.head_times(dataset.name), each.times()[0], allowed[0]) if allowed.size else []
        if firsts:
            found.append((each, firsts))
    return found
