"""Small wave and biogeochemistry heads on a small globe, and days for them."""

import numpy as np
import torch

from engine.models.heads.daily import DayHead
from engine.models.heads.tendency import TendencyShape
from engine.weights.head_loading import MAKERS
from tests.engine.models.tiny import tiny_grid

SHAPE = TendencyShape(features=8, rows=6, columns=12, width=16, fourier_blocks=4, gaps=(1,))
GRID = tiny_grid(24, 48)


def tiny_head(name: str, learned: bool = False) -> DayHead:
    """Return a head, untrained or with every weight off its start."""
    torch.manual_seed(1)
    head = MAKERS[name](SHAPE, GRID)
    if learned:
        with torch.no_grad():
            for parameter in head.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))
    return head


def tiny_fields(head: DayHead, seed: int = 0) -> torch.Tensor:
    """Return positive fields (1, c, h, w) of a day, total chlorophyll the sum of its groups, NaN on land and under some ice."""
    random = torch.Generator().manual_seed(seed)
    fields = torch.rand((1, len(head.transform.names), *GRID.shape), generator=random) + 0.5
    if len(head.transform.names) > 1:
        fields[:, 0] = fields[:, 1] + fields[:, 2] + fields[:, 3] + fields[:, 4]
    fields[..., -2:, :] = torch.nan
    return fields.masked_fill(~torch.from_numpy(GRID.wet_surface.copy()), torch.nan)


def tiny_inputs(head: DayHead, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return drivers of a day and the next (1, f, h, w), and features (1, d, rows, columns)."""
    random = torch.Generator().manual_seed(seed)
    size = (1, len(head.transform.driving), *GRID.shape)
    drivers, target_drivers = (torch.randn(size, generator=random) for _ in range(2))
    return drivers, target_drivers, torch.randn((1, SHAPE.features, SHAPE.rows, SHAPE.columns), generator=random)


def same(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Return whether two tensors have the same numbers and the same gaps."""
    return np.array_equal(first.detach().numpy(), second.detach().numpy(), equal_nan=True)
