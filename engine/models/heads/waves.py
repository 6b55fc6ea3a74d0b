"""Significant wave height one day later, from the present height, the wind of both days and the backbone's features."""

import numpy as np
import torch

from engine.models.heads.daily import DayHead, HeadConditions
from engine.models.heads.tendency import TendencyShape
from engine.schema.grid import Grid
from engine.schema.head_grids import half_degree
from engine.schema.variables import VARIABLES, WAVES


class WaveHeights:
    """Significant wave height changes in metres, within the valid range of the variable table."""

    names = WAVES
    changing = WAVES
    driving: tuple[str, ...] = ("u10", "v10", "squared wind speed")
    reads_ocean = False
    has_annual_cycle = False

    def drivers(self, day: HeadConditions) -> np.ndarray:
        """Return wind east and north in m/s and its squared speed (3, h, w), which sets the height of a fully developed sea."""
        u10, v10 = day.fields["u10"], day.fields["v10"]
        return np.stack([u10, v10, u10**2 + v10**2]).astype(np.float32)

    def numbers(self, fields: torch.Tensor) -> torch.Tensor:
        """Return the height in m."""
        return fields

    def changed(self, fields: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """Return the height after a `change` in m."""
        return (fields + change).clamp(*VARIABLES["swh"].valid_range)


def wave_head(shape: TendencyShape | None = None, grid: Grid | None = None) -> DayHead:
    """Return an untrained wave head, on the half-degree grid unless another is given."""
    return DayHead(WaveHeights(), grid or half_degree(), shape or TendencyShape())
