"""The stratification of the water: density, stability, depths of an isotherm and of the mixed layer, heat content of columns."""

from collections.abc import Sequence

import gsw
import numpy as np
from numba import njit

from engine.physics.water_columns import density_step
from engine.schema.constants import ABSOLUTE_SALINITY, GRAVITY, HEAT_CAPACITY

HEAT_DEPTH = 500.0
"""Metres to which heat is integrated: the model's last level."""

CYCLONE_TEMPERATURE = 26.0
"""degC above which the ocean supplies heat to tropical cyclones (Leipper and Volgenau 1972, Journal of Physical Oceanography 2,
218)."""

Water = Sequence[np.ndarray]
"""Potential temperature in degC and practical salinity."""

ISOTHERM = 20.0
"""degC; in the equatorial Pacific it lies in the middle of the thermocline (Kessler 1990, doi 10.1029/JC095iC04p05183)."""

MIXED_LAYER_STEP, MIXED_LAYER_TOP = 0.03, 10.0
"""kg m-3 of potential density below its value at 10 m (de Boyer Montegut and others 2004, doi 10.1029/2004JC002378)."""


def isotherm_depth(thetao: np.ndarray, depth: np.ndarray, temperature: float = ISOTHERM) -> np.ndarray:
    """Return the depth (n,) in m where columns `thetao` (z, n) degC first cool to `temperature`, linear between levels.

    Missing where the surface is colder, or the water is warmer down to the last level above the sea floor.
    """
    crossed = (thetao[:-1] >= temperature) & (thetao[1:] < temperature)
    level = crossed.argmax(axis=0)
    column = np.arange(thetao.shape[1])
    above, below = thetao[level, column], thetao[level + 1, column]
    found = crossed.any(axis=0) & (thetao[0] >= temperature)
    share = np.divide(above - temperature, above - below, out=np.zeros_like(above), where=found)
    result = depth[level] + share * (depth[level + 1] - depth[level])
    return np.where(found, result, np.nan).astype(np.float32)


def isopycnal_depth(density: np.ndarray, depth: np.ndarray, level: float) -> np.ndarray:
    """Return the depth (n,) in m where columns `density` (z, n) first pass `level`, linear between levels; else missing."""
    return isotherm_depth(-density, depth, -level)


def mixed_layer_depth(thetao: np.ndarray, so: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the depth (n,) in m where columns (z, n) of degC and 1e-3 are 0.03 kg m-3 denser than at 10 m.

    Linear between levels; missing where that is not reached above the last wet level.
    """
    top = int(np.abs(depth - MIXED_LAYER_TOP).argmin())
    result = np.full(thetao.shape[1], np.nan, np.float32)
    _find_mixed_layers(thetao, so, depth.astype(np.float64), top, result)
    return result


@njit(cache=True, nogil=True)
def _find_mixed_layers(thetao, so, depth, top, result):  # type: ignore[no-untyped-def]
    for i in range(thetao.shape[1]):
        before = 0.0
        for k in range(top + 1, thetao.shape[0]):
            # A missing level ends the column: comparisons with NaN are False.
            step = density_step(thetao[top, i], so[top, i], thetao[k, i], so[k, i], 0.0)
            if step >= MIXED_LAYER_STEP:
                share = (MIXED_LAYER_STEP - before) / (step - before)
                result[i] = depth[k - 1] + share * (depth[k] - depth[k - 1])
                break
            before = step


def potential_density(thetao: np.ndarray, so: np.ndarray) -> np.ndarray:
    """Return potential density less 1000 in kg m-3 of water (...) of degC and 1e-3, referred to the surface (TEOS-10)."""
    absolute = so * ABSOLUTE_SALINITY
    return gsw.sigma0(absolute, gsw.CT_from_pt(absolute, thetao)).astype(np.float32)


def equal_density(temperature: np.ndarray, salinity: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the salinity (k, t) at which water of `temperature` (t,) has each potential density less 1000 of `levels` (k,).

    In the units of `potential_density`; missing outside the range of `salinity` (s,), which ascends and is linear between.
    """
    density = potential_density(temperature[:, None], salinity[None, :])
    rows = [np.interp(levels, row, salinity, left=np.nan, right=np.nan) for row in density]
    return np.array(rows, np.float32).T


def squared_buoyancy_frequency(upper: Water, lower: Water, depth: tuple[float, float]) -> np.ndarray:
    """Return N2 (...) in 1e-5 s-2 between two levels, each temperature in degC and salinity (...), at `depth` metres."""
    # Both densities at the pressure between them: a metre is a decibar to within 1 % in the upper ocean.
    middle = 0.5 * (depth[0] + depth[1])
    absolute = [salt * ABSOLUTE_SALINITY for _, salt in (upper, lower)]
    conservative = [gsw.CT_from_pt(salt, warmth) for salt, (warmth, _) in zip(absolute, (upper, lower), strict=True)]
    light, heavy = (gsw.rho(salt, warmth, middle) for salt, warmth in zip(absolute, conservative, strict=True))
    return (1e5 * GRAVITY * (heavy - light) / (0.5 * (heavy + light) * (depth[1] - depth[0]))).astype(np.float32)


def heat_content(thetao: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the heat above 0 degC down to 500 m (...) in GJ m-2 of columns (z, ...); missing where the sea is shallower."""
    last = int(np.searchsorted(depth, HEAT_DEPTH))
    if last >= depth.size:
        return np.full(thetao.shape[1:], np.nan, np.float32)
    # The trapezoidal rule as a weighted sum of levels, five times as fast on a globe.
    steps = np.diff(depth[: last + 1])
    share = 0.5 * (np.append(steps, 0) + np.append(0, steps))
    return np.tensordot((HEAT_CAPACITY * 1e-9 * share).astype(np.float32), thetao[: last + 1], 1)


def cyclone_heat_potential(thetao: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the heat above 26 degC (...) in kJ cm-2 of columns (z, ...), down to that isotherm or the last wet level."""
    excess = thetao - np.float32(CYCLONE_TEMPERATURE)
    total = np.zeros(thetao.shape[1:], np.float32)
    warm = excess[0] > 0
    for level in range(depth.size - 1):
        above, below = excess[level], excess[level + 1]
        step = np.float32(depth[level + 1] - depth[level])
        mean = 0.5 * (above + below)
        # The last part of the triangle above the isotherm; below the sea floor comparisons with NaN are False.
        cooled = warm & (below <= 0)
        ends = np.divide(0.5 * above * above, above - below, out=np.zeros_like(above), where=cooled)
        warm = warm & (below > 0)
        total += step * np.where(warm, mean, np.where(cooled, ends, 0))
    return np.where(np.isfinite(thetao[0]), np.float32(HEAT_CAPACITY * 1e-7) * total, np.nan).astype(np.float32)
