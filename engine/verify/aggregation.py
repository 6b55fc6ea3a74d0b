"""Area-weighted means over wet cells of a band of latitude or of a region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.grid import Grid
from engine.regions import Region


@dataclass(frozen=True)
class Band:
    """Latitudes `low` to `high` degrees in both hemispheres."""

    name: str
    label: str
    low: float
    high: float


BANDS: dict[str, Band] = {
    band.name: band
    for band in (Band("14-64", "14-64 degrees", 14, 64), Band("tropics", "within 14 degrees", 0, 14))
}
"""Eddies live in the first; the second is scored apart, since waves, not eddies, move it."""


def band_weights(grid: Grid, band: Band) -> np.ndarray:
    """Return the cell areas (h, w) in m2 inside a band, zero outside and on land."""
    latitude = np.abs(grid.lat)
    inside = (latitude >= band.low) & (latitude < band.high)
    return np.where(grid.wet_surface & inside[:, None], grid.cell_area, 0)


def region_weights(grid: Grid, region: Region) -> tuple[tuple[slice, np.ndarray], np.ndarray]:
    """Return where a region lies, (rows, columns) to index fields with, and the cell areas (rows, columns) in m2 there."""
    rows, columns = grid.rows_and_columns(region)
    place = (slice(rows[0], rows[-1] + 1) if rows.size else slice(0, 0), columns)
    return place, np.where(grid.wet_surface[place], grid.cell_area[place], 0)


def weighted_means(statistics: Mapping[str, np.ndarray], weights: np.ndarray) -> dict[str, float]:
    """Return the mean of each statistic (h, w) over the cells that are present in all of them, NaN where there is none."""
    present = weights > 0
    for values in statistics.values():
        present = present & np.isfinite(values)
    kept = weights[present]
    if not kept.size:
        return dict.fromkeys(statistics, float("nan"))
    total = float(kept.sum())
    return {name: float((values[present].astype(np.float64) * kept).sum() / total) for name, values in statistics.items()}


def mean_of_means(many: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean over starts of mean statistics, each start counting the same."""
    collected = list(many)
    return {name: float(np.mean([means[name] for means in collected])) for name in collected[0]}
