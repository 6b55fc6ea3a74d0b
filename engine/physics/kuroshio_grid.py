"""The Kuroshio box at 1/12 degree, its cells in the global 1/4 degree grid, and interpolation from there."""

from functools import cache

import numpy as np
import xarray as xr
from scipy import ndimage

from engine.physics.climatology import cubic_weights
from engine.runtime.paths import ASSETS
from engine.schema.grid import Grid, from_sea_floor

FILE = ASSETS / "kuroshio_bathymetry.nc"
SOUTH, WEST = 20.0, 122.5
STEP = 1 / 12
ROWS, COLUMNS = 360, 690
REFINEMENT = 3
"""Fine cells in a quarter-degree cell, along each axis."""

QUARTER_ROWS = slice(440, 560)
QUARTER_COLUMNS = slice(490, 720)
"""The box (120 x 230) in the global 720 x 1440 grid."""


@cache
def kuroshio_grid() -> Grid:
    """Return the 360 x 690 grid of 20-50N, 122.5-180E with its own coast and sea floor (ETOPO5); the surface alone."""
    with xr.open_dataset(FILE) as data:
        whole = from_sea_floor(data.lat.values, data.lon.values, data.deptho.values.astype(np.float32))
    return Grid(whole.lat, whole.lon, whole.depth[:1], whole.wet[:1], whole.deptho)


def crop(field: np.ndarray) -> np.ndarray:
    """Return the box (..., 120, 230) of a global quarter-degree field (..., 720, 1440)."""
    return field[..., QUARTER_ROWS, QUARTER_COLUMNS]


def nearest_wet(wet: np.ndarray) -> np.ndarray:
    """Return the flat index (h, w) of the wet cell nearest to each cell; its own where it is wet."""
    rows, columns = ndimage.distance_transform_edt(~wet, return_distances=False, return_indices=True)
    return rows * wet.shape[1] + columns


@cache
def refining_weights(count: int) -> np.ndarray:
    """Return the matrix (3 count, count) of cubic convolution from cell centres to those of cells a third as wide."""
    position = (np.arange(REFINEMENT * count) + 0.5) / REFINEMENT - 0.5
    index, weights = cubic_weights(position, count, periodic=False)
    matrix = np.zeros((position.size, count), np.float32)
    for k in range(4):
        np.add.at(matrix, (np.arange(position.size), index[:, k]), weights[:, k])
    return matrix


def refine(field: np.ndarray) -> np.ndarray:
    """Return the bicubic interpolation (..., 3 h, 3 w) of `field` (..., h, w); missing cells take their nearest neighbour.

    Cubic convolution (Keys 1981, doi 10.1109/TASSP.1981.1163711): the baseline of every finer picture.
    """
    flat = field.reshape(-1, *field.shape[-2:])
    filled = np.stack([plane.reshape(-1)[nearest_wet(np.isfinite(plane))] for plane in flat])
    fine = refining_weights(field.shape[-2]) @ filled @ refining_weights(field.shape[-1]).T
    return fine.reshape(*field.shape[:-2], *fine.shape[-2:]).astype(np.float32)
