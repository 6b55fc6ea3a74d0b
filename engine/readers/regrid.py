"""From one grid to another: area-weighted means of wet cells, and linear interpolation between levels."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from engine.runtime.errors import InputError
from engine.schema.grid import cell_edges

LEAST_SHARE = 1e-6
"""Water in a smaller share of the covered part of a target cell is rounding at the edge of a cell."""


class AreaMean:
    """Means of the wet source cells under each target cell, weighted by the area that overlaps.

    Both grids are rectilinear, so the weights are a product: overlap of the sines of latitude times overlap of
    longitudes (first-order conservative remapping, doi 10.1175/1520-0493(1999)127<2204:FASOCR>2.0.CO;2). Rows may be unevenly
    spaced. Fields come level by level, so that no more than one is in memory. Sums are float64: means of a global field of 1/12
    degree are exact to 6e-8 of their value, where float32 sums were up to 1.5e-5 off.
    """

    def __init__(self, lat: np.ndarray, lon: np.ndarray, target_lat: np.ndarray, target_lon: np.ndarray) -> None:
        """Take cell centres in degrees, ascending. Raises InputError where the source is coarser than the target."""
        for name, source, target in (("latitude", lat, target_lat), ("longitude", lon, target_lon)):
            step, wanted = float(np.diff(source).max()), float(np.diff(target).min())
            if step > wanted * 1.01:
                raise InputError(
                    f"{name} of the source has steps of {step:g} degrees; expected {wanted:g} or finer, since means "
                    "cannot add detail: choose a finer file"
                )
        self._lat, self._lon = lat, lon
        self._rows = _overlap(_sine_edges(target_lat), _sine_edges(lat))
        edges, target_edges = cell_edges(lon), cell_edges(target_lon)
        self._columns = sum(_overlap(target_edges, edges + turn) for turn in (-360.0, 0.0, 360.0)).T.tocsr()
        self._covered = np.outer(self._rows.sum(axis=1), self._columns.sum(axis=0))

    def is_from(self, lat: np.ndarray, lon: np.ndarray) -> bool:
        """Return whether these are the source cells."""
        return np.array_equal(lat, self._lat) and np.array_equal(lon, self._lon)

    def weight(self, wet: np.ndarray) -> np.ndarray:
        """Return the area (H, W) of the wet cells of the source, `wet` (h, w), under each target cell, on a sphere of radius 1.

        Longitudes count in degrees.
        """
        return np.asarray(self._rows @ wet.astype(np.float32) @ self._columns)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Return `values` (h, w), NaN where dry, as means on the target (H, W) float32, NaN where no wet cell lies under it."""
        wet = np.isfinite(values)
        weight = self.weight(wet)
        total = self._rows @ np.where(wet, values, values.dtype.type(0)) @ self._columns
        out = np.full(weight.shape, np.nan, dtype=np.float32)
        return np.divide(total, weight, out=out, where=weight > LEAST_SHARE * self._covered, casting="same_kind")


class LevelInterpolation:
    """Linear interpolation in depth from source levels to those target levels that lie between them.

    A target above the first level takes the first level's value when that lies within a metre (GLORYS begins at 0.49 m).
    Targets below the last level are left out: `reached` lists the numbers of the others, `needed` the source levels they take.
    """

    def __init__(self, depth: np.ndarray, target_depth: np.ndarray) -> None:
        self._parts: dict[int, tuple[tuple[int, float], ...]] = {}
        for number, wanted in enumerate(np.asarray(target_depth, dtype=np.float64)):
            same = np.flatnonzero(np.abs(depth - wanted) < 1e-3)
            below = int(np.searchsorted(depth, wanted))
            if same.size:
                self._parts[number] = ((int(same[0]), 1.0),)
            elif 0 < below < depth.size:
                share = float((wanted - depth[below - 1]) / (depth[below] - depth[below - 1]))
                self._parts[number] = ((below - 1, 1 - share), (below, share))
            elif below == 0 and depth[0] - wanted < 1:
                self._parts[number] = ((0, 1.0),)
        self.reached = tuple(self._parts)
        self.needed = tuple(sorted({number for parts in self._parts.values() for number, _ in parts}))

    def __call__(self, level: Callable[[int], np.ndarray]) -> np.ndarray:
        """Return (len(reached), ..., h, w); `level(n)` gives source level n as (..., h, w), called once a level, shallow to deep.

        A target is missing where either neighbour is: water between the last wet level and the floor is not invented.
        """
        kept: dict[int, np.ndarray] = {}
        out = np.empty(0)
        for place, parts in enumerate(self._parts.values()):
            kept = {number: values for number, values in kept.items() if number >= parts[0][0]}
            for number, _ in parts:
                if number not in kept:
                    kept[number] = level(number)
            first, *rest = (kept[number] * np.float32(share) for number, share in parts)
            values = first + rest[0] if rest else first
            if not place:
                # One array for all levels: a list of levels that is stacked at the end would need the memory twice.
                out = np.empty((len(self._parts), *values.shape), dtype=values.dtype)
            out[place] = values
        return out


def _sine_edges(lat: np.ndarray) -> np.ndarray:
    return np.sin(np.deg2rad(np.clip(cell_edges(lat), -90, 90)))


def _overlap(target: np.ndarray, source: np.ndarray) -> csr_array:
    """Return the length (t, s) that each interval between two edges of `target` shares with each of `source`."""
    edges = np.unique(np.concatenate([target, source]))
    lengths, middles = np.diff(edges), (edges[1:] + edges[:-1]) / 2
    rows, columns = (np.searchsorted(each, middles, side="right") - 1 for each in (target, source))
    shared = (rows >= 0) & (rows < target.size - 1) & (columns >= 0) & (columns < source.size - 1)
    return csr_array((lengths[shared], (rows[shared], columns[shared])), shape=(target.size - 1, source.size - 1))
