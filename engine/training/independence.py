"""Correlation of days of different series: the check that no held-out start resembles a training day."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.sources import HeldOut, Source
from engine.training.days.runs import SEQUENCE_DAYS, Run

LATITUDES = (14.0, 64.0)
"""Latitudes (degrees, both hemispheres) whose sea level is compared: eddies alone, without prescribed tropics and poles."""


EVERY = 30
"""Days between held-out starts that are compared; set by hand."""


def sea_level_anomalies(levels: Sequence[np.ndarray], mean: np.ndarray, grid: Grid) -> np.ndarray:
    """Return unit vectors (n, cells) of sea level (h, w) less its time `mean`, by area over wet cells of 14 to 64 degrees."""
    inside = (np.abs(grid.lat) >= LATITUDES[0]) & (np.abs(grid.lat) <= LATITUDES[1])
    cells = grid.wet_surface & inside[:, None]
    weight = np.sqrt(grid.cell_area[cells]).astype(np.float32)
    vectors = np.stack([np.nan_to_num(level - mean)[cells] * weight for level in levels])
    vectors -= weight * ((vectors @ weight) / (weight @ weight))[:, None]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def largest_correlations(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return for each of `ours` (n, cells) its largest correlation with any of `theirs` (m, cells)."""
    return (ours @ theirs.T).max(axis=1)


def independence(sources: Sequence[Source], runs: Sequence[Run], held_out: HeldOut) -> dict[str, Any]:
    """Return how far held-out starts resemble training days, and unrelated sources each other (correlation of sea level).

    All lie on the grid of `held_out`. One day a week of `runs` is
    compared. Raises InputError for a source without the sea level of such a day.
    """
    days: dict[str, list[np.datetime64]] = {}
    for run in runs:
        days.setdefault(run.reader.name, []).extend(run.days[::SEQUENCE_DAYS])
    levels = {each.name: [_sea_level(each, day) for day in days[each.name]] for each in sources if each.name in days}
    grid = held_out.source.grid
    mean = np.mean([np.mean(fields, axis=0) for fields in levels.values()], axis=0)
    vectors = {name: sea_level_anomalies(fields, mean, grid) for name, fields in levels.items()}
    result: dict[str, Any] = {}
    names = list(vectors)
    if len(names) > 1:
        largest = largest_correlations(vectors[names[0]], vectors[names[1]]).max()
        result["correlation_of_unrelated_runs_at_most"] = _rounded(largest)
    times = held_out.source.times()
    starts = list(times[times >= held_out.first_independent][::EVERY])
    if starts:
        ours = sea_level_anomalies([_sea_level(held_out.source, start) for start in starts], mean, grid)
        found = largest_correlations(ours, np.concatenate(list(vectors.values())))
        result["held_out_starts"] = [held_out.day(start) for start in starts]
        result["correlation_of_held_out_starts_with_training_at_most"] = [_rounded(value) for value in found]
    return result


def _sea_level(source: Source, time: np.datetime64) -> np.ndarray:
    level = source.sea_level(time)
    if level is None:
        raise InputError(f"{source.label} has no sea level on {time}; expected that of every training day")
    return level


def _rounded(value: float) -> float:
    return round(float(value), 3)
