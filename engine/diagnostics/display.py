"""Display variables: stored and derived fields, their values, anomalies from climatology and changes in 24 hours."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.diagnostics.fields import Fields, Levels
from engine.diagnostics.flow import eddy_kinetic_energy, okubo_weiss, rossby_number, speed, vorticity
from engine.diagnostics.layers import (
    cyclone_heat_potential,
    heat_content,
    isotherm_depth,
    mixed_layer_depth,
    potential_density,
    squared_buoyancy_frequency,
)
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.schema.variables import PLANKTON, PROGNOSTIC, VARIABLES

Compute = Callable[[Fields, Grid], np.ndarray]


class Reader(Protocol):
    """The part of a store that maps need: one (h, w) float32 slice with NaN where missing, at a lead in days."""

    @property
    def grid(self) -> Grid: ...
    @property
    def leads(self) -> list[int]: ...

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray: ...

    def valid_time(self, lead: int) -> np.datetime64: ...


@dataclass(frozen=True)
class DisplayVariable:
    """A field that can be shown: its label, the stored fields that it needs, and its computation."""

    name: str
    label: str
    units: str
    needs: tuple[str, ...]
    compute: Compute
    of_column: bool = False
    """Whether it needs whole columns, so that no depth can be chosen."""
    of_neighbours: bool = False
    """Whether it needs horizontal derivatives, so that a single point is not enough."""
    of_anomalies: bool = False
    """Whether it is computed from anomalies, so that it has no anomaly of its own."""

    @property
    def has_climatology(self) -> bool:
        """Return whether its climatology for a day of the year is known."""
        return set(self.needs) <= set(PROGNOSTIC) and not self.of_anomalies

    def depths(self, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Return the depths to choose from, of a store whose fields have `levels`."""
        return () if self.of_column else levels


def _plain(name: str, units: str) -> DisplayVariable:
    return DisplayVariable(name, VARIABLES[name].long_name, units, (name,), lambda fields, grid: fields(name))


def _density(fields: Fields, grid: Grid) -> np.ndarray:
    return potential_density(fields("thetao"), fields("so"))


def _stability(fields: Fields, grid: Grid) -> np.ndarray:
    """N2 at a level: between its neighbours, one of which is the level itself at the surface and at the sea floor."""
    above, last = max(fields.index - 1, 0), fields.depth.size - 1
    upper = [fields.read(name, above) for name in _WATER]
    found = np.full(upper[0].shape, np.nan, np.float32)
    for below in {min(fields.index + 1, last), fields.index} - {above}:
        lower = [fields.read(name, below) for name in _WATER]
        between = squared_buoyancy_frequency(upper, lower, (float(fields.depth[above]), float(fields.depth[below])))
        found = np.where(np.isfinite(between) & ((below > fields.index) | ~np.isfinite(found)), between, found)
    return found


def _of_columns(made: Callable[..., np.ndarray], *names: str) -> Compute:
    """The computation of a depth or a sum from columns of any shape."""

    def compute(fields: Fields, grid: Grid) -> np.ndarray:
        columns = [fields.column(name) for name in names]
        shape = columns[0].shape[1:]
        return made(*(column.reshape(fields.depth.size, -1) for column in columns), fields.depth).reshape(shape)

    return compute


_FLOW, _WATER, _WARMTH = ("uo", "vo"), ("thetao", "so"), ("thetao",)

DISPLAY_VARIABLES: dict[str, DisplayVariable] = {
    shown.name: shown
    for shown in (
        _plain("thetao", "°C"),
        _plain("so", "psu"),
        DisplayVariable("speed", "Current speed", "m/s", _FLOW, speed),
        _plain("uo", "m/s"),
        _plain("vo", "m/s"),
        _plain("zos", "m"),
        DisplayVariable("vorticity", "Relative vorticity", "10⁻⁵ s⁻¹", _FLOW, vorticity, of_neighbours=True),
        DisplayVariable("rossby", "Vorticity over f", "", _FLOW, rossby_number, of_neighbours=True),
        DisplayVariable("okubo_weiss", "Okubo-Weiss parameter", "10⁻¹⁰ s⁻²", _FLOW, okubo_weiss, of_neighbours=True),
        DisplayVariable("eke", "Eddy kinetic energy", "cm²/s²", _FLOW, eddy_kinetic_energy, of_anomalies=True),
        DisplayVariable("density", "Potential density less 1000", "kg/m³", _WATER, _density),
        DisplayVariable("stability", "Squared buoyancy frequency", "10⁻⁵ s⁻²", _WATER, _stability),
        DisplayVariable(
            "mixed_layer", "Mixed layer depth by density", "m", _WATER, _of_columns(mixed_layer_depth, *_WATER), of_column=True
        ),
        DisplayVariable("d20", "20 °C isotherm depth", "m", _WARMTH, _of_columns(isotherm_depth, *_WARMTH), of_column=True),
        DisplayVariable(
            "heat_content", "Heat content to 500 m", "GJ/m²", _WARMTH, _of_columns(heat_content, *_WARMTH), of_column=True
        ),
        DisplayVariable(
            "cyclone_heat",
            "Cyclone heat potential",
            "kJ/cm²",
            _WARMTH,
            _of_columns(cyclone_heat_potential, *_WARMTH),
            of_column=True,
        ),
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
    climatology: Callable[[np.datetime64], Levels] | None = None,
) -> np.ndarray:
    """Return a display variable (h, w) of `reader` at `lead` days, float32, NaN where missing.

    `climatology` gives, for a valid time, the mean fields by level on the same grid; anomalies and eddy kinetic energy need it. A
    change in 24 hours is missing everywhere where the day before is not stored. Raises InputError for an unknown
    variable or quantity, or an anomaly without climatology.
    """
    if name not in DISPLAY_VARIABLES:
        raise InputError(f"variable {name!r} cannot be shown; expected one of {', '.join(DISPLAY_VARIABLES)}")
    if quantity not in QUANTITIES:
        raise InputError(f"quantity {quantity!r} is unknown; expected one of {', '.join(QUANTITIES)}")
    shown = DISPLAY_VARIABLES[name]

    depth = np.asarray(reader.grid.depth, dtype=float)

    def value(at: int) -> np.ndarray:
        mean = None if climatology is None else climatology(reader.valid_time(at))
        return shown.compute(Fields(lambda stored, level: reader.read(stored, at, level), depth_index, depth, mean), reader.grid)

    if quantity == "anomaly":
        if climatology is None:
            raise InputError(f"anomaly of {name!r} needs a climatology on the same grid; none is given")
        return value(lead) - shown.compute(Fields(climatology(reader.valid_time(lead)), depth_index, depth), reader.grid)
    if quantity == "change":
        day_before = reader.valid_time(lead) - np.timedelta64(24, "h")
        if lead - 1 not in reader.leads or reader.valid_time(lead - 1) != day_before:
            return np.full(reader.grid.shape, np.nan, dtype=np.float32)
        return value(lead) - value(lead - 1)
    return value(lead)
