"""Fields that are computed when looked at: speed, vorticity, anomaly from climatology, change in 24 hours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.errors import InputError
from engine.grid import EARTH_RADIUS, Grid
from engine.variables import PLANKTON, PROGNOSTIC, VARIABLES

Slice = Callable[[str], np.ndarray]
"""Gives the (h, w) field of a stored variable at the depth and time at hand."""


class Reader(Protocol):
    """What a store offers to read: one (h, w) float32 slice with NaN where missing, at a lead in days."""

    grid: Grid
    leads: list[int]

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray: ...

    def valid_time(self, lead: int) -> np.datetime64: ...


def speed(field: Slice, grid: Grid) -> np.ndarray:
    """Return the speed of the current (h, w) in m s-1."""
    return np.hypot(field("uo"), field("vo"))


def vorticity(field: Slice, grid: Grid) -> np.ndarray:
    """Return the relative vorticity dv/dx - du/dy + u tan(lat) / R (h, w) in 1e-5 s-1, missing beside dry cells.

    The last term is the sphere's: without it a solid-body rotation has the wrong vorticity (Gill 1982, section 4.12).
    """
    eastward, northward = field("uo"), field("vo")
    lat = np.deg2rad(grid.lat)[:, None]
    along_lon = EARTH_RADIUS * np.cos(lat)
    dv_dx = _centred_lon(northward, grid) / along_lon
    du_dy = np.gradient(eastward, np.deg2rad(grid.lat), axis=0) / EARTH_RADIUS
    return ((dv_dx - du_dy + eastward * np.tan(lat) / EARTH_RADIUS) * 1e5).astype(np.float32)


def _centred_lon(values: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the derivative (h, w) along longitude per radian, across the seam where the grid is periodic."""
    lon = np.deg2rad(grid.lon)
    if not grid.is_periodic:
        return np.gradient(values, lon, axis=1)
    return (np.roll(values, -1, axis=1) - np.roll(values, 1, axis=1)) / (2 * (lon[1] - lon[0]))


def _stored(name: str) -> Callable[[Slice, Grid], np.ndarray]:
    return lambda field, grid: field(name)


@dataclass(frozen=True)
class DisplayVariable:
    """A field that can be shown: what it is called, what it is made of, and how."""

    name: str
    label: str
    units: str
    needs: tuple[str, ...]
    compute: Callable[[Slice, Grid], np.ndarray]

    @property
    def has_levels(self) -> bool:
        """Return whether a depth can be chosen."""
        return bool(VARIABLES[self.needs[0]].depths)

    @property
    def has_climatology(self) -> bool:
        """Return whether its mean for a day of the year is known."""
        return set(self.needs) <= set(PROGNOSTIC)


def _plain(name: str, units: str) -> DisplayVariable:
    return DisplayVariable(name, VARIABLES[name].long_name, units, (name,), _stored(name))


DISPLAY_VARIABLES: dict[str, DisplayVariable] = {
    shown.name: shown
    for shown in (
        _plain("thetao", "°C"),
        _plain("so", "psu"),
        DisplayVariable("speed", "Current speed", "m/s", ("uo", "vo"), speed),
        _plain("uo", "m/s"),
        _plain("vo", "m/s"),
        _plain("zos", "m"),
        DisplayVariable("vorticity", "Relative vorticity", "10⁻⁵ s⁻¹", ("uo", "vo"), vorticity),
        _plain("swh", "m"),
        *(_plain(name, "mg/m³") for name in ("chl", *PLANKTON)),
        _plain("fe", "nmol/l"),
        _plain("no3", "µmol/l"),
        _plain("mlotst", "m"),
    )
}

QUANTITIES: dict[str, str] = {
    "value": "Value",
    "anomaly": "Anomaly from climatology",
    "change": "Change in 24 hours",
}


def derive(
    reader: Reader,
    name: str,
    lead: int,
    depth_index: int = 0,
    quantity: str = "value",
    climatology: Callable[[np.datetime64], Slice] | None = None,
) -> np.ndarray:
    """Return a display variable (h, w) of `reader` at `lead` days, float32, NaN where missing.

    `climatology` gives, for a valid time, the mean fields at the same depth and grid; it is needed for an anomaly. A
    change in 24 hours is missing everywhere at a lead whose day before is not stored. Raises InputError for an unknown
    variable or quantity, or an anomaly without climatology.
    """
    if name not in DISPLAY_VARIABLES:
        raise InputError(f"variable {name!r} cannot be shown; expected one of {', '.join(DISPLAY_VARIABLES)}")
    if quantity not in QUANTITIES:
        raise InputError(f"quantity {quantity!r} is unknown; expected one of {', '.join(QUANTITIES)}")
    shown = DISPLAY_VARIABLES[name]

    def value(at: int) -> np.ndarray:
        return shown.compute(lambda stored: reader.read(stored, at, depth_index), reader.grid)

    if quantity == "anomaly":
        if climatology is None:
            raise InputError(f"anomaly of {name!r} needs a climatology on the same grid; none is given")
        return value(lead) - shown.compute(climatology(reader.valid_time(lead)), reader.grid)
    if quantity == "change":
        day_before = reader.valid_time(lead) - np.timedelta64(24, "h")
        if lead - 1 not in reader.leads or reader.valid_time(lead - 1) != day_before:
            return np.full(reader.grid.shape, np.nan, dtype=np.float32)
        return value(lead) - value(lead - 1)
    return value(lead)
