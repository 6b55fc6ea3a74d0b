"""How fast anomalies fade, fitted by lag regression on runs that are not the held-out one."""

from collections.abc import Sequence

import numpy as np

from engine.models.climatology import FADING_DAYS
from engine.physics.displaced_state import climatology
from engine.runtime.paths import runs_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date
from engine.verification.baselines import damping, damping_factor
from engine.verification.places import ISOTHERM_DEPTH, MIXED_LAYER, Place, scored_places, values_at
from engine.verification.starts.result_cache import Kept, short_hash
from sample_data.held_out import FIRST_TRAINING_START, START_INTERVAL
from sample_data.runs.run import Run
from sample_data.source import SampleSource

PAIRS = 4

FADES_LIKE = {ISOTHERM_DEPTH: "thetao", MIXED_LAYER: "thetao"}
"""Whose fading serves a depth that no fading time was fitted for."""

Factors = dict[str, dict[str, float]]
"""Lead -> place -> share of the anomaly that is left."""


def damping_factors(kept: Kept, leads: Sequence[int], progress: Progress = no_progress) -> tuple[Factors, list[str]]:
    """Return the factor of each lead and place on the grid of `kept`, and the training starts it was fitted on.

    Where there is no other run, the decay times of the model "damped-persistence" serve, which come from training days too.
    """
    pairs = _training_starts(kept.run, max(leads))
    names = [f"{run.folder.name} day {day}" for run, day in pairs]
    if not names:
        return usual_factors(kept.grid, leads), []

    def fit() -> Factors:
        progress(0.0, "fitting damped persistence on other runs")
        return _fitted(pairs, leads, kept.grid)

    return kept.or_make(f"fading-{short_hash([names, sorted(leads)])}", fit), names


def usual_factors(grid: Grid, leads: Sequence[int]) -> Factors:
    """Return the factors by the decay times of the model "damped-persistence"."""
    places = scored_places(grid)
    return {str(lead): {place.key: _usual_fading(place, lead) for place in places} for lead in leads}


def _usual_fading(place: Place, lead: int) -> float:
    return float(np.exp(-lead / FADING_DAYS[FADES_LIKE.get(place.variable, place.variable)]))


def _fitted(pairs: Sequence[tuple[Run, int]], leads: Sequence[int], grid: Grid) -> Factors:
    places = scored_places(grid)
    sums: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for run, day in pairs:
        source = SampleSource(folder=run.folder, grid=grid)
        now = _anomalies(source, day, places)
        for lead in leads:
            later = _anomalies(source, day + lead, places)
            for place in places:
                pair = damping(now[place.key], later[place.key], place.weights)
                sums.setdefault((lead, place.key), []).append(pair)
    return {str(lead): {place.key: damping_factor(sums[lead, place.key]) for place in places} for lead in leads}


def _anomalies(source: SampleSource, day: int, places: Sequence[Place]) -> dict[str, np.ndarray]:
    time = sample_date(day)
    state, usual = values_at(source.state(time), places), values_at(climatology(source.grid, time), places)
    return {key: state[key] - usual[key] for key in state}


def _training_starts(held_out: Run, longest: int) -> list[tuple[Run, int]]:
    runs = [Run.open(card.parent) for card in sorted(runs_folder().glob("seed-*/run.json"))]
    others = [run for run in runs if run.seed != held_out.seed and run.grid.shape == held_out.grid.shape]
    found = [
        (run, day)
        for day in range(FIRST_TRAINING_START, FIRST_TRAINING_START + 10 * START_INTERVAL, 2 * START_INTERVAL)
        for run in others
        if run.days and run.days.start <= day and day + longest < run.days.stop
    ]
    return found[:PAIRS]
