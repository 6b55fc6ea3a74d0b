"""The first day of the sample ocean: satellite sea surface height, split into a steady flow and the eddies.

`python -m sample_data.ocean.day_zero DUACS.nc` derives the committed file from a DUACS level 4 file.
"""

import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numba
import numpy as np
import xarray as xr
from scipy import ndimage

from engine.physics.climatology import mean_sea_level
from engine.physics.geostrophy import geostrophic_velocity
from engine.schema.grid import Grid, quarter_degree

LOW_PASS = 1.75
"""Width (standard deviation, degrees of a great circle) of the low pass, set by hand; 3 degrees would remove the Kuroshio."""

JET_WIDTH = 0.45
"""Width across a jet in degrees, set by hand: there the field is averaged along the stream, over about 2 degrees."""

JET_COURSE = 1.25
"""Width in degrees of the low pass whose contours give the direction of the stream; set by hand."""

JET_SPEED = 0.12
"""Speed in m/s of the low pass at which half of the steady flow is averaged along the stream; set by hand."""

ALONG_STEPS = 120
FILL_WIDTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
FILE = Path(str(files("sample_data") / "day0.nc"))
ATTRIBUTION = "Derived from DUACS/CMEMS near-real-time level 4 absolute dynamic topography of 2019-02-23 (Copernicus Marine)"


@dataclass(frozen=True)
class DayZero:
    """Steady sea surface height `mean` (h, w), metres, smooth over land, and `anomaly` (h, w), 0 where nothing was observed."""

    mean: np.ndarray
    anomaly: np.ndarray


def derive(source: Path, target: Path) -> None:
    """Write topography of a DUACS file (1 mm) and its steady part (0.3 mm), int16 with attribution, to `target`."""
    grid = quarter_degree()
    with xr.open_dataset(source) as data:
        adt = data["adt"].isel(time=0).values.astype(np.float64)
        day = str(data["time"].values[0])[:10]
    known = np.isfinite(adt)
    background = mean_sea_level(grid)
    filled = np.where(known, adt, background + fill(np.nan_to_num(adt - background), known, grid.lat))
    result = xr.Dataset(coords={"lat": grid.lat, "lon": grid.lon}, attrs={"source": ATTRIBUTION, "day": day})
    attributes = {"units": "m", "standard_name": "sea_surface_height_above_geoid"}
    result["adt"] = (("lat", "lon"), adt, {**attributes, "long_name": "absolute dynamic topography"})
    result["mean"] = (("lat", "lon"), steady_part(filled, grid), {**attributes, "long_name": "steady part, land filled"})
    packing = {"dtype": "int16", "_FillValue": -32000, "zlib": True, "complevel": 9, "shuffle": True}
    steps = {"adt": 0.001, "mean": 0.0003}
    result.to_netcdf(target, encoding={name: {**packing, "scale_factor": step} for name, step in steps.items()})


def steady_part(filled: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the steady part (h, w) of a height without gaps: a low pass, averaged along the stream where there is a jet."""
    low = smooth(filled, grid.lat, LOW_PASS)
    everywhere = np.ones(grid.shape, dtype=bool)
    course = smooth(filled, grid.lat, JET_COURSE)
    east, north = geostrophic_velocity(course.astype(np.float32), grid.lat, grid.lon, everywhere)
    speed = np.hypot(east, north).astype(np.float64)
    direction = np.stack([east, north]) / np.maximum(speed, 1e-6)
    along = smooth(filled, grid.lat, JET_WIDTH)
    cosine = np.maximum(np.cos(np.deg2rad(grid.lat)), 0.2)
    for _ in range(ALONG_STEPS):
        along = _spread_along(along, direction, cosine)
    extratropical = 1 - np.exp(-((grid.lat / 9.0) ** 4))[:, None]
    share = smooth(speed**2 / (speed**2 + JET_SPEED**2) * extratropical, grid.lat, 0.5)
    return smooth(share * along + (1 - share) * low, grid.lat, 0.25)


@numba.njit(cache=True)
def _spread_along(field: np.ndarray, direction: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """Return `field` (h, w) after one step of diffusion along the unit vectors `direction` (2, h, w)."""
    rows, columns = field.shape
    out = field.copy()
    for row in range(1, rows - 1):
        c = cosine[row]
        for i in range(columns):
            left, right = (i - 1) % columns, (i + 1) % columns
            x, y = direction[0, row, i], direction[1, row, i] * c
            xx = field[row, right] + field[row, left] - 2 * field[row, i]
            yy = field[row + 1, i] + field[row - 1, i] - 2 * field[row, i]
            xy = field[row + 1, right] + field[row - 1, left] - field[row + 1, left] - field[row - 1, right]
            out[row, i] += 0.2 * (x * x * xx + 0.5 * x * y * xy + y * y * yy)
    return out


def smooth(field: np.ndarray, lat: np.ndarray, width: float) -> np.ndarray:
    """Return a global `field` (h, w) under a Gaussian of `width` degrees of a great circle, periodic in longitude."""
    step = lat[1] - lat[0]
    field = ndimage.gaussian_filter1d(field.astype(np.float64), width / step, axis=0, mode="nearest", truncate=3)
    waves = np.fft.rfftfreq(field.shape[1], 360 / field.shape[1])
    local = width / np.maximum(np.cos(np.deg2rad(lat)), 0.05)
    response = np.exp(-2 * (np.pi * waves[None] * local[:, None]) ** 2)
    return np.fft.irfft(np.fft.rfft(field, axis=1) * response, n=field.shape[1], axis=1)


def masked_smooth(field: np.ndarray, known: np.ndarray, lat: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the Gaussian mean of the `known` cells around each cell (h, w) and the weight (0 to 1) that they had."""
    weight = smooth(known.astype(np.float64), lat, width)
    total = smooth(np.where(known, field, 0), lat, width)
    return total / np.maximum(weight, 1e-9), weight


def fill(field: np.ndarray, known: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return `field` (h, w) with every unknown cell filled smoothly from the nearest known ones."""
    filled = np.where(known, field, 0.0)
    have = known.copy()
    for width in FILL_WIDTHS:
        estimate, weight = masked_smooth(filled, have, lat, width)
        new = ~have & (weight > 0.05)
        filled = np.where(new, estimate, filled)
        have |= new
    return np.where(have, filled, filled[have].mean())


@cache
def day_zero(grid: Grid) -> DayZero:
    """Return the first day on `grid`: the global 1/4 degree grid or one of whole multiples of its cells."""
    with xr.open_dataset(FILE) as data:
        adt, mean = data["adt"].values, data["mean"].values
    anomaly = np.where(np.isfinite(adt), adt - mean, 0)
    if grid.shape != adt.shape:
        factor = adt.shape[0] // grid.shape[0]
        mean, anomaly = (f.reshape(grid.shape[0], factor, grid.shape[1], factor).mean(axis=(1, 3)) for f in (mean, anomaly))
    return DayZero(mean.astype(np.float32), anomaly.astype(np.float32))


if __name__ == "__main__":
    derive(Path(sys.argv[1]), FILE)
