"""The Fourier masked autoencoder of AI-GOMS (Xiong et al. 2023, arXiv 2308.03152): fields in, token features out."""

import torch
from torch import nn

from engine.models.backbones.presets import Preset
from engine.models.layers.fourier import FourierBlock
from engine.models.layers.patches import embed, positions, recover


class Backbone(nn.Module):
    """Asymmetric encoder and decoder of Fourier blocks over patch tokens of a grid of `rows` x `columns` patches.

    The encoder reads the visible tokens alone; the decoder reads them among mask tokens, with positions added to both.
    """

    encoder_positions: torch.Tensor
    decoder_positions: torch.Tensor

    def __init__(self, preset: Preset, channels: int, rows: int, columns: int) -> None:
        super().__init__()
        self.preset, self.rows, self.columns = preset, rows, columns
        self.embedding = nn.Conv2d(channels, preset.encoder_width, preset.patch, preset.patch)
        self.encoder = _blocks(preset.encoder_depth, preset.encoder_width, preset.fourier_blocks)
        self.encoder_norm = nn.LayerNorm(preset.encoder_width)
        self.bridge = nn.Linear(preset.encoder_width, preset.decoder_width)
        self.mask_token = nn.Parameter(0.02 * torch.randn(preset.decoder_width))
        self.decoder = _blocks(preset.decoder_depth, preset.decoder_width, preset.fourier_blocks)
        self.decoder_norm = nn.LayerNorm(preset.decoder_width)
        self.register_buffer("encoder_positions", positions(rows, columns, preset.encoder_width), persistent=False)
        self.register_buffer("decoder_positions", positions(rows, columns, preset.decoder_width), persistent=False)

    def embed(self, field: torch.Tensor) -> torch.Tensor:
        """Return tokens (b, n, d) of a normalised field (b, c, h, w) or of some of its rows; land is 0."""
        return embed(field, self.embedding)

    def forward(self, tokens: torch.Tensor, visible: torch.Tensor | None = None) -> torch.Tensor:
        """Return features (b, d, rows, columns) of embedded tokens (b, n, d), of which the encoder reads only `visible`."""
        tokens = tokens + self.encoder_positions
        if visible is not None:
            tokens = tokens[:, visible]
        tokens = self.bridge(self.encoder_norm(self.encoder(tokens)))
        if visible is not None:
            b, _, d = tokens.shape
            shown = tokens
            tokens = self.mask_token.to(shown.dtype).expand(b, self.rows * self.columns, d)
            tokens = tokens.index_copy(1, visible, shown)
        tokens = self.decoder_norm(self.decoder(tokens + self.decoder_positions))
        return tokens.transpose(1, 2).unflatten(2, (self.rows, self.columns))


def _blocks(depth: int, width: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(*(FourierBlock(width, blocks) for _ in range(depth)))


class LinearProjection(nn.Module):
    """The published recovery: a transposed convolution from features to every channel in its patch.

    The result is the normalised fields of the next day, or with `linear` projection their change. The weights of a change start
    at zero and the input is added, so an untrained network is persistence.
    """

    def __init__(self, preset: Preset, channels: int) -> None:
        super().__init__()
        self.recovery = nn.ConvTranspose2d(preset.decoder_width, channels, preset.patch, preset.patch)
        if preset.projection == "linear":
            for parameter in self.recovery.parameters():
                nn.init.zeros_(parameter)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return normalised fields (b, c, h, w), or changes in units of a typical daily change, of features (b, d, hp, wp)."""
        return recover(features, self.recovery)
