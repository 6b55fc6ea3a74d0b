"""Compiled loops over water columns: displaced temperature and salinity, currents below the surface."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from engine.physics.ekman import SPIRAL_BASE, SPIRAL_FADE

LARGEST_STRETCH = 0.8
STABLE_STEP = 4e-4
MIXED_WHOLLY = 0.05
FADE_DEPTH = 100.0
# Reordering and fused operations, but missing values stay missing.
FAST = {"contract", "reassoc", "nsz", "arcp"}


Array = NDArray[np.floating]


class Interpolation(NamedTuple):
    """Cubic interpolation to a grid (h, w): numbers and weights (h, 4) of rows, numbers and weights (w, 4) of columns."""

    rows: NDArray[np.int64]
    row_weights: Array
    columns: NDArray[np.int64]
    column_weights: Array


class MeanWater(NamedTuple):
    """Levels (level,) in m, and on them fields (level, a, b) of the mean ocean: degC, 1e-3, displacement in m per m."""

    depth: Array
    thetao: Array
    so: Array
    displacement: Array


class SurfaceState(NamedTuple):
    """Fields (h, w): sea level anomaly and mixed layer depth in m, degC, 1e-3; NaN in the last two is as the mean ocean."""

    anomaly: Array
    mixed_layer: Array
    temperature: Array
    salinity: Array


class MeanFlow(NamedTuple):
    """Fields (z, a, b) of the mean ocean: currents in m s-1 and the share of a surface current that is found below."""

    u: Array
    v: Array
    shape: Array


class SurfaceFlow(NamedTuple):
    """Surface currents and Ekman flow (h, w) in m s-1, its e-folding depth (h, w) in m, its sense of turning (h,)."""

    u: Array
    v: Array
    ekman_u: Array
    ekman_v: Array
    ekman_depth: Array
    turn: Array


def over_rows(kernel: Callable[..., None], rows: int, *arguments: object) -> None:
    """Run `kernel(first, last, *arguments)` over blocks of rows, one thread a core.

    The kernels release the interpreter lock; plain threads are used because Numba's own thread pool must not be entered
    from two threads at once, and the application calls from several.
    """
    workers = min(int(os.environ.get("NUMBA_NUM_THREADS", os.cpu_count() or 1)), rows)
    edges = np.linspace(0, rows, 4 * workers + 1).astype(int)
    if workers == 1:
        kernel(0, rows, *arguments)
        return
    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(kernel, a, b, *arguments) for a, b in itertools.pairwise(edges)]:
            future.result()


@njit(cache=True, nogil=True)
def density_step(t_above, s_above, t_below, s_below, depth):  # type: ignore[no-untyped-def]
    """Potential density below minus above in kg m-3, referred to `depth` m between the two: positive is stable.

    Expansion and contraction coefficients of potential temperature and practical salinity after McDougall 1987
    (doi 10.1175/1520-0485(1987)017<1950:NS>2.0.CO;2).
    """
    t, s, p = 0.5 * (t_above + t_below), 0.5 * (s_above + s_below) - 35.0, depth
    ratio = 0.665157e-1 + t * (0.170907e-1 + t * (-0.203814e-3 + t * (0.298357e-5 - t * 0.255019e-7)))
    ratio += s * (0.378110e-2 - 0.846960e-4 * t - 0.164759e-6 * p - 0.678662e-5 * s)
    ratio += p * (0.380374e-4 - 0.933746e-6 * t + 0.791325e-8 * t * t)
    beta = 0.785567e-3 + t * (-0.301985e-5 + t * (0.555579e-7 - t * 0.415613e-9))
    beta += s * (-0.356603e-6 + 0.788212e-8 * t + 0.408195e-10 * p + 0.515032e-8 * s)
    beta += p * (-0.121555e-7 + 0.192867e-9 * t - 0.213127e-11 * t * t)
    return 1027.0 * beta * ((s_below - s_above) - ratio * (t_below - t_above))


@njit(cache=True, nogil=True, fastmath=FAST)
def interpolate_row(source, j, weights, wide, out):  # type: ignore[no-untyped-def]
    """Cubic interpolation of row `j`: `source` (n, a, b) -> `out` (n, w); `wide` (b,) is scratch."""
    columns, column_weights = weights.columns, weights.column_weights
    south, near, far, north = weights.rows[j]
    a, b, c, d = weights.row_weights[j]
    for k in range(out.shape[0]):
        for i in range(wide.shape[0]):
            wide[i] = source[k, south, i] * a + source[k, near, i] * b + source[k, far, i] * c + source[k, north, i] * d
        for i in range(out.shape[1]):
            out[k, i] = (
                wide[columns[i, 0]] * column_weights[i, 0]
                + wide[columns[i, 1]] * column_weights[i, 1]
                + wide[columns[i, 2]] * column_weights[i, 2]
                + wide[columns[i, 3]] * column_weights[i, 3]
            )


@njit(cache=True, nogil=True)
def field_rows(first, last, source, weights, out):  # type: ignore[no-untyped-def]
    """Fill rows `first` to `last` of `out` (n, h, w) by cubic interpolation of `source` (n, a, b), the same bits everywhere."""
    rows, row_weights, columns, column_weights = weights
    wide = np.empty(source.shape[2], dtype=np.float32)
    for j in range(first, last):
        for k in range(source.shape[0]):
            wide[:] = np.float32(0)
            for m in range(4):
                for i in range(wide.shape[0]):
                    wide[i] += source[k, rows[j, m], i] * row_weights[j, m]
            for i in range(out.shape[2]):
                total = wide[columns[i, 0]] * column_weights[i, 0]
                for m in range(1, 4):
                    total += wide[columns[i, m]] * column_weights[i, m]
                out[k, j, i] = total


@njit(cache=True, nogil=True)
def displace_column(depth, displacement, anomaly, profile, moved, target):  # type: ignore[no-untyped-def]
    """Fill `target` (z,) with T(d + D h') = Tclim(d) for `profile` (level,) at `depth` (level,); no fold for any `anomaly`.

    The anomaly is reduced where |dD/dd h'| would pass 0.8. `moved` (level,) receives the new depth of each level.
    """
    steepest = 0.0
    for k in range(1, depth.shape[0]):
        steepest = max(steepest, abs((displacement[k] - displacement[k - 1]) / (depth[k] - depth[k - 1])))
    height = anomaly
    if steepest * abs(height) > LARGEST_STRETCH:
        height = np.sign(height) * LARGEST_STRETCH / steepest
    for k in range(depth.shape[0]):
        moved[k] = depth[k] + displacement[k] * height
    m = 0
    last = depth.shape[0] - 2
    for k in range(target.shape[0]):
        while m < last and moved[m + 1] <= depth[k]:
            m += 1
        part = min(max((depth[k] - moved[m]) / (moved[m + 1] - moved[m]), 0.0), 1.0)
        target[k] = profile[m] + part * (profile[m + 1] - profile[m])


@njit(cache=True, nogil=True)
def clamp(temperature, salinity):  # type: ignore[no-untyped-def]
    """Keep a column between freezing and 35 degC, and between 1 and 41.5 of salt."""
    for k in range(temperature.shape[0]):
        salinity[k] = min(max(salinity[k], 1.0), 41.5)
        temperature[k] = min(max(temperature[k], -0.0575 * salinity[k]), 35.0)


@njit(cache=True, nogil=True)
def mix_surface(depth, mixed_layer, temperature, salinity, surface_t, surface_s):  # type: ignore[no-untyped-def]
    """Give the column the surface's temperature and salinity: whole to the mixed layer's base, fading out below it."""
    delta_t = surface_t - temperature[0]
    delta_s = surface_s - salinity[0]
    fade = max(FADE_DEPTH, 0.5 * mixed_layer)
    for k in range(temperature.shape[0]):
        below = (depth[k] - mixed_layer) / fade
        if below >= 1.0:
            break
        share = 1.0 if below <= 0.0 else 0.5 + 0.5 * np.cos(np.pi * below)
        temperature[k] += share * delta_t
        salinity[k] += share * delta_s


@njit(cache=True, nogil=True)
def stability_lack(depth, temperature, salinity, k):  # type: ignore[no-untyped-def]
    """Density in kg m-3 that level `k` lacks to be safely heavier than the one above; negative when it is.

    The margin covers the regional composition of sea salt and one per cent of error where heat and salt compensate.
    """
    middle = 0.5 * (depth[k] + depth[k - 1])
    step = density_step(temperature[k - 1], salinity[k - 1], temperature[k], salinity[k], middle)
    return STABLE_STEP + 0.008 * abs(salinity[k] - salinity[k - 1]) - step


@njit(cache=True, nogil=True)
def stabilise(depth, temperature, salinity):  # type: ignore[no-untyped-def]
    """Let denser water sink: a level lighter than the one above becomes like it, the surface value staying as given.

    Slight instabilities, common where temperature and salinity nearly compensate, are removed by a little salt (0.02 at
    most) instead, so that the state is a continuous function of sea level and no cell flickers from day to day.
    """
    for k in range(1, temperature.shape[0]):
        lack = stability_lack(depth, temperature, salinity, k)
        if lack <= 0.0:
            continue
        share = min(lack / MIXED_WHOLLY, 1.0)
        temperature[k] += share * (temperature[k - 1] - temperature[k])
        salinity[k] += share * (salinity[k - 1] - salinity[k])
        salinity[k] += max(stability_lack(depth, temperature, salinity, k), 0.0) / 0.75


@njit(cache=True, nogil=True)
def tracer_rows(first, last, mean, weights, wet, surface, thetao, so):  # type: ignore[no-untyped-def]
    """Write `thetao`, `so` (z, h, w) for rows `first` to `last`; NaN on land and below the sea floor.

    `mean` is a MeanWater, `weights` an Interpolation, `wet` (z, h, w), `surface` a SurfaceState.
    """
    depth = mean.depth
    anomaly, mixed_layer, surface_t, surface_s = surface
    levels, width, count = mean.thetao.shape[0], wet.shape[2], wet.shape[0]
    wide = np.empty(mean.thetao.shape[2], dtype=np.float32)
    row_t = np.empty((levels, width), dtype=np.float32)
    row_s = np.empty((levels, width), dtype=np.float32)
    row_d = np.empty((levels, width), dtype=np.float32)
    moved, temperature, salinity = np.empty(levels), np.empty(count), np.empty(count)
    for j in range(first, last):
        interpolate_row(mean.thetao, j, weights, wide, row_t)
        interpolate_row(mean.so, j, weights, wide, row_s)
        interpolate_row(mean.displacement, j, weights, wide, row_d)
        for i in range(width):
            if not wet[0, j, i]:
                for k in range(count):
                    thetao[k, j, i] = np.nan
                    so[k, j, i] = np.nan
                continue
            displace_column(depth, row_d[:, i], anomaly[j, i], row_t[:, i], moved, temperature)
            displace_column(depth, row_d[:, i], anomaly[j, i], row_s[:, i], moved, salinity)
            clamp(temperature, salinity)
            top_t = surface_t[j, i] if np.isfinite(surface_t[j, i]) else temperature[0]
            top_s = surface_s[j, i] if np.isfinite(surface_s[j, i]) else salinity[0]
            mix_surface(depth, mixed_layer[j, i], temperature, salinity, top_t, top_s)
            clamp(temperature, salinity)
            stabilise(depth, temperature, salinity)
            for k in range(count):
                thetao[k, j, i] = temperature[k] if wet[k, j, i] else np.nan
                so[k, j, i] = salinity[k] if wet[k, j, i] else np.nan


@njit(cache=True, nogil=True, fastmath=FAST)
def current_rows(first, last, depth, mean, weights, wet, surface, uo, vo):  # type: ignore[no-untyped-def]
    """Write `uo`, `vo` (z, h, w): mean shear, eddy flow with the shape F, Ekman spiral; NaN where not wet.

    `depth` (z,) in m, `mean` is a MeanFlow, `weights` an Interpolation, `wet` (z, h, w), `surface` a SurfaceFlow.
    """
    surface_u, surface_v, ekman_u, ekman_v, ekman_depth, turn = surface
    count, width = wet.shape[0], wet.shape[2]
    wide = np.empty(mean.u.shape[2], dtype=np.float32)
    row_u = np.empty((count, width), dtype=np.float32)
    row_v = np.empty((count, width), dtype=np.float32)
    row_f = np.empty((count, width), dtype=np.float32)
    for j in range(first, last):
        interpolate_row(mean.u, j, weights, wide, row_u)
        interpolate_row(mean.v, j, weights, wide, row_v)
        interpolate_row(mean.shape, j, weights, wide, row_f)
        for k in range(count):
            end = min(max((SPIRAL_BASE - depth[k]) / SPIRAL_FADE, 0.0), 1.0)
            for i in range(width):
                if not wet[k, j, i]:
                    uo[k, j, i] = np.nan
                    vo[k, j, i] = np.nan
                    continue
                shape = row_f[k, i]
                u = row_u[k, i] + (surface_u[j, i] - row_u[0, i]) * shape
                v = row_v[k, i] + (surface_v[j, i] - row_v[0, i]) * shape
                if end > 0.0:
                    below = depth[k] / ekman_depth[j, i]
                    size = end * np.exp(-below)
                    cosine, sine = np.cos(turn[j] * below), np.sin(turn[j] * below)
                    u += size * (ekman_u[j, i] * cosine + ekman_v[j, i] * sine)
                    v += size * (ekman_v[j, i] * cosine - ekman_u[j, i] * sine)
                uo[k, j, i] = min(max(u, -3.0), 3.0)
                vo[k, j, i] = min(max(v, -3.0), 3.0)
