"""Sea ice of the sample ocean: where the climatological sea surface is cold. The same every year, without an ice model.

Constants are set by hand.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, label

from engine.physics.climatology import interpolate, on_day
from engine.schema.grid import Grid, coarsened
from engine.schema.sample_calendar import sample_date
from sample_data.weather.smoothing import smooth

ICE_EDGE = (-0.9, -0.6)
"""Climatological sea surface temperature (degC) of the ice edge, south and north: a smooth climatology never freezes.

With these the ice covers about 4, 13, 17 and 8 million km2 of the south in February, June, September and December.
"""

ALWAYS_ICE = 81.0
SMOOTHING = 1.5
ENCLOSED = 60.0
_SURE = 0.3


def ice(grid: Grid, day: int) -> NDArray[np.bool_]:
    """Return where ice lies on sample day `day` (h, w): in climatologically cold water and north of 81 degrees.

    Water poleward of 60 degrees that ice cuts off from the ocean counts as ice; floes that touch no land do not.
    """
    return margin(grid, day) > 0


def margin(grid: Grid, day: int) -> NDArray[np.floating]:
    """Return how far (h, w) in kelvin the water of sample day `day` is colder than at the ice edge: positive under ice."""
    cold = interpolate(_coldness(day), grid)
    return np.where((grid.lat > ALWAYS_ICE)[:, None], np.maximum(cold, np.float32(_SURE)), cold)


@lru_cache(maxsize=8)
def _coldness(day: int) -> NDArray[np.floating]:
    """Kelvin below the ice edge (180, 360), smooth, so that finer grids see a smooth edge too."""
    coarse = coarsened(4)
    edge = np.where(coarse.lat < 0, *ICE_EDGE)[:, None]
    cold = edge - smooth(on_day("thetao", sample_date(day))[0], SMOOTHING)
    wet, polar = coarse.wet_surface, (np.abs(coarse.lat) > ENCLOSED)[:, None]
    frozen = (cold > 0) | (coarse.lat > ALWAYS_ICE)[:, None]
    ocean = _components(wet & ~frozen)
    largest = np.bincount(ocean[ocean > 0]).argmax()
    cold = np.where(wet & (ocean > 0) & (ocean != largest) & polar, np.maximum(cold, _SURE), cold)
    pack = _components(frozen)
    ashore = np.unique(pack[binary_dilation(~wet) & (pack > 0)])
    return np.where((pack > 0) & ~np.isin(pack, ashore), np.minimum(cold, -_SURE), cold).astype(np.float32)


def _components(mask: NDArray[np.bool_]) -> NDArray[np.integer]:
    """Number the connected parts of `mask` (h, w) from 1, joined across the seam of longitude."""
    parts, _ = label(mask)
    for row in np.flatnonzero(mask[:, 0] & mask[:, -1]):
        parts[parts == parts[row, -1]] = parts[row, 0]
    return parts
