"""Long rollouts: whether they stay finite and within valid ranges, and keep the energy of the reference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.forecasting.rollout import rollout
from engine.models.forecaster import choose_device
from engine.models.interface import Model
from engine.physics.displaced_state import climatology
from engine.runtime.precision import quicker_precision
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.variables import PROGNOSTIC, VARIABLES
from engine.sources import DaySeries, HeldOut, initial_state
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights, weighted_means
from engine.verification.bootstrap import draw_starts, drawn_means, interval
from engine.verification.comparison import Row, defined, ratio_with_interval
from engine.verification.energy import eddy_kinetic_energy
from engine.verification.starts.options import DEFAULTS, ScoringOptions
from engine.verification.starts.result_cache import ResultCache, results_of
from engine.verification.starts.scored_models import ScoredModel
from engine.verification.starts.tables import MAIN_BELT
from engine.verification.starts.workers import score_all
from engine.verification.statistics import cell_statistics

EVERY = 5
"""Days between comparisons with the reference, set by hand; gaps and ranges are checked every day."""

ENERGY_BOUNDS = (0.8, 1.2)

Flow = tuple[np.ndarray, np.ndarray]


@dataclass
class Stability:
    """The models and starts whose rollouts of `days` days are checked."""

    held_out: HeldOut
    results: ResultCache
    days: int
    scored: dict[str, ScoredModel]
    device: str
    precision: str
    """Chosen once for all processes."""
    models: dict[str, Model] = field(default_factory=dict)

    def files(self, time: np.datetime64) -> dict[str, str]:
        """Return the names of the results of a start, of the reference and of each model."""
        day, truth = self.held_out.day(time), self.held_out.fingerprint(time, self.days)
        start = f"stability-{day}-{self.days}-{truth}"
        return {name: f"{start}-{name}" for name in ("reference", *self.scored)}

    def missing(self, time: np.datetime64, again: bool) -> list[str]:
        """Return the names without results of a start; with `again` every model is among them."""
        return [name for name, file in self.files(time).items() if (again and name != "reference") or not self.results.has(file)]

    def score(self, time: np.datetime64, again: bool, progress: Progress = no_progress) -> None:
        """Compute the missing results of a start."""
        results, files, missing = self.results, self.files(time), self.missing(time, again)
        source = self.held_out.source
        seasonal_mean = climatology(source.grid, time)
        # The climatological flow does not depend on the day of the year, so that of one day serves for the whole rollout.
        flow = seasonal_mean["uo"][0], seasonal_mean["vo"][0]
        for number, name in enumerate(missing):

            def report(share: float, doing: str, number: int = number, name: str = name) -> None:
                progress((number + share) / len(missing), f"{name.rpartition('-')[0] or name}, {doing}")

            if name == "reference":
                results.put(files[name], self._reference(source, time, flow, report))
            else:
                results.put(files[name], self._rollout(self._model(name), source, time, flow, report))

    def _model(self, name: str) -> Model:
        if name not in self.models:
            self.models[name] = self.scored[name].load(self.held_out.source.grid, self.device, self.precision)
        return self.models[name]

    def _reference(self, source: DaySeries, time: np.datetime64, seasonal_mean: Flow, progress: Progress) -> dict[str, Any]:
        found: dict[str, Any] = {"energy": {}, "persistence": {}}
        weights = belt_weights(source.grid, LATITUDE_BELTS[MAIN_BELT])
        initial = source.sea_level(time)
        for lead in compared_leads(self.days):
            progress(lead / self.days, f"day {lead}")
            state = source.state(time + np.timedelta64(lead, "D"))
            found["energy"][str(lead)] = energies(state, seasonal_mean)
            if initial is not None:
                found["persistence"][str(lead)] = weighted_means(cell_statistics(initial, state["zos"]), weights)["squared_error"]
        return found

    def _rollout(
        self, model: Model, source: DaySeries, time: np.datetime64, seasonal_mean: Flow, progress: Progress
    ) -> dict[str, Any]:
        weights = belt_weights(source.grid, LATITUDE_BELTS[MAIN_BELT])
        found: dict[str, Any] = {"finite_days": 0, "inside_days": 0, "extremes": {}, "energy": {}, "squared_error": {}}
        for step in rollout(model, initial_state(source, time), source.forcing, self.days):
            progress(step.lead / self.days, f"day {step.lead}")
            finite, inside, extremes = inspect(step.batch)
            widen(found["extremes"], extremes)
            if not finite:
                break
            found["finite_days"] = step.lead
            if inside and found["inside_days"] == step.lead - 1:
                found["inside_days"] = step.lead
            if step.lead in compared_leads(self.days):
                found["energy"][str(step.lead)] = energies(step.batch, seasonal_mean)
                level = source.sea_level(step.batch.time)
                if level is not None:
                    error = weighted_means(cell_statistics(step.batch["zos"], level), weights)["squared_error"]
                    found["squared_error"][str(step.lead)] = error
        return found


def compared_leads(days: int) -> list[int]:
    """Return the leads at which a rollout is compared with its reference: the first, every fifth and the last."""
    return sorted({1, days, *range(EVERY, days + 1, EVERY)})


def energies(batch: Batch, seasonal_mean: Flow) -> dict[str, float]:
    """Return the surface eddy kinetic energy in m2 s-2 of each latitude belt."""
    return {
        name: eddy_kinetic_energy(batch["uo"][0], batch["vo"][0], *seasonal_mean, belt_weights(batch.grid, belt))
        for name, belt in LATITUDE_BELTS.items()
    }


def inspect(batch: Batch) -> tuple[bool, bool, dict[str, tuple[float, float]]]:
    """Return whether every wet cell holds a number, whether all lie in their valid range, and the extremes by variable."""
    finite, extremes = True, {}
    for name in PROGNOSTIC:
        values, wet = batch[name], batch.grid.wet if VARIABLES[name].depths else batch.grid.wet_surface
        finite = finite and bool(np.isfinite(values).sum() >= wet.sum() and np.isfinite(values[wet]).all())
        extremes[name] = (float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None)))
    inside = all(
        VARIABLES[name].valid_range[0] <= low and high <= VARIABLES[name].valid_range[1] for name, (low, high) in extremes.items()
    )
    return finite, inside, extremes


def widen(known: dict[str, list[float]], extremes: dict[str, tuple[float, float]]) -> None:
    """Widen the known extremes by those of another day."""
    for name, (low, high) in extremes.items():
        before = known.get(name, [low, high])
        known[name] = [min(before[0], low), max(before[1], high)]


def stability(
    models: str | Sequence[str],
    held_out: HeldOut,
    days: int = 60,
    starts: int = 10,
    options: ScoringOptions = DEFAULTS,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Return results of rollouts of `days` days: `models` (a summary each), `rows` by model, belt and lead, `starts` used.

    A row holds the energy's `ratio` to the reference's over all starts with its interval, the `least` and `most` of one start,
    and in the main belt the RMSE of sea surface height in m beside that of persistence. Results are stored as in
    `held_out_skill`. Raises InputError where the held-out days are too few, ModelError for a model that cannot be loaded.
    """
    scored = [ScoredModel.parse(name) for name in ([models] if isinstance(models, str) else models)]
    named = {model.file_name(): model for model in scored}
    times, results = held_out.starts(starts, days), results_of(held_out, options.work)
    rollouts = Stability(held_out, results, days, named, options.device, quicker_precision(choose_device(options.device)))
    score_all(rollouts, times, options.again, options.workers, progress)
    files = [rollouts.files(time) for time in times]
    reference = [results.get(names["reference"]) for names in files]
    summaries, rows = {}, []
    for name, model in named.items():
        found = [results.get(names[name]) for names in files]
        ours = list(_rows(model.label, found, reference, days))
        rows += ours
        summaries[model.label] = _summary(found, ours, days)
    return {
        "days": days,
        "starts": [held_out.day(time) for time in times],
        "run": held_out.name,
        "grid": list(held_out.source.grid.shape),
        "models": summaries,
        "rows": rows,
    }


def _rows(label: str, found: Sequence[dict[str, Any]], reference: Sequence[dict[str, Any]], days: int) -> Iterator[Row]:
    for lead in map(str, compared_leads(days)):
        # A rollout that failed is left out of the mean; `starts` counts the others.
        pairs = [(ours, true) for ours, true in zip(found, reference, strict=True) if lead in ours["energy"]]
        for belt in LATITUDE_BELTS:
            row: Row = {"model": label, "band": belt, "lead_days": int(lead), "starts": len(pairs)}
            if pairs:
                ours, true = (np.array([part["energy"][lead][belt] for part in parts]) for parts in zip(*pairs, strict=True))
                row |= ratio_with_interval(ours, true)
                row |= {"least": defined((ours / true).min()), "most": defined((ours / true).max())}
                if belt == MAIN_BELT:
                    squared = np.array([part["squared_error"][lead] for part, _ in pairs])
                    low, high = interval(np.sqrt(drawn_means(draw_starts(len(pairs)), squared)), len(pairs))
                    row |= {
                        "zos_rmse": defined(np.sqrt(squared.mean())),
                        "zos_low": defined(float(low)),
                        "zos_high": defined(float(high)),
                    }
                    row["zos_persistence"] = defined(np.sqrt(np.mean([part["persistence"][lead] for _, part in pairs])))
            yield row


def _summary(found: Sequence[dict[str, Any]], rows: Sequence[Row], days: int) -> dict[str, Any]:
    extremes: dict[str, list[float]] = {}
    for start in found:
        widen(extremes, {name: (low, high) for name, (low, high) in start["extremes"].items()})
    ratios = [row["ratio"] for row in rows if row["band"] == MAIN_BELT and "ratio" in row]
    low, high = ENERGY_BOUNDS
    whole = all(start["finite_days"] == days for start in found)
    return {
        "starts": len(found),
        "finite": sum(start["finite_days"] == days for start in found),
        "inside": sum(start["inside_days"] == days for start in found),
        "first_day_not_finite": min((s["finite_days"] + 1 for s in found if s["finite_days"] < days), default=None),
        "first_day_outside": min((s["inside_days"] + 1 for s in found if s["inside_days"] < days), default=None),
        "energy_least": min(ratios, default=None),
        "energy_most": max(ratios, default=None),
        "energy_kept": whole and all(ratio is not None and low <= ratio <= high for ratio in ratios),
        "extremes": {name: [defined(value) for value in bounds] for name, bounds in extremes.items()},
    }
