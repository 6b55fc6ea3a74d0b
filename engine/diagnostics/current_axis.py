"""The axis of the Kuroshio: a line of equal sea surface height that follows the core of the current."""

import numpy as np
from contourpy import LineType, contour_generator

from engine.schema.grid import Grid
from engine.schema.regions import REGIONS

WEST, EAST = 141.0, 153.0
"""Degrees east between which the latitude of the axis is averaged: the upstream Kuroshio Extension."""

SOUTH, NORTH = 30.0, 40.0
"""Latitudes between which the core of the Extension is searched."""

SAMPLES = 49
"""Longitudes from WEST to EAST at which the axis is read, a quarter of a degree apart."""


def core_height(zos: np.ndarray, grid: Grid) -> float:
    """Return the sea surface height in m of the core: where `zos` (h, w) decreases most steeply northward, the median over
    longitudes.

    Searched in 30-40N, 141-153E. Qiu and Chen 2005 (doi 10.1175/JPO2807.1) follow the contour of 1.7 m for the same reason;
    products differ in their zero, so that each has a height of its own. NaN where there is no water.
    """
    rows = np.flatnonzero((grid.lat >= SOUTH) & (grid.lat <= NORTH))
    columns = np.flatnonzero((grid.lon >= WEST) & (grid.lon <= EAST))
    if rows.size < 2 or not columns.size:
        return float("nan")
    height = zos[np.ix_(rows, columns)]
    step = np.diff(height, axis=0)
    falls = np.where(np.isfinite(step), step, np.inf)
    steepest = falls.argmin(axis=0)
    known = np.isfinite(falls.min(axis=0))
    if not known.any():
        return float("nan")
    level, number = steepest[known], np.flatnonzero(known)
    middle = 0.5 * (height[level, number] + height[level + 1, number])
    return float(np.median(middle + step[level, number] * _vertex(step, level, number)))


def _vertex(step: np.ndarray, level: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return where between rows, in rows from the middle, the parabola through three steps is steepest; 0 without neighbours.

    Without it the height of a straight jet would jump by half the width of a cell.
    """
    south, north = step[np.maximum(level - 1, 0), number], step[np.minimum(level + 1, len(step) - 1), number]
    bend = south - 2 * step[level, number] + north
    inside = np.isfinite(bend) & (bend > 0) & (level > 0) & (level < len(step) - 1)
    return np.divide(0.5 * (south - north), bend, out=np.zeros_like(bend), where=inside)


def current_axis(zos: np.ndarray, grid: Grid, height: float) -> np.ndarray:
    """Return the axis (n, 2) as latitude and longitude in degrees, from west to east, of `zos` (h, w) in m; none as (0, 2).

    Of the lines of that height in the Kuroshio box (20-50N, 122.5-180E) it is the one that passes most of 141-153E, the longest
    of equal ones: rings that the current has shed are closed lines of their own.
    """
    rows, columns = grid.rows_and_columns(REGIONS["kuroshio"])
    if rows.size < 2 or columns.size < 2 or not np.isfinite(height):
        return np.empty((0, 2))
    field = np.ma.masked_invalid(zos[np.ix_(rows, columns)].astype(float))
    generator = contour_generator(grid.lon[columns], grid.lat[rows], field, line_type=LineType.Separate)
    lines = [np.asarray(line)[:, ::-1] for line in generator.lines(height)]
    if not lines:
        return np.empty((0, 2))
    axis = max(lines, key=lambda line: (int(np.isfinite(latitudes(line)).sum()), len(line)))
    return axis if axis[0, 1] <= axis[-1, 1] else axis[::-1]


def latitudes(axis: np.ndarray) -> np.ndarray:
    """Return the latitude of an axis (n, 2) at even longitudes from 141E to 153E: of several crossings the mean, else NaN."""
    wanted = np.linspace(WEST, EAST, SAMPLES)
    (south, west), (north, east) = axis[:-1].T[:, None], axis[1:].T[:, None]
    crossed = (np.minimum(west, east) <= wanted[:, None]) & (wanted[:, None] < np.maximum(west, east))
    share = np.divide(wanted[:, None] - west, east - west, out=np.zeros(crossed.shape), where=crossed)
    total = np.where(crossed, south + share * (north - south), 0).sum(axis=1)
    count = crossed.sum(axis=1)
    return np.divide(total, count, out=np.full(SAMPLES, np.nan), where=count > 0)


def mean_latitude(axis: np.ndarray) -> float:
    """Return the mean latitude of an axis (n, 2) between 141E and 153E in degrees, NaN where it passes less than half of it."""
    found = latitudes(axis)
    known = np.isfinite(found)
    return float(found[known].mean()) if known.sum() > SAMPLES / 2 else float("nan")
