"""Scores of the Kuroshio head on held-out days and in forecasts of a week, beside bicubic interpolation.

On quarter-degree days of the reference: errors, slopes, vorticity, energy by wavelength. In forecasts, beside bicubic
interpolation of the same forecast and persistence of the first fine day: RMSE, and the correlation of anomalies from the mean of
the nested training runs (ACC).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.forecasting.rollout import rollout
from engine.models.forecaster import Forecaster
from engine.models.heads.downscaling import SURFACE, Downscaling, refined
from engine.physics.kuroshio_grid import crop, kuroshio_grid
from engine.runtime.errors import InputError
from engine.runtime.paths import cache_folder
from engine.runtime.progress import Progress, no_progress
from engine.sources import DaySeries, HeldOut, day_name, initial_state
from engine.training.heads.features import FeatureStore
from engine.training.heads.kuroshio import nested_fields, stacked
from engine.verification.detail import checkerboard, detail_scores, detail_statistics
from engine.weights.head_loading import load_downscaling

FORECAST_DAYS = 7
MEAN_EVERY = 10
"""Every how many nested training days one counts for the mean; set by hand."""

Fields = dict[str, np.ndarray]


def kuroshio_skill(
    model: Forecaster,
    held_out: HeldOut,
    every: int = 3,
    starts: int = 4,
    weights: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Return scores of the Kuroshio head of `model` on nested held-out days, and of a week's forecasts from `starts` of them.

    Raises ModelError where the head has no weights, InputError where no nested days are held out.
    """
    source, first = held_out.source, held_out.first_independent
    stored = [time for time in source.head_times("kuroshio") if time >= first]
    if not stored:
        raise InputError(
            f"{held_out.name} has no nested days from {day_name(source, first)} on; build them with "
            f"`goms sample build --kuroshio {held_out.day(first)}`"
        )
    head, provenance = load_downscaling(model, weights)
    store = FeatureStore(cache_folder() / f"features-{model.provenance['weights_sha256'][:12]}")
    days = stored[::every]
    store.fill(source, days, model, progress)
    result = {
        "head": "kuroshio",
        **_measure(head, store, source, days),
        "days": [held_out.day(time) for time in days],
        "run": held_out.name,
        "weights_sha256": provenance["weights_sha256"],
        "forecasts": [],
        "starts": [],
    }
    following = [time for time in stored if time + np.timedelta64(FORECAST_DAYS, "D") in stored]
    if starts and following:
        chosen = [following[number] for number in np.linspace(0, len(following) - 1, starts).astype(int)]
        seasonal_mean = _nested_mean(held_out.training_series())
        forecasts = _forecasts(model, head, source, chosen, seasonal_mean, progress)
        result |= {"starts": [held_out.day(time) for time in chosen], "forecasts": forecasts}
    return result


def _measure(head: Downscaling, store: FeatureStore, source: DaySeries, times: list[np.datetime64]) -> dict[str, Any]:
    """Return mean scores of `head` and `bicubic` over days of a series, and the strength of a pattern of three cells."""
    grid, patterns = kuroshio_grid(), []
    statistics: dict[str, list[dict[str, float]]] = {"bicubic": [], "head": []}
    for time in times:
        surface = torch.from_numpy(stacked(source.kuroshio_box(time)))[None]
        features = torch.from_numpy(store(source.name, time).astype(np.float32))[None]
        reference = nested_fields(source, time)
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
    }


def _forecasts(
    model: Forecaster,
    head: Downscaling,
    source: DaySeries,
    starts: list[np.datetime64],
    seasonal_mean: Fields,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Return a row of RMSE and ACC for each field, lead and method of forecasts of a week; anomalies are from `seasonal_mean`."""
    found: dict[str, dict[int, dict[str, list[tuple[float, float]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for number, start in enumerate(starts):
        progress(number / len(starts), f"kuroshio from {day_name(source, start)}")
        first = nested_fields(source, start)
        for step in rollout(model, initial_state(source, start), source.forcing, FORECAST_DAYS):
            reference = nested_fields(source, step.batch.time)
            ours = refined(head, step.batch, step.features)
            methods: dict[str, Fields] = {
                "head": {name: values[0] if values.ndim == 3 else values for name, values in ours.fields.items()},
                "bicubic": _interpolated(head, step.batch.fields),
                "persistence": first,
            }
            for method, fields in methods.items():
                for name in SURFACE:
                    found[name][step.lead][method].append(_score(fields[name], reference[name], seasonal_mean[name]))
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


def _score(ours: np.ndarray, reference: np.ndarray, seasonal_mean: np.ndarray) -> tuple[float, float]:
    """Return the mean square error of a field (h, w) and the correlation of its anomalies, by area."""
    there = np.isfinite(ours) & np.isfinite(reference) & np.isfinite(seasonal_mean)
    weight = kuroshio_grid().cell_area[there]
    one, other = (ours - seasonal_mean)[there], (reference - seasonal_mean)[there]
    product = np.average(one * other, weights=weight)
    sizes = np.average(one**2, weights=weight) * np.average(other**2, weights=weight)
    return float(np.average((one - other) ** 2, weights=weight)), float(product / np.sqrt(sizes))


def _nested_mean(training: Sequence[DaySeries]) -> Fields:
    """Return the mean (360, 690) of nested days of the training series."""
    fields = [nested_fields(each, time) for each in training for time in each.head_times("kuroshio")[::MEAN_EVERY]]
    return {name: np.mean([each[name] for each in fields], axis=0) for name in SURFACE}
