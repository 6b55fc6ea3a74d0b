"""Fields to patch tokens and back, and the positions of tokens."""

import torch
from torch.nn import functional

from engine.models.layers.window import Window


def patchify(field: torch.Tensor, patch: int) -> torch.Tensor:
    """Return tokens (b, n, c * patch * patch) of a field (b, c, h, w), rows of patches first.

    Raises ValueError where the patch does not divide the grid.
    """
    b, c, h, w = field.shape
    if h % patch or w % patch:
        raise ValueError(f"grid {h} x {w} does not divide into patches of {patch}")
    tiles = field.reshape(b, c, h // patch, patch, w // patch, patch)
    return tiles.permute(0, 2, 4, 1, 3, 5).reshape(b, (h // patch) * (w // patch), c * patch * patch)


def embed(field: torch.Tensor, convolution: torch.nn.Conv2d) -> torch.Tensor:
    """Return tokens (b, n, d) of a field (b, c, h, w) by a convolution whose stride is its size, as one matrix product."""
    return functional.linear(patchify(field, convolution.kernel_size[0]), convolution.weight.flatten(1), convolution.bias)


def unpatchify(tokens: torch.Tensor, patch: int, rows: int, columns: int) -> torch.Tensor:
    """Return the field (b, c, rows * patch, columns * patch) of tokens (b, n, c * patch * patch)."""
    b, _, d = tokens.shape
    tiles = tokens.reshape(b, rows, columns, d // patch**2, patch, patch)
    return tiles.permute(0, 3, 1, 4, 2, 5).reshape(b, d // patch**2, rows * patch, columns * patch)


def recover(features: torch.Tensor, convolution: torch.nn.ConvTranspose2d) -> torch.Tensor:
    """Return the field (b, c, h, w) of features (b, d, hp, wp) by a transposed convolution whose stride is its size.

    As one matrix product: several times faster on a processor than the equivalent convolution.
    """
    rows, columns = features.shape[-2:]
    tokens = functional.linear(features.flatten(2).transpose(1, 2), convolution.weight.flatten(1).T)
    field = unpatchify(tokens, convolution.kernel_size[0], rows, columns)
    return field if convolution.bias is None else field + convolution.bias[:, None, None]


def positions(rows: int, columns: int, width: int) -> torch.Tensor:
    """Return fixed two-dimensional sine-cosine positions (rows * columns, width), half for each axis.

    Follows the masked autoencoder (He et al. 2022, arXiv 2111.06377). Raises ValueError where 4 does not divide width.
    """
    if width % 4:
        raise ValueError(f"position width {width} does not divide by 4")
    rate = 10000 ** -(torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    across, along = (torch.arange(count, dtype=torch.float64)[:, None] * rate for count in (rows, columns))
    across = torch.cat([across.sin(), across.cos()], dim=1)[:, None].expand(rows, columns, width // 2)
    along = torch.cat([along.sin(), along.cos()], dim=1)[None].expand(rows, columns, width // 2)
    return torch.cat([across, along], dim=2).reshape(rows * columns, width).float()


def upsample(coarse: torch.Tensor, patch: int, window: Window, halo: int = 0, channels_last: bool = False) -> torch.Tensor:
    """Return a token field (c, hp, wp) interpolated bilinearly to the cells of a window and `halo` cells around it.

    All sizes are multiples of `patch`; columns wrap around the globe, rows outside it repeat the last token row.
    `channels_last` sets the memory layout of the result.
    """
    row, rows = window.row - halo, window.rows + 2 * halo
    column, columns = window.column - halo, window.columns + 2 * halo
    hp, wp = coarse.shape[-2:]
    across = torch.arange(row // patch - 1, (row + rows) // patch + 1, device=coarse.device).clamp(0, hp - 1)
    along = torch.arange(column // patch - 1, (column + columns) // patch + 1, device=coarse.device) % wp
    piece = coarse.index_select(-2, across).index_select(-1, along)[None]
    piece = piece.contiguous(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    fine = functional.interpolate(piece, scale_factor=patch, mode="bilinear", align_corners=False)
    return fine[0, :, patch:-patch, patch:-patch]
