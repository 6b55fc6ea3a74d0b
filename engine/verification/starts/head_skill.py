"""What the heads of waves and biogeochemistry add to a forecast of the ocean from held-out starts, beside their baselines.

Root mean square errors and biases by area over the cells that neither the first day nor the target misses: wave height in
metres, also by degree of the Douglas scale, beside persistence and what a regression on the wind of both days gives, fitted to
the runs that the head has learned from; biogeochemistry in log10 (0.1 is a factor of 1.26), beside persistence and the mean of
those runs around the same day of the year. The ocean is forecast, not taken from the reference.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.diagnostics.douglas_scale import DOUGLAS
from engine.forecasting.head_rollout import HeadRollout, with_heads
from engine.forecasting.rollout import rollout
from engine.models.forecaster import Forecaster
from engine.models.heads.daily import DayHead, FieldTransform
from engine.models.heads.waves import WaveHeights
from engine.physics.climatology import day_of_year
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date
from engine.sources import initial_state
from engine.training.heads.tasks import BIOGEOCHEMISTRY, WAVES, SampleDays, Subject, training_runs
from engine.verification.wind_regression import WindRegression, Winds, fit_wind_regression
from engine.weights.head_loading import load_day_head
from sample_data.held_out import held_out_days, held_out_run
from sample_data.runs.run import Run
from sample_data.source import SampleSource

SUBJECTS = {subject.name: subject for subject in (WAVES, BIOGEOCHEMISTRY)}
FIT_DAYS = 60
AROUND = 7
"""Days before and after one of the year that count for its mean."""

Guess = Callable[[int], np.ndarray]
"""Gives the fields (c, h, w) of a sample day without knowing the start."""
Scores = dict[str, dict[int, dict[str, list[tuple[float, float]]]]]
"""By field, lead and method: mean square and mean of the error, one pair a start."""


def day_head_skill(
    name: str, model: Forecaster, folder: Path | None = None, starts: int = 4, days: int = 30, progress: Progress = no_progress
) -> dict[str, Any]:
    """Return scores of head `name` of `model` from held-out starts: a row for each field, lead and method.

    Raises ModelError where the head has no weights, InputError where the run is too short.
    """
    subject = SUBJECTS[name]
    head, provenance = load_day_head(name, model)
    run = held_out_run(folder)
    reference = SampleDays(subject, head.transform, run)
    guess = _baseline(subject, head.transform, reference)
    scores: Scores = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    chosen = held_out_days(run, starts, days)
    for number, start in enumerate(chosen):
        progress(number / len(chosen), f"{name} from sample day {start}")
        _measure(subject, model, head, run, reference, range(start, start + days + 1), scores, guess)
    rows = [
        {"field": field, "lead_days": lead, "method": method, **_mean_of(pairs)}
        for field, leads in scores.items()
        for lead, by in leads.items()
        for method, pairs in by.items()
        if pairs
    ]
    return {"head": name, "starts": chosen, "run": run.folder.name, "weights_sha256": provenance["weights_sha256"], "rows": rows}


def _mean_of(pairs: list[tuple[float, float]]) -> dict[str, float]:
    squares, means = zip(*pairs, strict=True)
    return {"rmse": float(np.sqrt(np.mean(squares))), "bias": float(np.mean(means))}


def _measure(
    subject: Subject,
    model: Forecaster,
    head: DayHead,
    run: Run,
    reference: SampleDays,
    days: range,
    scores: Scores,
    guess: tuple[str, Guess] | None,
) -> None:
    """Add the scores of a forecast from the first of `days` of a run to `scores`."""
    source = SampleSource(folder=run.folder)
    time = sample_date(days.start)
    state = initial_state(source, time)
    initial = subject.read(source, time)
    rolling = {subject.name: HeadRollout(head, initial, state, source.forcing(time))}
    first = reference.fields(days.start)
    steps = rollout(model, state, source.forcing, len(days) - 1)
    for step, fields in with_heads(steps, rolling, source.forcing, source.open_water):
        day = days[step.lead]
        guesses = {"head": np.stack([fields[subject.name][name] for name in head.transform.names]), "persistence": first}
        if guess is not None:
            guesses[guess[0]] = guess[1](day)
        target = reference.fields(day)
        known = np.isfinite(first) & np.isfinite(target) & np.isfinite(guesses["head"])
        for method, values in guesses.items():
            error = _numbers(subject, values, known) - _numbers(subject, target, known)
            for field, name in enumerate(head.transform.names):
                places = {name: known[field]}
                if subject is WAVES:
                    places |= {f"{state.name}, {state.low:g}-{state.high:g} m": state.holds(target[field]) for state in DOUGLAS}
                for label, place in places.items():
                    _add(scores[label][step.lead][method], error[field], place & known[field], head.grid)


def _add(pairs: list[tuple[float, float]], error: np.ndarray, place: np.ndarray, grid: Grid) -> None:
    """Append mean square and mean of an error (h, w) over a place (h, w), by area, where there is any of it."""
    if place.any():
        weight = grid.cell_area[place]
        pairs.append((float(np.average(error[place] ** 2, weights=weight)), float(np.average(error[place], weights=weight))))


def _numbers(subject: Subject, values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the numbers in which errors are measured: metres for waves, log10 for biogeochemistry; anything elsewhere."""
    filled = np.where(known, values, 1.0)
    return filled if subject is WAVES else np.log10(np.maximum(filled, 1e-4))


def _baseline(subject: Subject, transform: FieldTransform, reference: SampleDays) -> tuple[str, Guess] | None:
    """Return the name of a guess that does not know the start, and the guess; None where there are no runs to make it of."""
    held = [(SampleDays(subject, transform, run), days) for run, days in training_runs(subject)]
    if not held:
        return None
    if subject is BIOGEOCHEMISTRY:
        return "climatology", partial(_mean_around, held)
    regression = _wind_regression()
    assert regression is not None
    lat = subject.grid().lat
    return "wind", lambda day: regression(_winds(reference, day), lat)[None]


def _mean_around(held: list[tuple[SampleDays, list[int]]], day: int) -> np.ndarray:
    """Return the geometric mean (c, h, w) of stored days of the same time of the year; NaN everywhere where there are none."""
    target, found = day_of_year(sample_date(day)), []
    for days, stored in held:
        for each in stored:
            apart = abs(day_of_year(sample_date(each)) - target)
            if min(apart, 365 - apart) <= AROUND:
                found.append(np.log(np.maximum(days.fields(each), 1e-4)))
    return np.exp(np.mean(found, axis=0)) if found else np.full_like(held[0][0].fields(held[0][1][0]), np.nan)


def _wind_regression() -> WindRegression | None:
    """Return the regression fitted to runs that the wave head learns from; None where there are none."""
    transform: FieldTransform = WaveHeights()
    held = [(SampleDays(WAVES, transform, run), first + 1) for run, days in training_runs(WAVES) for first in days]
    if not held:
        return None
    chosen = held[:: max(len(held) // FIT_DAYS, 1)]
    return fit_wind_regression(((_winds(days, day), days.fields(day)[0]) for days, day in chosen), WAVES.grid().lat)


def _winds(days: SampleDays, day: int) -> Winds:
    """Return the wind of a sample day and of the day before it."""
    return Winds(*days.drivers(day)[:2], *days.drivers(day - 1)[:2])
