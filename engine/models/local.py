"""The local path: a few convolutions at full resolution, tuned by the backbone's features."""

import torch
from torch import nn

from engine.models.window import crop


class LocalPath(nn.Module):
    """Residual 3 x 3 convolutions over a window; features scale and shift the first layer (FiLM, arXiv 1709.07871).

    Patches of two degrees cannot hold eddies; this path sees every cell, and the features tell it where and in which
    ocean it is. The last layer also reads the inputs and starts at zero.
    """

    def __init__(self, inputs: int, features: int, width: int, dilations: tuple[int, ...], outputs: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, width, 3, padding=1)
        self.modulation = nn.Linear(features, 2 * width)
        self.layers = nn.ModuleList(nn.Conv2d(width, width, 3, padding=gap, dilation=gap) for gap in dilations)
        self.last = nn.Conv2d(width + inputs, outputs, 1)
        for parameter in (*self.modulation.parameters(), *self.last.parameters()):
            nn.init.zeros_(parameter)

    def modulate(self, features: torch.Tensor) -> torch.Tensor:
        """Return scale and shift (2 * width, hp, wp) on the patch grid of features (d, hp, wp)."""
        return self.modulation(features.movedim(0, -1)).movedim(-1, 0).float()

    def forward(self, inputs: torch.Tensor, modulation: torch.Tensor, rim: int) -> torch.Tensor:
        """Return outputs (o, h, w) of inputs (i, H, W) and the modulation (2 * width, H, W), `rim` cells narrower a side."""
        inputs = inputs[None].contiguous(memory_format=torch.channels_last)
        scale, shift = modulation[None].chunk(2, dim=1)
        hidden = self.first(inputs)
        hidden = nn.functional.silu(hidden * (1 + scale.to(hidden.dtype)) + shift.to(hidden.dtype))
        for layer in self.layers:
            hidden = hidden + nn.functional.silu(layer(hidden))
        both = crop(torch.cat([hidden, inputs.to(hidden.dtype)], dim=1), rim)
        return self.last(both)[0].contiguous().float()
