"""Compiled loops of the sea surface height dynamics: one right-hand side in two passes over the rows."""

from typing import NamedTuple

import numba
import numpy as np

HALO = 3
"""Columns repeated on either side, so that the inner loops need no test for periodicity."""

SPEED_LIMIT = np.float32(2.5)
"""Largest flow in m/s, set by hand: next to a coast geostrophy can give more."""


class Basin(NamedTuple):
    """Constant fields of the eddy model over a steady flow.

    `mean_flow` in m/s and `mean_vorticity_gradient` are (2, h, w); `active` (h, w) is 0 where there is no flow; `coriolis`,
    `beta`, `steering`, `per_dx` are (h,) in 1/s, 1/(m s), m-2, 1/m; `steering` times the mean flow advects stretching.
    """

    mean_flow: np.ndarray
    mean_vorticity_gradient: np.ndarray
    active: np.ndarray
    coriolis: np.ndarray
    beta: np.ndarray
    steering: np.ndarray
    per_dx: np.ndarray
    per_dy: np.float32


@numba.njit(fastmath=True, cache=True)
def pad_fields(q: np.ndarray, psi: np.ndarray, screening: np.ndarray, zeta: np.ndarray, padded: np.ndarray) -> None:
    """Fill `zeta` = q + screening psi and `padded` = psi, both (h, w + 2 HALO), from fields (h, w)."""
    rows, columns = q.shape
    for row in range(rows):
        factor = screening[row]
        for column in range(columns):
            value = psi[row, column]
            padded[row, column + HALO] = value
            zeta[row, column + HALO] = q[row, column] + factor * value
        for side in range(HALO):
            for field in (zeta, padded):
                field[row, side] = field[row, side + columns]
                field[row, columns + HALO + side] = field[row, HALO + side]


@numba.njit(fastmath=True, cache=True)
def advance(
    start: np.ndarray,
    out: np.ndarray,
    step: np.float32,
    zeta: np.ndarray,
    psi: np.ndarray,
    forcing: np.ndarray,
    basin: Basin,
) -> None:
    """Write start + step * tendency to `out` (h, w): fifth-order upwind-biased advection of `zeta`, beta and forcing.

    `zeta` and `psi` carry a halo.
    """
    mean_flow, mean_vorticity_gradient, active, coriolis, beta, steering, per_dx, per_dy = basin
    rows, columns = start.shape
    half = np.float32(0.5)
    a1, a2, a3 = np.float32(45 / 60), np.float32(-9 / 60), np.float32(1 / 60)
    d0, d1, d2, d3 = np.float32(20 / 60), np.float32(-15 / 60), np.float32(6 / 60), np.float32(-1 / 60)
    for row in range(HALO, rows - HALO):
        dx, gradient, carried = per_dx[row], beta[row], steering[row]
        f_north = coriolis[row + 1] / coriolis[row] * half * per_dy
        f_south = coriolis[row - 1] / coriolis[row] * half * per_dy
        z, p, p_north, p_south = zeta[row], psi[row], psi[row + 1], psi[row - 1]
        zn1, zn2, zn3 = zeta[row + 1], zeta[row + 2], zeta[row + 3]
        zs1, zs2, zs3 = zeta[row - 1], zeta[row - 2], zeta[row - 3]
        for column in range(columns):
            i = column + HALO
            mask = active[row, column]
            u = (f_south * p_south[i] - f_north * p_north[i]) * mask
            v = (p[i + 1] - p[i - 1]) * half * dx * mask
            total_u = max(min(mean_flow[0, row, column] + u, SPEED_LIMIT), -SPEED_LIMIT) * dx
            total_v = max(min(mean_flow[1, row, column] + v, SPEED_LIMIT), -SPEED_LIMIT) * per_dy
            centred = a1 * (z[i + 1] - z[i - 1]) + a2 * (z[i + 2] - z[i - 2]) + a3 * (z[i + 3] - z[i - 3])
            even = d0 * z[i] + d1 * (z[i + 1] + z[i - 1]) + d2 * (z[i + 2] + z[i - 2]) + d3 * (z[i + 3] + z[i - 3])
            tendency = -total_u * centred - abs(total_u) * even
            centred = a1 * (zn1[i] - zs1[i]) + a2 * (zn2[i] - zs2[i]) + a3 * (zn3[i] - zs3[i])
            even = d0 * z[i] + d1 * (zn1[i] + zs1[i]) + d2 * (zn2[i] + zs2[i]) + d3 * (zn3[i] + zs3[i])
            tendency -= total_v * centred + abs(total_v) * even
            tendency -= u * mean_vorticity_gradient[0, row, column] + v * mean_vorticity_gradient[1, row, column]
            tendency += carried * (mean_flow[0, row, column] * v - mean_flow[1, row, column] * u)
            tendency -= gradient * v
            out[row, column] = start[row, column] + step * (tendency * mask + forcing[row, column])
