"""Optimal interpolation of sparse values on a grid: local, anisotropic, in space and time, and never through land.

Bretherton, Davis and Fandry 1976 (doi 10.1016/0011-7471(76)90001-2); patterns drift west as in Le Traon, Nadal and
Ducet 1998 (doi 10.1175/1520-0426(1998)015<0522:AIMMOM>2.0.CO;2).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from engine.physics.water_columns import over_rows
from engine.reconstruction.covariances import Covariance
from engine.schema.grid import Grid

KM_PER_DEGREE = 111.195
PATCH = 4
"""Side in cells of a patch whose cells use the same observations; set by hand."""

MOST = 64
"""Observations that a patch uses, those with the highest correlation; set by hand."""

WITHIN = 0.1
"""Factor on the distance of an observation within the patch in the choice of the closest; set by hand."""

REACH = 4.0
"""Distance in correlation lengths beyond which observations are ignored, set by hand: the correlation there is 0.09."""

WIDEST = 72
"""Columns on either side beyond which observations are ignored near the poles; set by hand."""

JITTER = 1e-6
"""Share of the variance that is added to the noise, set by hand: it keeps the matrix of two observations of one cell regular."""


@dataclass(frozen=True, eq=False)
class Sparse:
    """Values (n, m) at cells (`rows`, `columns`) and `days` from the analysis, with error variances `noise` (n,)."""

    rows: np.ndarray
    columns: np.ndarray
    days: np.ndarray
    values: np.ndarray
    noise: np.ndarray

    def __len__(self) -> int:
        return self.rows.size


class _Basin(NamedTuple):
    """The grid for the compiled loops: water (h, w), whether it is periodic, latitudes (h,), step of longitude."""

    wet: np.ndarray
    periodic: bool
    lat: np.ndarray
    step: float


class _Observed(NamedTuple):
    """Observations by cell: those of flat cell c are numbers `starts[c]` to `starts[c + 1]` of the other arrays.

    `days` (n,) from the analysis, `values` (n, m) in spreads, `noise` (n,) in squared spreads.
    """

    starts: np.ndarray
    rows: np.ndarray
    days: np.ndarray
    values: np.ndarray
    noise: np.ndarray


class _Window(NamedTuple):
    """A patch and the window around it whose observations it may use.

    The patch has rows `low` to `high` and columns from `left_of_patch`; the window's first cell is (`top`, `left`), its cells
    are `narrow` by `tall` km, `label` (rows, columns) numbers its separate basins, `stack` is work space. `scales` (4,) are
    lengths to the east and north in km, days, and drift in km a day.
    """

    low: int
    high: int
    left_of_patch: int
    top: int
    left: int
    narrow: float
    tall: float
    label: np.ndarray
    stack: np.ndarray
    scales: np.ndarray


@dataclass(frozen=True, eq=False)
class Estimate:
    """The estimate (m, h, w) and the standard deviation of its error (h, w), both NaN on land."""

    values: np.ndarray
    error: np.ndarray


def matern(distance: np.ndarray) -> np.ndarray:
    """Return the correlation (1 + s) exp(-s) at distances in lengths."""
    return (1 + np.abs(distance)) * np.exp(-np.abs(distance))


def interpolate(observed: Sparse, grid: Grid, covariance: Covariance) -> Estimate:
    """Return the best linear estimate of an anomaly of mean zero and its error, from values with independent noise.

    An observation counts where water within reach connects it with the cell; far from all of them the estimate is 0 and the error
    is the spread. The global grid is periodic.
    """
    h, w = grid.shape
    width = observed.values.shape[1]
    values = np.zeros((width, h, w), dtype=np.float32)
    variance = np.ones((h, w), dtype=np.float32)
    if len(observed):
        cells = observed.rows * w + observed.columns
        order = np.argsort(cells, kind="stable")
        spread = covariance.spread[observed.rows, observed.columns][order].astype(np.float64)
        starts = np.searchsorted(cells[order], np.arange(h * w + 1))
        over_rows(
            _patches,
            -(-h // PATCH),
            _Basin(grid.wet_surface, grid.is_periodic, grid.lat.astype(np.float64), float(grid.lon[1] - grid.lon[0])),
            _Observed(
                starts,
                observed.rows[order],
                observed.days[order].astype(np.float64),
                observed.values[order].astype(np.float64) / spread[:, None],
                observed.noise[order].astype(np.float64) / spread**2 + JITTER,
            ),
            np.stack([covariance.east, covariance.north, covariance.days, covariance.drift]).astype(np.float64),
            values,
            variance,
        )
    wet = grid.wet_surface
    missing = np.float32(np.nan)
    return Estimate(
        np.where(wet, values * covariance.spread, missing),
        np.where(wet, np.sqrt(np.clip(variance, 0, 1)) * covariance.spread, missing),
    )


@njit(cache=True, nogil=True, fastmath=True)
def _correlation(x, y, t, east, north, time, drift):  # type: ignore[no-untyped-def]
    """Correlation of two places `x` km east, `y` km north and `t` days apart."""
    along, across = (x + drift * t) / east, y / north
    s = np.sqrt(along * along + across * across)
    u = abs(t) / time
    return (1 + s) * (1 + u) * np.exp(-s - u)


@njit(cache=True, nogil=True)
def _flood(basin, window, row, column, number):  # type: ignore[no-untyped-def]
    """Give `number` to the water of the window that is connected with one of its cells by sides of cells."""
    wet, label, stack = basin.wet, window.label, window.stack
    top, left = window.top, window.left
    rows, columns = label.shape
    w = wet.shape[1]
    stack[0] = row * columns + column
    label[row, column] = number
    size = 1
    while size:
        size -= 1
        here = stack[size]
        for side in range(4):
            j = here // columns + (1 if side == 0 else (-1 if side == 1 else 0))
            i = here % columns + (1 if side == 2 else (-1 if side == 3 else 0))
            if j < 0 or j >= rows or i < 0 or i >= columns or label[j, i]:
                continue
            if not basin.periodic and not 0 <= left + i < w:
                continue
            if wet[top + j, (left + i) % w]:
                label[j, i] = number
                stack[size] = j * columns + i
                size += 1


@njit(cache=True, nogil=True, fastmath=True)
def _weigh(east, north, days, noise, scales, matrix):  # type: ignore[no-untyped-def]
    """Fill `matrix` with the lower Cholesky factor of the covariance of observations, noise included."""
    count = east.size
    for a in range(count):
        for b in range(a):
            matrix[a, b] = _correlation(
                east[a] - east[b], north[a] - north[b], days[a] - days[b], scales[0], scales[1], scales[2], scales[3]
            )
        matrix[a, a] = 1.0 + noise[a]
    for a in range(count):
        for b in range(a):
            matrix[a, b] = (matrix[a, b] - np.dot(matrix[a, :b], matrix[b, :b])) / matrix[b, b]
        matrix[a, a] = np.sqrt(max(matrix[a, a] - np.dot(matrix[a, :a], matrix[a, :a]), 1e-9))


@njit(cache=True, nogil=True)
def _patches(first, last, basin, nearby, scales, values, variance):  # type: ignore[no-untyped-def]
    wet, lat = basin.wet, basin.lat
    h, w = wet.shape
    height = lat[1] - lat[0]
    for patch_row in range(first, last):
        low, high = patch_row * PATCH, min(patch_row * PATCH + PATCH, h)
        middle = 0.5 * (lat[low] + lat[high - 1])
        covariance = scales[:, (low + high) // 2 if (low + high) // 2 < h else h - 1]
        narrow = basin.step * KM_PER_DEGREE * max(np.cos(np.deg2rad(middle)), 0.02)
        tall = height * KM_PER_DEGREE
        reach_rows = int(np.ceil(REACH * covariance[1] / tall))
        reach_columns = min(int(np.ceil(REACH * covariance[0] / narrow)), WIDEST, (w - PATCH) // 2)
        top, bottom = max(low - reach_rows, 0), min(high + reach_rows, h)
        wide = PATCH + 2 * reach_columns
        label = np.zeros((bottom - top, wide), dtype=np.int16)
        stack = np.empty(label.size + 1, dtype=np.int64)
        for patch_column in range(0, w, PATCH):
            left = patch_column - reach_columns
            window = _Window(low, high, patch_column, top, left, narrow, tall, label, stack, covariance)
            label[:] = 0
            number = 0
            for j in range(low, high):
                for i in range(patch_column, min(patch_column + PATCH, w)):
                    if wet[j, i] and label[j - top, i - left] == 0:
                        number += 1
                        _flood(basin, window, j - top, i - left, number)
                        _solve(w, window, number, nearby, values, variance)


@njit(cache=True, nogil=True)
def _solve(w, window, number, nearby, values, variance):  # type: ignore[no-untyped-def]
    """Estimate the cells of a patch that carry `number` from observations in the same water; the grid has `w` columns."""
    low, high, patch_column, top, left, narrow, tall, label, _, covariance = window
    starts, rows, days, observed, noise = nearby
    centre_row, centre_column = 0.5 * (low + high - 1), patch_column + 0.5 * (PATCH - 1)
    found = 0
    for j in range(label.shape[0]):
        for i in range(label.shape[1]):
            if label[j, i] == number:
                cell = (top + j) * w + (left + i) % w
                found += starts[cell + 1] - starts[cell]
    if found == 0:
        return
    which, east, far = np.empty(found, dtype=np.int64), np.empty(found), np.empty(found)
    found = 0
    for j in range(label.shape[0]):
        for i in range(label.shape[1]):
            if label[j, i] != number:
                continue
            cell = (top + j) * w + (left + i) % w
            for k in range(starts[cell], starts[cell + 1]):
                which[found], east[found] = k, (left + i - centre_column) * narrow
                x, y = (east[found] + covariance[3] * days[k]) / covariance[0], (top + j - centre_row) * tall / covariance[1]
                far[found] = np.sqrt(x * x + y * y) + abs(days[k]) / covariance[2]
                # Near the poles patches are tall, so observations inside may be farther from the middle than others.
                if low <= top + j < high and patch_column <= left + i < patch_column + PATCH:
                    far[found] *= WITHIN
                found += 1
    if found > MOST:
        limit = np.partition(far, MOST - 1)[MOST - 1]
        # All observations at the limit stay: a cut by number would drop some on one side.
        chosen = np.flatnonzero(far <= limit)
        which, east = which[chosen], east[chosen]
    north = (rows[which] - centre_row) * tall
    count = which.size
    matrix = np.zeros((count, count))
    _weigh(east, north, days[which], noise[which], covariance, matrix)
    width = observed.shape[1]
    known = np.empty((width, count))
    for m in range(width):
        for a in range(count):
            known[m, a] = (observed[which[a], m] - np.dot(matrix[a, :a], known[m, :a])) / matrix[a, a]
    weight = np.empty(count)
    for j in range(low, high):
        for i in range(patch_column, min(patch_column + PATCH, w)):
            if label[j - top, i - left] != number:
                continue
            x, y = (i - centre_column) * narrow, (j - centre_row) * tall
            for a in range(count):
                k = which[a]
                near = _correlation(
                    east[a] - x, north[a] - y, days[k], covariance[0], covariance[1], covariance[2], covariance[3]
                )
                weight[a] = (near - np.dot(matrix[a, :a], weight[:a])) / matrix[a, a]
            for m in range(width):
                values[m, j, i] = np.dot(weight, known[m])
            variance[j, i] = 1.0 - np.dot(weight, weight)
