"""Two stores beside each other: common days, levels and cells, and the difference of their zeros of sea surface height."""

from collections.abc import Sequence

import numpy as np

from app.data.readers import FieldReader
from engine.physics.sea_level_zero import zero_difference
from engine.schema.constants import DAY
from engine.schema.grid import Grid


def day_offset(first: FieldReader, second: FieldReader) -> int:
    """Return how many days `second` began before `first`: lead L of the first is valid with lead L + offset of the second."""
    days = first.init_time.astype("datetime64[D]") - second.init_time.astype("datetime64[D]")
    return int(days / DAY)


def level_at(depths: tuple[float, ...], metres: float) -> int | None:
    """Return the index of the level at a depth, or None where a store has none there."""
    return next((index for index, depth in enumerate(depths) if abs(depth - metres) < 0.01), None)


def common_leads(first: FieldReader, second: FieldReader) -> list[tuple[int, int]]:
    """Return the pairs of finished leads valid on the same day."""
    offset = day_offset(first, second)
    there = set(second.leads)
    return [(lead, lead + offset) for lead in first.leads if lead + offset in there]


def onto(grid: Grid, target: Grid, values: np.ndarray) -> np.ndarray:
    """Return `values` (h, w) of `grid` at the nearest cells of `target`, NaN outside the area they cover."""
    if grid is target or grid.same_as(target):
        return values
    rows, row_inside = _nearest(grid.lat, target.lat, periodic=False)
    columns, column_inside = _nearest(grid.lon, target.lon, periodic=grid.is_periodic)
    return np.where(np.outer(row_inside, column_inside), values[np.ix_(rows, columns)], np.nan)


def _nearest(axis: np.ndarray, wanted: np.ndarray, periodic: bool) -> tuple[np.ndarray, np.ndarray]:
    distance = np.abs(axis[None, :] - wanted[:, None])
    if periodic:
        distance = np.minimum(distance, 360 - distance)
    nearest = distance.argmin(axis=1)
    step = float(np.diff(axis).max()) if axis.size > 1 else 1.0
    return nearest, distance[np.arange(wanted.size), nearest] <= 0.51 * step + 1e-6


def mean_difference(first: FieldReader, second: FieldReader, pairs: Sequence[tuple[int, int]]) -> float:
    """Return how far the zero of SSH of `first` lies above that of `second` in m, on the first common day."""
    if not pairs:
        return 0.0
    own = first.read("zos", pairs[0][0])
    other = onto(second.grid, first.grid, second.read("zos", pairs[0][1]))
    return zero_difference(own, other, first.grid)
