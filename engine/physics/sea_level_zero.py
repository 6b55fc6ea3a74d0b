"""The zero of sea level: products differ in it by a constant, which is found and removed here for all of the program."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.schema.grid import Grid

Array = NDArray[np.floating]

ZERO = "sea_level_zero"
"""Attribute of stores: the product whose zero of sea level the heights have."""

SHIFT = "sea_level_shift"
"""Attribute of forecasts and references: the height in m that was taken from the source's sea level on the initial day."""

CLIMATOLOGY = "climatology"
"""Name of the zero of the shipped mean sea level, which the models have."""

OPEN_OCEAN = 60.0
"""Latitude in degrees beyond which ice hides or lifts the sea level; set by hand."""


def zero_of(attrs: Mapping[str, Any]) -> str:
    """Return the name of the zero of sea level of a store with these attributes; older stores have that of their source."""
    return str(attrs.get(ZERO) or attrs.get("source", ""))


def mean_offset(difference: Array, lat: Array, area: Array) -> float:
    """Return the mean of differences of sea level in m, weighted by `area`, of any equal shapes, NaN where one is missing.

    Cells poleward of 60 degrees count only where there are no others, as in a polar box; 0 where nothing is known.
    """
    known = np.isfinite(difference) & (area > 0)
    open_ocean = known & (np.abs(lat) < OPEN_OCEAN)
    counted = open_ocean if open_ocean.any() else known
    return float(np.average(difference[counted], weights=area[counted])) if counted.any() else 0.0


def zero_difference(values: Array, reference: Array, grid: Grid) -> float:
    """Return how far the zero of sea level `values` (h, w) in m lies above that of `reference` on the same `grid`.

    It is the area mean of the difference over the water that both have, as `mean_offset` counts it. Only slopes drive currents,
    so that the constant has no meaning of its own.
    """
    rows = np.broadcast_to(grid.lat[:, None], grid.shape)
    return mean_offset(np.where(grid.wet_surface, values - reference, np.nan), rows, grid.cell_area)


def align_zero(values: Array, reference: Array, grid: Grid) -> tuple[Array, float]:
    """Return sea level `values` (h, w) in m with the zero of `reference`, and the height in m that was taken from it."""
    shift = zero_difference(values, reference, grid)
    return values - np.float32(shift), shift
