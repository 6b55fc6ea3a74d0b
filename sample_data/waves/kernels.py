"""Compiled loops of the wave model: propagation along great circles, turning of headings, growth and decay by the wind."""

import numba
import numpy as np

HALO = 12
"""Columns repeated on either side, so that the inner loops need no test for periodicity."""


@numba.njit(cache=True)
def wrap(fields: np.ndarray) -> None:
    """Refresh the repeated columns of `fields` (n, h, w + 2 HALO) in place."""
    count, rows, columns = fields.shape
    for n in range(count):
        for row in range(rows):
            line = fields[n, row]
            for side in range(HALO):
                line[side] = line[columns - 2 * HALO + side]
                line[columns - HALO + side] = line[HALO + side]


@numba.njit(fastmath=True, cache=True)
def travel(
    energy: np.ndarray,
    out: np.ndarray,
    from_row: np.ndarray,
    row_share: np.ndarray,
    from_column: np.ndarray,
    column_share: np.ndarray,
    passage: np.ndarray,
) -> None:
    """Write to `out` the `energy` (n, h, w + 2 HALO) from one step back on each ray; it is lost where `passage` is 0.

    Row and column of departure and their bilinear shares are (n, h), the same for all columns since rays do not depend on
    longitude; `passage` (h, w + 2 HALO) counts at the arrival and half-way, so that no ray crosses a strip of land.
    """
    count, rows, width = energy.shape
    for n in range(count):
        for row in range(1, rows - 1):
            south, shift = from_row[n, row], from_column[n, row]
            b, a = row_share[n, row], column_share[n, row]
            w00, w01, w10, w11 = (1 - b) * (1 - a), (1 - b) * a, b * (1 - a), b * a
            low, high = energy[n, south], energy[n, south + 1]
            here, middle = passage[row], passage[(row + south + (1 if b > np.float32(0.5) else 0)) // 2]
            half = shift // 2
            for i in range(HALO, width - HALO):
                j = i + shift
                value = w00 * low[j] + w01 * low[j + 1] + w10 * high[j] + w11 * high[j + 1]
                out[n, row, i] = value * here[i] * middle[i + half]


@numba.njit(fastmath=True, cache=True)
def turn(energy: np.ndarray, out: np.ndarray, share: np.ndarray) -> None:
    """Write to `out` the `energy` (d, h, w) with headings turned along their great circles by `share` (d, h) of a bin.

    A positive share takes from the bin before. Advective, not flux form: along a ray the energy of a heading is conserved.
    """
    count, rows, width = energy.shape
    for n in range(count):
        for row in range(rows):
            part = share[n, row]
            other = (n - 1) % count if part > 0 else (n + 1) % count
            part = abs(part)
            for i in range(width):
                out[n, row, i] = (1 - part) * energy[n, row, i] + part * energy[other, row, i]


@numba.njit(fastmath=True, cache=True)
def blow(
    energy: np.ndarray,
    full: np.ndarray,
    growth: np.ndarray,
    loss: np.ndarray,
    wind_east: np.ndarray,
    wind_north: np.ndarray,
    heading_east: np.ndarray,
    heading_north: np.ndarray,
) -> None:
    """Apply the wind to `energy` (d, h, w) in place: growth towards the fully developed sea, decay above it.

    `full` (h, w) in m2 is the energy of this period in a fully developed sea, spread as the squared cosine of the angle to the
    wind (unit vector `wind_east`, `wind_north`); `growth` and `loss` (h, w) are the shares of this step.
    """
    count, rows, width = energy.shape
    spread = np.float32(4.0 / count)
    for n in range(count):
        e, m = heading_east[n], heading_north[n]
        for row in range(rows):
            for i in range(width):
                along = max(e * wind_east[row, i] + m * wind_north[row, i], np.float32(0))
                gap = full[row, i] * spread * along * along - energy[n, row, i]
                energy[n, row, i] += max(gap, np.float32(0)) * growth[row, i] + min(gap, np.float32(0)) * loss[row, i]
