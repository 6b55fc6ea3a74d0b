"""Scores of the heads of waves and biogeochemistry in forecasts from held-out starts, beside their baselines.

Root mean square errors and biases by area over cells that are known on the first day and in the target: wave height in metres,
also by degree of the Douglas scale, beside persistence and a regression on the wind of both days that is fitted to the training
runs, or the shipped one where there are none; biogeochemistry in log10 (0.1 is a factor of 1.26), beside persistence and the mean
of those runs around the same day of the year. The ocean is forecast, not taken from the reference.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from engine.diagnostics.douglas_scale import DOUGLAS
from engine.forecasting.head_rollout import HeadRollout, with_heads
from engine.forecasting.rollout import rollout
from engine.models.forecaster import Forecaster
from engine.models.heads.daily import DayHead, FieldTransform
from engine.physics.climatology import day_of_year
from engine.physics.wind_regression import WindRegression, Winds, fit_wind_regression, shipped_regression
from engine.runtime.progress import Progress, no_progress
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.sources import DaySeries, HeldOut, day_name, initial_state
from engine.training.heads.datasets import BIOGEOCHEMISTRY, DATASETS, WAVES, HeadDataset, SeriesDays, stretches
from engine.weights.head_loading import load_day_head

HEADS = {dataset.name: dataset for dataset in DATASETS}
FIT_DAYS = 60
AROUND = 7
"""Days before and after a day of the year that count for its mean; set by hand."""

Guess = Callable[[np.datetime64], np.ndarray]
"""Gives the fields (c, h, w) of a day independent of the start."""
Stretch = tuple[SeriesDays, list[np.datetime64]]
"""Days of a series and the first ones of its samples."""
Scores = dict[str, dict[int, dict[str, list[tuple[float, float]]]]]
"""By field, lead and method: mean square and mean of the error, one pair a start."""


def day_head_skill(
    name: str, model: Forecaster, held_out: HeldOut, starts: int = 4, days: int = 30, progress: Progress = no_progress
) -> dict[str, Any]:
    """Return scores of head `name` of `model` from held-out starts: a row for each field, lead and method.

    Raises ModelError where the head has no weights, InputError where the held-out days are too few.
    """
    dataset = HEADS[name]
    head, provenance = load_day_head(name, model)
    source = held_out.source
    reference = SeriesDays(dataset, head.transform, source)
    guess = _baseline(dataset, head.transform, reference, held_out.training_series())
    scores: Scores = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    chosen = held_out.starts(starts, days)
    for number, start in enumerate(chosen):
        progress(number / len(chosen), f"{name} from {day_name(source, start)}")
        _measure(dataset, model, head, source, reference, start, days, scores, guess)
    rows = [
        {"field": field, "lead_days": lead, "method": method, **_mean_of(pairs)}
        for field, leads in scores.items()
        for lead, by in leads.items()
        for method, pairs in by.items()
        if pairs
    ]
    return {
        "head": name,
        "starts": [held_out.day(start) for start in chosen],
        "run": held_out.name,
        "weights_sha256": provenance["weights_sha256"],
        "rows": rows,
    }


def _mean_of(pairs: list[tuple[float, float]]) -> dict[str, float]:
    squares, means = zip(*pairs, strict=True)
    return {"rmse": float(np.sqrt(np.mean(squares))), "bias": float(np.mean(means))}


def _measure(
    dataset: HeadDataset,
    model: Forecaster,
    head: DayHead,
    source: DaySeries,
    reference: SeriesDays,
    time: np.datetime64,
    days: int,
    scores: Scores,
    guess: tuple[str, Guess] | None,
) -> None:
    """Add the scores of a forecast of `days` days from `time` to `scores`."""
    state, first = initial_state(source, time), reference.fields(time)
    initial = source.head_fields(dataset.name, time)
    assert initial is not None, "the reference has them"
    rolling = {dataset.name: HeadRollout(head, initial, state, source.forcing(time))}
    steps = rollout(model, state, source.forcing, days)
    for step, fields in with_heads(steps, rolling, source.forcing, source.open_water):
        day = time + np.timedelta64(step.lead, "D")
        guesses = {"head": np.stack([fields[dataset.name][name] for name in head.transform.names]), "persistence": first}
        if guess is not None:
            guesses[guess[0]] = guess[1](day)
        target = reference.fields(day)
        known = np.isfinite(first) & np.isfinite(target) & np.isfinite(guesses["head"])
        for method, values in guesses.items():
            error = _numbers(dataset, values, known) - _numbers(dataset, target, known)
            for field, name in enumerate(head.transform.names):
                places = {name: known[field]}
                if dataset is WAVES:
                    places |= {f"{state.name}, {state.low:g}-{state.high:g} m": state.holds(target[field]) for state in DOUGLAS}
                for label, place in places.items():
                    _add(scores[label][step.lead][method], error[field], place & known[field], head.grid)


def _add(pairs: list[tuple[float, float]], error: np.ndarray, place: np.ndarray, grid: Grid) -> None:
    """Append mean square and mean of an error (h, w) over a place (h, w), by area, where there is any of it."""
    if place.any():
        weight = grid.cell_area[place]
        pairs.append((float(np.average(error[place] ** 2, weights=weight)), float(np.average(error[place], weights=weight))))


def _numbers(dataset: HeadDataset, values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the numbers in which errors are measured: metres for waves, log10 for biogeochemistry; undefined elsewhere."""
    filled = np.where(known, values, 1.0)
    return filled if dataset is WAVES else np.log10(np.maximum(filled, 1e-4))


def _baseline(
    dataset: HeadDataset, transform: FieldTransform, reference: SeriesDays, training: Sequence[DaySeries]
) -> tuple[str, Guess] | None:
    """Return the name and the function of a baseline that is independent of the start; None where there is no such.

    Without training days the regression on the wind is the shipped one, and plankton has no baseline.
    """
    held = [(SeriesDays(dataset, transform, each), firsts) for each, firsts in stretches(dataset, training)]
    if dataset is BIOGEOCHEMISTRY:
        return ("climatology", partial(_mean_around, held)) if held else None
    regression = _wind_regression(held) if held else shipped_regression()
    lat = dataset.grid().lat
    return "wind", lambda day: regression(_winds(reference, day), lat)[None]


def _mean_around(held: list[Stretch], day: np.datetime64) -> np.ndarray:
    """Return the geometric mean (c, h, w) of stored days of the same time of the year; NaN everywhere where there are none."""
    target, found = day_of_year(day), []
    for days, stored in held:
        for each in stored:
            apart = abs(day_of_year(each) - target)
            if min(apart, 365 - apart) <= AROUND:
                found.append(np.log(np.maximum(days.fields(each), 1e-4)))
    return np.exp(np.mean(found, axis=0)) if found else np.full_like(held[0][0].fields(held[0][1][0]), np.nan)


def _wind_regression(held: list[Stretch]) -> WindRegression:
    """Return the regression fitted to the training days of the wave head."""
    after = [(days, first + DAY) for days, firsts in held for first in firsts]
    chosen = after[:: max(len(after) // FIT_DAYS, 1)]
    return fit_wind_regression(((_winds(days, day), days.fields(day)[0]) for days, day in chosen), WAVES.grid().lat)


def _winds(days: SeriesDays, day: np.datetime64) -> Winds:
    """Return the wind of a day and of the day before it."""
    return Winds(*days.drivers(day)[:2], *days.drivers(day - DAY)[:2])
