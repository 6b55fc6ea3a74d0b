"""Skill on held-out starts of the sample ocean, beside the baselines and the predictability floor.

Each start is scored once and kept as mean statistics; roots are taken over all starts at the end.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np

from engine.batch import Batch
from engine.errors import InputError
from engine.grid import Grid
from engine.hydrography import climatology
from engine.models import load_model
from engine.models.climatology import FADING_DAYS
from engine.models.interface import Model
from engine.paths import cache_folder, runs_folder
from engine.progress import Progress, no_progress
from engine.regions import Region
from engine.rollout import rollout
from engine.sources.sample import SHIPPED, SampleSource, sample_day
from engine.variables import VARIABLES
from engine.verify.aggregation import BANDS, band_weights, mean_of_means, weighted_means
from engine.verify.baselines import damped_persistence, damping, damping_factor
from engine.verify.energy import eddy_kinetic_energy, power_by_wavelength
from engine.verify.report import LEADS, scored_fields
from engine.verify.statistics import cell_statistics, metrics
from sample_data.archive import KEY_EVERY
from sample_data.build import floor_run
from sample_data.runs import Run

HELD_OUT_SEED = 1
FIRST_TRAINING_START, FIRST_HELD_OUT_START, START_INTERVAL = 120, 240, 30
"""Sample days. All runs share day 0: on the same day their sea level still correlates by 0.27 on day 120, 0.09 on day 240."""

PAIRS_FOR_DAMPING = 4

OPEN_OCEAN = Region("open_ocean", "Open North Pacific", 25, 45, 155, 225)
WAVELENGTHS = ((100, 200), (200, 400), (400, 800))
"""Kilometres; a forecast that blurs loses the shortest first."""

Means = dict[str, dict[str, dict[str, float]]]
"""Predictor -> field, band and lead -> mean statistics."""


def held_out_skill(
    model_name: str,
    starts: int = 10,
    leads: Sequence[int] = LEADS,
    folder: Path | None = None,
    device: str = "auto",
    weights: Path | None = None,
    grid: Grid | None = None,
    work: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Return `rows` by variable, depth, band and lead, `eke_ratio_day30`, `zos_power_kept`, `starts` used and their `run`.

    `folder` is the held-out run: by default that of seed 1 among the user's runs, else the shipped one, which has room for
    fewer starts. What is scored is kept in `work` (by default a cache), so that a stopped run goes on with the next start.
    Raises InputError where the run is too short for one start.
    """
    source = SampleSource(folder=folder or _held_out_folder(), grid=grid)
    days = held_out_days(source.run, starts, max(leads))
    work = (work or cache_folder() / "skill") / f"{source.name}-{source.grid.shape[0]}x{source.grid.shape[1]}"
    work.mkdir(parents=True, exist_ok=True)
    progress(0.0, "fitting damped persistence on other runs")
    factors, fitted_on = _damping_factors(source, leads, work)
    model = load_model(model_name, source.grid, device, weights)
    collected = []
    for number, day in enumerate(days):

        def report(share: float, doing: str, number: int = number, day: int = day) -> None:
            progress((number + share) / len(days), f"start {number + 1} of {len(days)} (sample day {day}): {doing}")

        collected.append(_Start(source, day, leads, work).scored(model, factors, report))
    progress(1.0, f"{len(days)} starts scored")
    return {
        "rows": _rows(model_name, collected, leads),
        "eke_ratio_day30": _energy_ratio(collected, BANDS["14-64"].name),
        "zos_power_kept": _power_kept(collected),
        "starts": days,
        "run": source.run.folder.name,
        "damping_fitted_on": fitted_on,
    }


def held_out_days(run: Run, starts: int, longest: int) -> list[int]:
    """Return up to `starts` sample days, 30 apart, that have `longest` days of reference after them in `run`."""
    late = FIRST_HELD_OUT_START in run.days and run.days[-1] >= FIRST_HELD_OUT_START + longest
    begin = FIRST_HELD_OUT_START if late else run.days.start
    days = [day for day in range(begin, run.days.stop, START_INTERVAL) if day + longest < run.days.stop]
    if not days:
        raise InputError(
            f"run {run.folder} holds {len(run.days)} days; a start needs {longest} days of reference after it: build more with "
            "`goms sample build`"
        )
    return days[:starts]


def _held_out_folder() -> Path:
    built = runs_folder() / f"seed-{HELD_OUT_SEED}"
    return built if (built / "run.json").exists() else SHIPPED


class _Start:
    """One held-out start: what is scored of it already, and how to score the rest."""

    def __init__(self, source: SampleSource, day: int, leads: Sequence[int], work: Path) -> None:
        self._source, self._day, self._leads, self._work = source, day, sorted(leads), work
        self._time = _time_of(source, day)
        self._initial = source.state(self._time)
        self._weights = {name: band_weights(source.grid, band) for name, band in BANDS.items()}
        content = hashlib.sha256(repr(self._leads).encode())
        content.update(source.run.steps("zos", day + max(leads)).tobytes())
        # What was scored before stands only as long as the same run gives the same states.
        for values in self._initial.fields.values():
            content.update(values.tobytes())
        self._fingerprint = content.hexdigest()[:12]

    def scored(self, model: Model, factors: Mapping[str, float], progress: Progress) -> Means:
        """Return the mean statistics of the model, the baselines and the floor, from the work folder where they are there."""
        name = hashlib.sha256(json.dumps([model.name, dict(model.provenance)], sort_keys=True, default=str).encode()).hexdigest()
        damped = hashlib.sha256(json.dumps(dict(factors), sort_keys=True).encode()).hexdigest()
        files = {
            "baselines": self._work / f"start-{self._day}-{self._fingerprint}-baselines-{damped[:6]}.json",
            "model": self._work / f"start-{self._day}-{self._fingerprint}-{model.name}-{name[:6]}.json",
        }
        found: dict[str, Means] = {part: json.loads(file.read_text()) for part, file in files.items() if file.exists()}
        if len(found) < len(files):
            floor = None if "baselines" in found else self._floor(progress)
            for part, means in self._score(None if "model" in found else model, floor, factors, progress).items():
                files[part].write_text(json.dumps(means))
                found[part] = means
        return {**found["baselines"], **found["model"]}

    def _floor(self, progress: Progress) -> SampleSource:
        """Return the sample's own dynamics from this start without future noise, as a run that is read like any other."""
        folder = self._work / f"floor-{self._day}-{self._fingerprint}"
        stored, longest = self._source.run, self._leads[-1]
        if not folder.exists() or self._day + longest not in Run.open(folder).days:
            rmtree(folder, ignore_errors=True)
            run = Run.create(folder, stored.seed, stored.grid)
            names = ("zos", "surface_temperature", "surface_salinity")
            for day in range(self._day - self._day % KEY_EVERY, self._day + 1):
                run.append(day, {name: getattr(stored, name)(day) for name in names})
            for lead, surface in enumerate(floor_run(stored, self._day, longest), start=1):
                run.append(self._day + lead, dict(zip(names, surface, strict=True)))
                progress(0.5 * lead / longest, f"floor, day {lead}")
        return SampleSource(folder=folder, grid=self._source.grid)

    def _score(
        self, model: Model | None, floor: SampleSource | None, factors: Mapping[str, float], progress: Progress
    ) -> dict[str, Means]:
        initial, usual_then = self._initial, climatology(self._source.grid, self._time)
        steps = rollout(model, initial, self._source.forcing, self._leads[-1]) if model else None
        baselines: Means = {"persistence": {}, "damped": {}, "climatology": {}, "floor": {}}
        predicted: Means = {"model": {}, "energy": {}, "power": {}}
        for lead in range(1, self._leads[-1] + 1):
            step = next(steps) if steps else None
            progress(0.5 + 0.5 * lead / self._leads[-1], f"day {lead}")
            if lead not in self._leads:
                continue
            time = self._time + np.timedelta64(lead, "D")
            target, usual = self._source.state(time), climatology(self._source.grid, time)
            if floor:
                others = {"persistence": initial, "climatology": usual, "floor": floor.state(time)}
                self._score_baselines(baselines, lead, others, target, usual_then, factors)
            if step:
                for key, field, band in _places(lead):
                    fields = (_field(batch, *field) for batch in (step.batch, target, usual))
                    predicted["model"][key] = weighted_means(cell_statistics(*fields), self._weights[band])
        if step:
            predicted["energy"] = self._energies(step.batch, target, usual)
            predicted["power"] = {
                name: power_by_wavelength(batch["zos"], self._source.grid, OPEN_OCEAN, WAVELENGTHS)
                for name, batch in (("prediction", step.batch), ("target", target))
            }
        return ({"baselines": baselines} if floor else {}) | ({"model": predicted} if steps else {})

    def _score_baselines(
        self,
        means: Means,
        lead: int,
        others: Mapping[str, Batch],
        target: Batch,
        usual_then: Batch,
        factors: Mapping[str, float],
    ) -> None:
        for key, field, band in _places(lead):
            fields = {name: _field(batch, *field) for name, batch in others.items()}
            fields["damped"] = damped_persistence(
                fields["persistence"], _field(usual_then, *field), fields["climatology"], factors[key]
            )
            for name, values in fields.items():
                means[name][key] = weighted_means(cell_statistics(values, _field(target, *field)), self._weights[band])

    def _energies(self, prediction: Batch, target: Batch, usual: Batch) -> dict[str, dict[str, float]]:
        flow = usual["uo"][0], usual["vo"][0]
        return {
            band: {
                name: eddy_kinetic_energy(batch["uo"][0], batch["vo"][0], *flow, self._weights[band])
                for name, batch in (("prediction", prediction), ("target", target))
            }
            for band in BANDS
        }


def _places(lead: int) -> list[tuple[str, tuple[str, int], str]]:
    """Return (key, (variable, depth number), band) of every score at a lead."""
    return [
        (f"{variable} {depth:g} {band} {lead}", (variable, level), band)
        for variable, level, depth in scored_fields()
        for band in BANDS
    ]


def _field(batch: Batch, variable: str, level: int) -> np.ndarray:
    return batch[variable][level] if VARIABLES[variable].depths else batch[variable]


def _time_of(source: SampleSource, day: int) -> np.datetime64:
    first = source.times()[0]
    return first + np.timedelta64(day - sample_day(first), "D")


def _damping_factors(source: SampleSource, leads: Sequence[int], work: Path) -> tuple[dict[str, float], list[str]]:
    """Return the factor of each score's key, fitted by lag regression on runs of other seeds, and the starts it was fitted on.

    Where there is no other run, the decay times of the model "damped-persistence" serve, which come from training days too.
    """
    pairs = _training_starts(source, max(leads))
    names = [f"{run.folder.name} day {day}" for run, day in pairs]
    if not names:
        decays = {key: float(np.exp(-lead / FADING_DAYS[field[0]])) for lead in leads for key, field, _ in _places(lead)}
        return decays, []
    kept = work / f"damping-{hashlib.sha256(repr((names, list(leads))).encode()).hexdigest()[:8]}.json"
    if kept.exists():
        return json.loads(kept.read_text()), names
    weights = {name: band_weights(source.grid, band) for name, band in BANDS.items()}
    sums: dict[str, list[tuple[float, float]]] = {}
    for run, day in pairs:
        training = SampleSource(folder=run.folder, grid=source.grid)
        anomaly = _anomaly(training, _time_of(training, day))
        for lead in leads:
            later = _anomaly(training, _time_of(training, day + lead))
            for key, field, band in _places(lead):
                pair = damping(_field(anomaly, *field), _field(later, *field), weights[band])
                sums.setdefault(key, []).append(pair)
    factors = {key: damping_factor(several) for key, several in sums.items()}
    kept.write_text(json.dumps(factors))
    return factors, names


def _training_starts(source: SampleSource, longest: int) -> list[tuple[Run, int]]:
    runs = [Run.open(card.parent) for card in sorted(runs_folder().glob("seed-*/run.json"))]
    others = [run for run in runs if run.seed != source.run.seed and run.grid.shape == source.run.grid.shape]
    found = [
        (run, day)
        for day in range(FIRST_TRAINING_START, FIRST_TRAINING_START + 10 * START_INTERVAL, 2 * START_INTERVAL)
        for run in others
        if run.days and run.days.start <= day and day + longest < run.days.stop
    ]
    return found[:PAIRS_FOR_DAMPING]


def _anomaly(source: SampleSource, time: np.datetime64) -> Batch:
    state, usual = source.state(time), climatology(source.grid, time)
    return state.with_fields(**{name: state[name] - usual[name] for name in state.fields})


def _rows(model_name: str, collected: Sequence[Means], leads: Sequence[int]) -> list[dict[str, Any]]:
    rows = []
    for lead in sorted(leads):
        for key, (variable, _), band in _places(lead):
            averaged = {
                name: metrics(mean_of_means(means[name][key] for means in collected))
                for name in ("model", "persistence", "damped", "climatology", "floor")
            }
            row: dict[str, Any] = {"model": model_name, "variable": variable, "depth": float(key.split()[1]), "band": band}
            row |= {"lead_days": lead, **averaged.pop("model")}
            rows.append(row | {name: found["rmse"] for name, found in averaged.items()})
    return rows


def _energy_ratio(collected: Sequence[Means], band: str) -> float:
    energies = [means["energy"][band] for means in collected]
    return float(np.mean([each["prediction"] for each in energies]) / np.mean([each["target"] for each in energies]))


def _power_kept(collected: Sequence[Means]) -> dict[str, float]:
    """Return the power of sea surface height at the last lead over the reference's, by wavelength."""
    means = {part: mean_of_means(each["power"][part] for each in collected) for part in ("prediction", "target")}
    return {name: means["prediction"][name] / power for name, power in means["target"].items()}
