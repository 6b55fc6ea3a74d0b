"""What the wave or the biogeochemistry head adds to persistence beside a forecast of the ocean, by lead, on held-out days.

python -m tests.benchmarks.heads [--head waves] [--run FOLDER] [--starts 4] [--days 30] [--backbone small] [--json]

Errors are root mean squares by area over the cells that neither the first day nor the target misses: wave height in metres,
biogeochemistry in natural logarithms (0.1 is about a tenth). Beside wave height stands what a regression on the wind of both
days gives, fitted to the runs that the head has learned from. The ocean is forecast, not taken from the reference.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from engine.checkpoint import find_weights
from engine.grid import quarter_degree
from engine.head_rollout import HeadRollout, with_heads
from engine.heads import load_day_head
from engine.heldout.days import held_out_days, held_out_run
from engine.models.forecaster import Forecaster, load_forecaster
from engine.models.heads.day import Coding, DayHead
from engine.models.heads.waves import WaveHeights
from engine.rollout import rollout
from engine.sample_lessons import BIOGEOCHEMISTRY, WAVES, SampleDays, Subject, training_runs
from engine.sources import initial_state
from engine.sources.sample import SampleSource
from engine.verify.wind_regression import WindRegression, Winds, fit_wind_regression
from sample_data.runs import Run
from sample_data.surface_climatology import sample_date

SUBJECTS = {subject.name: subject for subject in (WAVES, BIOGEOCHEMISTRY)}
FIT_DAYS = 60

Errors = dict[str, dict[int, dict[str, list[float]]]]
"""By field, lead and method: one error a start."""


def main() -> None:
    """Forecast from held-out starts and print mean errors by field and lead."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--head", choices=list(SUBJECTS), default="waves")
    parser.add_argument("--run", type=Path, help="a run; that of seed 1 if left out, else the shipped one")
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--backbone", default="small")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    model = load_forecaster(chosen.backbone, quarter_degree(), "auto", find_weights(chosen.backbone))
    head, _ = load_day_head(chosen.head, model)
    run = held_out_run(chosen.run)
    regression = wind_regression() if chosen.head == WAVES.name else None
    errors: Errors = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for start in held_out_days(run, chosen.starts, chosen.days):
        measure(SUBJECTS[chosen.head], model, head, run, range(start, start + chosen.days + 1), errors, regression)
    means = {
        field: {lead: {method: float(np.mean(each)) for method, each in by.items()} for lead, by in leads.items()}
        for field, leads in errors.items()
    }
    for field, leads in means.items():
        for lead in sorted(set(leads) & {1, 2, 3, 5, 10, 15, 20, 25, 30}):
            print(f"{field:20} day {lead:2}  " + "  ".join(f"{name} {value:.4f}" for name, value in leads[lead].items()))
    if chosen.json:
        print(json.dumps(means))


def measure(
    subject: Subject,
    model: Forecaster,
    head: DayHead,
    run: Run,
    days: range,
    errors: Errors,
    regression: WindRegression | None,
) -> None:
    """Add the errors of a forecast from the first of `days` of a run to `errors`."""
    source, reference = SampleSource(folder=run.folder), SampleDays(subject, head.coding, run)
    time = sample_date(days.start)
    state = initial_state(source, time)
    initial = subject.read(source, time)
    rolling = HeadRollout(head, initial, state, source.forcing(time))
    first = reference.fields(days.start)
    steps = rollout(model, state, source.forcing, len(days) - 1)
    for step, fields in with_heads(steps, {subject.name: rolling}, source.forcing):
        day = days[step.lead]
        guesses = {"head": np.stack([fields[subject.name][name] for name in head.coding.names]), "persistence": first}
        if regression is not None:
            guesses["wind"] = regression(winds(reference, day), head.grid.lat)[None]
        target = reference.fields(day)
        known = np.isfinite(first) & np.isfinite(target)
        for method, guess in guesses.items():
            for field, value in zip(head.coding.names, root_mean_square(head, guess, target, known), strict=True):
                errors[field][step.lead][method].append(float(value))


def root_mean_square(head: DayHead, guess: np.ndarray, target: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return errors (c,) of the numbers of fields (c, h, w) over the cells `known` in both, by area."""
    ours, theirs = (
        head.coding.numbers(torch.from_numpy(np.where(known, values, 1.0))[None])[0].numpy() for values in (guess, target)
    )
    weight = known * head.grid.cell_area
    return np.sqrt(((ours - theirs) ** 2 * weight).sum(axis=(1, 2)) / weight.sum(axis=(1, 2)))


def wind_regression() -> WindRegression | None:
    """Return the regression fitted to runs that the wave head learns from; None where there are none."""
    coding: Coding = WaveHeights()
    held = [(SampleDays(WAVES, coding, run), first + 1) for run, days in training_runs(WAVES) for first in days]
    if not held:
        return None
    chosen = held[:: max(len(held) // FIT_DAYS, 1)]
    return fit_wind_regression(((winds(days, day), days.fields(day)[0]) for days, day in chosen), WAVES.grid().lat)


def winds(days: SampleDays, day: int) -> Winds:
    """Return the wind of a sample day and of the day before it."""
    return Winds(*days.drivers(day)[:2], *days.drivers(day - 1)[:2])


if __name__ == "__main__":
    main()
