"""Plankton, nutrients and mixed layer one day later, over the open ocean: the head changes logarithms of the fields."""

import numpy as np
import torch

from engine.models.heads.daily import DayHead, HeadConditions
from engine.models.heads.tendency import TendencyShape
from engine.physics.climatology import day_of_year
from engine.physics.irradiance import daily_light
from engine.schema.grid import Grid
from engine.schema.head_grids import one_degree
from engine.schema.variables import BIOGEOCHEMISTRY, PLANKTON, VARIABLES

TRACE = 1e-4
"""Smallest value before a logarithm, in the units of each field; set by hand."""

LARGEST_CHANGE = 1.0
"""Largest change of a logarithm in a day: a factor of e. Set by hand: no bloom grows faster."""


class Concentrations:
    """All eight fields are positive and change by factors; total chlorophyll is the sum of its four groups, exactly.

    A group may hold a quarter of the largest total, the others as much as the variable table allows.
    """

    names = BIOGEOCHEMISTRY
    changing = BIOGEOCHEMISTRY[1:]
    driving: tuple[str, ...] = ("u10", "v10", "t2m", "surface_temperature", "sea_level_anomaly", "light")
    reads_ocean = True
    has_annual_cycle = True

    def __init__(self) -> None:
        limits = [VARIABLES[name].valid_range[1] / (4 if name in PLANKTON else 1) for name in self.changing]
        self._limits = torch.tensor(limits).view(-1, 1, 1)

    def drivers(self, day: HeadConditions) -> np.ndarray:
        """Return (6, h, w): wind in m/s, temperature of air and water in degC, sea level in m, light of the day in W m-2."""
        light = np.broadcast_to(daily_light(day.lat, day_of_year(day.time))[:, None], day.fields["u10"].shape)
        return np.stack([*(day.fields[name] for name in self.driving[:-1]), light]).astype(np.float32)

    def numbers(self, fields: torch.Tensor) -> torch.Tensor:
        """Return natural logarithms."""
        return fields.clamp_min(TRACE).log()

    def changed(self, fields: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """Return the fields after a `change` of the logarithms of all but the total."""
        factor = (LARGEST_CHANGE * torch.tanh(change / LARGEST_CHANGE)).exp()
        changed = torch.minimum(fields[:, 1:] * factor, self._limits.to(fields.device))
        # Summed in the order of the variable table, as sources do, so that a change of zero keeps the total to the last bit.
        first, second, third, fourth = changed[:, : len(PLANKTON)].split(1, dim=1)
        return torch.cat([first + second + third + fourth, changed], dim=1)


def biogeochemistry_head(shape: TendencyShape | None = None, grid: Grid | None = None) -> DayHead:
    """Return an untrained head of biogeochemistry, on the 1-degree grid of the open ocean unless another is given."""
    return DayHead(Concentrations(), grid or one_degree(), shape or TendencyShape())
