"""The change of fields in one day from features of the backbone: tokens of fields, two Fourier blocks and a projection."""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from engine.models.layers.fourier import FourierBlock
from engine.models.layers.patches import embed, positions
from engine.models.layers.window import Window


@dataclass(frozen=True)
class TendencyShape:
    """What fixes the shape of the weights; `features` is the width of the backbone's, `rows` x `columns` are its tokens."""

    features: int = 128
    rows: int = 90
    columns: int = 180
    width: int = 96
    depth: int = 2
    fourier_blocks: int = 8
    gaps: tuple[int, ...] = (1, 3)
    """Dilations of the convolutions over tokens; with 1 and 3 a token reads eight degrees around it, a day of swell."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return {**asdict(self), "gaps": list(self.gaps)}

    @classmethod
    def from_dict(cls, card: dict[str, Any]) -> "TendencyShape":
        """Return the shape that `to_dict` wrote."""
        return cls(**{**card, "gaps": tuple(card["gaps"])})


class Tendency(nn.Module):
    """Planes of a global grid and features of the backbone -> the change of `outputs` planes; untrained it is 0.

    The published heads are two Fourier blocks and a projection (Xiong et al. 2023, arXiv 2308.03152). Fourier mixing whose
    network is the same at every frequency transports little over distance, so convolutions over neighbouring tokens come first;
    the projection overlaps half of the next token, which avoids visible borders of tokens.
    """

    positions: torch.Tensor

    def __init__(self, shape: TendencyShape, inputs: int, outputs: int, patch: int) -> None:
        super().__init__()
        if patch % 2:
            raise ValueError(f"patch of {patch} cells is odd; expected an even number, since projections overlap by half of it")
        self.shape, self.patch = shape, patch
        width = shape.width
        self.embedding = nn.Conv2d(inputs, width, patch, patch)
        self.features_norm = nn.LayerNorm(shape.features)
        self.features = nn.Linear(shape.features, width)
        self.around = nn.ModuleList(nn.Conv2d(width, width, 3, dilation=gap) for gap in shape.gaps)
        self.blocks = nn.Sequential(*(FourierBlock(width, shape.fourier_blocks) for _ in range(shape.depth)))
        self.norm = nn.LayerNorm(width)
        self.projection = nn.ConvTranspose2d(width, outputs, 2 * patch, patch, padding=3 * patch // 2)
        for parameter in self.projection.parameters():
            nn.init.zeros_(parameter)
        self.register_buffer("positions", positions(shape.rows, shape.columns, width), persistent=False)

    def forward(self, planes: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Return the change (b, outputs, h, w) by planes (b, inputs, h, w) and features (b, d, rows, columns).

        Raises ValueError for features of another width or number of tokens than the shape says.
        """
        shape = self.shape
        size = (shape.features, shape.rows, shape.columns)
        if features.shape[1:] != size:
            raise ValueError(f"features have shape {tuple(features.shape[1:])}; the head expects {size}")
        tokens = embed(planes, self.embedding) + self.features(self.features_norm(features.flatten(2).transpose(1, 2)))
        whole = Window(0, shape.rows, 0, shape.columns)
        field = tokens.transpose(1, 2).unflatten(2, size[1:])
        for gap, convolution in zip(shape.gaps, self.around, strict=True):
            field = field + convolution(whole.cut(functional.gelu(field), gap))
        tokens = self.norm(self.blocks(field.flatten(2).transpose(1, 2) + self.positions))
        return self.projection(whole.cut(tokens.transpose(1, 2).unflatten(2, size[1:]), 1))
