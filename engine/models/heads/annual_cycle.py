"""The climatological annual cycle of a head's fields, cell by cell, and the rate at which a forecast relaxes to it."""

import numpy as np
import torch
from torch import nn

from engine.models.evolution.season import HARMONICS, basis


class AnnualCycle(nn.Module):
    """The annual cycle of `count` fields on a grid of `shape`; before `adopt` it is zero and does not change a forecast.

    `harmonics` (5, c, h, w) are those of `basis`; `rates` (c, 1, 1) the share of the anomaly that one day removes.
    """

    harmonics: torch.Tensor
    rates: torch.Tensor

    def __init__(self, count: int, shape: tuple[int, int]) -> None:
        super().__init__()
        self.register_buffer("harmonics", torch.zeros((HARMONICS, count, *shape), dtype=torch.float16))
        self.register_buffer("rates", torch.zeros((count, 1, 1)))

    def adopt(self, harmonics: np.ndarray) -> None:
        """Take harmonics (5, c, h, w) that were fitted to training days."""
        self.harmonics.copy_(torch.from_numpy(harmonics))

    def at(self, time: np.datetime64) -> torch.Tensor:
        """Return the climatology (c, h, w) of a day of the year."""
        return torch.einsum("t,tchw->chw", basis(time).to(self.harmonics.device), self.harmonics.float())

    def relaxation(self, numbers: torch.Tensor, time: np.datetime64) -> torch.Tensor:
        """Return the change (b, c, h, w) by which one day relaxes `numbers` (b, c, h, w) towards the climatology."""
        return self.rates * (self.at(time) - numbers)
