"""Mixed layer depth and density of water columns on the model's levels."""

import gsw
import numpy as np
from numpy.typing import NDArray

from engine.schema.batch import Batch

Array = NDArray[np.floating]

THRESHOLD = 0.03
"""kg m-3 above the density at 10 m (de Boyer Montegut et al. 2004, doi 10.1029/2004JC002378)."""

REFERENCE_SALINITY = 35.16504 / 35.0
"""Absolute over practical salinity (TEOS-10, without its small regional part)."""


def sigma_columns(state: Batch, cells: NDArray[np.bool_]) -> Array:
    """Return potential density less 1000 (z, n) in kg m-3 of the columns of `cells` (h, w); below the floor as at the floor."""
    temperature, salinity = state["thetao"][:, cells], state["so"][:, cells]
    for level in range(1, temperature.shape[0]):
        dry = ~np.isfinite(temperature[level])
        temperature[level, dry], salinity[level, dry] = temperature[level - 1, dry], salinity[level - 1, dry]
    absolute = salinity * REFERENCE_SALINITY
    return gsw.sigma0(absolute, gsw.CT_from_pt(absolute, temperature)).astype(np.float32)


def mixed_layer(sigma: Array, depth: Array, floor: Array) -> Array:
    """Return the depth (n,) in m where `sigma` (z, n) on levels `depth` (z,) first exceeds that at 10 m by 0.03 kg m-3.

    Linear between levels. Where it never does: `floor` (n,) in m, at most the last level.
    """
    ten = int(np.searchsorted(depth, 10.0))
    excess = sigma - sigma[ten] - np.float32(THRESHOLD)
    result = np.minimum(floor, depth[-1]).astype(np.float32)
    unknown = np.ones(result.shape, dtype=bool)
    for level in range(ten + 1, depth.size):
        reached = unknown & (excess[level] >= 0)
        share = -excess[level - 1] / np.maximum(excess[level] - excess[level - 1], 1e-9)
        crossing = depth[level - 1] + share * (depth[level] - depth[level - 1])
        result = np.where(reached, np.minimum(crossing, result), result)
        unknown &= ~reached
    return result.astype(np.float32)


def at_depth(columns: Array, depth: Array, target: Array) -> Array:
    """Return `columns` (z, n) on levels `depth` (z,) at depths `target` (n,), linear between levels, held beyond the last."""
    place = np.interp(target, depth, np.arange(depth.size))
    upper = np.minimum(place.astype(np.intp), depth.size - 2)
    share = (place - upper).astype(np.float32)
    cell = np.arange(columns.shape[1])
    return columns[upper, cell] * (1 - share) + columns[upper + 1, cell] * share
