"""Latitude-longitude grids with a wet mask on every level."""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import xarray as xr

from engine.runtime.errors import InputError
from engine.runtime.paths import ASSETS
from engine.schema.constants import EARTH_RADIUS
from engine.schema.regions import Region
from engine.schema.variables import DEPTHS


@dataclass(frozen=True, eq=False)
class Grid:
    """Cell centres of a regular or rectilinear grid: latitude ascending, longitude ascending in [0, 360), depth down.

    `lat` (h,) and `lon` (w,) in degrees, `depth` (z,) in metres, `wet` (z, h, w) True over water, `deptho` (h, w) depth of
    the sea floor in metres, NaN on land. Raises InputError when coordinates or shapes contradict each other.
    """

    lat: np.ndarray
    lon: np.ndarray
    depth: np.ndarray
    wet: np.ndarray
    deptho: np.ndarray

    def __post_init__(self) -> None:
        for name, values in (("latitude", self.lat), ("longitude", self.lon), ("depth", self.depth)):
            if values.ndim != 1 or values.size == 0 or not np.all(np.isfinite(values)):
                raise InputError(f"{name} of a grid has shape {values.shape} or gaps; expected one finite value a cell")
            if np.any(np.diff(values) <= 0):
                raise InputError(f"{name} of a grid is not ascending ({values[0]} to {values[-1]}); sort the data first")
        if self.lon[0] < 0 or self.lon[-1] >= 360:
            raise InputError(f"longitude spans {self.lon[0]} to {self.lon[-1]}; expected [0, 360): roll the data first")
        expected = (self.depth.size, self.lat.size, self.lon.size)
        if self.wet.shape != expected or self.deptho.shape != expected[1:]:
            raise InputError(f"mask {self.wet.shape} and sea floor {self.deptho.shape} do not fit the axes {expected}")

    @property
    def shape(self) -> tuple[int, int]:
        """Return the number of rows and columns (h, w)."""
        return self.lat.size, self.lon.size

    @property
    def wet_surface(self) -> np.ndarray:
        """Return the wet mask (h, w) of the first level."""
        return self.wet[0]

    @cached_property
    def is_periodic(self) -> bool:
        """Return whether the last column borders on the first."""
        step = self.lon[1] - self.lon[0] if self.lon.size > 1 else 360.0
        return bool(abs(step * self.lon.size - 360) < 1e-3)

    @cached_property
    def cell_area(self) -> np.ndarray:
        """Return the exact area of each cell on the sphere (h, w) in m2."""
        lat_edges = np.clip(cell_edges(self.lat), -90, 90)
        heights = np.diff(np.sin(np.deg2rad(lat_edges)))
        widths = np.deg2rad(np.diff(cell_edges(self.lon)))
        return EARTH_RADIUS**2 * np.outer(heights, widths)

    def rows_and_columns(self, region: Region) -> tuple[np.ndarray, np.ndarray]:
        """Return the row and column numbers inside `region`, columns from west to east."""
        rows = np.flatnonzero((self.lat >= region.lat_min) & (self.lat <= region.lat_max))
        east = (self.lon - region.lon_min) % 360
        inside = np.flatnonzero(east < region.lon_max - region.lon_min + 1e-9)
        return rows, inside[np.argsort(east[inside])]

    def nearest(self, lat: float, lon: float) -> tuple[int, int]:
        """Return row and column of the cell whose centre is nearest to a position in degrees."""
        row = int(np.argmin(np.abs(self.lat - lat)))
        return row, int(np.argmin(np.abs((self.lon - lon + 180) % 360 - 180)))

    def same_as(self, other: "Grid") -> bool:
        """Return whether the two grids have the same cells and levels, to a thousandth of a degree."""
        return self.same_cells_as(other) and _close(self.depth, other.depth)

    def same_cells_as(self, other: "Grid") -> bool:
        """Return whether the two grids have the same cells, whatever their levels, to a thousandth of a degree."""
        return _close(self.lat, other.lat) and _close(self.lon, other.lon)


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.allclose(one, other, atol=1e-3)


def cell_edges(centres: np.ndarray) -> np.ndarray:
    """Return the n + 1 edges of n cells: midway between centres, the outer ones mirrored; one cell alone is 1 wide."""
    if centres.size == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    middle = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[2 * centres[0] - middle[0]], middle, [2 * centres[-1] - middle[-1]]])


def from_sea_floor(lat: np.ndarray, lon: np.ndarray, deptho: np.ndarray) -> Grid:
    """Return the grid with the model's depths whose levels are wet where the sea floor (h, w) in m, NaN on land, is deeper."""
    depth = np.asarray(DEPTHS, dtype=np.float64)
    # A level is wet where the sea floor is below it; land counts as -1 m, so that the level at 0 m is dry there.
    wet = np.nan_to_num(deptho, nan=-1.0)[None] > depth[:, None, None]
    return Grid(lat, lon, depth, wet, deptho)


@cache
def quarter_degree() -> Grid:
    """Return the global 720 x 1440 grid with its mask from ETOPO5 (open ocean by flood fill, 15 levels)."""
    with xr.open_dataset(ASSETS / "bathymetry.nc") as data:
        return from_sea_floor(data.lat.values, data.lon.values, data.deptho.values.astype(np.float32))


@cache
def coarsened(factor: int) -> Grid:
    """Return the global grid of `factor` times coarser cells: wet where at least half the cells are, mean depth of those.

    Raises InputError where `factor` does not divide 720 and 1440 evenly.
    """
    fine = quarter_degree()
    if factor == 1:
        return fine
    if not 1 <= factor <= 360 or 720 % factor:
        raise InputError(f"grid factor is {factor}; expected a divisor of 720 up to 360, such as 2, 4 or 8")
    blocks = fine.deptho.reshape(720 // factor, factor, 1440 // factor, factor)
    water = np.isfinite(blocks)
    share = water.mean(axis=(1, 3))
    mean = np.where(water, blocks, 0).sum(axis=(1, 3)) / np.maximum(water.sum(axis=(1, 3)), 1)
    deptho = np.where(share >= 0.5, mean, np.nan).astype(np.float32)
    lat = fine.lat.reshape(-1, factor).mean(axis=1)
    lon = fine.lon.reshape(-1, factor).mean(axis=1)
    return from_sea_floor(lat, lon, deptho)
