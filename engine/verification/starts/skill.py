"""Skill on held-out starts: every start is scored once and kept as mean statistics, roots and intervals are taken last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.models.forecaster import choose_device
from engine.models.interface import Model
from engine.runtime.precision import quicker_precision
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date
from engine.verification.report.store_report import LEADS
from engine.verification.starts.damping import Factors, damping_factors
from engine.verification.starts.result_cache import Kept, short_hash
from engine.verification.starts.scored_models import Entrant
from engine.verification.starts.start import Scored, Start
from engine.verification.starts.tables import skill_tables
from engine.verification.starts.workers import score_all
from sample_data.held_out import held_out_days, held_out_run
from sample_data.predictability_floor import floor_source
from sample_data.source import SampleSource


@dataclass
class Contest:
    """Who is scored on what; `missing` of a start is computed wherever this object is sent."""

    kept: Kept
    leads: tuple[int, ...]
    entrants: dict[str, Entrant]
    """By the name under which results are kept."""
    factors: Factors
    device: str
    precision: str
    """Chosen once for all processes."""
    models: dict[str, Model] = field(default_factory=dict)

    def files(self, day: int) -> dict[str, str]:
        """Return the names under which the others' and each model's results of a start are kept."""
        start = f"scores-{day}-{short_hash(self.leads)}-{self.kept.fingerprint(day, self.leads[-1])}"
        return {"others": f"{start}-others-{short_hash(self.factors)}"} | {name: f"{start}-{name}" for name in self.entrants}

    def missing(self, day: int, again: bool) -> list[str]:
        """Return whose results of a start are not kept yet; with `again` those of every model, too."""
        return [name for name, file in self.files(day).items() if (again and name != "others") or not self.kept.has(file)]

    def score(self, day: int, again: bool, progress: Progress = no_progress) -> None:
        """Score what is missing of a start."""
        kept, files, missing = self.kept, self.files(day), self.missing(day, again)
        source = SampleSource(folder=kept.run.folder, grid=kept.grid)
        start = Start(source, sample_date(day), self.leads)
        for number, name in enumerate(missing):

            def report(share: float, doing: str, number: int = number, name: str = name) -> None:
                progress((number + share) / len(missing), f"{name.rpartition('-')[0] or name}, {doing}")

            if name == "others":
                floor = floor_source(kept, day, self.leads[-1], report)
                days = ((lead, floor.state(sample_date(day + lead))) for lead in self.leads)
                kept.put(files[name], start.score_baselines(self.factors) | {"floor": start.score_days(days)})
            else:
                kept.put(files[name], start.score_model(self._model(name), source, report))

    def _model(self, name: str) -> Model:
        if name not in self.models:
            self.models[name] = self.entrants[name].load(self.kept.grid, self.device, self.precision)
        return self.models[name]


def held_out_skill(
    models: str | Sequence[str],
    starts: int = 10,
    leads: Sequence[int] = LEADS,
    folder: Path | None = None,
    device: str = "auto",
    grid: Grid | None = None,
    work: Path | None = None,
    progress: Progress = no_progress,
    first_start: int = 0,
    workers: int = 1,
    again: bool = False,
) -> dict[str, Any]:
    """Return the tables of `skill_tables` for one or several models, NAME or NAME=WEIGHTS, all on the same held-out starts.

    `folder` is the held-out run: by default that of seed 1 among the user's runs, else the shipped one, which has room for
    fewer starts. What is scored is kept in `work` (by default a cache), so that a stopped run goes on where it was; `again`
    scores the models anew, after a change of their code. `workers` processes share the starts; `first_start` leaves out that
    many. Raises InputError where the run is too short for one start, ModelError for a model that cannot be loaded.
    """
    entrants = [Entrant.parse(name) for name in ([models] if isinstance(models, str) else models)]
    run = held_out_run(folder)
    kept = Kept(run, grid or run.grid, work)
    days = held_out_days(run, starts + first_start, max(leads))[first_start:]
    for entrant in entrants:
        entrant.load(kept.grid, device)  # what does not fit the grid is refused before minutes of work
    factors, fitted_on = damping_factors(kept, leads, progress)
    named = {entrant.file_name(): entrant for entrant in entrants}
    contest = Contest(kept, tuple(sorted(leads)), named, factors, device, quicker_precision(choose_device(device)))
    score_all(contest, days, again, workers, progress)
    files = [contest.files(day) for day in days]
    scored: dict[str, list[Scored]] = {
        entrant.label: [kept.get(names[name]) for names in files] for name, entrant in named.items()
    }
    others: list[dict[str, Scored]] = [kept.get(names["others"]) for names in files]
    return {
        **skill_tables(scored, others, sorted(leads)),
        "starts": days,
        "run": run.folder.name,
        "grid": list(kept.grid.shape),
        "damping_fitted_on": fitted_on,
        "weights_sha256": {entrant.label: entrant.weights_sha256() for entrant in entrants},
    }
