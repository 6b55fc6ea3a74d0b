"""The local path: a few convolutions at full resolution, modulated by the backbone's features."""

from collections.abc import Sequence

import torch
from torch import nn

from engine.models.layers.window import crop


class LocalPath(nn.Module):
    """Residual 3 x 3 convolutions over a window; features scale and shift the first layer (FiLM, arXiv 1709.07871).

    Patches of two degrees do not resolve eddies; this path reads every cell, and the features add the large-scale state
    around it. The last layer also reads the inputs and starts at zero.
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

    def forward(self, inputs: torch.Tensor, modulation: torch.Tensor, halo: int) -> torch.Tensor:
        """Return outputs (o, h, w) of inputs (i, H, W) and the modulation (2 * width, H, W), `halo` cells narrower a side.

        The convolutions read `reach` cells on each side; `halo` is no less.
        """
        return self.outputs(*self.cells(inputs, modulation, halo))

    def cells(self, inputs: torch.Tensor, modulation: torch.Tensor, halo: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what the last layer reads in each cell: the hidden features (w, h, w) and the inputs (i, h, w).

        Arguments are as in `forward`.
        """
        unread = halo - self.reach
        inputs = crop(inputs, unread)[None].to(_compute_type(inputs)).contiguous(memory_format=torch.channels_last)
        scale, shift = crop(modulation, unread + 1)[None].to(inputs.dtype).chunk(2, dim=1)
        # Without gradients the old values are not needed, so operations overwrite them.
        in_place = not torch.is_grad_enabled()
        first = self.first(inputs)
        modulated = first.addcmul_(first, scale).add_(shift) if in_place else torch.addcmul(first + shift, first, scale)
        hidden = nn.functional.silu(modulated, inplace=in_place)
        for layer, gap in zip(self.layers, self.dilations, strict=True):
            change = nn.functional.silu(layer(hidden), inplace=in_place)
            hidden = change.add_(crop(hidden, gap)) if in_place else change + crop(hidden, gap)
        return hidden[0], crop(inputs, self.reach)[0]

    def outputs(self, hidden: torch.Tensor, inputs: torch.Tensor, chosen: Sequence[int] | None = None) -> torch.Tensor:
        """Return the `chosen` outputs (o, h, w), by default all, of cells as `cells` returns them."""
        both = torch.cat([hidden.permute(1, 2, 0), inputs.permute(1, 2, 0)], dim=-1)
        # A 1 x 1 convolution written as a matrix product, because its result needs no copy to put channels first.
        assert self.last.bias is not None
        numbers = slice(None) if chosen is None else list(chosen)
        weight, bias = (part[numbers].to(both.dtype) for part in (self.last.weight.flatten(1), self.last.bias))
        outputs = torch.addmm(bias[:, None], weight, both.reshape(-1, both.shape[-1]).t())
        return outputs.unflatten(1, both.shape[:2]).float()


def _compute_type(tensor: torch.Tensor) -> torch.dtype:
    device = tensor.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else tensor.dtype
