"""Semi-Lagrangian advection: every cell takes the value found upstream, and land is never read."""

import torch
from torch.nn import functional

REACH = 2
"""Cells beyond the largest displacement that the bicubic stencil touches."""


def warp(fields: torch.Tensor, displacement: torch.Tensor, wet: torch.Tensor, margin: int) -> torch.Tensor:
    """Return `fields` (c, h, w) advected by `displacement` (2, h', w'), in cells, for the window inside `margin` cells.

    The value at a cell comes from `displacement` cells (eastward, northward) upstream of it; none may exceed `margin` less
    `REACH` cells. `wet` (c, h, w) is the mask of each field. Bicubic (Keys 1981, a = -0.75) where all sixteen neighbours
    are wet; beside land the normalised bilinear mean of the wet ones; where those weigh less than half, and where nothing
    moves, the cell keeps its value to the last bit. No value on land enters a sum; land stays 0.
    """
    rows, columns = displacement.shape[-2:]
    inside = slice(margin, margin + rows), slice(margin, margin + columns)
    clean = torch.where(wet, fields, 0.0)
    here = clean[:, *inside].flatten(1)
    points = _points(displacement, fields.shape[-2:], margin)
    advected = _sample(clean, points, "bicubic").flatten(1)
    # Training starts from a displacement of zero, and a copied value would give it no gradient.
    still = (displacement == 0).all(0) & (not displacement.requires_grad)
    cells = (still | ~_open_water(wet.all(0), displacement, margin)).flatten().nonzero()[:, 0]
    if cells.numel():
        stays = here[:, cells]
        beside = _beside_land(clean, wet, points.flatten(1, 2)[:, cells, None], stays)
        keeps = still.flatten()[cells] | ~wet[:, *inside].flatten(1)[:, cells]
        advected = advected.index_copy(1, cells, torch.where(keeps, stays, beside))
    return advected.unflatten(1, (rows, columns))


def _open_water(wet: torch.Tensor, displacement: torch.Tensor, margin: int) -> torch.Tensor:
    """Where (h', w') the sixteen cells of the stencil around the departure point and the cell itself are wet."""
    rows, columns = displacement.shape[-2:]
    whole = functional.pad(wet, (1, 2, 1, 2), value=True)
    for reach in (1, 2):
        whole = whole[:, reach:] & whole[:, :-reach]
        whole = whole[reach:] & whole[:-reach]
    x = torch.arange(columns, device=wet.device) + margin - displacement[0].detach()
    y = torch.arange(rows, device=wet.device)[:, None] + margin - displacement[1].detach()
    foot = y.floor().long() * wet.shape[-1] + x.floor().long()
    return whole.flatten()[foot] & wet[margin : margin + rows, margin : margin + columns]


def _beside_land(clean: torch.Tensor, wet: torch.Tensor, points: torch.Tensor, here: torch.Tensor) -> torch.Tensor:
    """Values (c, n) at a few `points` (1, n, 1, 2), from wet neighbours alone."""
    total = _sample(clean, points, "bilinear")[..., 0]
    weight = _sample(wet.to(clean.dtype), points, "bilinear")[..., 0]
    return torch.where(weight >= 0.5, total / weight.clamp_min(0.5), here)


def _points(displacement: torch.Tensor, size: torch.Size, margin: int) -> torch.Tensor:
    """Departure points (1, h', w', 2) in units of the padded field, -1 to 1 from edge to edge."""
    rows, columns = displacement.shape[-2:]
    x = torch.arange(columns, device=displacement.device) + margin - displacement[0]
    y = torch.arange(rows, device=displacement.device)[:, None] + margin - displacement[1]
    return torch.stack([(2 * x + 1) / size[1] - 1, (2 * y + 1) / size[0] - 1], dim=-1)[None]


def _sample(fields: torch.Tensor, points: torch.Tensor, mode: str) -> torch.Tensor:
    return functional.grid_sample(fields[None], points, mode, "border", align_corners=False)[0]
