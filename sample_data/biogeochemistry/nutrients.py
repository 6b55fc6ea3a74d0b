"""Nitrate and iron below the mixed layer, and dust: the nutrient supply of the sample ocean's plankton. Illustrative.

Nitrate is a function of density in each basin, fitted by eye to sections of the World Ocean Atlas and to the time series off
Hawaii and Bermuda. A function of temperature would give too little nitrate in the iron-limited Southern Ocean.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.schema.grid import Grid

Array = NDArray[np.floating]

CURVES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "pacific tropics": ((22.5, 23.5, 24.5, 25.5, 26.2, 26.8, 27.2), (0.2, 3, 11, 19, 26, 33, 38)),
    "pacific gyres": ((24.2, 24.8, 25.4, 26.0, 26.5, 26.9, 27.3), (0.15, 1.6, 5.5, 12, 19, 27, 38)),
    "pacific subarctic": ((24.5, 25.2, 25.8, 26.3, 26.8, 27.2), (4, 9, 15, 23, 34, 42)),
    "atlantic tropics": ((24.0, 25.0, 25.7, 26.2, 26.7, 27.2), (0.15, 1.6, 6, 13, 23, 32)),
    "atlantic gyres": ((25.6, 26.2, 26.5, 26.8, 27.1, 27.5), (0.2, 1.6, 5, 11, 18, 21)),
    "atlantic subpolar": ((25.5, 26.3, 26.9, 27.2, 27.5, 27.8), (0.5, 4, 9, 12.5, 14.5, 16)),
    "indian tropics": ((22.0, 23.0, 24.0, 25.0, 26.0, 26.8), (0.1, 2, 8, 16, 24, 31)),
    "southern gyres": ((25.4, 26.0, 26.4, 26.8, 27.1, 27.4), (0.12, 3, 8, 16, 23, 31)),
    "southern ocean": ((25.8, 26.3, 26.7, 27.0, 27.3, 27.7), (4, 11, 18, 23, 28, 33)),
    "arctic": ((23.0, 25.0, 26.5, 27.5, 28.0), (0.3, 2, 5, 10, 13)),
    "mediterranean": ((27.0, 28.5, 28.9, 29.2), (0.2, 0.7, 3, 7)),
}
"""Density less 1000 (kg m-3) against nitrate (umol L-1), by region."""

DUST: tuple[tuple[float, float, float, float, float], ...] = (
    (17, 340, 9, 22, 6.0),
    (18, 310, 9, 18, 1.5),
    (18, 62, 9, 9, 6.0),
    (15, 88, 8, 8, 1.5),
    (38, 140, 9, 20, 1.6),
    (38, 175, 9, 25, 0.5),
    (36, 18, 5, 20, 3.0),
    (-32, 155, 9, 12, 0.5),
    (-45, 300, 7, 12, 0.4),
    (-25, 8, 8, 8, 0.4),
)
"""Centre (lat, lon), half-widths in degrees, and dust fall in g m-2 a-1 of the plumes: a sketch of Mahowald et al. 2005."""

BACKGROUND_DUST = 0.05
IRON_IN_DUST = 0.035 / 55.85 * 1e6 * 0.015 / 365.25
"""umol of dissolved iron a day per g a-1 of dust: 3.5 % iron of which 1.5 % dissolves."""


def _step(value: Array, low: float, high: float) -> Array:
    part = np.clip((value - low) / (high - low), 0.0, 1.0)
    return part * part * (3 - 2 * part)


@cache
def _regions(grid: Grid) -> dict[str, Array]:
    """Weights (h, w) of the curves, summing to one: basins by coast, zones blended over some degrees of latitude."""
    lat, lon = np.meshgrid(grid.lat, grid.lon, indexing="ij")
    isthmus = np.interp(lat, (-60, -20, 7, 9, 14, 18, 22, 66), (292, 290, 283, 281, 272, 263, 260, 260))
    atlantic = (lon > isthmus) | (lon < 22) | ((lat > 30) & (lon < 42))
    indian = ~atlantic & (lon < np.interp(lat, (-45, -12, -8, 5, 10), (146, 130, 118, 100, 99))) & (lat < 31)
    sea_between = (lat > 30) & (lat < 47) & ((lon < 42) | (lon > 355)) & ~((lat < 41) & (lon > 350) & (lon < 354))
    tropics = 1 - _step(np.abs(lat), 9, 18)
    north, south = _step(lat, 38, 50), _step(-lat, 36, 46)
    arctic, inside = _step(lat, 66, 74), sea_between.astype(float)
    pacific = ~atlantic & ~indian
    middle = (1 - tropics) * (1 - north) * (1 - south)
    northern = np.where(lat > 0, middle, 0.0)
    parts = {
        "pacific tropics": pacific * tropics,
        "pacific gyres": pacific * northern,
        "pacific subarctic": pacific * north * (1 - arctic),
        "atlantic tropics": atlantic * tropics,
        "atlantic gyres": atlantic * northern * (1 - inside),
        "atlantic subpolar": atlantic * north * (1 - arctic) * (1 - inside),
        "indian tropics": indian * np.where(lat > 0, 1.0, tropics),
        "southern gyres": np.where(lat <= 0, middle, 0.0),
        "southern ocean": south,
        "arctic": arctic,
        "mediterranean": atlantic * inside * (northern + north),
    }
    total = sum(parts.values())
    return {name: (weight / total).astype(np.float32) for name, weight in parts.items()}


def nitrate_of_density(grid: Grid, cells: NDArray[np.bool_], sigma: Array) -> Array:
    """Return nitrate (n,) in umol L-1 of water with density less 1000 `sigma` (n,) in kg m-3 in `cells` (h, w) of `grid`."""
    total = np.zeros(sigma.shape, np.float32)
    for name, weight in _regions(grid).items():
        total += weight[cells] * np.interp(sigma, *CURVES[name]).astype(np.float32)
    return total


def iron_at_depth(grid: Grid, cells: NDArray[np.bool_], depth: Array) -> Array:
    """Return dissolved iron (n,) in nmol L-1 at `depth` (n,) in m: low near the surface, 0.3 to 0.8 at 500 m by basin."""
    regions = _regions(grid)
    rich = sum(regions[name] for name in ("atlantic tropics", "atlantic gyres", "atlantic subpolar", "mediterranean", "arctic"))
    rich = rich + 0.7 * regions["indian tropics"]
    poor = regions["southern ocean"] + 0.6 * regions["pacific tropics"] + 0.7 * regions["pacific subarctic"]
    deep = 0.45 + 0.35 * rich - 0.12 * poor
    scale = 160.0 + 120.0 * poor
    return (0.04 + deep[cells] * (1 - np.exp(-depth / scale[cells]))).astype(np.float32)


@cache
def dust_iron(grid: Grid) -> Array:
    """Return the dissolved iron that falls with dust (h, w) in umol m-2 a day."""
    lat, lon = np.meshgrid(grid.lat, grid.lon, indexing="ij")
    fall = np.full(grid.shape, BACKGROUND_DUST)
    for centre, middle, high, wide, amount in DUST:
        east = (lon - middle + 180) % 360 - 180
        fall += amount * np.exp(-0.5 * ((lat - centre) / high) ** 2 - 0.5 * (east / wide) ** 2)
    return (fall * IRON_IN_DUST).astype(np.float32)
