"""Mixed layer depth and density of water columns on the model's levels."""

import numpy as np
from numpy.typing import NDArray

from engine.diagnostics.layers import MIXED_LAYER_STEP, MIXED_LAYER_TOP, isopycnal_depth, potential_density
from engine.schema.batch import Batch

Array = NDArray[np.floating]


def sigma_columns(state: Batch, cells: NDArray[np.bool_]) -> Array:
    """Return potential density less 1000 (z, n) in kg m-3 of the columns of `cells` (h, w); below the floor as at the floor."""
    temperature, salinity = state["thetao"][:, cells], state["so"][:, cells]
    for level in range(1, temperature.shape[0]):
        dry = ~np.isfinite(temperature[level])
        temperature[level, dry], salinity[level, dry] = temperature[level - 1, dry], salinity[level - 1, dry]
    return potential_density(temperature, salinity).astype(np.float32)


def mixed_layer(sigma: Array, depth: Array, floor: Array) -> Array:
    """Return the depth (n,) in m where `sigma` (z, n) on levels `depth` (z,) first exceeds that at 10 m by 0.03 kg m-3.

    Linear between levels. Where it never does: `floor` (n,) in m, at most the last level.
    """
    ten = int(np.searchsorted(depth, MIXED_LAYER_TOP))
    excess = sigma[ten:] - sigma[ten] - np.float32(MIXED_LAYER_STEP)
    return np.fmin(isopycnal_depth(excess, depth[ten:], 0.0), np.minimum(floor, depth[-1]).astype(np.float32))


def at_depth(columns: Array, depth: Array, target: Array) -> Array:
    """Return `columns` (z, n) on levels `depth` (z,) at depths `target` (n,), linear between levels, held beyond the last."""
    place = np.interp(target, depth, np.arange(depth.size))
    upper = np.minimum(place.astype(np.intp), depth.size - 2)
    share = (place - upper).astype(np.float32)
    cell = np.arange(columns.shape[1])
    return columns[upper, cell] * (1 - share) + columns[upper + 1, cell] * share
