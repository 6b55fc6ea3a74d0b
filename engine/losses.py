"""The training loss: squared error over wet cells by area, in units of a typical day's change."""

from collections.abc import Sequence

import numpy as np
import torch

from engine.channels import Channel

MAIN_LEVELS = (0, 7, 12)
"""0, 100 and 300 m: the levels at which skill is reported."""

SEA_LEVEL_WEIGHT, MAIN_WEIGHT, OTHER_WEIGHT = 12.0, 1.0, 0.4


def channel_weights(channels: Sequence[Channel]) -> np.ndarray:
    """Return weights (c,) that sum to 1: most for sea level, which everything below it follows."""
    weights = np.array(
        [
            SEA_LEVEL_WEIGHT if channel.level is None else MAIN_WEIGHT if channel.level in MAIN_LEVELS else OTHER_WEIGHT
            for channel in channels
        ],
        dtype=np.float32,
    )
    return weights / weights.sum()


def squared_error(
    prediction: torch.Tensor, target: torch.Tensor, wet: torch.Tensor, area: torch.Tensor, tendency: torch.Tensor
) -> torch.Tensor:
    """Return the area-weighted mean square error (c,) over wet cells, in squares of `tendency` (c,).

    `prediction`, `target`, `wet` (c, h, w), `area` (h, w). Whatever stands in a dry cell, NaN too, changes neither the
    value nor the gradient: it is replaced before it is squared, since 0 times NaN would still be NaN.
    """
    error = torch.where(wet, prediction, 0.0) - torch.where(wet, target, 0.0)
    weight = wet * area
    return (error**2 * weight).sum((1, 2)) / weight.sum((1, 2)).clamp_min(1e-6) / tendency**2
