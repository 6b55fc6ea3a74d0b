"""Compiled geometry of closed curves in the plane."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def area_and_centroid(x, y, n):  # type: ignore[no-untyped-def]
    """Signed area and centroid of the polygon of the first `n` points of `x`, `y`; positive counter-clockwise."""
    doubled, moment_x, moment_y = 0.0, 0.0, 0.0
    before = n - 1
    for k in range(n):
        cross = x[before] * y[k] - x[k] * y[before]
        doubled += cross
        moment_x += (x[before] + x[k]) * cross
        moment_y += (y[before] + y[k]) * cross
        before = k
    if doubled == 0.0:
        return 0.0, x[0], y[0]
    return 0.5 * doubled, moment_x / (3.0 * doubled), moment_y / (3.0 * doubled)


@njit(cache=True, nogil=True)
def _sector(ax, ay, bx, by, radius):  # type: ignore[no-untyped-def]
    """Signed area of the circular sector between the directions of a and b."""
    return 0.5 * radius * radius * np.arctan2(ax * by - ay * bx, ax * bx + ay * by)


@njit(cache=True, nogil=True)
def _shared_with_edge(ax, ay, bx, by, radius):  # type: ignore[no-untyped-def]
    """Signed area that the triangle of the origin and the edge from a to b shares with the disc around the origin."""
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    if square == 0.0:
        return 0.0
    half = (ax * dx + ay * dy) / square
    inside = half * half - (ax * ax + ay * ay - radius * radius) / square
    if inside <= 0.0:
        return _sector(ax, ay, bx, by, radius)
    root = np.sqrt(inside)
    enter, leave = -half - root, -half + root
    if leave <= 0.0 or enter >= 1.0:
        return _sector(ax, ay, bx, by, radius)
    enter, leave = max(enter, 0.0), min(leave, 1.0)
    px, py = ax + enter * dx, ay + enter * dy
    qx, qy = ax + leave * dx, ay + leave * dy
    chord = 0.5 * (px * qy - py * qx)
    return _sector(ax, ay, px, py, radius) + chord + _sector(qx, qy, bx, by, radius)


@njit(cache=True, nogil=True)
def shape_error(x, y, n, centre_x, centre_y, radius):  # type: ignore[no-untyped-def]
    """Area between a counter-clockwise polygon and a circle as a share of the circle's (Mason et al. 2014): 0 for a circle."""
    shared, doubled = 0.0, 0.0
    before = n - 1
    for k in range(n):
        ax, ay, bx, by = x[before] - centre_x, y[before] - centre_y, x[k] - centre_x, y[k] - centre_y
        shared += _shared_with_edge(ax, ay, bx, by, radius)
        doubled += ax * by - ay * bx
        before = k
    circle = np.pi * radius * radius
    return (0.5 * doubled + circle - 2.0 * shared) / circle


@njit(cache=True, nogil=True)
def resample(x, y, n, out_x, out_y):  # type: ignore[no-untyped-def]
    """Fill `out_x`, `out_y` with points evenly spaced along the closed polygon; the last is the first again."""
    around = 0.0
    for k in range(n):
        after = (k + 1) % n
        around += np.hypot(x[after] - x[k], y[after] - y[k])
    spacing = around / (out_x.shape[0] - 1)
    edge, passed = 0, 0.0
    length = np.hypot(x[1] - x[0], y[1] - y[0])
    for m in range(out_x.shape[0] - 1):
        while passed + length < m * spacing and edge < n - 1:
            passed += length
            edge += 1
            after = (edge + 1) % n
            length = np.hypot(x[after] - x[edge], y[after] - y[edge])
        after = (edge + 1) % n
        part = min((m * spacing - passed) / length, 1.0) if length > 0.0 else 0.0
        out_x[m] = x[edge] + part * (x[after] - x[edge])
        out_y[m] = y[edge] + part * (y[after] - y[edge])
    out_x[-1] = out_x[0]
    out_y[-1] = out_y[0]
