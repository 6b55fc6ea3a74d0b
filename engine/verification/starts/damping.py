"""The decay of anomalies, fitted by lag regression on days that are not held out."""

from collections.abc import Sequence

import numpy as np

from engine.models.baselines import DECAY_DAYS
from engine.physics.displaced_state import climatology
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.sources import HeldOut, States
from engine.verification.baselines import damping, damping_factor
from engine.verification.scored_levels import ISOTHERM_DEPTH, MIXED_LAYER, ScoredLevel, scored_levels, values_at
from engine.verification.starts.result_cache import ResultCache, short_hash

DECAYS_LIKE = {ISOTHERM_DEPTH: "thetao", MIXED_LAYER: "thetao"}
"""Variables whose decay time serves for depths that have none of their own."""

Factors = dict[str, dict[str, float]]
"""Lead -> scored level -> share of the anomaly that remains."""


def damping_factors(
    held_out: HeldOut, results: ResultCache, leads: Sequence[int], progress: Progress = no_progress
) -> tuple[Factors, list[str]]:
    """Return the factor of each lead and level on the grid of `held_out`, and the training starts it was fitted on.

    Without training starts the decay times of the model "damped-persistence" serve, which come from training days, too.
    """
    starts, grid = held_out.training_starts(max(leads)), held_out.source.grid
    names = [name for name, _, _ in starts]
    if not names:
        return decay_factors(grid, leads), []

    def fit() -> Factors:
        progress(0.0, "fitting damped persistence on other runs")
        return _fitted([(states, time) for _, states, time in starts], leads, grid)

    return results.or_make(f"fading-{short_hash([names, sorted(leads)])}", fit), names


def decay_factors(grid: Grid, leads: Sequence[int]) -> Factors:
    """Return the factors by the decay times of the model "damped-persistence"."""
    levels = scored_levels(grid)
    return {str(lead): {scored_level.key: _decay(scored_level, lead) for scored_level in levels} for lead in leads}


def _decay(scored_level: ScoredLevel, lead: int) -> float:
    return float(np.exp(-lead / DECAY_DAYS[DECAYS_LIKE.get(scored_level.variable, scored_level.variable)]))


def _fitted(starts: Sequence[tuple[States, np.datetime64]], leads: Sequence[int], grid: Grid) -> Factors:
    levels = scored_levels(grid)
    sums: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for states, time in starts:
        now = _anomalies(states, time, levels)
        for lead in leads:
            later = _anomalies(states, time + np.timedelta64(lead, "D"), levels)
            for scored_level in levels:
                pair = damping(now[scored_level.key], later[scored_level.key], scored_level.weights)
                sums.setdefault((lead, scored_level.key), []).append(pair)
    return {
        str(lead): {scored_level.key: damping_factor(sums[lead, scored_level.key]) for scored_level in levels} for lead in leads
    }


def _anomalies(states: States, time: np.datetime64, levels: Sequence[ScoredLevel]) -> dict[str, np.ndarray]:
    state, seasonal_mean = values_at(states.state(time), levels), values_at(climatology(states.grid, time), levels)
    return {key: state[key] - seasonal_mean[key] for key in state}
