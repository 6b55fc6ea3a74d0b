"""The training losses: squared error in units of a typical day's change, and the relative error of the published training."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch

from engine.schema.channels import Channel, level

MAIN_LEVELS = (level(0), level(100), level(300))
"""The levels at which skill is reported."""

SEA_LEVEL_WEIGHT, DEEP_WEIGHT, SURFACE_WEIGHT, OTHER_WEIGHT = 12.0, 3.0, 1.0, 0.4
"""Set by hand. Sea level counts most, because the levels below follow it. Most of its daily change is due to weather; the slow
change of eddies shows in temperature and currents at 100 and 300 m, so these count more than the surface."""


class Loss(Protocol):
    """A loss in two steps: square errors of each channel, which are recorded, and one number of them."""

    def errors(self, prediction: torch.Tensor, target: torch.Tensor, wet: torch.Tensor, area: torch.Tensor) -> torch.Tensor:
        """Return square errors (c,) over wet cells of `prediction`, `target`, `wet` (c, h, w) with cells of `area` (h, w)."""
        ...

    def total(self, errors: torch.Tensor) -> torch.Tensor:
        """Return the loss of the square errors (horizon, c) of a rollout."""
        ...


class TendencyLoss:
    """Square error in units of `tendency` (c,), the typical change in a day; channels are weighted, the mean over the days."""

    def __init__(self, channels: Sequence[Channel], tendency: torch.Tensor) -> None:
        self._tendency = tendency
        self._weights = torch.from_numpy(channel_weights(channels)).to(tendency.device)

    def errors(self, prediction: torch.Tensor, target: torch.Tensor, wet: torch.Tensor, area: torch.Tensor) -> torch.Tensor:
        """Return area-weighted mean square errors (c,)."""
        return squared_error(prediction, target, wet, area, self._tendency)

    def total(self, errors: torch.Tensor) -> torch.Tensor:
        """Return the mean over the days of the weighted sum over the channels."""
        return (errors * self._weights).sum(1).mean()


class RelativeLoss:
    """The L2 norm of the error over that of the target, both normalised by `mean` and `std` (c,), land set to zero.

    Cells count alike whatever their area, and channels by their normalised error. The losses of the days of a rollout are
    added. As in the public training code of AI-GOMS (Xiong et al. 2023, arXiv 2308.03152).
    """

    def __init__(self, mean: torch.Tensor, std: torch.Tensor) -> None:
        self._mean, self._std = mean.view(-1, 1, 1), std.view(-1, 1, 1)

    def errors(self, prediction: torch.Tensor, target: torch.Tensor, wet: torch.Tensor, area: torch.Tensor) -> torch.Tensor:
        """Return square errors (c,) as shares of the sum of the squares of the target over all channels."""
        error = torch.where(wet, (prediction - target) / self._std, 0.0)
        size = torch.where(wet, (target - self._mean) / self._std, 0.0)
        return error.square().sum((1, 2)) / size.square().sum().clamp_min(1e-6)

    def total(self, errors: torch.Tensor) -> torch.Tensor:
        """Return the sum over the days of the relative norms."""
        # The slope of a root is infinite at zero.
        return errors.sum(1).clamp_min(1e-12).sqrt().sum()


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
