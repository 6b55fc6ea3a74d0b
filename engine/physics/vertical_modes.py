"""First baroclinic mode of a stratified water column: its speed, its horizontal-velocity shape, its displacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

from engine.schema.constants import GRAVITY

SMALLEST_N2 = 1e-8
SLOWEST_SPEED = 1.5

Array = NDArray[np.floating]


def first_mode(depth: Array, n2: Array, bottom: float, at: Array, step: float = 20.0) -> tuple[float, Array]:
    """Speed c1 (m s-1) and F(d)/F(0) at depths `at` (z,) of a column whose N2 (n,) in s-2 is known at `depth` (n,) in m.

    Solves W'' + (N2/c2) W = 0 with a rigid lid and a flat bottom at `bottom` m; F = W' (Chelton et al. 1998,
    doi 10.1175/1520-0485(1998)028<0433:GVOTFB>2.0.CO;2). Below the bottom F keeps its bottom value.
    """
    count = max(int(bottom / step), 8)
    spacing = bottom / count
    inner = spacing * np.arange(1, count)
    n = np.sqrt(np.maximum(np.interp(inner, depth, n2), SMALLEST_N2))
    diagonal = 2.0 / spacing**2 / n**2
    beside = -1.0 / spacing**2 / (n[:-1] * n[1:])
    values, vectors = eigh_tridiagonal(diagonal, beside, select="i", select_range=(0, 0))
    w = np.concatenate([[0.0], vectors[:, 0] / n, [0.0]])
    shape = np.diff(w) / spacing
    middle = spacing * (np.arange(count) + 0.5)
    return float(1.0 / np.sqrt(values[0])), np.interp(at, middle, shape / shape[0])


def displacement(depth: Array, c1: Array, shape: Array) -> Array:
    """Displacement D (z, ...) of an isopycnal in metres per metre of sea-surface height.

    D = (g / c1^2) integral of F / F(0) from the surface to `depth` (z,); `c1` (...) below 1.5 m s-1 counts as 1.5,
    because a weakly stratified column responds barotropically; `shape` (z, ...) is F / F(0).
    """
    layers = np.diff(depth).reshape((-1,) + (1,) * c1.ndim)
    integral = np.concatenate([np.zeros_like(shape[:1]), np.cumsum(0.5 * (shape[1:] + shape[:-1]) * layers, axis=0)])
    return GRAVITY / np.maximum(c1, SLOWEST_SPEED) ** 2 * integral
