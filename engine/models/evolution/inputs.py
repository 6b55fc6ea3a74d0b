"""Inputs of the local path, made from the state and the atmosphere by known dynamics, each of order one."""

import torch

from engine.models.evolution.dynamics import DAY, geostrophic, slopes, vorticity
from engine.models.evolution.season import HARMONICS, USUAL_LEVELS
from engine.models.evolution.static_fields import Setting
from engine.schema.channels import PROGNOSTIC_CHANNELS

CONTEXT = {"thetao": (0, 3, 5, 7, 11, 13), "so": (0, 5, 7, 11), "uo": (0, 5, 11), "vo": (0, 5, 11)}
"""Levels whose normalised values the local path reads beside the derived inputs."""

CONTEXT_CHANNELS = tuple(
    number for number, channel in enumerate(PROGNOSTIC_CHANNELS) if channel.level in CONTEXT.get(channel.variable, ())
)
SALINITY = PROGNOSTIC_CHANNELS.index(next(channel for channel in PROGNOSTIC_CHANNELS if channel.variable == "so"))
UPPER_LEVELS = (3, 5, 7)
"""Levels (20, 50, 100 m) whose temperature against the surface shows the mixed layer."""

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
    "departure from usual": 4,
    "sea level of departures": 2,
    "sea level that departures do not tell": 1,
    "heat exchange and unusual air": 3,
    "usual mixed layer": 1,
    "change of the day before": 1,
}
"""Planes that `derived` returns, by name in order."""

DERIVED = sum(INPUTS.values())

HEAT_EXCHANGE = 35.0 * DAY / (1025 * 3990)
"""Metres of water that the air warms by a kelvin a day per kelvin of difference (Haney 1971)."""

FORGOTTEN = 0.6
"""Share of yesterday's change of sea level that is forgotten in the tropics: with all of it long waves swing ever higher."""

LEAST_WARMING = 1.5
"""K per metre of sea level below which temperature says little of the thermocline."""


def derived(
    state: torch.Tensor,
    forcing: torch.Tensor,
    change: torch.Tensor,
    air: torch.Tensor,
    ekman: torch.Tensor,
    normal: torch.Tensor,
    unusual: torch.Tensor,
    setting: Setting,
) -> torch.Tensor:
    """Return inputs (DERIVED, h, w) of a state (62, h, w) in physical units whose land is 0.

    `forcing` (5, h, w) is the normalised atmosphere of the target day, `change` (5, h, w) its change since the day before,
    `air` (2, h, w) its temperature in degC and pressure in hPa over 1000, `ekman` (2, h, w) the surface Ekman flow of the
    target day less that of the day before in m/s, `normal` (6, h, w) as from `usual`, `unusual` (4, h, w) as from
    `departure`. The tendency of
    sea level is that of one-layer quasi-geostrophic flow for long waves: vorticity advection times the squared
    deformation radius (after Ubelmann et al. 2015, doi 10.1175/JTECH-D-14-00152.1).
    """
    wet = setting.wet[0]
    anomaly = (state[60:61] - setting.mean_level) * wet
    mean = setting.mean_level * wet
    eddy, steady = geostrophic(anomaly, setting), geostrophic(mean, setting)
    eddy_spin, steady_spin = vorticity(eddy, setting), vorticity(steady, setting)
    eddy_x, eddy_y = slopes(eddy_spin, setting)
    steady_x, steady_y = slopes(steady_spin, setting)
    carried = -((eddy[0] + steady[0]) * eddy_x + (eddy[1] + steady[1]) * eddy_y)
    carried_mean = -(eddy[0] * steady_x + eddy[1] * steady_y)
    planetary = -setting.beta * eddy[1]
    # Metres of sea level a day per unit of vorticity tendency: minus radius squared times f / g.
    to_level = -DAY * setting.radius**2 * setting.coriolis / 9.81
    temperature = state[0]
    weather, thermocline = _weather(unusual[0], air, normal, setting), _thermocline(unusual, setting)
    scale = torch.tensor([2.0, 1.5, 1.5, 0.3], device=state.device)[:, None, None]
    latitude = (setting.lat / 90).expand_as(anomaly[0])
    columns = [
        anomaly / 0.15,
        eddy[0] / 0.2,
        eddy[1] / 0.2,
        steady[0] / 0.2,
        steady[1] / 0.2,
        eddy_spin / 1e-5,
        steady_spin / 1e-5,
        carried * to_level / 0.02,
        carried_mean * to_level / 0.01,
        planetary * to_level / 0.01,
        *((state[level] - temperature)[None] / 3.0 * setting.wet[level] for level in UPPER_LEVELS),
        ekman / 0.02,
        change[[0, 1, 2, 3]],
        forcing,
        (temperature / 10.0 - 1.0)[None] * wet,
        latitude[None],
        torch.cos(torch.deg2rad(setting.lat)).expand_as(anomaly[0])[None],
        (setting.coriolis * 1e4).expand_as(anomaly[0])[None],
        setting.radius / 50e3,
        setting.floor * wet,
        wet.to(anomaly.dtype)[None],
        setting.wet[11:12].to(anomaly.dtype),
        unusual / scale,
        thermocline / 0.15,
        (anomaly - thermocline[1:]) / 0.05,
        weather,
        (normal[5:] - 4.0),
        state[61:] / 0.01 * wet * (1 - FORGOTTEN * setting.tropics),
    ]
    return torch.cat(columns).clamp_(-8.0, 8.0)


def usual(moment: torch.Tensor, setting: Setting) -> torch.Tensor:
    """Return the usual fields (6, h, w) of the moment, in the order of `season.USUAL`."""
    total, *rest = setting.year.unflatten(0, (HARMONICS, -1))
    total = total * moment[0]
    # Not as a matrix product, which would be of half precision in a forecast: too coarse for temperatures.
    for harmonic, size in zip(rest, moment[1:], strict=True):
        total.addcmul_(harmonic, size)
    return total


def departure(state: torch.Tensor, normal: torch.Tensor, setting: Setting) -> torch.Tensor:
    """Return how far (4, h, w) temperature at 0, 100, 300 m (K) and surface salinity are from usual; 0 in dry cells."""
    levels = list(USUAL_LEVELS)
    temperature = state[levels] - normal[: len(levels)]
    salinity = state[SALINITY : SALINITY + 1] - setting.usual_salinity
    return torch.cat([temperature, salinity]) * setting.wet[[*levels, 0]]


def heat_exchange(unusual: torch.Tensor, air: torch.Tensor, normal: torch.Tensor, setting: Setting) -> torch.Tensor:
    """Return the warming (h, w) in K a day of a surface `unusual` K too warm under air of `air` degC (Haney 1971).

    Only what is unusual in either counts: the usual exchange belongs to the season.
    """
    return (HEAT_EXCHANGE * torch.exp(-normal[5])).clamp(max=0.8) * (air - normal[3] - unusual) * setting.wet[0]


def _weather(unusual: torch.Tensor, air: torch.Tensor, normal: torch.Tensor, setting: Setting) -> torch.Tensor:
    """Return heat exchange, unusual air temperature and pressure (3, h, w), each of order one."""
    exchange = heat_exchange(unusual, air[0], normal, setting)
    return torch.stack([exchange / 0.05, (air[0] - normal[3]) / 3.0, (air[1] - normal[4]) / 8.0]) * setting.wet[0]


def _thermocline(unusual: torch.Tensor, setting: Setting) -> torch.Tensor:
    """Return the sea level (2, h, w) in m that temperature at 100 and 300 m tells of.

    Sea level that follows the weather leaves the thermocline alone, so what the two disagree on soon goes.
    """
    return unusual[1:3] * setting.warming / (setting.warming**2 + LEAST_WARMING**2)
