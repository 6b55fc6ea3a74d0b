"""The wind-driven flow of the upper ocean (Ekman 1905): its surface value and the constants of its spiral.

The spiral itself is written twice with these constants: compiled for columns in `water_columns.current_rows`, and in tensors
with gradients in `engine.models.evolution.operator.ekman_spiral`.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

SHARE_OF_WIND = 0.0045
TROPICS = 10.0
"""Latitude within which the flow no longer grows towards the equator, where the balance of Ekman fails."""

TURNING_LATITUDE = 5.0
"""Scale in degrees within which the angle to the wind goes to zero at the equator."""

SPIRAL_BASE, SPIRAL_FADE = 50.0, 20.0
"""Depth in metres at which the spiral ends, and how far above it begins to fade out."""


def ekman_surface(lat: Array, u10: Array, v10: Array) -> tuple[Array, Array, Array, Array]:
    """Return the Ekman flow at the surface (u, v), its e-folding depth (h, w) in m, and its sense of turning (h,).

    0.45 % of the wind over sqrt(sin latitude), 45 degrees to the right of the wind (left in the south), turning further by
    one radian per e-folding depth (Ekman 1905; size after Rio and Hernandez 2003, doi 10.1029/2002JC001655). Towards the
    equator the turning angle goes smoothly to zero.
    """
    sine = np.sqrt(np.sin(np.deg2rad(np.maximum(np.abs(lat), TROPICS))))[:, None]
    turn = np.tanh(lat / TURNING_LATITUDE)
    cosine, opposite = np.cos(turn * np.pi / 4)[:, None], np.sin(turn * np.pi / 4)[:, None]
    u10, v10 = np.nan_to_num(u10), np.nan_to_num(v10)
    size = SHARE_OF_WIND / sine
    depth = np.clip(7.6 / np.pi * np.hypot(u10, v10) / sine, 8.0, 40.0)
    u = size * (u10 * cosine + v10 * opposite)
    v = size * (v10 * cosine - u10 * opposite)
    return u.astype(np.float32), v.astype(np.float32), depth.astype(np.float32), turn.astype(np.float32)
