"""Inputs of the local path, derived from the state and the atmosphere by known dynamics, each of order one."""

import torch

from engine.models.evolution.dynamics import geostrophic, slopes, vorticity
from engine.models.evolution.forcing import FORCINGS
from engine.models.evolution.season import AIR_PRESSURE, AIR_TEMPERATURE, CLIMATOLOGY_LEVELS, HARMONICS, MIXED_LAYER
from engine.models.evolution.static_fields import StaticFields
from engine.schema.channels import PROGNOSTIC_CHANNELS, channel, level
from engine.schema.constants import GRAVITY, HEAT_CAPACITY, SECONDS_PER_DAY

CONTEXT_DEPTHS = {
    "thetao": (0, 20, 50, 100, 250, 400),
    "so": (0, 50, 100, 250),
    "uo": (0, 50, 250),
    "vo": (0, 50, 250),
}
"""Depths (m) whose normalised values the local path reads beside the derived inputs; chosen by hand."""

CONTEXT_CHANNELS = tuple(channel(name, depth) for name, depths in CONTEXT_DEPTHS.items() for depth in depths)

ZOS = channel("zos")
STATE = len(PROGNOSTIC_CHANNELS)
TEMPERATURE, SALINITY = channel("thetao", 0), channel("so", 0)
UPPER_LEVELS = (level(20), level(50), level(100))
"""Levels whose temperature against the surface shows the mixed layer."""

WIND_TEMPERATURE_PRESSURE = [channel(name) for name in ("u10", "v10", "t2m", "msl")]
"""Forcing channels whose change in a day is an input."""

INPUTS = {
    "sea level anomaly": 1,
    "flow of the anomaly": 2,
    "mean flow": 2,
    "vorticity of the anomaly": 1,
    "vorticity of the mean": 1,
    "vorticity advection": 1,
    "advection of mean vorticity": 1,
    "planetary vorticity advection": 1,
    "stratification": 3,
    "change of wind-driven flow": 2,
    "change of the air": 4,
    "air": 5,
    "surface temperature": 1,
    "latitude": 3,
    "deformation radius": 1,
    "sea floor": 1,
    "land": 2,
    "anomalies of temperature and salinity": 4,
    "sea level of the thermocline": 2,
    "sea level that the thermocline does not explain": 1,
    "heat exchange and anomalies of the air": 3,
    "climatological mixed layer": 1,
    "change of the day before": 1,
}
"""Planes that `derived` returns, by name in order."""

DERIVED = sum(INPUTS.values())

HEAT_EXCHANGE = 35.0 * SECONDS_PER_DAY / HEAT_CAPACITY
"""Metres of water that the air warms by one kelvin in a day for each kelvin of difference: 35 W m-2 K-1 (Haney 1971)."""

LARGEST_EXCHANGE = 0.8
"""Share of the difference that one day may remove, for a stable step in shallow mixed layers; set by hand."""

TROPICAL_MEMORY_LOSS = 0.6
"""Share of yesterday's change of sea level that the tropics ignore. Set by hand: with 0, long waves grow without bound."""

LEAST_WARMING = 1.5
"""K per metre of sea level below which temperature says little about the thermocline; set by hand."""

LARGEST_INPUT = 8.0
"""Bound of every derived input, so that an extreme state stays within what training has shown; set by hand."""


def derived(
    state: torch.Tensor,
    forcing: torch.Tensor,
    change: torch.Tensor,
    air: torch.Tensor,
    ekman: torch.Tensor,
    climatology: torch.Tensor,
    anomaly: torch.Tensor,
    static: StaticFields,
) -> torch.Tensor:
    """Return inputs (DERIVED, h, w) of a state (62, h, w) in physical units that is 0 on land.

    `forcing` (5, h, w) is the normalised atmosphere of the target day, `change` (5, h, w) its change since the day before,
    `air` (2, h, w) its temperature in degC and pressure in hPa over 1000, `ekman` (2, h, w) the change of the surface Ekman
    flow since the day before in m/s, `climatology` (6, h, w) as from `climatology_at`, `anomaly` (4, h, w) as from
    `anomalies`. The tendency of sea level is that of one-layer quasi-geostrophic flow for long waves: vorticity advection
    times the squared deformation radius (after Ubelmann et al. 2015, doi 10.1175/JTECH-D-14-00152.1). The divisors are typical
    sizes, set by hand, that make each input of order one.
    """
    wet = static.wet[0]
    level_anomaly = (state[ZOS:STATE] - static.mean_level) * wet
    mean = static.mean_level * wet
    eddy, steady = geostrophic(level_anomaly, static), geostrophic(mean, static)
    eddy_vorticity, steady_vorticity = vorticity(eddy, static), vorticity(steady, static)
    eddy_x, eddy_y = slopes(eddy_vorticity, static)
    steady_x, steady_y = slopes(steady_vorticity, static)
    advection = -((eddy[0] + steady[0]) * eddy_x + (eddy[1] + steady[1]) * eddy_y)
    advection_of_mean = -(eddy[0] * steady_x + eddy[1] * steady_y)
    planetary = -static.beta * eddy[1]
    # Metres of sea level a day per unit of vorticity tendency: minus radius squared times f / g.
    to_level = -SECONDS_PER_DAY * static.radius**2 * static.coriolis / GRAVITY
    temperature = state[TEMPERATURE]
    weather, thermocline = _weather(anomaly[0], air, climatology, static), _thermocline(anomaly, static)
    scale = torch.tensor([2.0, 1.5, 1.5, 0.3], device=state.device)[:, None, None]
    latitude = (static.lat / 90).expand_as(level_anomaly[0])
    planes = [
        level_anomaly / 0.15,
        eddy[0] / 0.2,
        eddy[1] / 0.2,
        steady[0] / 0.2,
        steady[1] / 0.2,
        eddy_vorticity / 1e-5,
        steady_vorticity / 1e-5,
        advection * to_level / 0.02,
        advection_of_mean * to_level / 0.01,
        planetary * to_level / 0.01,
        *((state[below] - temperature)[None] / 3.0 * static.wet[below] for below in UPPER_LEVELS),
        ekman / 0.02,
        change[WIND_TEMPERATURE_PRESSURE],
        forcing[:FORCINGS],
        (temperature / 10.0 - 1.0)[None] * wet,
        latitude[None],
        torch.cos(torch.deg2rad(static.lat)).expand_as(level_anomaly[0])[None],
        (static.coriolis * 1e4).expand_as(level_anomaly[0])[None],
        static.radius / 50e3,
        static.floor * wet,
        wet.to(level_anomaly.dtype)[None],
        static.wet[level(250)][None].to(level_anomaly.dtype),
        anomaly / scale,
        thermocline / 0.15,
        (level_anomaly - thermocline[1:]) / 0.05,
        weather,
        climatology[MIXED_LAYER][None] - 4.0,
        state[STATE:] / 0.01 * wet * (1 - TROPICAL_MEMORY_LOSS * static.tropics),
    ]
    return torch.cat(planes).clamp_(-LARGEST_INPUT, LARGEST_INPUT)


def climatology_at(annual_harmonics: torch.Tensor, static: StaticFields) -> torch.Tensor:
    """Return the climatology (6, h, w) of a day with these `annual_harmonics` (5,), in the order of `CLIMATOLOGY_FIELDS`."""
    total, *rest = static.climatology_harmonics.unflatten(0, (HARMONICS, -1))
    total = total * annual_harmonics[0]
    # Not as a matrix product, which would be of half precision in a forecast: too coarse for temperatures.
    for harmonic, size in zip(rest, annual_harmonics[1:], strict=True):
        total.addcmul_(harmonic, size)
    return total


def anomalies(state: torch.Tensor, climatology: torch.Tensor, static: StaticFields) -> torch.Tensor:
    """Return anomalies (4, h, w) of temperature at 0, 100, 300 m in K and of surface salinity; 0 in dry cells."""
    levels = list(CLIMATOLOGY_LEVELS)
    temperature = state[levels] - climatology[: len(levels)]
    salinity = state[SALINITY : SALINITY + 1] - static.surface_salinity
    return torch.cat([temperature, salinity]) * static.wet[[*levels, 0]]


def heat_exchange(anomaly: torch.Tensor, air: torch.Tensor, climatology: torch.Tensor, static: StaticFields) -> torch.Tensor:
    """Return the warming (h, w) in K a day of a surface `anomaly` (h, w) in K under air of `air` degC (Haney 1971).

    Only the anomalies of both count: the climatological exchange is part of the seasonal cycle.
    """
    rate = (HEAT_EXCHANGE * torch.exp(-climatology[MIXED_LAYER])).clamp(max=LARGEST_EXCHANGE)
    return rate * (air - climatology[AIR_TEMPERATURE] - anomaly) * static.wet[0]


def _weather(anomaly: torch.Tensor, air: torch.Tensor, climatology: torch.Tensor, static: StaticFields) -> torch.Tensor:
    """Return heat exchange and the anomalies of air temperature and pressure (3, h, w), each of order one."""
    exchange = heat_exchange(anomaly, air[0], climatology, static)
    temperature, pressure = (air[0] - climatology[AIR_TEMPERATURE]) / 3.0, (air[1] - climatology[AIR_PRESSURE]) / 8.0
    return torch.stack([exchange / 0.05, temperature, pressure]) * static.wet[0]


def _thermocline(anomaly: torch.Tensor, static: StaticFields) -> torch.Tensor:
    """Return the sea level (2, h, w) in m that the temperature anomalies at 100 and 300 m imply.

    Sea level that follows the weather leaves the thermocline in place, so their disagreement soon disappears.
    """
    return anomaly[1:3] * static.warming / (static.warming**2 + LEAST_WARMING**2)
