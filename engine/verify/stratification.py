"""Depths that say how the water is layered: the 20 degC isotherm and the base of the mixed layer."""

import numpy as np
from numba import njit

from engine.columns import density_step

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
