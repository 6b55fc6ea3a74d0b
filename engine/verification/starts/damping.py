"""How fast anomalies fade, fitted by lag regression on days that are not held out."""

from collections.abc import Sequence

import numpy as np

from engine.models.baselines import FADING_DAYS
from engine.physics.displaced_state import climatology
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.sources import HeldOut, States
from engine.verification.baselines import damping, damping_factor
from engine.verification.places import ISOTHERM_DEPTH, MIXED_LAYER, Place, scored_places, values_at
from engine.verification.starts.result_cache import ResultCache, short_hash

FADES_LIKE = {ISOTHERM_DEPTH: "thetao", MIXED_LAYER: "thetao"}
"""Whose fading serves a depth that no fading time was fitted for."""

Factors = dict[str, dict[str, float]]
"""Lead -> place -> share of the anomaly that is left."""


def damping_factors(
    held_out: HeldOut, results: ResultCache, leads: Sequence[int], progress: Progress = no_progress
) -> tuple[Factors, list[str]]:
    """Return the factor of each lead and place on the grid of `held_out`, and the training starts it was fitted on.

    Where there is nothing to fit to, the decay times of the model "damped-persistence" serve, which come from training days too.
    """
    starts, grid = held_out.training_starts(max(leads)), held_out.source.grid
    names = [name for name, _, _ in starts]
    if not names:
        return usual_factors(grid, leads), []

    def fit() -> Factors:
        progress(0.0, "fitting damped persistence on other runs")
        return _fitted([(states, time) for _, states, time in starts], leads, grid)

    return results.or_make(f"fading-{short_hash([names, sorted(leads)])}", fit), names


def usual_factors(grid: Grid, leads: Sequence[int]) -> Factors:
    """Return the factors by the decay times of the model "damped-persistence"."""
    places = scored_places(grid)
    return {str(lead): {place.key: _usual_fading(place, lead) for place in places} for lead in leads}


def _usual_fading(place: Place, lead: int) -> float:
    return float(np.exp(-lead / FADING_DAYS[FADES_LIKE.get(place.variable, place.variable)]))


def _fitted(starts: Sequence[tuple[States, np.datetime64]], leads: Sequence[int], grid: Grid) -> Factors:
    places = scored_places(grid)
    sums: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for states, time in starts:
        now = _anomalies(states, time, places)
        for lead in leads:
            later = _anomalies(states, time + np.timedelta64(lead, "D"), places)
            for place in places:
                pair = damping(now[place.key], later[place.key], place.weights)
                sums.setdefault((lead, place.key), []).append(pair)
    return {str(lead): {place.key: damping_factor(sums[lead, place.key]) for place in places} for lead in leads}


def _anomalies(states: States, time: np.datetime64, places: Sequence[Place]) -> dict[str, np.ndarray]:
    state, usual = values_at(states.state(time), places), values_at(climatology(states.grid, time), places)
    return {key: state[key] - usual[key] for key in state}
