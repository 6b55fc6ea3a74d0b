"""The variable table: names, units, levels, roles, valid ranges and packing of all fields (CF 1.11 names)."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

DEPTHS: tuple[float, ...] = (0, 6, 10, 20, 30, 50, 70, 100, 125, 150, 200, 250, 300, 400, 500)
"""Depths of the model's levels in metres, positive down."""

FILL = -30000
"""The packed value of a missing cell, as HYCOM distributes it."""


@dataclass(frozen=True)
class Packing:
    """How a field becomes int16: value = number * scale + offset, of log10(value) where `log10` is set."""

    scale: float
    offset: float = 0.0
    log10: bool = False

    def pack(self, values: np.ndarray) -> np.ndarray:
        """Return `values` as int16, rounded to the nearest step, clipped to the int16 range; NaN becomes `FILL`."""
        values = np.asarray(values, dtype=np.float32)
        missing = ~np.isfinite(values)
        if self.log10:
            values = np.log10(np.maximum(np.where(missing, 1.0, values), 1e-6))
        steps = np.rint((np.where(missing, self.offset, values) - self.offset) / self.scale)
        packed = np.clip(steps, FILL + 1, 32767).astype(np.int16)
        packed[missing] = FILL
        return packed

    def unpack(self, numbers: np.ndarray) -> np.ndarray:
        """Return packed int16 `numbers` as float32 with NaN where they are `FILL`."""
        values = numbers.astype(np.float32) * np.float32(self.scale) + np.float32(self.offset)
        if self.log10:
            values = np.power(np.float32(10), values)
        values[numbers == FILL] = np.nan
        return values


@dataclass(frozen=True)
class Variable:
    """One field of the schema."""

    name: str
    long_name: str
    standard_name: str
    units: str
    role: str
    """prognostic, memory, forcing, static, wave or biogeochemistry."""
    valid_range: tuple[float, float]
    packing: Packing
    depths: tuple[float, ...] = field(default=())
    """Depths in metres of a field with levels; empty for a field of the surface alone."""

    @property
    def attributes(self) -> dict[str, Any]:
        """Return the CF attributes of the field."""
        return {
            "long_name": self.long_name,
            "standard_name": self.standard_name,
            "units": self.units,
            "valid_min": self.valid_range[0],
            "valid_max": self.valid_range[1],
        }


_HYCOM_TRACER = Packing(0.001, 20.0)
_HYCOM_FLOW = Packing(0.001)
_CONCENTRATION = Packing(0.0005, 0.0, log10=True)


def _ocean(name: str, long_name: str, standard_name: str, units: str, low: float, high: float, packing: Packing) -> Variable:
    return Variable(name, long_name, standard_name, units, "prognostic", (low, high), packing, DEPTHS)


def _surface(
    name: str, long_name: str, standard_name: str, units: str, role: str, low: float, high: float, packing: Packing
) -> Variable:
    return Variable(name, long_name, standard_name, units, role, (low, high), packing)


_CHLOROPHYLL = "mass_concentration_of_{}chlorophyll_in_sea_water"

VARIABLES: dict[str, Variable] = {
    variable.name: variable
    for variable in (
        _ocean("thetao", "Temperature", "sea_water_potential_temperature", "degC", -3, 40, _HYCOM_TRACER),
        _ocean("so", "Salinity", "sea_water_practical_salinity", "1e-3", 0, 45, _HYCOM_TRACER),
        _ocean("uo", "Eastward current", "eastward_sea_water_velocity", "m s-1", -5, 5, _HYCOM_FLOW),
        _ocean("vo", "Northward current", "northward_sea_water_velocity", "m s-1", -5, 5, _HYCOM_FLOW),
        _surface("zos", "Sea surface height", "sea_surface_height_above_geoid", "m", "prognostic", -5, 5, _HYCOM_FLOW),
        _surface(
            "zos_change",
            "Change of sea surface height since the day before",
            "change_over_time_in_sea_surface_height_above_geoid",
            "m",
            "memory",
            -1,
            1,
            Packing(0.0001),
        ),
        _surface("u10", "Eastward wind at 10 m", "eastward_wind", "m s-1", "forcing", -80, 80, Packing(0.003)),
        _surface("v10", "Northward wind at 10 m", "northward_wind", "m s-1", "forcing", -80, 80, Packing(0.003)),
        _surface("t2m", "Air temperature at 2 m", "air_temperature", "degC", "forcing", -90, 60, Packing(0.005)),
        _surface(
            "msl",
            "Air pressure at sea level",
            "air_pressure_at_mean_sea_level",
            "Pa",
            "forcing",
            85000,
            110000,
            Packing(1.0, 97500.0),
        ),
        _surface(
            "sp",
            "Air pressure at the surface",
            "surface_air_pressure",
            "Pa",
            "forcing",
            45000,
            110000,
            Packing(2.0, 80000.0),
        ),
        _surface("deptho", "Sea floor depth", "sea_floor_depth_below_geoid", "m", "static", 0, 12000, Packing(1.0)),
        _surface("swh", "Significant wave height", "sea_surface_wave_significant_height", "m", "wave", 0, 30, Packing(0.001)),
        _surface("chl", "Chlorophyll", _CHLOROPHYLL.format(""), "mg m-3", "biogeochemistry", 0, 100, _CONCENTRATION),
        _surface(
            "chl_chlorophyte",
            "Chlorophytes",
            _CHLOROPHYLL.format("chlorophyte_"),
            "mg m-3",
            "biogeochemistry",
            0,
            100,
            _CONCENTRATION,
        ),
        _surface("chl_diatom", "Diatoms", _CHLOROPHYLL.format("diatom_"), "mg m-3", "biogeochemistry", 0, 100, _CONCENTRATION),
        _surface(
            "chl_coccolithophore",
            "Coccolithophores",
            _CHLOROPHYLL.format("coccolithophore_"),
            "mg m-3",
            "biogeochemistry",
            0,
            100,
            _CONCENTRATION,
        ),
        _surface(
            "chl_cyanobacteria",
            "Cyanobacteria",
            _CHLOROPHYLL.format("cyanobacteria_"),
            "mg m-3",
            "biogeochemistry",
            0,
            100,
            _CONCENTRATION,
        ),
        _surface(
            "fe",
            "Dissolved iron",
            "mole_concentration_of_dissolved_iron_in_sea_water",
            "nmol L-1",
            "biogeochemistry",
            0,
            100,
            _CONCENTRATION,
        ),
        _surface(
            "no3",
            "Nitrate",
            "mole_concentration_of_nitrate_in_sea_water",
            "umol L-1",
            "biogeochemistry",
            0,
            100,
            _CONCENTRATION,
        ),
        _surface(
            "mlotst",
            "Mixed layer depth",
            "ocean_mixed_layer_thickness_defined_by_sigma_theta",
            "m",
            "biogeochemistry",
            0,
            6000,
            _CONCENTRATION,
        ),
    )
}

PROGNOSTIC: tuple[str, ...] = ("thetao", "so", "uo", "vo", "zos")
MEMORY: tuple[str, ...] = ("zos_change",)
"""Fields of the day before that a network reads; stores do not hold them."""

FORCING: tuple[str, ...] = ("u10", "v10", "t2m", "msl", "sp")
STATIC: tuple[str, ...] = ("deptho",)
WAVES: tuple[str, ...] = ("swh",)
PLANKTON: tuple[str, ...] = ("chl_chlorophyte", "chl_diatom", "chl_coccolithophore", "chl_cyanobacteria")
BIOGEOCHEMISTRY: tuple[str, ...] = ("chl", *PLANKTON, "fe", "no3", "mlotst")
"""`chl` is the sum of the groups in `PLANKTON`."""
