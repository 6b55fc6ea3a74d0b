"""What the Kuroshio head adds to bicubic interpolation on held-out days, and to a week's forecast of the ocean.

First from the reference's own quarter-degree days: errors, slopes, vorticity, energy by wavelength. Then from forecasts beside
bicubic interpolation of the same forecast and persistence of the first fine day: RMSE, and the correlation of anomalies from
the mean of the nested runs that were learned from (ACC).
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.forecasting.rollout import rollout
from engine.models.forecaster import Forecaster
from engine.models.heads.downscaling import SURFACE, Downscaling, refined
from engine.physics.kuroshio_grid import crop, kuroshio_grid
from engine.runtime.errors import InputError
from engine.runtime.paths import cache_folder, runs_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.sample_calendar import sample_date
from engine.sources import initial_state
from engine.training.heads.features import FeatureStore
from engine.training.heads.kuroshio import stacked
from engine.verification.detail import checkerboard, detail_scores, detail_statistics
from engine.weights.head_loading import load_downscaling
from sample_data.held_out import FIRST_HELD_OUT_START, HELD_OUT_SEED
from sample_data.kuroshio.archive import archive_of, global_surface, nested_surface
from sample_data.runs.run import Run
from sample_data.source import SampleSource

FORECAST_DAYS = 7
MEAN_EVERY = 10
"""Of the nested days that were learned from, one in so many makes the mean."""

Fields = dict[str, np.ndarray]


def kuroshio_skill(
    model: Forecaster,
    folder: Path | None = None,
    first: int = FIRST_HELD_OUT_START,
    every: int = 3,
    starts: int = 4,
    weights: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Return scores of the Kuroshio head of `model` on nested days of a run, and of a week's forecasts from `starts` of them.

    Raises ModelError where the head has no weights, InputError where the run has no nested days from `first` on.
    """
    run = Run.open(folder or runs_folder() / f"seed-{HELD_OUT_SEED}")
    stored = [day for day in archive_of(run).days if day >= first]
    if not stored:
        raise InputError(
            f"run {run.folder} has no nested days from sample day {first} on; build them with `goms sample build --kuroshio "
            f"{first}`"
        )
    head, provenance = load_downscaling(model, weights)
    store = FeatureStore(cache_folder() / f"features-{model.provenance['weights_sha256'][:12]}")
    days = stored[::every]
    store.fill(run, days, model, progress)
    result = {
        "head": "kuroshio",
        **_measure(head, store, run, days),
        "weights_sha256": provenance["weights_sha256"],
        "forecasts": [],
        "starts": [],
    }
    following = [day for day in stored if day + FORECAST_DAYS in stored]
    if starts and following:
        chosen = [following[number] for number in np.linspace(0, len(following) - 1, starts).astype(int)]
        result |= {"starts": chosen, "forecasts": _forecasts(model, head, run, chosen, progress)}
    return result


def _measure(head: Downscaling, store: FeatureStore, run: Run, days: list[int]) -> dict[str, Any]:
    """Return mean scores of `head` and `bicubic` over days of a run, and the strength of a pattern of three cells."""
    grid, patterns = kuroshio_grid(), []
    statistics: dict[str, list[dict[str, float]]] = {"bicubic": [], "head": []}
    for day in days:
        surface = torch.from_numpy(stacked(global_surface(run, day)))[None]
        features = torch.from_numpy(store(run.seed, day).astype(np.float32))[None]
        reference = nested_surface(run, day)
        with torch.inference_mode():
            ours = head(surface, features)[0].numpy()
            bicubic = np.where(grid.wet_surface, head.interpolated(surface)[0].numpy(), np.nan)
        for name, values in (("bicubic", bicubic), ("head", ours)):
            statistics[name].append(detail_statistics(dict(zip(SURFACE, values, strict=True)), reference, grid))
        patterns.append(np.mean([checkerboard(field, grid) for field in ours]))
    scores = {name: detail_scores(each) for name, each in statistics.items()}
    return {
        "bicubic": scores["bicubic"],
        "on_days": scores["head"],
        "checkerboard": float(np.mean(patterns)),
        "days": days,
        "seed": run.seed,
    }


def _forecasts(model: Forecaster, head: Downscaling, run: Run, starts: list[int], progress: Progress) -> list[dict[str, Any]]:
    """Return a row of RMSE and ACC for each field, lead and method of forecasts of a week from sample days of a run."""
    source, usual = SampleSource(folder=run.folder), _nested_mean()
    found: dict[str, dict[int, dict[str, list[tuple[float, float]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for number, start in enumerate(starts):
        progress(number / len(starts), f"kuroshio from sample day {start}")
        time, first = sample_date(start), nested_surface(run, start)
        for step in rollout(model, initial_state(source, time), source.forcing, FORECAST_DAYS):
            reference = nested_surface(run, start + step.lead)
            ours = refined(head, step.batch, step.features)
            methods: dict[str, Fields] = {
                "head": {name: values[0] if values.ndim == 3 else values for name, values in ours.fields.items()},
                "bicubic": _interpolated(head, step.batch.fields),
                "persistence": first,
            }
            for method, fields in methods.items():
                for name in SURFACE:
                    found[name][step.lead][method].append(_score(fields[name], reference[name], usual[name]))
    return [
        {"field": name, "lead_days": lead, "method": method, **_mean_of(pairs)}
        for name, leads in found.items()
        for lead, by in leads.items()
        for method, pairs in by.items()
    ]


def _mean_of(pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Return RMSE and ACC over starts of pairs of mean square error and correlation."""
    squares, correlations = zip(*pairs, strict=True)
    return {"rmse": float(np.sqrt(np.mean(squares))), "acc": float(np.mean(correlations))}


def _interpolated(head: Downscaling, fields: Mapping[str, np.ndarray]) -> Fields:
    """Return the bicubic interpolation of the surface of a global state, NaN on land."""
    coarse = np.stack([crop(fields[name][0] if fields[name].ndim == 3 else fields[name]) for name in SURFACE])
    with torch.inference_mode():
        fine = head.interpolated(torch.from_numpy(coarse)[None])[0].numpy()
    return {name: np.where(kuroshio_grid().wet_surface, values, np.nan) for name, values in zip(SURFACE, fine, strict=True)}


def _score(ours: np.ndarray, reference: np.ndarray, usual: np.ndarray) -> tuple[float, float]:
    """Return the mean square error of a field (h, w) and the correlation of its anomalies, by area."""
    there = np.isfinite(ours) & np.isfinite(reference) & np.isfinite(usual)
    weight = kuroshio_grid().cell_area[there]
    one, other = (ours - usual)[there], (reference - usual)[there]
    product = np.average(one * other, weights=weight)
    sizes = np.average(one**2, weights=weight) * np.average(other**2, weights=weight)
    return float(np.average((one - other) ** 2, weights=weight)), float(product / np.sqrt(sizes))


def _nested_mean() -> Fields:
    """Return the mean (360, 690) of nested days of the runs that were learned from."""
    runs = [Run.open(folder) for folder in sorted(runs_folder().glob("seed-*"))]
    days = [(run, day) for run in runs if run.seed != HELD_OUT_SEED for day in archive_of(run).days[::MEAN_EVERY]]
    fields = [nested_surface(run, day) for run, day in days]
    return {name: np.mean([each[name] for each in fields], axis=0) for name in SURFACE}
