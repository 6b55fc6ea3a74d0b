"""Area-weighted means over wet cells of a latitude belt or of a region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.schema.grid import Grid
from engine.schema.regions import Region

Box = tuple[slice | np.ndarray, slice | np.ndarray]
"""Rows and columns to pick from a field (h, w)."""


@dataclass(frozen=True)
class LatitudeBelt:
    """Latitudes `low` to `high` degrees in both hemispheres."""

    name: str
    label: str
    low: float
    high: float


LATITUDE_BELTS: dict[str, LatitudeBelt] = {
    belt.name: belt
    for belt in (LatitudeBelt("14-64", "14-64 degrees", 14, 64), LatitudeBelt("tropics", "within 14 degrees", 0, 14))
}
"""Eddies dominate the first; the tropics are scored separately, since waves dominate there."""


def belt_weights(grid: Grid, belt: LatitudeBelt) -> np.ndarray:
    """Return the cell areas (h, w) in m2 inside a belt, zero outside and on land."""
    latitude = np.abs(grid.lat)
    inside = (latitude >= belt.low) & (latitude < belt.high)
    return np.where(grid.wet_surface & inside[:, None], grid.cell_area, 0)


def region_weights(grid: Grid, region: Region) -> tuple[Box, np.ndarray]:
    """Return where a region lies and the cell areas there in m2, zero on land; the columns are in the order of the grid."""
    rows, columns = grid.rows_and_columns(region)
    box = (_slice(rows), _slice(np.sort(columns)))
    # In two steps, since NumPy would pair arrays of row and column numbers cell by cell.
    return box, np.where(grid.wet_surface[box[0]][:, box[1]], grid.cell_area[box[0]][:, box[1]], 0)


def _slice(numbers: np.ndarray) -> slice | np.ndarray:
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
