"""Skill on held-out starts: mean statistics of each start are computed once and stored; roots and intervals come last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.models.forecaster import choose_device
from engine.models.interface import Model
from engine.runtime.precision import quicker_precision
from engine.runtime.progress import Progress, no_progress
from engine.sources import HeldOut
from engine.verification.report.store_report import LEADS
from engine.verification.starts.damping import Factors, damping_factors
from engine.verification.starts.options import DEFAULTS, ScoringOptions
from engine.verification.starts.result_cache import ResultCache, results_of, short_hash
from engine.verification.starts.scored_models import ScoredModel
from engine.verification.starts.start import Scored, Start
from engine.verification.starts.tables import skill_tables
from engine.verification.starts.workers import score_all


@dataclass
class Comparison:
    """The models and starts of a comparison; any process that gets this object can compute what is `missing` of a start."""

    held_out: HeldOut
    results: ResultCache
    leads: tuple[int, ...]
    scored: dict[str, ScoredModel]
    """By the name of their results."""
    factors: Factors
    device: str
    precision: str
    """Chosen once for all processes."""
    models: dict[str, Model] = field(default_factory=dict)

    def files(self, time: np.datetime64) -> dict[str, str]:
        """Return the names of the results of a start, of the baselines (`others`) and of each model."""
        day, truth = self.held_out.day(time), self.held_out.fingerprint(time, self.leads[-1])
        start = f"scores-{day}-{short_hash(self.leads)}-{truth}"
        return {"others": f"{start}-others-{short_hash(self.factors)}"} | {name: f"{start}-{name}" for name in self.scored}

    def missing(self, time: np.datetime64, again: bool) -> list[str]:
        """Return the names without results of a start; with `again` every model is among them."""
        return [name for name, file in self.files(time).items() if (again and name != "others") or not self.results.has(file)]

    def score(self, time: np.datetime64, again: bool, progress: Progress = no_progress) -> None:
        """Score what is missing of a start."""
        files, missing, longest = self.files(time), self.missing(time, again), self.leads[-1]
        source = self.held_out.source
        start = Start(source, time, self.leads)
        for number, name in enumerate(missing):

            def report(share: float, doing: str, number: int = number, name: str = name) -> None:
                progress((number + share) / len(missing), f"{name.rpartition('-')[0] or name}, {doing}")

            if name == "others":
                floor = self.held_out.floor(time, longest, self.results.folder, report)
                others = start.score_baselines(self.factors)
                if floor is not None:
                    days = ((lead, floor.state(time + np.timedelta64(lead, "D"))) for lead in self.leads)
                    others["floor"] = start.score_days(days)
                self.results.put(files[name], others)
            else:
                self.results.put(files[name], start.score_model(self._model(name), source, report))

    def _model(self, name: str) -> Model:
        if name not in self.models:
            self.models[name] = self.scored[name].load(self.held_out.source.grid, self.device, self.precision)
        return self.models[name]


def held_out_skill(
    models: str | Sequence[str],
    held_out: HeldOut,
    starts: int = 10,
    leads: Sequence[int] = LEADS,
    options: ScoringOptions = DEFAULTS,
    progress: Progress = no_progress,
    first_start: int = 0,
) -> dict[str, Any]:
    """Return the tables of `skill_tables` for one or several models, NAME or NAME=WEIGHTS, all on the same held-out starts.

    `options` says how they are computed and where results are stored; `first_start` skips that many starts. Raises InputError
    where the held-out days are too few for one start, ModelError for a model that cannot be loaded.
    """
    chosen = [ScoredModel.parse(name) for name in ([models] if isinstance(models, str) else models)]
    times, grid = held_out.starts(starts + first_start, max(leads))[first_start:], held_out.source.grid
    results = results_of(held_out, options.work)
    for model in chosen:
        model.load(grid, options.device)  # what does not fit the grid is refused before minutes of work
    factors, fitted_on = damping_factors(held_out, results, leads, progress)
    named = {model.file_name(): model for model in chosen}
    precision = quicker_precision(choose_device(options.device))
    comparison = Comparison(held_out, results, tuple(sorted(leads)), named, factors, options.device, precision)
    score_all(comparison, times, options.again, options.workers, progress)
    files = [comparison.files(time) for time in times]
    scored: dict[str, list[Scored]] = {
        model.label: [results.get(names[name]) for names in files] for name, model in named.items()
    }
    others: list[dict[str, Scored]] = [results.get(names["others"]) for names in files]
    return {
        **skill_tables(scored, others, sorted(leads)),
        "starts": [held_out.day(time) for time in times],
        "run": held_out.name,
        "grid": list(grid.shape),
        "damping_fitted_on": fitted_on,
        "weights_sha256": {model.label: model.weights_sha256() for model in chosen},
    }
