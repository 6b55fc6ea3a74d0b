"""Irradiance: the light of the sun that plankton can use (photosynthetically available radiation)."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

SUN, THROUGH_AIR, USABLE = 1361.0, 0.52, 0.43
"""Sunlight above the air in W m-2, the share that average clouds let through, the share that plants can use."""


def daily_light(lat: Array, day: float) -> Array:
    """Return the light that plants can use at the surface (h,), mean of a day of the year, in W m-2 under average clouds."""
    declination = np.deg2rad(23.44) * np.sin(2 * np.pi * (day - 80.0) / 365.25)
    rows = np.deg2rad(lat)
    hour = np.arccos(np.clip(-np.tan(rows) * np.tan(declination), -1, 1))
    high = hour * np.sin(rows) * np.sin(declination) + np.cos(rows) * np.cos(declination) * np.sin(hour)
    return SUN / np.pi * np.maximum(high, 0) * THROUGH_AIR * USABLE
