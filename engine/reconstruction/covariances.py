"""Covariance of the anomalies from climatology: variance by cell, scales by latitude (assets/departures.nc)."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import xarray as xr
from scipy.ndimage import map_coordinates

from engine.runtime.errors import ModelError
from engine.runtime.paths import ASSETS
from engine.schema.grid import Grid

SURFACE = ("zos", "thetao", "so")
"""Fields whose anomalies are interpolated: sea surface height, temperature and salinity of the surface."""

RESIDUAL_SPREAD = {"thetao": 0.5, "so": 0.08, "uo": 0.15, "vo": 0.15}
"""Standard deviation at depth of the part that sea level and surface do not explain; set by hand, since no data here give it."""

RESIDUAL_SCALE = 150.0
"""Length in km of those residuals; set by hand."""


@dataclass(frozen=True, eq=False)
class Covariance:
    """Covariance of one field on a grid: standard deviation `spread` (h, w), and by row (h,) the scales of its correlation.

    `east` and `north` are lengths in km, `days` a time, `drift` the speed of patterns to the west in km a day.
    """

    spread: np.ndarray
    east: np.ndarray
    north: np.ndarray
    days: np.ndarray
    drift: np.ndarray

    def scaled(self, share: float) -> "Covariance":
        """Return the covariance with `share` of the spread, for a background that is better than climatology."""
        return Covariance((self.spread * share).astype(np.float32), self.east, self.north, self.days, self.drift)


@cache
def _table() -> xr.Dataset:
    path = ASSETS / "departures.nc"
    if not path.exists():
        raise ModelError(f"departures {path} are missing; expected beside the code: restore the file from the repository")
    with xr.open_dataset(path) as data:
        return data.load()


def covariance(grid: Grid, field: str) -> Covariance:
    """Return the covariance of the anomalies of `field` (zos, thetao, so: of the surface) on `grid`."""
    data = _table().sel(field=field)
    rows = (grid.lat - float(data.lat[0])) / float(data.lat[1] - data.lat[0])
    columns = (grid.lon - float(data.lon[0])) / float(data.lon[1] - data.lon[0])
    places = np.stack(np.meshgrid(np.clip(rows, 0, data.lat.size - 1), columns, indexing="ij"))
    # One more column on each side, so that the first and the last are neighbours.
    wide = np.concatenate([data.spread.values[:, -1:], data.spread.values, data.spread.values[:, :1]], axis=1)
    spread = map_coordinates(wide, places + np.array([0, 1])[:, None, None], order=1, mode="nearest")
    scales = [np.interp(np.abs(grid.lat), data.band.values, data[name].values) for name in ("east", "north", "days", "drift")]
    return Covariance(spread.astype(np.float32), *scales)


def weather_spread(grid: Grid) -> np.ndarray:
    """Return the standard deviation (h, 1) in m of sea level that follows the weather without moving the thermocline."""
    return np.interp(np.abs(grid.lat), _table().band.values, _table().weather.values)[:, None].astype(np.float32)


def residual_covariance(grid: Grid, field: str) -> Covariance:
    """Return the covariance of the difference of `field` at depth from the state that sea level and surface imply."""
    rows = np.ones(grid.lat.size)
    spread = np.full(grid.shape, RESIDUAL_SPREAD[field], dtype=np.float32)
    return Covariance(spread, RESIDUAL_SCALE * rows, RESIDUAL_SCALE * rows, 15.0 * rows, 0.0 * rows)
