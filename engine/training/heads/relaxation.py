"""Relaxation of a head to the climatology in long forecasts: the annual cycle fitted to runs, the rates to forecasts."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch

from engine.forecasting.head_rollout import Averaging
from engine.forecasting.rollout import rollout
from engine.models.evolution.season import HARMONICS, basis
from engine.models.forecaster import Forecaster
from engine.models.heads.daily import DayHead, FieldTransform
from engine.runtime.progress import Progress, no_progress
from engine.sources import DaySeries, initial_state
from engine.training.heads.daily import HeadDays

FORECAST_DAYS = 30
PARTS = (0.1, 0.35, 0.6, 0.85)
"""Where in a run its forecasts start, as shares of its days: a season apart, since predictability differs; set by hand."""

RATES = (0.0, 0.01, 0.015, 0.02, 0.03, 0.04, 0.055, 0.07)
"""Shares of the anomaly that one day removes, of which the best is chosen; the candidates are set by hand."""


def fitted_annual_cycle(runs: Sequence[tuple[HeadDays, Sequence[np.datetime64]]], transform: FieldTransform) -> np.ndarray:
    """Return harmonics (5, c, h, w) of the numbers of `transform.changing`, by least squares over some days of runs."""
    square, product = np.zeros((HARMONICS, HARMONICS)), None
    for run, days in runs:
        for day in days:
            terms = basis(day).numpy().astype(np.float64)
            fields = torch.from_numpy(run.fields(day))[[transform.names.index(name) for name in transform.changing]]
            numbers = np.nan_to_num(transform.numbers(fields).numpy().astype(np.float64))
            square += np.outer(terms, terms)
            added = terms[:, None, None, None] * numbers
            product = added if product is None else product + added
    assert product is not None
    return np.tensordot(np.linalg.inv(square), product, axes=1).astype(np.float32)


@dataclass(frozen=True)
class ForecastTrace:
    """The days of a forecast in the form that the head reads: `times` (k,), `drivers` (k, f, h, w) and `features` (k - 1, d,
    rows, columns).

    `truth` (k, c, h, w) are the head's fields of the series on those days.
    """

    times: Sequence[np.datetime64]
    drivers: torch.Tensor
    features: torch.Tensor
    truth: torch.Tensor


def trace(head: DayHead, model: Forecaster, series: DaySeries, days: HeadDays, time: np.datetime64) -> ForecastTrace:
    """Return a forecast of the ocean by `model` from a day of a series, in the form that the head reads."""
    source = series.on_grid(model.grid)
    ocean = initial_state(source, time)
    averaging = Averaging(ocean.grid, head.grid, head.transform.reads_ocean)
    drivers, features, times = [head.transform.drivers(averaging(source.forcing(time), ocean))], [], [time]
    for step in rollout(model, ocean, source.forcing, FORECAST_DAYS):
        assert step.features is not None
        times.append(step.batch.time)
        drivers.append(head.transform.drivers(averaging(source.forcing(step.batch.time), step.batch)))
        features.append(step.features.float().cpu())
    truth = np.stack([days.fields(time + np.timedelta64(lead, "D")) for lead in range(FORECAST_DAYS + 1)])
    return ForecastTrace(times, torch.from_numpy(np.stack(drivers)), torch.stack(features), torch.from_numpy(truth))


def errors(head: DayHead, forecast: ForecastTrace) -> torch.Tensor:
    """Return mean square errors (k - 1, c) of the numbers of `changing` by lead, by area."""
    changing = [head.transform.names.index(name) for name in head.transform.changing]
    area = torch.from_numpy(head.grid.cell_area).float()
    fields, found = forecast.truth[:1], []
    for lead in range(1, len(forecast.times)):
        around = forecast.drivers[lead - 1 : lead], forecast.drivers[lead : lead + 1]
        with torch.inference_mode():
            moved = head(fields, *around, forecast.features[lead - 1 : lead], torch.isfinite(forecast.truth[lead : lead + 1, :1]))
            fields = head.relaxed(moved, forecast.times[lead])
        target = forecast.truth[lead, changing]
        known = torch.isfinite(target) & torch.isfinite(fields[0, changing])
        ours, theirs = (head.transform.numbers(torch.where(known, each, 1.0)) for each in (fields[0, changing], target))
        weights = torch.where(known, area, 0.0)
        found.append(((ours - theirs).square() * weights).sum(dim=(1, 2)) / weights.sum(dim=(1, 2)))
    return torch.stack(found)


def fitted_rates(
    head: DayHead, forecasts: Sequence[tuple[ForecastTrace, np.ndarray]], progress: Progress = no_progress
) -> torch.Tensor:
    """Return the rates (c, 1, 1) with the least mean square error over the days of forecasts.

    Each forecast comes with an annual cycle of other runs: one fitted to its own days would give too high rates.
    """
    assert head.annual_cycle is not None
    tried = deepcopy(head).cpu().eval()
    assert tried.annual_cycle is not None
    totals = []
    for number, rate in enumerate(RATES):
        tried.annual_cycle.rates.fill_(rate)
        total = torch.zeros(FORECAST_DAYS, len(head.transform.changing))
        for forecast, year in forecasts:
            tried.annual_cycle.adopt(year)
            total += errors(tried, forecast)
        totals.append(total.sum(dim=0))
        progress((number + 1) / len(RATES), f"relaxation rate {rate:g}")
    return torch.tensor(RATES)[torch.stack(totals).argmin(dim=0)].view(-1, 1, 1)


def fit_relaxation(
    head: DayHead,
    model: Forecaster,
    runs: Sequence[tuple[DaySeries, HeadDays, Sequence[np.datetime64]]],
    progress: Progress = no_progress,
) -> dict[str, float]:
    """Give a trained head the annual cycle of `runs` and rates fitted to forecasts in each; return the rates by name.

    Each run comes with its days and the first days of its samples. A single run gives an annual cycle and no rates, since these
    need another run.
    """
    assert head.annual_cycle is not None
    forecasts = []
    for run, days, first_days in runs:
        others = [(each, firsts) for other, each, firsts in runs if other is not run]
        for part in PARTS if others else ():
            first = first_days[int(part * (len(first_days) - 1))]
            forecasts.append((trace(head, model, run, days, first), fitted_annual_cycle(others, head.transform)))
    head.annual_cycle.adopt(fitted_annual_cycle([(days, firsts) for _, days, firsts in runs], head.transform))
    if forecasts:
        head.annual_cycle.rates.copy_(fitted_rates(head, forecasts, progress))
    return {
        name: round(float(rate), 4) for name, rate in zip(head.transform.changing, head.annual_cycle.rates.flatten(), strict=True)
    }
