"""Area-weighted means over wet cells of a band of latitude or of a region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.schema.grid import Grid
from engine.schema.regions import Region

Place = tuple[slice | np.ndarray, slice | np.ndarray]
"""Rows and columns to pick from a field (h, w)."""


@dataclass(frozen=True)
class Band:
    """Latitudes `low` to `high` degrees in both hemispheres."""

    name: str
    label: str
    low: float
    high: float


BANDS: dict[str, Band] = {
    band.name: band for band in (Band("14-64", "14-64 degrees", 14, 64), Band("tropics", "within 14 degrees", 0, 14))
}
"""Eddies live in the first; the second is scored apart, since waves, not eddies, move it."""


def band_weights(grid: Grid, band: Band) -> np.ndarray:
    """Return the cell areas (h, w) in m2 inside a band, zero outside and on land."""
    latitude = np.abs(grid.lat)
    inside = (latitude >= band.low) & (latitude < band.high)
    return np.where(grid.wet_surface & inside[:, None], grid.cell_area, 0)


def region_weights(grid: Grid, region: Region) -> tuple[Place, np.ndarray]:
    """Return where a region lies and the cell areas there in m2, zero on land; the columns are in the order of the grid."""
    rows, columns = grid.rows_and_columns(region)
    place = (_place(rows), _place(np.sort(columns)))
    # Picked in two steps, so that numbers of rows and of columns are never paired cell by cell.
    return place, np.where(grid.wet_surface[place[0]][:, place[1]], grid.cell_area[place[0]][:, place[1]], 0)


def _place(numbers: np.ndarray) -> slice | np.ndarray:
    """Return consecutive numbers as a slice, which picks without copying."""
    if numbers.size and numbers[-1] - numbers[0] == numbers.size - 1:
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers


def weighted_means(statistics: Mapping[str, np.ndarray], weights: np.ndarray) -> dict[str, float]:
    """Return the mean of each statistic over the cells that are present in all of them, NaN where there is none."""
    present = weights > 0
    for values in statistics.values():
        present &= np.isfinite(values)
    if not present.any():
        return dict.fromkeys(statistics, float("nan"))
    whole = bool(present.all())
    kept = weights if whole else weights[present]
    total = float(kept.sum())
    return {name: float(((values if whole else values[present]) * kept).sum() / total) for name, values in statistics.items()}


def mean_of_means(many: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean over starts of mean statistics, each start counting the same."""
    collected = list(many)
    return {name: float(np.mean([means[name] for means in collected])) for name in collected[0]}
