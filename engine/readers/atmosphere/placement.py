"""Fields of a provider's grid on the cells of the model: area means, or linear interpolation where the cells are finer."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from engine.readers.regrid import AreaMean
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, cell_edges

_ROOM = 1e-6
"""Degrees by which a cell may reach over the edge of a box: rounding."""

_LEAST = 1e-3
"""Weight below which a value counts as none: rounding."""


class Placement:
    """Takes fields (h, w) of a provider's grid to the cells of `grid`, the part of the wanted grid that the fields cover.

    The coordinates are where the values are: ERA5 has nodes on multiples of 1/4 degree with both poles, the model cell centres
    between them, half a cell away. A node stands for the cell around it. Means are conservative and skip missing values.
    """

    def __init__(self, lat: np.ndarray, lon: np.ndarray, wanted: Grid, whole: bool = False) -> None:
        """Take latitude ascending, longitude ascending in [0, 360), and a grid, on all of which the fields lie if `whole`.

        Raises InputError where the two share no cell.
        """
        east, self._order = _unrolled(lon)
        is_finer = any(
            np.diff(ours).min() < np.diff(theirs).max() / 1.01 for ours, theirs in ((wanted.lat, lat), (wanted.lon, east))
        )
        step = float(np.diff(east).max())
        around = bool(east[-1] - east[0] + 1.5 * step > 360)
        # Columns of the wanted grid are counted from the middle of the longitudes that the fields lack.
        west = (wanted.lon[0] if around else (east[0] + east[-1] - 360) / 2) - _ROOM
        moved = (wanted.lon - west) % 360 + west
        rows = _inside(lat, wanted.lat, is_finer, *_polar_ends(lat))
        columns = np.arange(wanted.lon.size) if around else _inside(east, moved, is_finer, east[0], east[-1])
        if rows.size < 2 or columns.size < 2:
            raise InputError(
                f"fields over {lat[0]:g} to {lat[-1]:g} N and {east[0]:g} to {east[-1]:g} E cover {rows.size} rows and "
                f"{columns.size} columns of the model's grid; expected at least 2 of each: cut out a larger box"
            )
        self.is_whole = rows.size == wanted.lat.size and columns.size == wanted.lon.size
        self._within = np.ix_(rows, columns) if whole and not self.is_whole else None
        cut = np.ix_(rows, columns) if self._within is None else np.ix_(*map(np.arange, wanted.shape))
        self.grid = Grid(
            wanted.lat[cut[0].ravel()], wanted.lon[cut[1].ravel()], wanted.depth[:1], wanted.wet_surface[cut][None],
            wanted.deptho[cut],
        )  # fmt: skip
        eastward = np.argsort(moved[columns])
        self._back = np.argsort(eastward)
        targets = wanted.lat[rows], moved[columns][eastward]
        self._move: Callable[[np.ndarray], np.ndarray]
        self._move = _Linear(lat, east, *targets, around) if is_finer else AreaMean(lat, east, *targets)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Return a field (h, w) of the provider on `grid`, float32, NaN where no value lies under a cell."""
        placed = self._move(values[:, self._order])[:, self._back].astype(np.float32)
        if self._within is None:
            return placed
        out = np.full(self.grid.shape, np.nan, dtype=np.float32)
        out[self._within] = placed
        return out


class _Linear:
    """Linear interpolation between the values around a point; of missing ones the others take the weight."""

    def __init__(self, lat: np.ndarray, lon: np.ndarray, target_lat: np.ndarray, target_lon: np.ndarray, around: bool) -> None:
        self._rows, self._around = _between(lat, target_lat), around
        place = (target_lon - lon[0]) % 360 + lon[0] if around else target_lon
        self._columns = csr_array(_between(np.r_[lon, lon[0] + 360] if around else lon, place).T)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        wide = np.hstack([values, values[:, :1]]) if self._around else values
        there = np.isfinite(wide)
        weight = self._rows @ there.astype(np.float32) @ self._columns
        total = self._rows @ np.where(there, wide, np.float32(0)) @ self._columns
        return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > _LEAST)


def _between(axis: np.ndarray, wanted: np.ndarray) -> csr_array:
    """Return the weights (n, m) of the m values of an ascending axis at n places; beyond its ends the end counts."""
    place = np.clip(wanted, axis[0], axis[-1])
    before = np.clip(np.searchsorted(axis, place, side="right") - 1, 0, axis.size - 2)
    share = (place - axis[before]) / (axis[before + 1] - axis[before])
    numbers = np.arange(wanted.size)
    weights = np.concatenate([1 - share, share]).astype(np.float32)
    return csr_array((weights, (np.r_[numbers, numbers], np.r_[before, before + 1])), shape=(wanted.size, axis.size))


def _unrolled(lon: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes ascending without the hole of a box across the prime meridian, and the file's column of each."""
    apart = np.diff(lon, append=lon[0] + 360)
    start = (int(np.argmax(apart)) + 1) % lon.size
    if start == 0 or apart.max() < 1.5 * np.median(apart):
        return lon, np.arange(lon.size)
    return np.r_[lon[start:] - 360, lon[:start]], np.r_[start : lon.size, 0:start]


def _polar_ends(lat: np.ndarray) -> tuple[float, float]:
    """Return the first and last latitude that rows can say something about: the pole where the next row would be beyond it."""
    step = float(np.diff(lat).max())
    return (-90.0 if lat[0] - step <= -90 else lat[0]), (90.0 if lat[-1] + step >= 90 else lat[-1])


def _inside(axis: np.ndarray, wanted: np.ndarray, by_centre: bool, low: float, high: float) -> np.ndarray:
    """Return which cells of `wanted` have their centre within `low` to `high`, or lie wholly in the cells of `axis`."""
    if by_centre:
        return np.flatnonzero((wanted >= low - _ROOM) & (wanted <= high + _ROOM))
    half = 0.5 * float(np.diff(np.sort(wanted)).min())
    edges = cell_edges(axis)
    return np.flatnonzero((wanted - half >= edges[0] - _ROOM) & (wanted + half <= edges[-1] + _ROOM))
