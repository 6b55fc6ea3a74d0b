"""Means of observations by cell and half day, and profiles on the model's levels from measurements at depth."""

import numpy as np

from engine.readers.tables.observations import Observations
from engine.reconstruction.interpolation import Sparse
from engine.schema.grid import Grid
from engine.schema.variables import DEPTHS

SURFACE_DEPTH = 5.0
"""Metres within which a measurement of temperature or salinity counts as a surface value; set by hand."""

LEAST_ERROR = 1e-6
"""Lower bound of errors, so that perfect values have a finite weight; set by hand."""

PER_DAY = 2
"""Times of day that stay separate; set by hand."""


def cells_of(lat: np.ndarray, lon: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column (n,) of the cells nearest to positions in degrees; row -1 beyond the grid and on land."""
    rows = _nearest(grid.lat, lat)
    if grid.is_periodic:
        step = 360 / grid.lon.size
        columns = np.rint((lon - grid.lon[0]) / step).astype(np.int64) % grid.lon.size
        outside = np.zeros(rows.shape, dtype=bool)
    else:
        columns = _nearest(grid.lon, lon)
        outside = np.abs(grid.lon[columns] - lon) > (grid.lon[1] - grid.lon[0])
    outside |= np.abs(grid.lat[rows] - lat) > (grid.lat[1] - grid.lat[0])
    outside |= ~grid.wet_surface[rows, columns]
    return np.where(outside, -1, rows), columns


def _nearest(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(np.interp(values, axis, np.arange(axis.size))), 0, axis.size - 1).astype(np.int64)


def at_surface(observations: Observations, grid: Grid, background: np.ndarray) -> Sparse:
    """Return anomalies of surface values from `background` (h, w), averaged by cell and half day, weighted by error.

    The error of a mean is that of its values divided by the root of their number, and at least half of that of one value,
    since scales below a cell do not average out.
    """
    rows, columns = cells_of(observations.lat, observations.lon, grid)
    kept = (rows >= 0) & (observations.depth <= SURFACE_DEPTH)
    rows, columns, seen = rows[kept], columns[kept], observations.where(kept)
    background_values = background[rows, columns]
    times = np.rint(seen.days * PER_DAY).astype(np.int64)
    places, which = _places(rows, columns, times, grid)
    count = places.shape[1]
    weight = 1 / np.maximum(seen.error, LEAST_ERROR) ** 2
    total = np.bincount(which, weight, count)
    mean = np.bincount(which, weight * (seen.value - background_values), count) / np.maximum(total, 1e-30)
    noise = np.maximum(1, 0.25 * np.bincount(which, minlength=count)) / total
    return Sparse(places[0], places[1], places[2] / PER_DAY, mean[:, None], noise)


def _places(rows: np.ndarray, columns: np.ndarray, times: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows, columns and times (3, m), and for each observation (n,) its number among them."""
    span = int(np.abs(times).max(initial=0)) + 1
    keys = (rows * grid.lon.size + columns) * 2 * span + times + span
    unique, which = np.unique(keys, return_inverse=True)
    cells, times = np.divmod(unique, 2 * span)
    return np.stack([*np.divmod(cells, grid.lon.size), times - span]), which.ravel()


def profiles(observations: Observations, grid: Grid) -> tuple[Sparse, dict[str, np.ndarray]]:
    """Return the positions of profiles and, by variable, their values (n, z) on the grid's levels, NaN where unknown.

    A profile holds the measurements of one cell and half day at one level or more; measurements between levels count where two
    enclose a level, without extrapolation. The `values` of the returned positions are empty (n, 0); their noise is the mean error
    variance.
    """
    rows, columns = cells_of(observations.lat, observations.lon, grid)
    kept = (rows >= 0) & (observations.variable != "zos")
    seen = observations.where(kept)
    places, which = _places(rows[kept], columns[kept], np.rint(seen.days * PER_DAY).astype(np.int64), grid)
    count, size = places.shape[1], grid.depth.size
    level = _nearest(grid.depth, seen.depth)
    between = np.abs(grid.depth[level] - seen.depth) > 1e-3
    values = {}
    for name in ("thetao", "so", "uo", "vo"):
        ours = seen.variable == name
        if not ours.any():
            continue
        field = np.full((count, size), np.nan)
        on = ours & ~between
        field[which[on], level[on]] = seen.value[on]
        _enclosed(field, seen, which, ours, np.unique(which[ours & between]))
        values[name] = field
    deep = np.any([np.isfinite(field[:, 1:]).any(axis=1) for field in values.values()], axis=0) if values else np.zeros(0, bool)
    noise = np.bincount(which, seen.error**2, count) / np.maximum(np.bincount(which, minlength=count), 1)
    at = places[:, deep]
    spots = Sparse(at[0], at[1], at[2] / PER_DAY, np.empty((at.shape[1], 0)), noise[deep])
    return spots, {name: field[deep] for name, field in values.items()}


def _enclosed(field: np.ndarray, seen: Observations, which: np.ndarray, ours: np.ndarray, numbers: np.ndarray) -> None:
    """Fill the rows `numbers` of `field` (n, z) from measurements at depths of their own, linear between them."""
    levels = np.asarray(DEPTHS, dtype=np.float64)
    chosen = np.flatnonzero(ours & np.isin(which, numbers))
    chosen = chosen[np.lexsort((seen.depth[chosen], which[chosen]))]
    edges = np.searchsorted(which[chosen], np.stack([numbers, numbers + 1]))
    for number, first, last in zip(numbers, *edges, strict=True):
        part = chosen[first:last]
        field[number] = np.interp(levels, seen.depth[part], seen.value[part], left=np.nan, right=np.nan)
