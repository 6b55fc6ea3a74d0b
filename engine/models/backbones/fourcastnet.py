"""FourCastNet (Pathak et al. 2022, arXiv 2202.11214), for comparison: a Fourier neural operator on the plane of tokens."""

from functools import partial

import torch
from torch import nn

from engine.models.backbones.presets import Preset
from engine.models.layers.fourier import FourierBlock, FourierMixing
from engine.models.layers.patches import embed


class PlaneMixing(FourierMixing):
    """Adaptive Fourier neural operator on the plane of `rows` x `columns` tokens, with every frequency kept."""

    def __init__(self, width: int, blocks: int, rows: int, columns: int) -> None:
        super().__init__(width, blocks)
        self.rows, self.columns = rows, columns

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return mixed tokens (b, rows * columns, d), the input added."""
        with torch.autocast(tokens.device.type, enabled=False):
            plane = tokens.float().unflatten(1, (self.rows, self.columns))
            spectrum = torch.fft.rfft2(plane, dim=(1, 2), norm="ortho")
            mixed = self.filtered(spectrum.flatten(1, 2)).view(spectrum.shape)
            plane = torch.fft.irfft2(mixed, s=(self.rows, self.columns), dim=(1, 2), norm="ortho")
            return plane.flatten(1, 2).to(tokens.dtype) + tokens


class FourCastNet(nn.Module):
    """Blocks of plane mixing over all patch tokens of a grid of `rows` x `columns` patches, with learned positions.

    It takes the place of `Backbone`; `encoder_depth` and `encoder_width` of the preset are its depth and width.
    """

    def __init__(self, preset: Preset, channels: int, rows: int, columns: int) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        width, mixing = preset.encoder_width, partial(PlaneMixing, rows=rows, columns=columns)
        self.embedding = nn.Conv2d(channels, width, preset.patch, preset.patch)
        self.positions = nn.Parameter(nn.init.trunc_normal_(torch.empty(rows * columns, width), std=0.02))
        self.blocks = nn.Sequential(*(FourierBlock(width, preset.fourier_blocks, mixing) for _ in range(preset.encoder_depth)))

    def embed(self, field: torch.Tensor) -> torch.Tensor:
        """Return tokens (b, n, d) of a normalised field (b, c, h, w) or of some of its rows; land is 0."""
        return embed(field, self.embedding)

    def forward(self, tokens: torch.Tensor, visible: torch.Tensor | None = None) -> torch.Tensor:
        """Return features (b, d, rows, columns) of tokens (b, n, d); raises ValueError where `visible` hides some."""
        if visible is not None:
            raise ValueError("FourCastNet transforms the whole plane of tokens; it cannot hide any: train it without masking")
        return self.blocks(tokens + self.positions).transpose(1, 2).unflatten(2, (self.rows, self.columns))
