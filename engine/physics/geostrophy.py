"""Geostrophic velocity of a sea-surface height (or pressure head) on a latitude-longitude grid, tropics included."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from engine.schema.constants import EARTH_RADIUS, EARTH_ROTATION, GRAVITY

EQUATORIAL_SCALE = 2.2
EQUATORIAL_BAND = 9.0
EQUATORIAL_SMOOTHING = 1.3
POLAR_TAPER = 86.0

Array = NDArray[np.floating]


def coriolis(lat: Array) -> Array:
    """Coriolis parameter in s-1 at latitudes `lat` in degrees."""
    return 2.0 * EARTH_ROTATION * np.sin(np.deg2rad(lat))


def beta(lat: Array) -> Array:
    """Northward change of the Coriolis parameter in m-1 s-1 at latitudes `lat` in degrees."""
    return 2.0 * EARTH_ROTATION / EARTH_RADIUS * np.cos(np.deg2rad(lat))


def is_periodic(lon: Array) -> bool:
    """True when cell centres `lon` (w,) go once around the globe."""
    step = float(lon[1] - lon[0])
    return abs(step * len(lon) - 360.0) < 0.5 * step


def gradient(field: Array, lat: Array, lon: Array, wet: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Eastward and northward derivative of `field` (..., h, w), per metre.

    Centred where both neighbours are wet, one-sided beside land, zero where neither neighbour is wet;
    no value on land is ever read, because `field` may be NaN there.
    """
    values = np.where(wet, field, 0.0).astype(np.float32)
    periodic = is_periodic(lon)
    metres_per_degree = np.deg2rad(1.0) * EARTH_RADIUS
    dx = ((lon[1] - lon[0]) * metres_per_degree * np.cos(np.deg2rad(lat)))[:, None].astype(np.float32)
    dy = np.float32((lat[1] - lat[0]) * metres_per_degree)
    return _difference(values, wet, -1, periodic) / dx, _difference(values, wet, -2, False) / dy


def _difference(values: Array, wet: NDArray[np.bool_], axis: int, periodic: bool) -> Array:
    """Mean of the one-sided differences whose two cells are wet, per grid step."""
    pair = wet & np.roll(wet, -1, axis)
    step = np.where(pair, np.roll(values, -1, axis) - values, np.float32(0.0))
    if not periodic:
        edge = [slice(None)] * values.ndim
        edge[axis] = slice(-1, None)
        step[tuple(edge)] = 0.0
        edge = [slice(None)] * pair.ndim
        edge[axis] = slice(-1, None)
        pair[tuple(edge)] = False
    count = pair.astype(np.float32) + np.roll(pair, 1, axis)
    return (step + np.roll(step, 1, axis)) / np.maximum(count, np.float32(1.0))


def geostrophic_velocity(
    height: Array, lat: Array, lon: Array, wet: NDArray[np.bool_], equatorial_smoothing: float = EQUATORIAL_SMOOTHING
) -> tuple[Array, Array]:
    """Eastward and northward geostrophic velocity (..., h, w) in m s-1 of `height` (..., h, w) in m; 0 on land.

    Outside the tropics g/f times the slope. Towards the equator, where f vanishes, the meridional derivative of the
    same balance (beta-plane) takes over with weight exp(-(latitude / 2.2)^2) (Lagerloef et al. 1999,
    doi 10.1029/1999JC900197); its second derivatives are taken of heights under a Gaussian of `equatorial_smoothing`
    degrees. The flow fades out from 86 degrees to the pole, where cells are too narrow for a slope.
    """
    east, north = gradient(height, lat, lon, wet)
    f = coriolis(lat).astype(np.float32)[:, None]
    weight = np.exp(-((lat / EQUATORIAL_SCALE) ** 2)).astype(np.float32)[:, None]
    weight[np.abs(lat) > EQUATORIAL_BAND] = 0.0
    fade = np.clip((90.0 - np.abs(lat)) / (90.0 - POLAR_TAPER), 0.0, 1.0).astype(np.float32)[:, None]
    inverse = fade * (1.0 - weight) * np.float32(GRAVITY) / np.where(np.abs(f) > 1e-9, f, np.float32(1e-9))
    u, v = -inverse * north, inverse * east
    band = np.flatnonzero(np.abs(lat) <= EQUATORIAL_BAND)
    if len(band) > 4:
        near = slice(max(int(band[0]) - 8, 0), int(band[-1]) + 9)
        u_beta, v_beta = _beta_plane_velocity(height[..., near, :], lat[near], lon, wet[..., near, :], equatorial_smoothing)
        u[..., near, :] += weight[near] * u_beta
        v[..., near, :] += weight[near] * v_beta
    return np.where(wet, u, np.float32(0.0)), np.where(wet, v, np.float32(0.0))


def _beta_plane_velocity(height: Array, lat: Array, lon: Array, wet: NDArray[np.bool_], degrees: float) -> tuple[Array, Array]:
    """u = -(g/beta) h_yy and v = (g/beta) h_xy, from heights smoothed so that noise does not become flow."""
    mode = "wrap" if is_periodic(lon) else "nearest"
    across, along = degrees / (lat[1] - lat[0]), degrees / (lon[1] - lon[0])
    share = np.broadcast_to(wet, height.shape).astype(np.float32)
    smooth = np.where(wet, height, 0.0).astype(np.float32)
    for axis, width, edge in ((-2, across, "nearest"), (-1, along, mode)):
        share = gaussian_filter1d(share, width, axis=axis, mode=edge, truncate=3.0)
        smooth = gaussian_filter1d(smooth, width, axis=axis, mode=edge, truncate=3.0)
    smooth = np.where(wet, smooth / np.maximum(share, 1e-3), 0.0)
    _, north = gradient(smooth, lat, lon, wet)
    north_east, north_north = gradient(north, lat, lon, wet)
    factor = np.float32(GRAVITY) / beta(lat).astype(np.float32)[:, None]
    return np.clip(-factor * north_north, -1.5, 1.5), np.clip(factor * north_east, -1.0, 1.0)
