"""The Kuroshio at 1/12 degree from a quarter-degree state: bicubic interpolation and a learned, local correction of it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine.physics.kuroshio_grid import (
    QUARTER_COLUMNS,
    QUARTER_ROWS,
    REFINEMENT,
    crop,
    kuroshio_grid,
    nearest_wet,
    refining_weights,
)
from engine.runtime.precision import computing
from engine.schema.batch import Batch
from engine.schema.grid import quarter_degree

SURFACE = ("thetao", "so", "uo", "vo", "zos")
"""Fields in and out, at the surface."""

DEEP = 500.0
"""Scale in m of the logarithm of the sea floor, set by hand: it tells shelves apart and abyssal plains hardly."""


@dataclass(frozen=True)
class DownscalingShape:
    """What fixes the shape of the weights; `features` is the width of the backbone's features, `patch` their size in cells."""

    features: int = 128
    patch: int = 8
    width: int = 48
    dilations: tuple[int, ...] = (1, 2, 4, 2, 1)
    fine_width: int = 16
    upsampling: str = "shuffle"
    """`shuffle`: a convolution whose channels become 3 x 3 cells; `transposed`: a transposed convolution of stride 3."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        return asdict(self)


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions, the first with gaps of `dilation` cells, added to what they read (b, c, h, w)."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.near = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, field: torch.Tensor) -> torch.Tensor:
        """Return the sum, as large as `field`."""
        return field + self.near(functional.silu(self.spread(functional.silu(field))))


class Downscaling(nn.Module):
    """Surface fields (b, 5, 120, 230) and features of the backbone -> the same fields (b, 5, 360, 690), NaN on land.

    Untrained it is bicubic interpolation. `mean`, `std` and `detail` (5,) are means and standard deviations of the fields and
    the typical size of the residual of interpolation, in physical units; they are stored with the weights.
    """

    mean: torch.Tensor
    std: torch.Tensor
    detail: torch.Tensor
    nearest: torch.Tensor
    wet: torch.Tensor
    ground: torch.Tensor
    rows: torch.Tensor
    columns: torch.Tensor

    def __init__(
        self, shape: DownscalingShape | None = None, statistics: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    ) -> None:
        super().__init__()
        self.shape = shape = shape or DownscalingShape()
        self.precision = "float32"
        count = len(SURFACE)
        statistics = statistics or (np.zeros(count), np.ones(count), np.ones(count))
        for name, values in zip(("mean", "std", "detail"), statistics, strict=True):
            self.register_buffer(name, torch.as_tensor(np.asarray(values), dtype=torch.float32).view(-1, 1, 1))
        coarse_wet, fine = crop(quarter_degree().wet_surface), kuroshio_grid()
        constants = {
            "nearest": torch.from_numpy(nearest_wet(coarse_wet).reshape(-1)),
            "wet": torch.from_numpy(fine.wet_surface.copy()),
            "ground": _ground(coarse_wet, fine.deptho),
            "rows": torch.from_numpy(refining_weights(coarse_wet.shape[0])),
            "columns": torch.from_numpy(refining_weights(coarse_wet.shape[1])),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)
        self.read = nn.Conv2d(count + self.ground.shape[0], shape.width, 3, padding=1)
        self.modulation = nn.Linear(shape.features, 2 * shape.width)
        self.blocks = nn.Sequential(*(ResidualBlock(shape.width, gap) for gap in shape.dilations))
        self.widen = _widen(shape)
        self.last = nn.Conv2d(shape.fine_width + count, count, 3, padding=1)
        for parameter in (*self.modulation.parameters(), *self.last.parameters()):
            nn.init.zeros_(parameter)

    def interpolated(self, surface: torch.Tensor) -> torch.Tensor:
        """Return the bicubic interpolation (b, 5, 360, 690) of `surface` (b, 5, 120, 230); land takes the nearest water."""
        return self._refined(self._filled(surface))

    def _refined(self, fields: torch.Tensor) -> torch.Tensor:
        # Half precision would be too coarse for temperatures.
        with torch.autocast(fields.device.type, enabled=False):
            return self.rows @ fields.float() @ self.columns.T

    def _filled(self, surface: torch.Tensor) -> torch.Tensor:
        return surface.flatten(-2)[..., self.nearest].unflatten(-1, surface.shape[-2:])

    def forward(self, surface: torch.Tensor, features: torch.Tensor | None) -> torch.Tensor:
        """Return the five fields (b, 5, 360, 690) in physical units of `surface` (b, 5, 120, 230), NaN on land.

        `features` (b, d, 90, 180) are the backbone's for the whole globe; None where there are none yet.
        """
        fine = self.interpolated(surface) + self.detail * self.correction(surface, features)
        return fine.masked_fill(~self.wet, torch.nan)

    def correction(self, surface: torch.Tensor, features: torch.Tensor | None) -> torch.Tensor:
        """Return the residual of interpolation (b, 5, 360, 690) in units of `detail`; numbers on land have no meaning."""
        known = (self._filled(surface) - self.mean) / self.std
        ground = self.ground.expand(len(surface), -1, -1, -1)
        hidden = self.read(torch.cat([known, ground], dim=1))
        if features is not None:
            scale, shift = self._modulate(features).chunk(2, dim=1)
            hidden = hidden * (1 + scale) + shift
        wide = functional.silu(self.widen(functional.silu(self.blocks(hidden))))
        fine = self._refined(known)
        return self.last(torch.cat([wide, fine], dim=1))

    def _modulate(self, features: torch.Tensor) -> torch.Tensor:
        """Return scale and shift (b, 2 * width, 120, 230) by features (b, d, hp, wp) of the globe, bilinear between patches."""
        patch = self.shape.patch
        rows = slice(QUARTER_ROWS.start // patch - 1, -(-QUARTER_ROWS.stop // patch) + 1)
        columns = slice(QUARTER_COLUMNS.start // patch - 1, -(-QUARTER_COLUMNS.stop // patch) + 1)
        near = self.modulation(features[..., rows, columns].movedim(1, -1)).movedim(-1, 1)
        fine = functional.interpolate(near, scale_factor=patch, mode="bilinear", align_corners=False)
        top, left = QUARTER_ROWS.start - rows.start * patch, QUARTER_COLUMNS.start - columns.start * patch
        height, width = (cut.stop - cut.start for cut in (QUARTER_ROWS, QUARTER_COLUMNS))
        return fine[..., top : top + height, left : left + width]


def refined(head: Downscaling, batch: Batch, features: torch.Tensor | None) -> Batch:
    """Return the surface of a global quarter-degree `batch` at 1/12 degree in the Kuroshio box: thetao, so, uo, vo, zos.

    `features` (d, 90, 180) are those with which the batch was forecast, None for an initial state.
    """
    coarse = np.stack([crop(values[0] if values.ndim == 3 else values) for values in (batch[name] for name in SURFACE)])
    device = head.mean.device
    with torch.inference_mode(), computing(device, head.precision):
        around = None if features is None else features[None].to(device, torch.float32)
        fine = head(torch.from_numpy(coarse)[None].to(device), around)[0].cpu().numpy()
    fields = {name: values if name == "zos" else values[None] for name, values in zip(SURFACE, fine, strict=True)}
    return Batch(fields, kuroshio_grid(), batch.time)


def _ground(coarse_wet: np.ndarray, deptho: np.ndarray) -> torch.Tensor:
    """Return (20, 120, 230): the coarse mask, fine mask and depth of its nine cells, sine of latitude."""
    depth = torch.from_numpy(np.log1p(np.nan_to_num(deptho) / DEEP))[None]
    fine = torch.cat([depth > 0, depth / 2.5]).float()
    lat = kuroshio_grid().lat.reshape(-1, REFINEMENT).mean(axis=1)
    sine = torch.from_numpy(np.sin(np.deg2rad(lat)) * 2 - 1.15).float()[None, :, None].expand(-1, -1, coarse_wet.shape[1])
    return torch.cat(
        [torch.from_numpy(coarse_wet.copy())[None].float(), functional.pixel_unshuffle(fine, REFINEMENT), sine - 0.15]
    )


def _widen(shape: DownscalingShape) -> nn.Module:
    if shape.upsampling == "transposed":
        # Five cells wide at a stride of three: overlaps are uneven, so training has to compensate for them.
        return nn.ConvTranspose2d(shape.width, shape.fine_width, 5, stride=REFINEMENT, padding=1)
    convolution = nn.Conv2d(shape.width, REFINEMENT**2 * shape.fine_width, 3, padding=1)
    with torch.no_grad():
        # All nine cells start with equal weights, which avoids a checkerboard pattern (Aitken et al. 2017, arXiv 1707.02937).
        for values in (convolution.weight, convolution.bias):
            assert values is not None
            values.copy_(values[:: REFINEMENT**2].repeat_interleave(REFINEMENT**2, dim=0))
    return nn.Sequential(convolution, nn.PixelShuffle(REFINEMENT))
