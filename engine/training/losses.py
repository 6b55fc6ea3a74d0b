"""The training loss: squared error over wet cells by area, in units of a typical day's change."""

from collections.abc import Sequence

import numpy as np
import torch

from engine.schema.channels import Channel, level

MAIN_LEVELS = (level(0), level(100), level(300))
"""The levels at which skill is reported."""

SEA_LEVEL_WEIGHT, DEEP_WEIGHT, SURFACE_WEIGHT, OTHER_WEIGHT = 12.0, 3.0, 1.0, 0.4
"""Set by hand. Sea level counts most, because the levels below follow it. Most of its daily change is due to weather; the slow
change of eddies shows in temperature and currents at 100 and 300 m, so these count more than the surface."""


def channel_weights(channels: Sequence[Channel]) -> np.ndarray:
    """Return weights (c,) that sum to 1."""
    by_level: dict[int | None, float] = {None: SEA_LEVEL_WEIGHT, **dict.fromkeys(MAIN_LEVELS, DEEP_WEIGHT), 0: SURFACE_WEIGHT}
    weights = np.array([by_level.get(channel.level, OTHER_WEIGHT) for channel in channels], dtype=np.float32)
    return weights / weights.sum()


def squared_error(
    prediction: torch.Tensor, target: torch.Tensor, wet: torch.Tensor, area: torch.Tensor, tendency: torch.Tensor
) -> torch.Tensor:
    """Return the area-weighted mean square error (c,) over wet cells, in squares of `tendency` (c,).

    `prediction`, `target`, `wet` (c, h, w), `area` (h, w). Values in dry cells, NaN too, change neither the result
    nor the gradient: they are replaced before the square, since 0 times NaN would still be NaN.
    """
    error = torch.where(wet, prediction - target, 0.0)
    # As matrix products: a globe of all channels has a quarter of a gigabyte, and each pass over it is expensive.
    cells = area.flatten()
    total = wet.to(area.dtype).flatten(1) @ cells
    return error.square().flatten(1) @ cells / total.clamp_min(1e-6) / tendency**2
