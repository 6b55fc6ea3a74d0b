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
        self.first = nn.Conv2d(inputs, width, 3)
        self.modulation = nn.Linear(features, 2 * width)
        self.layers = nn.ModuleList(nn.Conv2d(width, width, 3, dilation=gap) for gap in dilations)
        self.dilations, self.reach = dilations, 1 + sum(dilations)
        self.last = nn.Conv2d(width + inputs, outputs, 1)
        for parameter in (*self.modulation.parameters(), *self.last.parameters()):
            nn.init.zeros_(parameter)

    def modulate(self, features: torch.Tensor) -> torch.Tensor:
        """Return scale and shift (2 * width, hp, wp) on the patch grid of features (d, hp, wp)."""
        return self.modulation(features.movedim(0, -1)).movedim(-1, 0).float()

    def forward(self, inputs: torch.Tensor, modulation: torch.Tensor, rim: int) -> torch.Tensor:
        """Return outputs (o, h, w) of inputs (i, H, W) and the modulation (2 * width, H, W), `rim` cells narrower a side.

        The convolutions read `reach` cells on each side; `rim` is no less.
        """
        unread = rim - self.reach
        inputs = crop(inputs, unread)[None].to(_compute_type(inputs)).contiguous(memory_format=torch.channels_last)
        scale, shift = crop(modulation, unread + 1)[None].to(inputs.dtype).chunk(2, dim=1)
        first = self.first(inputs)
        hidden = nn.functional.silu(torch.addcmul(first + shift, first, scale))
        for layer, gap in zip(self.layers, self.dilations, strict=True):
            hidden = crop(hidden, gap) + nn.functional.silu(layer(hidden))
        both = torch.cat([hidden, crop(inputs, self.reach)], dim=1).permute(0, 2, 3, 1)
        # A 1 x 1 convolution written as a matrix product, because that leaves the channels apart without another copy.
        assert self.last.bias is not None
        weight, bias = self.last.weight.flatten(1).to(both.dtype), self.last.bias.to(both.dtype)
        outputs = torch.addmm(bias[:, None], weight, both.reshape(-1, both.shape[-1]).t())
        return outputs.unflatten(1, both.shape[1:3]).float()


def _compute_type(tensor: torch.Tensor) -> torch.dtype:
    device = tensor.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else tensor.dtype
