"""What a head's numbers usually are on a day of the year, cell by cell, and how fast a forecast of them returns to it."""

import numpy as np
import torch
from torch import nn

from engine.models.evolution.season import HARMONICS, basis


class Usual(nn.Module):
    """The year of `count` numbers on a grid of `shape`; unknown, and without any pull, until it is adopted.

    `harmonics` (5, c, h, w) are those of `basis`; `rates` (c, 1, 1) the share of the way back that a day brings.
    """

    harmonics: torch.Tensor
    rates: torch.Tensor

    def __init__(self, count: int, shape: tuple[int, int]) -> None:
        super().__init__()
        self.register_buffer("harmonics", torch.zeros((HARMONICS, count, *shape), dtype=torch.float16))
        self.register_buffer("rates", torch.zeros((count, 1, 1)))

    def adopt(self, harmonics: np.ndarray) -> None:
        """Take harmonics (5, c, h, w) that were fitted to days to learn from."""
        self.harmonics.copy_(torch.from_numpy(harmonics))

    def at(self, time: np.datetime64) -> torch.Tensor:
        """Return the numbers (c, h, w) of a day of the year."""
        return torch.einsum("t,tchw->chw", basis(time).to(self.harmonics.device), self.harmonics.float())

    def pull(self, numbers: torch.Tensor, time: np.datetime64) -> torch.Tensor:
        """Return the change (b, c, h, w) that a day's return brings to numbers (b, c, h, w)."""
        return self.rates * (self.at(time) - numbers)
