"""Upwelling by the mean wind: divergence of the Ekman transport, at coasts and the equator, too."""

import numpy as np
from numpy.typing import NDArray

from engine.physics.geostrophy import coriolis
from engine.schema.constants import EARTH_RADIUS, SECONDS_PER_DAY, WATER_DENSITY
from engine.schema.grid import Grid

Array = NDArray[np.floating]

FRICTION = 1.0e-5
"""s-1, set by hand: it keeps the transport finite at the equator, over some four degrees."""

DRAG = 1.3e-3 * 1.2 * 1.6
"""Drag times air density, kg m-3, with the part that the mean of squared winds exceeds the square of mean winds."""

FASTEST = 1.5


def upwelling(grid: Grid, open_ocean: NDArray[np.bool_], u10: Array, v10: Array) -> Array:
    """Return the upward velocity (h, w) in m a day, 0 where water sinks, from wind `u10`, `v10` (h, w) in m s-1.

    There is no transport across the edge of `open_ocean`, so wind along a shelf causes upwelling beside it.
    """
    stress = DRAG * np.hypot(u10, v10)
    east, north = stress * u10, stress * v10
    f = coriolis(grid.lat)[:, None]
    scale = 1 / (WATER_DENSITY * (f**2 + FRICTION**2))
    transport_east = (FRICTION * east + f * north) * scale
    transport_north = (FRICTION * north - f * east) * scale
    spacing = EARTH_RADIUS * np.deg2rad(grid.lat[1] - grid.lat[0])
    cosine = np.cos(np.deg2rad(grid.lat))[:, None]
    right = np.roll(open_ocean, -1, axis=1) & open_ocean
    across = 0.5 * (transport_east + np.roll(transport_east, -1, axis=1)) * right
    along = np.zeros((grid.shape[0] + 1, grid.shape[1]))
    both = open_ocean[1:] & open_ocean[:-1]
    along[1:-1] = 0.5 * (transport_north[1:] + transport_north[:-1]) * 0.5 * (cosine[1:] + cosine[:-1]) * both
    divergence = (across - np.roll(across, 1, axis=1) + along[1:] - along[:-1]) / (spacing * cosine)
    return np.clip(divergence * SECONDS_PER_DAY, 0, FASTEST).astype(np.float32)
