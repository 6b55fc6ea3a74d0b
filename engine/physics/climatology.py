"""The climatology: the observed mean ocean and its year (assets/climatology.nc) on any grid."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from engine.physics.sea_level_zero import CLIMATOLOGY
from engine.physics.vertical_modes import displacement
from engine.physics.water_columns import Interpolation, field_rows, over_rows
from engine.runtime.errors import ModelError
from engine.runtime.paths import ASSETS
from engine.schema.batch import Batch
from engine.schema.constants import SECONDS_PER_DAY
from engine.schema.grid import Grid

Array = NDArray[np.float32]

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, eq=False)
class Atlas:
    """A mean ocean and its year on a grid of its own, float32; `level` goes deeper than the model's depths.

    `thetao` (5, level, h, w), `log_mlotst`, `u10`, `v10`, `t2m`, `msl` (5, h, w) are harmonics of the year; `so`, `F`,
    `D` (level, h, w); `uo`, `vo` (z, h, w); `zos`, `c1`, `elevation` (h, w). msl in hPa over 1000, temperatures in degC.
    `name` is that of its zero of sea level. `harmonics` (5, ...) of the year of fields on `grid`, NaN on land, are those of
    training data; the shipped climatology has none.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    level: NDArray[np.float64]
    fields: dict[str, Array]
    name: str = CLIMATOLOGY
    grid: Grid | None = None
    harmonics: dict[str, Array] = field(default_factory=dict)

    @cached_property
    def content(self) -> str:
        """Return a short hash of all fields."""
        known = hashlib.sha256()
        for name, values in (*sorted(self.fields.items()), *sorted(self.harmonics.items())):
            known.update(name.encode() + np.ascontiguousarray(values).tobytes())
        return known.hexdigest()[:12]

    def grid_like(self, grid: Grid) -> Grid:
        """Return `grid` with the wet mask of the training data, where they lie on it."""
        return self.grid if self.grid is not None and self.grid.same_as(grid) else grid


@dataclass(frozen=True)
class Modes:
    """First baroclinic mode on a grid: speed `c1` (h, w) m s-1, `F` (z, h, w) = F(d)/F(0), `D` (z, h, w) m per m."""

    c1: Array
    F: Array
    D: Array


@cache
def atlas() -> Atlas:
    """Return the shipped climatology; raises ModelError when its file is missing."""
    path = ASSETS / "climatology.nc"
    if not path.exists():
        raise ModelError(f"climatology {path} is missing; expected beside the code: restore it from the repository")
    with xr.open_dataset(path) as data:
        fields = {str(name): np.ascontiguousarray(data[name].values, dtype=np.float32) for name in data.data_vars}
        level = data.level.values.astype(np.float64)
        lat, lon = data.lat.values.astype(np.float64), data.lon.values.astype(np.float64)
    fields["D"] = displacement(level, fields["c1"], fields["F"]).astype(np.float32)
    return Atlas(lat, lon, level, fields)


def day_of_year(time: np.datetime64) -> float:
    """Days since 1 January, with the fraction of the day."""
    return float((time - time.astype("datetime64[Y]")) / np.timedelta64(1, "s")) / SECONDS_PER_DAY


def annual_basis(day: float) -> Array:
    """Return the value (5,) of the mean, the annual and the semiannual harmonics (1, cos, sin, cos 2, sin 2) on a day."""
    phase = 2 * np.pi * day / DAYS_PER_YEAR
    return np.array([1.0, np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)], dtype=np.float32)


@lru_cache(maxsize=32)
def _on_day(name: str, day: float) -> Array:
    return np.tensordot(annual_basis(day), atlas().fields[name], axes=(0, 0))


def on_day(name: str, time: np.datetime64, mean: Atlas | None = None) -> Array:
    """Return field `name` of the atlas at `time`, still on the atlas grid; do not change it in place."""
    day = round(day_of_year(time), 2)
    return _on_day(name, day) if mean is None else np.tensordot(annual_basis(day), mean.fields[name], axes=(0, 0))


def cubic_weights(position: NDArray[np.floating], count: int, periodic: bool) -> tuple[NDArray[np.int64], Array]:
    """Indices and weights (n, 4) of the cubic convolution through `count` points at fractional indices `position` (n,)."""
    base = np.floor(position).astype(np.int64)
    t = (position - base)[:, None]
    weights = np.concatenate(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ],
        axis=1,
    )
    index = base[:, None] + np.arange(-1, 3)
    index = index % count if periodic else np.clip(index, 0, count - 1)
    return index, weights.astype(np.float32)


def atlas_weights(grid: Grid, mean: Atlas | None = None) -> Interpolation:
    """Return the cubic interpolation from the atlas to `grid`; beyond a regional atlas its edge goes on."""
    source = atlas() if mean is None else mean
    periodic = source.grid is None or source.grid.is_periodic
    rows = cubic_weights(_position(grid.lat, source.lat), len(source.lat), False)
    columns = cubic_weights(_position(grid.lon, source.lon), len(source.lon), periodic)
    return Interpolation(*rows, *columns)


def _position(wanted: NDArray[np.floating], axis: NDArray[np.float64]) -> NDArray[np.floating]:
    """Return the fractional indices of coordinates on an axis, whose steps may be uneven."""
    steps = np.diff(axis)
    if np.ptp(steps) < 1e-3 * steps[0]:
        return (wanted - axis[0]) / (axis[1] - axis[0])
    return np.interp(wanted, axis, np.arange(axis.size))


def interpolate(field: Array, grid: Grid, mean: Atlas | None = None) -> Array:
    """Cubic interpolation of an atlas-grid `field` (..., a, b) to `grid` (..., h, w), land included."""
    wide = np.empty((*field.shape[:-2], *grid.shape), dtype=np.float32)
    source = np.ascontiguousarray(field, dtype=np.float32).reshape(-1, *field.shape[-2:])
    over_rows(field_rows, grid.shape[0], source, atlas_weights(grid, mean), wide.reshape(-1, *grid.shape))
    return wide


def mean_sea_level(grid: Grid, mean: Atlas | None = None) -> Array:
    """Return the mean sea level above the geoid (h, w) in m, continued over land: zero of `zos_anomaly`."""
    return interpolate((mean or atlas()).fields["zos"], grid, mean)


def mixed_layer_depth(grid: Grid, time: np.datetime64) -> Array:
    """Return the climatological mixed layer depth (h, w) in m, continued over land."""
    return np.exp(interpolate(on_day("log_mlotst", time), grid))


def vertical_modes(grid: Grid, mean: Atlas | None = None) -> Modes:
    """Return the first baroclinic mode on `grid`, continued over land and below the sea floor."""
    fields, levels = (mean or atlas()).fields, grid.depth.size
    return Modes(
        interpolate(fields["c1"], grid, mean),
        interpolate(fields["F"][:levels], grid, mean),
        interpolate(fields["D"][:levels], grid, mean),
    )


def surface_pressure(msl: Array, t2m: Array, elevation: Array) -> Array:
    """Pressure (Pa) at the ground of `elevation` (m) under `msl` (Pa), standard lapse rate from `t2m` (degC)."""
    drop = 0.0065 * elevation
    return (msl * (1.0 - drop / (t2m + 273.15 + drop)) ** 5.257).astype(np.float32)


def climatological_forcing(grid: Grid, time: np.datetime64) -> Batch:
    """Return the monthly mean air above the sea: u10, v10 (m s-1), t2m (degC), msl, sp (Pa), land included."""
    fields = {name: interpolate(on_day(name, time), grid) for name in ("u10", "v10", "t2m", "msl")}
    fields["msl"] = fields["msl"] * np.float32(100.0) + np.float32(1e5)
    fields["sp"] = surface_pressure(fields["msl"], fields["t2m"], np.maximum(interpolate(atlas().fields["elevation"], grid), 0))
    return Batch(fields, grid, time)
