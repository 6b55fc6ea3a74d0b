"""One held-out start: the truth of its leads, and the mean statistics of whoever is scored against it."""

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
from engine.verification.aggregation import BANDS, band_weights, weighted_means
from engine.verification.baselines import damped_persistence
from engine.verification.energy import SPECTRUM_REGIONS, eddy_kinetic_energy, surface_spectra
from engine.verification.places import Place, scored_places, values_at
from engine.verification.starts.damping import Factors
from engine.verification.statistics import cell_statistics

Values = Mapping[str, np.ndarray]

Scored = dict[str, Any]
"""`statistics` by lead and place, `energy` by lead and band, `spectra` by lead and region."""


@dataclass(frozen=True, eq=False)
class Truth:
    """What a forecast of one lead is held against: values at every place, the flow that is usual, and what smoothing loses."""

    values: Values
    usual: Values
    usual_flow: tuple[np.ndarray, np.ndarray]
    activity: Scored


class Start:
    """A start whose truths are built once, when the first of `leads` is asked for, and serve every model."""

    def __init__(self, truth: States, time: np.datetime64, leads: Sequence[int]) -> None:
        self.source, self.time, self.leads = truth, time, sorted(leads)
        self._truths: dict[int, Truth] = {}

    @cached_property
    def places(self) -> list[Place]:
        """Return what is scored."""
        return scored_places(self.source.grid)

    @cached_property
    def _bands(self) -> dict[str, np.ndarray]:
        return {name: band_weights(self.source.grid, band) for name, band in BANDS.items()}

    def truth(self, lead: int) -> Truth:
        """Return what the run and the climatology say about a lead."""
        if lead not in self._truths:
            time = self.time + np.timedelta64(lead, "D")
            target, usual = self.source.state(time), climatology(self.source.grid, time)
            flow = usual["uo"][0].copy(), usual["vo"][0].copy()
            values = values_at(target, self.places), values_at(usual, self.places)
            self._truths[lead] = Truth(*values, flow, self._activity(target, flow))
        return self._truths[lead]

    def score_model(self, model: Model, source: Source, progress: Progress = no_progress) -> Scored:
        """Run a model from this start of `source` to the last lead and return what is scored of it."""
        steps = rollout(model, initial_state(source, self.time), source.forcing, self.leads[-1])
        return self.score_days(((step.lead, step.batch) for step in steps), progress)

    def score_days(self, days: Iterable[tuple[int, Batch]], progress: Progress = no_progress) -> Scored:
        """Return what is scored of the states of a forecast, given by lead; other days than `leads` are passed over."""
        scored: Scored = {"statistics": {}, "energy": {}, "spectra": {}}
        for lead, batch in days:
            progress(lead / self.leads[-1], f"day {lead}")
            if lead in self.leads:
                self._add(scored, lead, batch)
        return scored

    def score_baselines(self, factors: Factors) -> dict[str, Scored]:
        """Return what is scored of persistence, damped persistence and climatology, and the activity of the `reference`."""
        state = self.source.state(self.time)
        initial, usual_then = values_at(state, self.places), values_at(climatology(self.source.grid, self.time), self.places)
        names = ("persistence", "damped", "climatology", "reference")
        scored: dict[str, Scored] = {name: {"statistics": {}, "energy": {}, "spectra": {}} for name in names}
        for lead in self.leads:
            truth = self.truth(lead)
            fading = {
                key: damped_persistence(initial[key], usual_then[key], truth.usual[key], factors[str(lead)][key])
                for key in truth.usual
            }
            for name, values in (("persistence", initial), ("damped", fading), ("climatology", truth.usual)):
                scored[name]["statistics"][str(lead)] = self._statistics(values, truth)
            for part in ("energy", "spectra"):
                scored["persistence"][part][str(lead)] = self._activity(state, truth.usual_flow)[part]
                scored["reference"][part][str(lead)] = truth.activity[part]
        return scored

    def _add(self, scored: Scored, lead: int, prediction: Batch) -> None:
        truth = self.truth(lead)
        scored["statistics"][str(lead)] = self._statistics(values_at(prediction, self.places), truth)
        for part, values in self._activity(prediction, truth.usual_flow).items():
            scored[part][str(lead)] = values

    def _statistics(self, prediction: Values, truth: Truth) -> dict[str, dict[str, float]]:
        return {
            place.key: place_statistics(prediction[place.key], truth.values[place.key], truth.usual[place.key], place.weights)
            for place in self.places
        }

    def _activity(self, batch: Batch, usual_flow: tuple[np.ndarray, np.ndarray]) -> Scored:
        flow = batch["uo"][0], batch["vo"][0]
        return {
            "energy": {band: eddy_kinetic_energy(*flow, *usual_flow, weights) for band, weights in self._bands.items()},
            "spectra": surface_spectra(batch, SPECTRUM_REGIONS),
        }


def place_statistics(prediction: np.ndarray, target: np.ndarray, usual: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    """Return the mean statistics of vectors (n,), and `covered`: the share of the target's cells that the prediction has.

    Without it a forecast would gain by leaving out the cells where it fails.
    """
    there = np.where(np.isfinite(target), weights, 0)
    total = float(there.sum())
    covered = float(there[np.isfinite(prediction)].sum() / total) if total else float("nan")
    return {**weighted_means(cell_statistics(prediction, target, usual), weights), "covered": covered}
