"""Ocean dynamics on a window, in tensors: slopes, geostrophic flow, vorticity, smoothing, heave of the layers, mixing."""

import torch

from engine.models.evolution.static_fields import StaticFields
from engine.models.layers.window import crop
from engine.physics.water_columns import FADE_DEPTH


def slopes(field: torch.Tensor, static: StaticFields) -> tuple[torch.Tensor, torch.Tensor]:
    """Return eastward and northward derivatives per metre of `field` (..., h, w): centred, one-sided beside land.

    Land is never read. The outermost cells of the window are one-sided too, hence wrong unless the ocean ends there.
    """
    wet = static.wet[0]
    return _slope(field, wet, -1) / static.cell_x, _slope(field, wet, -2) / static.cell_y


def _slope(field: torch.Tensor, wet: torch.Tensor, axis: int) -> torch.Tensor:
    count = field.shape[axis]
    pair = wet.narrow(axis, 1, count - 1) & wet.narrow(axis, 0, count - 1)
    step = torch.where(pair, field.narrow(axis, 1, count - 1) - field.narrow(axis, 0, count - 1), 0.0)
    pad = (1, 1) if axis == -1 else (0, 0, 1, 1)
    step = torch.nn.functional.pad(step, pad)
    pairs = torch.nn.functional.pad(pair.to(field.dtype), pad)
    total = step.narrow(axis, 0, count) + step.narrow(axis, 1, count)
    return total / (pairs.narrow(axis, 0, count) + pairs.narrow(axis, 1, count)).clamp_min(1.0)


def geostrophic(level: torch.Tensor, static: StaticFields) -> tuple[torch.Tensor, torch.Tensor]:
    """Return eastward and northward geostrophic flow (..., h, w) in m/s of a sea level in m, fading at the equator."""
    east, north = slopes(level, static)
    return -static.slope_to_flow * north, static.slope_to_flow * east


def vorticity(flow: tuple[torch.Tensor, torch.Tensor], static: StaticFields) -> torch.Tensor:
    """Return relative vorticity (..., h, w) in s-1."""
    return slopes(flow[1], static)[0] - slopes(flow[0], static)[1]


def smoothed(fields: torch.Tensor, wet: torch.Tensor) -> torch.Tensor:
    """Return `fields` (n, h, w) under a binomial 3 x 3 mean of cells `wet` (1, h, w), one cell narrower on each side."""
    water = wet.to(fields.dtype)
    return _binomial(fields * water) + (1 - _binomial(water)) * crop(fields, 1)


def _binomial(fields: torch.Tensor) -> torch.Tensor:
    # Not as a convolution, which a forecast computes in half precision: errors of millimetres of sea level.
    along = torch.add(fields[..., :-2] + fields[..., 2:], fields[..., 1:-1], alpha=2)
    return torch.add(along[..., :-2, :] + along[..., 2:, :], along[..., 1:-1, :], alpha=2) / 16


def balanced_scales(changes: torch.Tensor, variance: torch.Tensor, wet: torch.Tensor, passes: int) -> torch.Tensor:
    """Return changes (n, h, w) of sea level without scales finer than a limit, `passes` cells narrower on each side.

    A source of vorticity changes sea level through (Laplacian - 1 / radius^2)^-1, which leaves little that is finer than the
    deformation radius. The passes of a binomial mean over cells `wet` (1, h, w) together have `variance` (1, h, w) in cells^2,
    up to the largest that so many passes can have.
    """
    share = (variance * (2 / passes)).clamp(0, 1)
    water = wet.to(changes.dtype)
    shore = 1 - _binomial(water)
    for done in range(passes):
        here = crop(changes, 1)
        mean = torch.addcmul(_binomial(changes * crop(water, done)), crop(shore, done), here)
        changes = torch.addcmul(here, crop(share, done + 1), mean - here)
    return changes


def finer_than_passes(fields: torch.Tensor, wet: torch.Tensor, passes: int) -> torch.Tensor:
    """Return what `passes` binomial means remove from `fields` (n, h, w): eddies, `passes` cells narrower a side, 0 on land."""
    mean = fields
    for done in range(passes):
        mean = smoothed(mean, crop(wet, done))
    return (crop(fields, passes) - mean) * crop(wet, passes)


def _steps(tracers: torch.Tensor, wet: torch.Tensor) -> torch.Tensor:
    """Return how much larger (n, z - 1, h, w) tracers are one level below, 0 at the sea floor: nothing below it is read."""
    return (tracers[:, 1:] - tracers[:, :-1]) * wet[1:]


def _slope_of_steps(steps: torch.Tensor, depth: torch.Tensor) -> torch.Tensor:
    spacing = depth[1:] - depth[:-1]
    between = steps / spacing[:, None, None]
    share = (spacing[1:] / (spacing[:-1] + spacing[1:]))[:, None, None]
    middle = torch.lerp(between[:, 1:], between[:, :-1], share)
    return torch.cat([between[:, :1], middle, between[:, -1:]], dim=1)


def heaved(tracers: torch.Tensor, sunk: torch.Tensor, depth: torch.Tensor, wet: torch.Tensor) -> torch.Tensor:
    """Return the change of `tracers` (n, z, h, w) where the water has sunk by `sunk` (z, h, w) metres.

    No value leaves the range of its neighbours above and below; centred differences alone would make profiles oscillate.
    """
    steps = _steps(tracers, wet)
    change = _slope_of_steps(steps, depth) * -sunk
    ends = torch.zeros_like(steps[:, :1])
    above, below = torch.cat([ends, -steps], dim=1), torch.cat([steps, ends], dim=1)
    return change.clamp(torch.minimum(above, below).clamp(max=0), torch.maximum(above, below).clamp(min=0))


def mixing(changes: torch.Tensor, depth: torch.Tensor, mixed_layer: torch.Tensor) -> torch.Tensor:
    """Return the part that mixing adds to changes (n, z, h, w) of tracers, so that the mixed layer changes as its surface does.

    The share of the surface's change is 1 down to the base of the layer, at `mixed_layer` (1, h, w) metres, and fades below
    it as in the sample ocean (`engine.physics.water_columns.mix_surface`). Changes by heave and season are not included.
    """
    below = (depth[:, None, None] - mixed_layer) / (0.5 * mixed_layer).clamp_min(FADE_DEPTH)
    share = 0.5 + 0.5 * torch.cos(torch.pi * below.clamp_(0, 1))
    return (changes[:, :1] - changes) * share
