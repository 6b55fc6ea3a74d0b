"""Masked completion: fills the gaps that optimal interpolation leaves, from the patches that were observed."""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from engine.models.backbones.backbone import Backbone
from engine.models.backbones.presets import Preset
from engine.models.layers.local_path import LocalPath
from engine.models.layers.patches import upsample
from engine.models.layers.window import Window

INPUTS = 13
"""For each field (zos, surface thetao and so) estimate, share guessed and log spread; sine and cosine of latitude, floor, wet."""

OUTPUTS = 3

SEEN = 0.5
"""A patch counts as observed where one of its cells is guessed by less than this share; set by hand."""


@dataclass(frozen=True)
class CompletionShape:
    """What fixes the shape of the weights."""

    patch: int = 8
    width: int = 64
    encoder_depth: int = 2
    decoder_depth: int = 2
    local_width: int = 24
    dilations: tuple[int, ...] = (1, 2)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return {**asdict(self), "dilations": list(self.dilations)}


class Completion(nn.Module):
    """Adds a correction to an interpolation, computed by the backbone from observed patches; untrained it adds nothing.

    The encoder reads observed tokens alone, mask tokens stand for the others, and the features modulate a local path that
    reads the estimate at full resolution. The correction is zero where nothing is guessed.
    """

    def __init__(self, shape: CompletionShape, rows: int, columns: int) -> None:
        super().__init__()
        if rows % shape.patch or columns % shape.patch:
            raise ValueError(f"grid {rows} x {columns} does not divide into patches of {shape.patch}")
        self.shape, self.rows, self.columns = shape, rows, columns
        preset = Preset(
            "completion",
            "Completion",
            shape.patch,
            shape.encoder_depth,
            shape.width,
            shape.decoder_depth,
            shape.width,
            8,
            "linear",
        )
        self.backbone = Backbone(preset, INPUTS, rows // shape.patch, columns // shape.patch)
        self.local = LocalPath(INPUTS, shape.width, shape.local_width, shape.dilations, OUTPUTS)

    def visible(self, guess: torch.Tensor) -> torch.Tensor:
        """Return the ascending numbers of the patches in which any of the fields (3, h, w) was observed."""
        lowest = -nn.functional.max_pool2d(-guess[None], self.shape.patch)[0].amax(dim=0)
        return torch.nonzero(lowest.flatten() < SEEN).flatten()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return corrections (3, h, w) in spreads, of inputs (13, h, w) that are 0 on land; none where all is masked."""
        estimate, guess = inputs[:OUTPUTS], inputs[OUTPUTS : 2 * OUTPUTS]
        # Land does not count as an observation.
        seen = self.visible(torch.where(inputs[-1:] > 0, guess, 1.0))
        if not seen.numel():
            return torch.zeros_like(estimate)
        features = self.backbone(self.backbone.embed(inputs[None]), seen)[0]
        whole = Window(0, self.rows, 0, self.columns)
        modulation = upsample(self.local.modulate(features), self.shape.patch, whole, channels_last=True)
        halo = self.local.reach
        correction = self.local(whole.cut(inputs, halo), whole.cut(modulation, halo), halo)
        return correction * guess.clamp(0, 1).sqrt() * inputs[-1:]
