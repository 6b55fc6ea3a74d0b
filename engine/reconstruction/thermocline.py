"""The sea level that a profile implies: the one whose displacement of the climatology fits the profile best."""

from typing import NamedTuple

import numpy as np
from numba import njit

from engine.physics.climatology import atlas, atlas_weights, mixed_layer_depth, on_day
from engine.physics.displaced_state import FULLY_DISPLACED, SHALLOWEST_DISPLACED
from engine.physics.water_columns import clamp, displace_column, mix_surface, stabilise
from engine.reconstruction.interpolation import Sparse
from engine.schema.grid import Grid

HIGHEST, STEP = 1.0, 0.01
"""Range of the candidate sea levels in metres, and their step; set by hand."""

MISFIT = {"thetao": 0.2, "so": 0.04}
"""Standard deviation of the part that displacement cannot explain, beside the error of measurement; set by hand."""

LEAST_ERROR, LARGEST_ERROR = 0.005, 0.3
"""Bounds of the error in metres, set by hand; profiles with a larger error are left out."""


class _MeanColumns(NamedTuple):
    """The climatology at n positions: levels `depth` (level,) in m, degC, 1e-3 and displacement in m per m (n, level).

    `mixed_layer` (n,) in m; `share` (n,) of the sea level that moves the water below.
    """

    depth: np.ndarray
    temperature: np.ndarray
    salinity: np.ndarray
    displacement: np.ndarray
    mixed_layer: np.ndarray
    share: np.ndarray


class _Profiles(NamedTuple):
    """Measured degC and 1e-3 (n, z), NaN where missing, and the standard deviation of their misfit (n,)."""

    temperature: np.ndarray
    salinity: np.ndarray
    temperature_misfit: np.ndarray
    salinity_misfit: np.ndarray


def sea_level_of_profiles(spots: Sparse, profiles: dict[str, np.ndarray], grid: Grid, time: np.datetime64) -> Sparse:
    """Return anomalies of sea level in m, as pseudo-observations, from profiles of thetao and so (n, z).

    T(d + D h') = Tclim(d), as `engine.physics.displaced_state` displaces it, with the measured surface in the mixed layer; h' is
    the minimum of the squared misfit and its error comes from the curvature there. Profiles over shallow floors, and those
    that do not determine h', are left out.
    """
    count = len(spots)
    source = atlas()
    rows, row_weights, columns, column_weights = atlas_weights(grid)

    def at(field: np.ndarray) -> np.ndarray:
        """Return (n, level) of an atlas field (level, a, b) under the profiles."""
        total = np.zeros((field.shape[0], count), dtype=np.float64)
        for a in range(4):
            for b in range(4):
                weight = row_weights[spots.rows, a] * column_weights[spots.columns, b]
                total += field[:, rows[spots.rows, a], columns[spots.columns, b]] * weight
        return np.ascontiguousarray(total.T)

    floor = np.nan_to_num(grid.deptho)[spots.rows, spots.columns]
    share = np.clip((floor - SHALLOWEST_DISPLACED) / (FULLY_DISPLACED - SHALLOWEST_DISPLACED), 0, 1)
    unknown = np.full((count, grid.depth.size), np.nan)
    sigma = {name: np.sqrt(spread**2 + spots.noise) for name, spread in MISFIT.items()}
    heights, errors = np.zeros(count), np.full(count, np.inf)
    mean = _MeanColumns(
        source.level.astype(np.float64),
        at(on_day("thetao", time)),
        at(source.fields["so"]),
        at(source.fields["D"]),
        mixed_layer_depth(grid, time)[spots.rows, spots.columns].astype(np.float64),
        share.astype(np.float64),
    )
    measured = _Profiles(profiles.get("thetao", unknown), profiles.get("so", unknown), sigma["thetao"], sigma["so"])
    _fit(mean, measured, np.arange(-HIGHEST, HIGHEST + STEP / 2, STEP), heights, errors)
    kept = errors < LARGEST_ERROR
    noise = np.maximum(errors[kept], LEAST_ERROR) ** 2
    return Sparse(spots.rows[kept], spots.columns[kept], spots.days[kept], heights[kept, None], noise)


@njit(cache=True, nogil=True)
def _fit(mean, measured, tried, heights, errors):  # type: ignore[no-untyped-def]
    depth, mean_t, mean_s, displacement, mixed_layer, share = mean
    profile_t, profile_s, sigma_t, sigma_s = measured
    levels = profile_t.shape[1]
    moved, temperature, salinity = np.empty(depth.size), np.empty(levels), np.empty(levels)
    cost = np.empty(tried.size)
    for n in range(heights.size):
        if share[n] <= 0.0:
            continue
        for m in range(tried.size):
            displace_column(depth, displacement[n], tried[m] * share[n], mean_t[n], moved, temperature)
            displace_column(depth, displacement[n], tried[m] * share[n], mean_s[n], moved, salinity)
            clamp(temperature, salinity)
            top_t = profile_t[n, 0] if np.isfinite(profile_t[n, 0]) else temperature[0]
            top_s = profile_s[n, 0] if np.isfinite(profile_s[n, 0]) else salinity[0]
            mix_surface(depth, mixed_layer[n], temperature, salinity, top_t, top_s)
            clamp(temperature, salinity)
            stabilise(depth, temperature, salinity)
            total = 0.0
            for k in range(levels):
                if np.isfinite(profile_t[n, k]):
                    total += ((profile_t[n, k] - temperature[k]) / sigma_t[n]) ** 2
                if np.isfinite(profile_s[n, k]):
                    total += ((profile_s[n, k] - salinity[k]) / sigma_s[n]) ** 2
            cost[m] = total
        best = np.argmin(cost)
        if best == 0 or best == tried.size - 1:
            continue
        step = tried[1] - tried[0]
        bend = cost[best + 1] - 2 * cost[best] + cost[best - 1]
        if bend <= 0.0:
            continue
        heights[n] = tried[best] + 0.5 * step * (cost[best - 1] - cost[best + 1]) / bend
        errors[n] = np.sqrt(2.0 / bend) * step
