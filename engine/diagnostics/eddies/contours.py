"""Compiled search for the outermost acceptable closed contour around each peak of a field.

From every peak the level decreases step by step. The four-connected region above it grows by a flood fill from its old border,
so each pixel is read once; at each level marching squares follow its outer boundary. The search ends where the region meets a
missing value, a higher or second notable peak, or becomes too large: lower levels cannot change any of these.
Fields are padded with missing values (see `engine.diagnostics.eddies.detection`); columns wrap around.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from engine.diagnostics.eddies.geometry import area_and_centroid, resample, shape_error
from engine.schema.constants import EARTH_RADIUS

LON, LAT, PEAK_LON, PEAK_LAT, AMPLITUDE, LEVEL, AREA, SHAPE_ERROR, SPEED_AREA, SPEED = range(10)
"""Columns of the table that `outermost_contours` fills."""

COLUMNS = 10
"""Number of columns of the table."""


class PaddedField(NamedTuple):
    """`height` and `speed` (h, w) with a border of missing values, `peak_number` -1 or that of the peak at a pixel.

    `lat` (h,), the first longitude and the step of longitude in degrees.
    """

    height: np.ndarray
    speed: np.ndarray
    peak_number: np.ndarray
    lat: np.ndarray
    lon_start: float
    lon_step: float


class Limits(NamedTuple):
    """Limits of an acceptable contour: found in steps of `step` m, at least `depth` m below the peak, round, of so many
    pixels."""

    step: float
    depth: float
    worst_shape: float
    fewest: int
    most: int


# Rows and columns to the four neighbours, counter-clockwise from the east.
_ROW = np.array([0, 1, 0, -1])
_COLUMN = np.array([1, 0, -1, 0])


@njit(cache=True, nogil=True)
def find_peaks(height):  # type: ignore[no-untyped-def]
    """Row and column (n, 2) of pixels no lower than their eight neighbours, none missing; of equal pixels the first."""
    rows, columns = height.shape
    found = np.empty((rows * columns // 4 + 1, 2), dtype=np.int32)
    n = 0
    for j in range(1, rows - 1):
        for i in range(columns):
            here = height[j, i]
            highest = not np.isnan(here)
            for k in range(9):
                if not highest:
                    break
                other = height[j + k // 3 - 1, (i + k % 3 - 1) % columns]
                highest = other <= here if k >= 4 else other < here
            if highest:
                found[n, 0] = j
                found[n, 1] = i
                n += 1
    return found[:n].copy()


@njit(cache=True, nogil=True)
def walk_boundary(height, level, top_j, top_i, crossings):  # type: ignore[no-untyped-def]
    """Follow the outer boundary of the region above `level` counter-clockwise, from the north side of its top pixel.

    Fills `crossings` (m, 4) with row, column and side of the pixel inside, columns not wrapped, and the share of the distance
    to the pixel outside. Returns their number and the pixels enclosed, holes included; 0 where the boundary does not close before
    `crossings` is full.
    """
    columns = height.shape[1]
    j, i, side = top_j, top_i, 1
    n, enclosed = 0, 0
    while n < crossings.shape[0]:
        dj, di = _ROW[side], _COLUMN[side]
        inside, outside = height[j, i % columns], height[j + dj, (i + di) % columns]
        crossings[n, 0], crossings[n, 1], crossings[n, 2] = j, i, side
        crossings[n, 3] = (inside - level) / (inside - outside)
        n += 1
        # Green's theorem in discrete form: east sides add the columns up to them, west sides subtract those before them.
        if side == 0:
            enclosed += i
        elif side == 2:
            enclosed -= i - 1
        ahead = (side + 1) % 4
        aj, ai = _ROW[ahead], _COLUMN[ahead]
        if not height[j + aj, (i + ai) % columns] > level:
            side = ahead
        elif not height[j + dj + aj, (i + di + ai) % columns] > level:
            j, i = j + aj, i + ai
        else:
            j, i = j + dj + aj, i + di + ai
            side = (side + 3) % 4
        if j == top_j and i == top_i and side == 1:
            return n, enclosed
    return 0, 0


@njit(cache=True, nogil=True)
def project(crossings, n, lat, lon_step, centre_i, x, y):  # type: ignore[no-untyped-def]
    """Project the crossings to the equal-area sinusoidal plane, in metres from column `centre_i` and from the equator."""
    for k in range(n):
        j, i, side = int(crossings[k, 0]), crossings[k, 1], int(crossings[k, 2])
        part = crossings[k, 3]
        phi = np.deg2rad(lat[j] + part * (lat[j + _ROW[side]] - lat[j]))
        x[k] = EARTH_RADIUS * np.cos(phi) * np.deg2rad((i + part * _COLUMN[side] - centre_i) * lon_step)
        y[k] = EARTH_RADIUS * phi


@njit(cache=True, nogil=True)
def mean_speed(speed, crossings, n, x, y):  # type: ignore[no-untyped-def]
    """Mean of `speed` along the contour, weighted by length."""
    columns = speed.shape[1]
    total, around = 0.0, 0.0
    for k in range(n):
        j, i, side = int(crossings[k, 0]), int(crossings[k, 1]), int(crossings[k, 2])
        outside = speed[j + _ROW[side], (i + _COLUMN[side]) % columns]
        here = speed[j, i % columns] * (1.0 - crossings[k, 3]) + outside * crossings[k, 3]
        before, after = (k + n - 1) % n, (k + 1) % n
        length = np.hypot(x[k] - x[before], y[k] - y[before]) + np.hypot(x[after] - x[k], y[after] - y[k])
        total += length * here
        around += length
    return total / around if around > 0.0 else 0.0


@njit(cache=True, nogil=True)
def grow(height, level, p, peaks, peak_number, owner, region, border, state):  # type: ignore[no-untyped-def]
    """Add to the region of peak `p` all connected pixels above `level`.

    `region` and `border` list pixels, their columns not wrapped; `state` holds the number of each and the region's top pixel;
    `owner` marks both on the map. Returns the height of the highest other peak inside, and infinity where the search ends.
    """
    columns, most = height.shape[1], region.shape[0]
    peak = height[peaks[p, 0], peaks[p, 1]]
    inside, outside = 2 * (p + 1), 2 * (p + 1) + 1
    size, border_size, joined, higher_peak = state[0], 0, state[0], -np.inf
    for k in range(state[1]):
        j, i = border[k, 0], border[k, 1]
        if height[j, i % columns] <= level:
            border[border_size, 0], border[border_size, 1] = j, i
            border_size += 1
            continue
        if size == most:
            return np.inf
        owner[j, i % columns] = inside
        region[size, 0], region[size, 1] = j, i
        size += 1
    while joined < size:
        j, i = region[joined, 0], region[joined, 1]
        joined += 1
        if j > state[2]:
            state[2], state[3] = j, i
        other = peak_number[j, i % columns]
        if other >= 0 and other != p:
            higher_peak = max(higher_peak, height[j, i % columns])
            if higher_peak > peak or (higher_peak == peak and other < p):
                return np.inf
        for k in range(9):
            nj, ni = j + k // 3 - 1, i + k % 3 - 1
            near, mark = height[nj, ni % columns], owner[nj, ni % columns]
            if np.isnan(near):
                return np.inf
            if k % 2 == 0 or mark in (inside, outside):
                continue
            if near <= level:
                owner[nj, ni % columns] = outside
                border[border_size, 0], border[border_size, 1] = nj, ni
                border_size += 1
            elif size == most:
                return np.inf
            else:
                owner[nj, ni % columns] = inside
                region[size, 0], region[size, 1] = nj, ni
                size += 1
    state[0], state[1] = size, border_size
    return higher_peak


@njit(cache=True, nogil=True)
def outermost_contours(first, last, peaks, field, limits, table, curves):  # type: ignore[no-untyped-def]
    """For peaks `first` to `last` of `peaks` (n, 2) fill rows of `table` (n, 10) and `curves` (n, 2, m), longitude first.

    `field` is a PaddedField, `limits` are Limits. Amplitude 0 remains where no contour is acceptable: at least `depth` below the
    peak, `fewest` to `most` pixels, no hole, no other peak that stands `depth` above it, and a shape error of `worst_shape` at
    most.
    """
    height, speed, peak_number, lat, lon_start, lon_step = field
    step, depth, worst_shape, fewest, most = limits
    owner = np.zeros(height.shape, dtype=np.int32)
    region = np.empty((most, 2), dtype=np.int32)
    border = np.empty((4 * most + 4, 2), dtype=np.int32)
    state = np.empty(4, dtype=np.int64)
    crossings = np.empty((4 * most + 4, 4))
    x, y = np.empty(crossings.shape[0]), np.empty(crossings.shape[0])
    for p in range(first, last):
        peak_j, peak_i = peaks[p, 0], peaks[p, 1]
        peak, middle = height[peak_j, peak_i], lon_start + peak_i * lon_step
        border[0, 0], border[0, 1] = peak_j, peak_i
        state[0], state[1], state[2], state[3] = 0, 1, peak_j, peak_i
        higher_peak, best_speed, best_speed_area = -np.inf, -1.0, 0.0
        number = int(np.ceil(peak / step))
        while True:
            number -= 1
            level = number * step
            higher_peak = max(higher_peak, grow(height, level, p, peaks, peak_number, owner, region, border, state))
            if higher_peak - level >= depth:
                break
            if state[0] < fewest:
                continue
            n, enclosed = walk_boundary(height, level, state[2], state[3], crossings)
            if n == 0 or enclosed != state[0]:
                continue
            project(crossings, n, lat, lon_step, peak_i, x, y)
            area, centre_x, centre_y = area_and_centroid(x, y, n)
            around = mean_speed(speed, crossings, n, x, y)
            if around > best_speed:
                best_speed, best_speed_area = around, area
            if peak - level < depth:
                continue
            error = shape_error(x, y, n, centre_x, centre_y, np.sqrt(area / np.pi))
            if error > worst_shape:
                continue
            phi = centre_y / EARTH_RADIUS
            table[p, LON] = middle + np.rad2deg(centre_x / EARTH_RADIUS / np.cos(phi))
            table[p, LAT] = np.rad2deg(phi)
            table[p, PEAK_LON], table[p, PEAK_LAT] = middle, lat[peak_j]
            table[p, AMPLITUDE], table[p, LEVEL] = peak - level, level
            table[p, AREA], table[p, SHAPE_ERROR] = area, error
            table[p, SPEED_AREA], table[p, SPEED] = best_speed_area, best_speed
            resample(x, y, n, curves[p, 0], curves[p, 1])
        if table[p, AMPLITUDE] > 0.0:
            curves[p, 1] /= EARTH_RADIUS
            curves[p, 0] = middle + np.rad2deg(curves[p, 0] / (EARTH_RADIUS * np.cos(curves[p, 1])))
            curves[p, 1] = np.rad2deg(curves[p, 1])
