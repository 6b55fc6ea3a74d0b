"""Quantities of a current: speed, vorticity, strain against vorticity, eddy kinetic energy."""

from collections.abc import Callable

import numpy as np

from engine.diagnostics.fields import Fields
from engine.physics.geostrophy import coriolis
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid

NEAR_EQUATOR = 2.0
"""Degrees of latitude within which the Coriolis parameter is too small for a Rossby number; set by hand."""

Flow = Callable[[str], np.ndarray]
"""Gives `uo` and `vo` (h, w) in m s-1."""


def speed(field: Flow, grid: Grid) -> np.ndarray:
    """Return the speed of the current (h, w) in m s-1."""
    return np.hypot(field("uo"), field("vo"))


def vorticity(field: Flow, grid: Grid) -> np.ndarray:
    """Return the relative vorticity dv/dx - du/dy + u tan(lat) / R (h, w) in 1e-5 s-1, missing beside dry cells.

    The last term is due to the sphere: without it a solid-body rotation has the wrong vorticity (Gill 1982, section 4.12).
    """
    eastward, northward = field("uo"), field("vo")
    along, across = _gradient(northward, grid)[0], _gradient(eastward, grid)[1]
    return ((along - across + eastward * _convergence(grid)) * 1e5).astype(np.float32)


def rossby_number(field: Flow, grid: Grid) -> np.ndarray:
    """Return relative vorticity over the Coriolis parameter f (h, w), positive in cyclones of both hemispheres.

    Missing within 2 degrees of the equator, where f vanishes and the ratio has no meaning.
    """
    known = np.abs(grid.lat) >= NEAR_EQUATOR
    parameter = np.where(known, coriolis(grid.lat), np.nan)[:, None]
    return (vorticity(field, grid) * 1e-5 / parameter).astype(np.float32)


def okubo_weiss(field: Flow, grid: Grid) -> np.ndarray:
    """Return strain squared less vorticity squared (h, w) in 1e-10 s-2: negative in the cores of eddies.

    Okubo 1970 (doi 10.1016/0011-7471(70)90059-8), Weiss 1991 (doi 10.1016/0167-2789(91)90088-Q), on the sphere.
    """
    eastward, northward = field("uo"), field("vo")
    u_east, u_north = _gradient(eastward, grid)
    v_east, v_north = _gradient(northward, grid)
    convergence = _convergence(grid)
    normal = u_east - northward * convergence - v_north
    shear = v_east + u_north + eastward * convergence
    rotation = v_east - u_north + eastward * convergence
    return ((normal**2 + shear**2 - rotation**2) * 1e10).astype(np.float32)


def eddy_kinetic_energy(field: Fields, grid: Grid) -> np.ndarray:
    """Return half the squared anomaly of the current from the climatology in cm2 s-2."""
    anomalies = (field(name) - field.climatology(name) for name in ("uo", "vo"))
    return np.float32(5000.0) * sum(anomaly**2 for anomaly in anomalies)


def _convergence(grid: Grid) -> np.ndarray:
    """Return tan(lat) / R (h, 1) per metre: the convergence of the meridians."""
    return np.tan(np.deg2rad(grid.lat))[:, None] / EARTH_RADIUS


def _gradient(values: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return centred derivatives (h, w) per metre eastward, across the seam of a periodic grid, and northward."""
    lat, lon = np.deg2rad(grid.lat), np.deg2rad(grid.lon)
    if grid.is_periodic:
        eastward = (np.roll(values, -1, axis=1) - np.roll(values, 1, axis=1)) / (2 * (lon[1] - lon[0]))
    else:
        eastward = np.gradient(values, lon, axis=1)
    return eastward / (EARTH_RADIUS * np.cos(lat)[:, None]), np.gradient(values, lat, axis=0) / EARTH_RADIUS
