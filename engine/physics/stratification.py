"""The first baroclinic mode of an ocean from its mean temperature and salinity."""

from itertools import pairwise

import gsw
import numpy as np
from numpy.typing import NDArray

from engine.physics.vertical_modes import first_mode
from engine.schema.grid import Grid

Array = NDArray[np.float32]

SHALLOWEST = 1000.0
"""Sea floor in m below which columns have a mode of their own; set by hand, as for the shipped climatology."""

COARSEST = 1.0
"""Degrees to which columns are averaged: the mode is smooth over such distances, and a column takes a third of a millisecond."""

DEEP_SCALE = 1300.0
"""e-folding depth in m of the buoyancy frequency below the deepest level (Garrett and Munk 1972, doi
10.1080/03091927208236085)."""


def stratified_modes(grid: Grid, level: NDArray[np.float64], thetao: Array, so: Array) -> tuple[Array, Array]:
    """Return speed c1 (h, w) in m s-1 and F/F(0) (level, h, w) of columns of potential temperature and salinity at `level` in m.

    NaN where the sea floor is above 1000 m. Columns are means over blocks of at most a degree, and so constant inside a block.
    """
    cells = block_size(grid)
    rows, columns = _edges(grid.lat, cells), _edges(grid.lon, cells)
    c1 = np.full(grid.shape, np.nan, dtype=np.float32)
    shape = np.full((level.size, *grid.shape), np.nan, dtype=np.float32)
    floor = np.where(grid.wet_surface, np.nan_to_num(grid.deptho), 0)
    below = np.arange(level[-1], 6000.0, 100.0)[1:]
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            deep = floor[top:bottom, left:right] > SHALLOWEST
            if not deep.any():
                continue
            box = (slice(top, bottom), slice(left, right))
            temperature, salinity = (field[:, top:bottom, left:right][:, deep].mean(axis=1) for field in (thetao, so))
            pressure = gsw.p_from_z(-level, float(grid.lat[top]))
            absolute = gsw.SA_from_SP(salinity, pressure, float(grid.lon[left]), float(grid.lat[top]))
            n2, middle = gsw.Nsquared(absolute, gsw.CT_from_pt(absolute, temperature), pressure, float(grid.lat[top]))
            if not np.isfinite(n2).all():  # beyond 86 S, where absolute salinity is not defined
                continue
            depth = -gsw.z_from_p(middle, float(grid.lat[top]))
            tail = max(float(n2[-1]), 0.0) * np.exp(-2 * (below - depth[-1]) / DEEP_SCALE)
            bottom_depth = float(floor[box][deep].mean())
            speed, profile = first_mode(np.append(depth, below), np.append(n2, tail), bottom_depth, level)
            c1[box] = speed
            shape[:, top:bottom, left:right] = np.clip(profile, -0.2, 1.05)[:, None, None]
    return c1, shape


def block_size(grid: Grid) -> int:
    """Return how many cells in a row are about a degree, at least one."""
    return max(1, round(COARSEST / float(np.median(np.diff(grid.lat)))))


def _edges(axis: NDArray[np.floating], cells: int) -> NDArray[np.int_]:
    """Return the first indices of blocks of cells, and the length."""
    return np.append(np.arange(0, axis.size, cells), axis.size)
