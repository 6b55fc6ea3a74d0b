"""A rectangle of the globe with a halo around it: what the evolution operator works on, in training and in forecasts."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Window:
    """Cells [row, row + rows) x [column, column + columns); columns wrap around the globe."""

    row: int
    rows: int
    column: int
    columns: int

    def cut(self, field: torch.Tensor, halo: int) -> torch.Tensor:
        """Return `field` (..., h, w) on the window and `halo` cells around it; beyond a pole the last row repeats."""
        width = field.shape[-1]
        first, last = self.row - halo, self.row + self.rows + halo
        start, count = (self.column - halo) % width, self.columns + 2 * halo
        pieces = []
        while count > 0:
            taken = min(count, width - start)
            pieces.append(_rows(field[..., start : start + taken], first, last))
            start, count = 0, count - taken
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=-1)


def _rows(field: torch.Tensor, first: int, last: int) -> torch.Tensor:
    """Return rows [first, last) of `field` (..., h, w); beyond an end the outermost repeats."""
    height = field.shape[-2]
    if first >= 0 and last <= height:
        return field[..., first:last, :]
    return field.index_select(-2, torch.arange(first, last, device=field.device).clamp(0, height - 1))


def row_blocks(height: int, width: int, rows: int) -> list[Window]:
    """Return windows of at most `rows` rows around the whole globe, from south to north."""
    return [Window(first, min(rows, height - first), 0, width) for first in range(0, height, rows)]


def tiles(wet: np.ndarray, rows: int, columns: int, patch: int) -> list[Window]:
    """Return windows of at most `rows` x `columns` cells with all cells of `wet` (h, w), none larger than its water needs.

    Their sizes, like those of the grid, are multiples of `patch`.
    """
    tokens = np.asarray(wet.reshape(wet.shape[0] // patch, patch, wet.shape[1] // patch, patch).any(axis=(1, 3)))
    found = []
    for row in range(0, tokens.shape[0], rows // patch):
        for column in range(0, tokens.shape[1], columns // patch):
            part = tokens[row : row + rows // patch, column : column + columns // patch]
            if part.any():
                across, along = (np.flatnonzero(part.any(axis=axis)) for axis in (1, 0))
                first, left = row + int(across[0]), column + int(along[0])
                height, width = int(across[-1] - across[0]) + 1, int(along[-1] - along[0]) + 1
                found.append(Window(first * patch, height * patch, left * patch, width * patch))
    return found


def crop(field: torch.Tensor, halo: int) -> torch.Tensor:
    """Return `field` (..., h, w) without `halo` cells on each side."""
    return field if halo == 0 else field[..., halo:-halo, halo:-halo]
