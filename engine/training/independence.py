"""How alike days of different runs are: the check that no held-out start resembles a day of training."""

from collections.abc import Sequence

import numpy as np

from engine.schema.grid import Grid

BAND = (14.0, 64.0)
"""Latitudes (degrees, both hemispheres) whose sea level is compared: eddies, without tropical and polar prescription."""


def sea_level_anomalies(levels: Sequence[np.ndarray], mean: np.ndarray, grid: Grid) -> np.ndarray:
    """Return unit vectors (n, cells) of sea level (h, w) less its time `mean`, by area over wet cells of 14 to 64 degrees."""
    inside = (np.abs(grid.lat) >= BAND[0]) & (np.abs(grid.lat) <= BAND[1])
    cells = grid.wet_surface & inside[:, None]
    weight = np.sqrt(grid.cell_area[cells]).astype(np.float32)
    vectors = np.stack([np.nan_to_num(level - mean)[cells] * weight for level in levels])
    vectors -= weight * ((vectors @ weight) / (weight @ weight))[:, None]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def largest_correlations(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return for each of `ours` (n, cells) its largest correlation with any of `theirs` (m, cells)."""
    return (ours @ theirs.T).max(axis=1)
