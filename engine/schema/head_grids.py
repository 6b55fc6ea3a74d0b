"""The grids of the heads: significant wave height at half a degree, biogeochemistry at one degree over the open ocean."""

from dataclasses import replace
from functools import cache

import numpy as np

from engine.schema.grid import Grid, coarsened

OPEN_OCEAN = 200.0
"""Sea floor depth in metres beyond which biogeochemistry is defined; set by hand."""


@cache
def half_degree() -> Grid:
    """Return the global 360 x 720 grid of waves: wet where at least half of the quarter-degree cells are."""
    return coarsened(2)


@cache
def one_degree() -> Grid:
    """Return the global 180 x 360 grid of biogeochemistry: wet over sea floors deeper than 200 m alone."""
    grid = coarsened(4)
    return replace(grid, wet=grid.wet & (np.nan_to_num(grid.deptho) > OPEN_OCEAN))
