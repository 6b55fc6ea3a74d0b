"""Inputs of the local path, made from the state and the atmosphere by known dynamics, each of order one."""

import torch

from engine.channels import PROGNOSTIC_CHANNELS
from engine.models.dynamics import DAY, geostrophic, slopes, vorticity
from engine.models.setting import Setting

CONTEXT = {"thetao": (0, 3, 5, 7, 11, 13), "so": (0, 5, 7, 11), "uo": (0, 5, 11), "vo": (0, 5, 11)}
"""Levels whose normalised values the local path reads beside the derived inputs."""

CONTEXT_CHANNELS = tuple(
    number for number, channel in enumerate(PROGNOSTIC_CHANNELS) if channel.level in CONTEXT.get(channel.variable, ())
)
UPPER_LEVELS = (3, 5, 7)
"""Levels (20, 50, 100 m) whose temperature against the surface shows the mixed layer."""

DERIVED = 32
"""Number of channels that `derived` returns."""


def derived(
    state: torch.Tensor, forcing: torch.Tensor, change: torch.Tensor, ekman: torch.Tensor, setting: Setting
) -> torch.Tensor:
    """Return inputs (DERIVED, h, w) of a state (61, h, w) in physical units whose land is 0.

    `forcing` (5, h, w) is the normalised atmosphere of the target day, `change` (5, h, w) its change since the day before,
    `ekman` (2, h, w) the surface Ekman flow of the target day less that of the day before in m/s. The tendency of
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
    ]
    return torch.cat(columns).clamp_(-8.0, 8.0)
