"""One held-out start: the reference of its leads, and the mean statistics of each forecast."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.forecasting.rollout import rollout
from engine.models.interface import Model
from engine.physics.displaced_state import climatology
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.sources import Source, States, initial_state
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights, weighted_means
from engine.verification.baselines import damped_persistence
from engine.verification.energy import SPECTRUM_REGIONS, eddy_kinetic_energy, surface_spectra
from engine.verification.scored_levels import ScoredLevel, scored_levels, values_at
from engine.verification.starts.damping import Factors
from engine.verification.statistics import cell_statistics

Values = Mapping[str, np.ndarray]

Scored = dict[str, Any]
"""`statistics` by lead and level, `energy` by lead and belt, `spectra` by lead and region."""


@dataclass(frozen=True, eq=False)
class Truth:
    """The reference of one lead: values and climatology at every level, the climatological flow, energy and spectra."""

    values: Values
    climatology: Values
    climatological_flow: tuple[np.ndarray, np.ndarray]
    activity: Scored


class Start:
    """A start; the references of its leads are computed once, at first use, and serve every model."""

    def __init__(self, truth: States, time: np.datetime64, leads: Sequence[int]) -> None:
        self.source, self.time, self.leads = truth, time, sorted(leads)
        self._truths: dict[int, Truth] = {}

    @cached_property
    def levels(self) -> list[ScoredLevel]:
        """Return the scored levels."""
        return scored_levels(self.source.grid)

    @cached_property
    def _belts(self) -> dict[str, np.ndarray]:
        return {name: belt_weights(self.source.grid, belt) for name, belt in LATITUDE_BELTS.items()}

    def truth(self, lead: int) -> Truth:
        """Return the reference and the climatology of a lead."""
        if lead not in self._truths:
            time = self.time + np.timedelta64(lead, "D")
            target, seasonal_mean = self.source.state(time), climatology(self.source.grid, time)
            flow = seasonal_mean["uo"][0].copy(), seasonal_mean["vo"][0].copy()
            values = values_at(target, self.levels), values_at(seasonal_mean, self.levels)
            self._truths[lead] = Truth(*values, flow, self._activity(target, flow))
        return self._truths[lead]

    def score_model(self, model: Model, source: Source, progress: Progress = no_progress) -> Scored:
        """Run a model from this start of `source` to the last lead and return its scores."""
        steps = rollout(model, initial_state(source, self.time), source.forcing, self.leads[-1])
        return self.score_days(((step.lead, step.batch) for step in steps), progress)

    def score_days(self, days: Iterable[tuple[int, Batch]], progress: Progress = no_progress) -> Scored:
        """Return the scores of the states of a forecast, given by lead; days other than `leads` are skipped."""
        scored: Scored = {"statistics": {}, "energy": {}, "spectra": {}}
        for lead, batch in days:
            progress(lead / self.leads[-1], f"day {lead}")
            if lead in self.leads:
                self._add(scored, lead, batch)
        return scored

    def score_baselines(self, factors: Factors) -> dict[str, Scored]:
        """Return the scores of persistence, damped persistence and climatology, and the activity of the `reference`."""
        state = self.source.state(self.time)
        initial, seasonal_mean = values_at(state, self.levels), values_at(climatology(self.source.grid, self.time), self.levels)
        names = ("persistence", "damped", "climatology", "reference")
        scored: dict[str, Scored] = {name: {"statistics": {}, "energy": {}, "spectra": {}} for name in names}
        for lead in self.leads:
            truth = self.truth(lead)
            damped = {
                key: damped_persistence(initial[key], seasonal_mean[key], truth.climatology[key], factors[str(lead)][key])
                for key in truth.climatology
            }
            for name, values in (("persistence", initial), ("damped", damped), ("climatology", truth.climatology)):
                scored[name]["statistics"][str(lead)] = self._statistics(values, truth)
            for part in ("energy", "spectra"):
                scored["persistence"][part][str(lead)] = self._activity(state, truth.climatological_flow)[part]
                scored["reference"][part][str(lead)] = truth.activity[part]
        return scored

    def _add(self, scored: Scored, lead: int, prediction: Batch) -> None:
        truth = self.truth(lead)
        scored["statistics"][str(lead)] = self._statistics(values_at(prediction, self.levels), truth)
        for part, values in self._activity(prediction, truth.climatological_flow).items():
            scored[part][str(lead)] = values

    def _statistics(self, prediction: Values, truth: Truth) -> dict[str, dict[str, float]]:
        return {
            key: level_statistics(prediction[key], truth.values[key], truth.climatology[key], weights)
            for key, weights in ((level.key, level.weights) for level in self.levels)
        }

    def _activity(self, batch: Batch, climatological_flow: tuple[np.ndarray, np.ndarray]) -> Scored:
        flow = batch["uo"][0], batch["vo"][0]
        return {
            "energy": {belt: eddy_kinetic_energy(*flow, *climatological_flow, weights) for belt, weights in self._belts.items()},
            "spectra": surface_spectra(batch, SPECTRUM_REGIONS),
        }


def level_statistics(
    prediction: np.ndarray, target: np.ndarray, seasonal_mean: np.ndarray, weights: np.ndarray
) -> dict[str, float]:
    """Return the mean statistics of vectors (n,), and `covered`: the share of the target's cells that the prediction has.

    Without it a forecast could gain by leaving out the cells where it fails.
    """
    there = np.where(np.isfinite(target), weights, 0)
    total = float(there.sum())
    covered = float(there[np.isfinite(prediction)].sum() / total) if total else float("nan")
    return {**weighted_means(cell_statistics(prediction, target, seasonal_mean), weights), "covered": covered}
