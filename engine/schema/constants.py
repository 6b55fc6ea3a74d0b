"""Physical constants (gravity, radius and rotation of the Earth, densities ...) and constants of time.

They lie below the grid, since the area of a cell needs the radius of the Earth."""

import numpy as np

GRAVITY = 9.81
"""m s-2."""

EARTH_RADIUS = 6.371e6
"""Mean radius of the Earth in metres."""

EARTH_ROTATION = 7.2921e-5
"""Angular velocity of the Earth in s-1."""

WATER_DENSITY = 1025.0
"""kg m-3 of sea water at the surface."""

HEAT_CAPACITY = WATER_DENSITY * 3990.0
"""J m-3 K-1 of sea water."""

ABSOLUTE_SALINITY = 35.16504 / 35.0
"""Absolute over practical salinity (TEOS-10, without its small regional part)."""

SECONDS_PER_DAY = 86400.0

DAY = np.timedelta64(1, "D")
