"""Filling and smoothing of fields with gaps on a global latitude-longitude grid that is periodic in longitude."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter1d

from engine.schema.constants import EARTH_RADIUS

Array = NDArray[np.floating]


def smooth(field: Array, cells: float) -> Array:
    """`field` (..., h, w) filtered by a Gaussian of standard deviation `cells` grid cells, periodic in longitude."""
    once = gaussian_filter1d(field, cells, axis=-2, mode="nearest", truncate=3.0)
    return gaussian_filter1d(once, cells, axis=-1, mode="wrap", truncate=3.0)


def smooth_polar(field: Array, lat: Array, kilometres: float, outside: float = 65.0) -> Array:
    """`field` (..., h, w) under a zonal Gaussian of `kilometres`, poleward of latitude `outside`: meridians meet there."""
    waves = np.arange(field.shape[-1] // 2 + 1)
    radius = EARTH_RADIUS / 1000 * np.cos(np.deg2rad(lat))
    width = np.where(np.abs(lat) > outside, kilometres * np.clip((np.abs(lat) - outside) / 10.0, 0.0, 1.0), 0.0) / radius
    response = np.exp(-0.5 * (waves[None] * width[:, None]) ** 2)
    return np.fft.irfft(np.fft.rfft(field, axis=-1) * response, n=field.shape[-1], axis=-1)


def smooth_known(field: Array, cells: float, known: NDArray[np.bool_] | None = None) -> Array:
    """Gaussian mean of the known (by default: finite) cells of `field` (h, w); NaN where none is within reach."""
    known = np.isfinite(field) if known is None else known & np.isfinite(field)
    share = smooth(known.astype(np.float64), cells)
    total = smooth(np.where(known, field, 0.0), cells)
    return np.where(share > 1e-4, total / np.maximum(share, 1e-4), np.nan)


def fill(field: Array, passes: int = 200) -> Array:
    """`field` (h, w) with its gaps filled: first from the nearest known cell, then relaxed towards Laplace's equation."""
    gap = ~np.isfinite(field)
    if not gap.any() or gap.all():
        return field
    width = field.shape[1]
    wide = np.concatenate([gap, gap, gap], axis=1)
    rows, columns = distance_transform_edt(wide, return_distances=False, return_indices=True)
    filled = np.tile(field, 3)[rows, columns][:, width : 2 * width].astype(np.float64)
    for _ in range(passes):
        padded = np.pad(filled, ((1, 1), (0, 0)), mode="edge")
        around = 0.25 * (padded[:-2] + padded[2:] + np.roll(filled, 1, 1) + np.roll(filled, -1, 1))
        filled[gap] = around[gap]
    return filled


def fill_levels(field: Array, passes: int = 200) -> Array:
    """Every level of `field` (z, h, w) filled by `fill`."""
    return np.stack([fill(level, passes) for level in field])


def regrid(field: Array, lat: Array, lon: Array, to_lat: Array, to_lon: Array) -> Array:
    """Bilinear values of `field` (..., h, w) at `to_lat`, `to_lon`; periodic in longitude, clamped at the poles."""
    y = np.clip((to_lat - lat[0]) / (lat[1] - lat[0]), 0, len(lat) - 1)
    row = np.minimum(y.astype(int), len(lat) - 2)
    part = (y - row)[:, None]
    once = field[..., row, :] * (1 - part) + field[..., row + 1, :] * part
    x = np.mod(to_lon - lon[0], 360.0) / (lon[1] - lon[0])
    column = x.astype(int) % len(lon)
    part = x - x.astype(int)
    return once[..., column] * (1 - part) + once[..., (column + 1) % len(lon)] * part
